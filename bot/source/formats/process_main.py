"""The worker process of `process`: parses documents from standard input and writes the results to standard output.

Run as `python -m bot.source.formats.process_main MODULE:FUNCTION SECONDS BYTES`.
"""

import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from time import process_time
from typing import IO

from bot.errors import DocumentError
from bot.model import Fetched, OpmlDocument, ParsedFeed

_LENGTH = struct.Struct("!Q")
_MAX_RESULT_SIZE = 64 * 1024 * 1024
_BUG = "The bot failed to read this document because of a bug ({}); please report it with the feed's address."

Parsed = ParsedFeed | OpmlDocument
Parse = Callable[[Fetched], Parsed]
Result = Parsed | tuple[str, str]
"""What was parsed, or the name and message of the error: our errors cannot be pickled with their own arguments."""
Report = tuple[Result, float]
"""A result, and the seconds of processor time that it cost."""


def send(pipe: IO[bytes], value: object) -> None:
    """Write one pickled value. Raises OSError if the other side has closed the pipe."""
    message = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Return one pickled value. Raises EOFError if the other side has closed the pipe."""
    (length,) = _LENGTH.unpack(_read_exactly(pipe, _LENGTH.size))
    return _read_exactly(pipe, length)


def _read_exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def run(parse: Parse, document: Fetched) -> Result:
    """Call `parse`, and return its feed or error. A feed that is too large becomes an Unreadable error."""
    try:
        feed = parse(document)
    except DocumentError as error:
        return type(error).__name__, str(error)
    except MemoryError:
        raise
    except Exception as bug:  # noqa: BLE001 - a bug of ours must fail this document only, not the worker
        return "Unreadable", _BUG.format(type(bug).__name__)
    return feed if _size_of(feed) < _MAX_RESULT_SIZE else ("Unreadable", "")


def _size_of(parsed: Parsed) -> int:
    """Return the characters of a result, apart from what is short."""
    if isinstance(parsed, OpmlDocument):
        return sum(len(each.url) + len(each.title) for each in parsed.outlines) + sum(
            map(len, parsed.dropped)
        )
    return sum(len(entry.content) + len(entry.summary) + len(entry.text) for entry in parsed.entries)


def serve(parse: Parse, seconds: int) -> None:
    """Report that the worker is ready, and parse documents until the pipe closes.

    An alarm ends the worker in case its parent can no longer kill it.
    """
    inbox, outbox = _pipes()
    send(outbox, "ready")
    while True:
        try:
            document = pickle.loads(receive(inbox))  # noqa: S301 - our own parent wrote it
        except EOFError:
            return
        _alarm(2 * seconds)
        started = process_time()
        result = run(parse, document)
        send(outbox, (result, process_time() - started))
        _alarm(0)


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return standard input and output, and redirect stray prints to standard error."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return inbox, outbox


def _alarm(seconds: int) -> None:
    if sys.platform != "win32":
        signal.alarm(seconds)


def _limit_memory(size: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main() -> None:
    """Run the worker. It exits without a traceback: the parent sees the pipe close and raises the error."""
    name, seconds, memory = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module, _, function = name.partition(":")
    parse: Parse = getattr(import_module(module), function)
    _limit_memory(int(memory))
    try:
        serve(parse, int(seconds))
    except (MemoryError, BrokenPipeError):
        os._exit(1)


if __name__ == "__main__":
    main()
