"""The worker's side of `worker.py`: reads documents from standard input, one by one, and answers on standard output.

Run as `python -m bot.source.formats.process_main MODULE:FUNCTION SECONDS BYTES`.
"""

import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from typing import IO

from bot.errors import DocumentError
from bot.model import Fetched, ParsedFeed

_LENGTH = struct.Struct("!Q")
_ANSWER_LIMIT = 64 * 1024 * 1024
_STUMBLED = (
    "The bot stumbles over this document ({}); report it with the feed's address, it is tried again later."
)

Read = Callable[[Fetched], ParsedFeed]
Answer = ParsedFeed | tuple[str, str]
"""The feed, or the name and sentence of the error: an error's own arguments do not survive pickling."""


def send(pipe: IO[bytes], value: object) -> None:
    """Raises OSError when nobody reads any more."""
    message = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """One pickled value. Raises EOFError when the other side has closed the pipe."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def answer(read: Read, document: Fetched) -> Answer:
    """What `read` says of the document, small enough to be sent."""
    try:
        feed = read(document)
    except DocumentError as error:
        return type(error).__name__, str(error)
    except MemoryError:
        raise
    except Exception as bug:  # noqa: BLE001 - a bug of ours costs this document, not the worker and those that wait
        return "Unreadable", _STUMBLED.format(type(bug).__name__)
    size = sum(len(entry.content) + len(entry.summary) + len(entry.text) for entry in feed.entries)
    return feed if size < _ANSWER_LIMIT else ("Unreadable", "")


def serve(read: Read, seconds: int) -> None:
    """Answers until the pipe closes. An alarm ends a worker whose parent can no longer stop it."""
    inbox, outbox = _pipes()
    while True:
        try:
            document = pickle.loads(receive(inbox))  # noqa: S301 - our own parent wrote it
        except EOFError:
            return
        _alarm(2 * seconds)
        send(outbox, answer(read, document))
        _alarm(0)


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output, out of the reach of a stray print."""
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
    """Ends without a traceback: the parent sees the pipe close and says what that means."""
    name, seconds, memory = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module, _, function = name.partition(":")
    read: Read = getattr(import_module(module), function)
    _limit_memory(int(memory))
    try:
        serve(read, int(seconds))
    except (MemoryError, BrokenPipeError):
        os._exit(1)


if __name__ == "__main__":
    main()
