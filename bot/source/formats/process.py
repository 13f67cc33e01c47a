"""Documents are read in a process of their own: a hostile one costs seconds, memory or a crash, none of it the bot's.

The worker answers one document after another over its pipes. It is stopped when it exceeds the deadline, and replaced
when it was stopped or died. It inherits neither the environment (there may be secrets in it) nor the terminal's
signals, may use only so much memory, and ends when its pipe closes, however the bot ended.

Not multiprocessing: its spawn would import the console script and with it the whole bot into every worker.
"""

import asyncio
import io
import math
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

from bot import errors
from bot.model import Fetched, ParsedFeed
from bot.source.formats.process_main import Answer, receive, send

_INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_MEBIBYTE = 1024 * 1024


class Parser:
    """Reads documents in worker processes, one document a worker at a time; further calls wait their turn.

    Workers start when first needed. Leaving the context stops them, with whatever they are reading.
    """

    def __init__(
        self,
        deadline: timedelta = timedelta(seconds=20),
        workers: int = 1,
        memory: int = 1024 * _MEBIBYTE,
        function: str = "bot.source.formats.parse:parse_feed",
    ) -> None:
        """`memory`: bytes of address space for a worker. `function`: `module:function` that a worker calls."""
        self._deadline = deadline.total_seconds()
        self._command = [sys.executable, "-P", "-W", "ignore", "-m", "bot.source.formats.process_main"]
        self._command += [function, str(math.ceil(self._deadline)), str(memory)]
        self._slots = asyncio.Semaphore(workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="parser")
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        workers = (*self._idle, *self._busy)
        for worker in workers:
            worker.kill()
        await asyncio.to_thread(self._threads.shutdown)
        for worker in workers:
            worker.close()
        self._idle.clear()

    async def parse(self, document: Fetched) -> ParsedFeed:
        """Raises `Unreadable`, `NotAFeed` or `ParserTimedOut`."""
        async with self._slots:
            worker = self._idle.pop() if self._idle else _Worker(self._command)
            self._busy.add(worker)
            try:
                answer = await self._ask(worker, document)
            finally:
                self._busy.discard(worker)
                if not worker.killed:
                    self._idle.append(worker)
        if isinstance(answer, ParsedFeed):
            return answer
        raise _error(document.url, *answer)

    async def _ask(self, worker: "_Worker", document: Fetched) -> Answer:
        answer = asyncio.get_running_loop().run_in_executor(self._threads, worker.ask, document)
        try:
            async with asyncio.timeout(self._deadline):
                return await asyncio.shield(answer)
        except TimeoutError:
            raise errors.ParserTimedOut(document.url) from None
        except WorkerEnded:
            raise errors.Unreadable(document.url) from None
        finally:
            if not answer.done():  # past the deadline, or this call was cancelled
                worker.kill()
                await asyncio.wait({answer})
                answer.exception()


def _error(url: str, name: str, message: str) -> errors.DocumentError:
    kind = getattr(errors, name, errors.Unreadable)
    return kind(url, message) if issubclass(kind, errors.DocumentError) else errors.Unreadable(url, message)


class WorkerEnded(Exception):
    """The worker ended before it answered."""


class _Worker:
    """A process that is asked by one thread at a time; only `kill` may come from another."""

    def __init__(self, command: list[str]) -> None:
        self.killed = False
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, document: Fetched) -> Answer:
        """Blocks. Starts the process where there is none; raises WorkerEnded when it ends before it answers."""
        process = self._started()
        assert process.stdin is not None  # noqa: S101 - both are pipes, which the types cannot say
        assert process.stdout is not None  # noqa: S101 - likewise
        try:
            send(process.stdin, document)
            return _loads(receive(process.stdout))
        except (OSError, EOFError) as gone:
            self.close()
            raise WorkerEnded from gone

    def kill(self) -> None:
        """For good: the process ends, and whoever waits for its answer sees the pipe close."""
        with self._lock:
            self.killed = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Ends the process and gives back its pipes."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError):
                process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        with self._lock:
            if self.killed:
                raise WorkerEnded
            if self._process is None:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own module
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=_environment(),
                    start_new_session=True,
                )
            return self._process


def _environment() -> dict[str, str]:
    """What the interpreter needs to find its libraries and this package, and nothing else."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 - "" means the working directory
    return inherited | {"PYTHONPATH": path, "PYTHONUTF8": "1"}


class _Unpickler(pickle.Unpickler):
    """Makes only the values of an answer: the worker has read hostile text."""

    def find_class(self, module: str, name: str) -> object:
        if module in ("bot.model.source", "datetime"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")


def _loads(message: bytes) -> Answer:
    try:
        answer: Answer = _Unpickler(io.BytesIO(message)).load()
    except (pickle.UnpicklingError, AttributeError, ValueError) as garbled:
        raise EOFError from garbled
    return answer
