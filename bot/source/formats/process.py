"""Parse documents in worker processes, so that a hostile document cannot cost the bot time or memory, or crash it.

A worker parses one document after another over its pipes. A worker that exceeds the deadline is killed; one that was
killed or died is replaced. Workers do not inherit the environment, which may contain secrets, or the terminal's
signals. Their memory is limited, and they exit when their pipe closes, however the bot ended.

multiprocessing is not used, because its spawn would import the console script, and with it the whole bot, into every
worker.
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
from bot.source.formats.process_main import Result, receive, send

_INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_MEBIBYTE = 1024 * 1024


class Parser:
    """Worker processes that parse documents. Each worker parses one at a time, and further calls wait.

    Workers start when first needed. Leaving the context kills them, even while they parse.
    """

    def __init__(
        self,
        deadline: timedelta = timedelta(seconds=20),
        workers: int = 1,
        memory: int = 1024 * _MEBIBYTE,
        function: str = "bot.source.formats.parse:parse_feed",
    ) -> None:
        """`deadline`: for one document. `memory`: a worker's address space in bytes. `function`: `module:function`."""
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
        """Parse a document in a worker. Raises Unreadable, NotAFeed or ParserTimedOut."""
        async with self._slots:
            worker = self._idle.pop() if self._idle else _Worker(self._command)
            self._busy.add(worker)
            try:
                result = await self._run(worker, document)
            finally:
                self._busy.discard(worker)
                if not worker.killed:
                    self._idle.append(worker)
        if isinstance(result, ParsedFeed):
            return result
        raise _to_error(document.url, *result)

    async def _run(self, worker: "_Worker", document: Fetched) -> Result:
        result = asyncio.get_running_loop().run_in_executor(self._threads, worker.parse, document)
        try:
            async with asyncio.timeout(self._deadline):
                return await asyncio.shield(result)
        except TimeoutError:
            raise errors.ParserTimedOut(document.url) from None
        except WorkerEnded:
            raise errors.Unreadable(document.url) from None
        finally:
            if not result.done():  # past the deadline, or this call was cancelled
                worker.kill()
                await asyncio.wait({result})
                result.exception()


def _to_error(url: str, name: str, message: str) -> errors.DocumentError:
    kind = getattr(errors, name, errors.Unreadable)
    return kind(url, message) if issubclass(kind, errors.DocumentError) else errors.Unreadable(url, message)


class WorkerEnded(Exception):
    """The worker exited before it returned a result."""


class _Worker:
    """A worker process. One thread at a time uses it; only `kill` may be called from another thread."""

    def __init__(self, command: list[str]) -> None:
        self.killed = False
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def parse(self, document: Fetched) -> Result:
        """Parse a document, starting the process if needed. Blocks. Raises WorkerEnded."""
        process = self._start()
        assert process.stdin is not None  # noqa: S101 - both are pipes, which the types do not express
        assert process.stdout is not None  # noqa: S101 - likewise
        try:
            send(process.stdin, document)
            return _unpickle(receive(process.stdout))
        except (OSError, EOFError) as error:
            self.close()
            raise WorkerEnded from error

    def kill(self) -> None:
        """Kill the process for good. A thread that waits for its result sees the pipe close."""
        with self._lock:
            self.killed = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End the process and close its pipes."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError):
                process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
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
    """Return only what the interpreter needs to find its libraries and this package."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 - "" means the working directory
    return inherited | {"PYTHONPATH": path, "PYTHONUTF8": "1"}


class _Unpickler(pickle.Unpickler):
    """An unpickler that creates only the types of a result, because the worker has parsed hostile text."""

    def find_class(self, module: str, name: str) -> object:
        if module in ("bot.model.source", "datetime"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a result")


def _unpickle(message: bytes) -> Result:
    try:
        result: Result = _Unpickler(io.BytesIO(message)).load()
    except (pickle.UnpicklingError, AttributeError, ValueError) as error:
        raise EOFError from error
    return result
