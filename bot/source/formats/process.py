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
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import IO, Any, Self, TypeVar

from bot import errors
from bot.model import Fetched, OpmlDocument, ParsedFeed
from bot.source.formats.process_main import Parsed, Report, receive, send

_INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_MEBIBYTE = 1024 * 1024

T = TypeVar("T")


SLOW = timedelta(seconds=1)
"""A document that takes longer is slow."""
MAX_SLOW_CALLS = 4
"""Slow documents that are read or wait for it. Each may take the whole deadline."""
IDLE_TIMEOUT = timedelta(minutes=1)
"""How long workers wait for documents before all but one of them end."""
START_TIMEOUT = 60.0
"""Seconds for a worker to start, which takes none of a document's time."""


class Parser:
    """Worker processes that parse documents: `workers` in the quick lane, and one in the slow lane.

    A document leaves the quick lane after SLOW, so documents of other feeds never wait long for it. If the slow lane
    is free, its worker continues there, and the quick lane gets another one. Otherwise the worker is killed, and the
    document starts again when the slow lane is free.

    Workers start when needed, and all but one end when they are idle. Leaving the context kills them, even while they
    parse.
    """

    def __init__(
        self,
        deadline: timedelta = timedelta(seconds=20),
        memory: int = 1024 * _MEBIBYTE,
        function: str = "bot.source.formats.parse:parse_feed",
        slow: timedelta = SLOW,
        workers: int = 1,
        idle_timeout: timedelta = IDLE_TIMEOUT,
    ) -> None:
        """`deadline`: for one document. `memory`: a worker's address space in bytes. `function`: `module:function`."""
        self._deadline = deadline
        self._slow_after = min(slow, deadline)
        self._command = [sys.executable, "-P", "-W", "ignore", "-m", "bot.source.formats.process_main"]
        self._command += [function, str(math.ceil(deadline.total_seconds())), str(memory)]
        self._max_idle = workers
        self._idle_timeout = idle_timeout.total_seconds()
        self._quick_lane = asyncio.Semaphore(workers)
        self._slow_lane = asyncio.Lock()
        self._slow_calls = 0
        self._threads = ThreadPoolExecutor(workers + 1, thread_name_prefix="parser")
        self._idle: list[_Worker] = []
        """Workers without a document, those that have waited longest first."""
        self._end_timer: asyncio.TimerHandle | None = None
        self._busy: set[_Worker] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._end_timer is not None:
            self._end_timer.cancel()
        self._is_closed = True
        workers = (*self._idle, *self._busy)
        for worker in workers:
            worker.kill()
        await asyncio.to_thread(self._threads.shutdown)
        for worker in workers:
            worker.close()
        self._idle.clear()

    async def parse(self, document: Fetched) -> ParsedFeed:
        """Parse a document in a worker. One whose feed was slow the last time goes to the slow lane at once.

        Raises Unreadable, NotAFeed, ParserTimedOut or ParserBusy, each with its `parse_time`.
        """
        result, parse_time = await self._parse(document)
        if isinstance(result, ParsedFeed):
            return replace(result, parse_time=parse_time)
        raise _with_time(errors.Unreadable(document.url), parse_time)

    async def _parse(self, document: Fetched) -> tuple[Parsed, timedelta]:
        """Return the result of a worker's function, and the time that it took. Raises as `parse` does."""
        known_slow = document.last_parse_time >= self._slow_after
        report = None if known_slow else await self._parse_quickly(document)
        if report is None:
            async with self._in_slow_lane(document.url), self._running(document) as work:
                report = await _report_of(work, self._deadline, self._deadline, document.url)
        result, seconds = report
        parse_time = timedelta(seconds=seconds)
        if isinstance(result, tuple):
            raise _with_time(_to_error(document.url, *result), parse_time)
        return result, parse_time

    async def _parse_quickly(self, document: Fetched) -> Report | None:
        """Parse a document in the quick lane. Return None if it has to start again in the slow lane."""
        async with AsyncExitStack() as stack:
            async with self._quick_lane:
                work = await stack.enter_async_context(self._running(document))
                await asyncio.wait({work}, timeout=self._slow_after.total_seconds())
                if not work.done() and self._slow_calls:
                    await stack.aclose()
                    return None
                if work.done():
                    return await _report_of(work, self._deadline, self._deadline, document.url)
            async with self._in_slow_lane(document.url):
                rest = self._deadline - self._slow_after
                return await _report_of(work, rest, self._deadline, document.url)

    @asynccontextmanager
    async def _in_slow_lane(self, url: str) -> AsyncIterator[None]:
        """Wait for the slow lane. Raises ParserBusy if too many others do."""
        if self._slow_calls >= MAX_SLOW_CALLS:
            raise _with_time(errors.ParserBusy(url), self._slow_after)
        self._slow_calls += 1
        try:
            async with self._slow_lane:
                yield
        finally:
            self._slow_calls -= 1

    @asynccontextmanager
    async def _running(self, document: Fetched) -> "AsyncIterator[asyncio.Future[Report]]":
        """Start to parse a document. The worker is killed if the context is left before it is done."""
        if self._is_closed:
            raise errors.Unreadable(document.url)
        worker = self._idle.pop() if self._idle else _Worker(self._command)
        self._busy.add(worker)
        loop = asyncio.get_running_loop()
        started = loop.time()
        work: asyncio.Future[Any] = self._started(worker)
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await asyncio.shield(work)
            started = loop.time()
            work = loop.run_in_executor(self._threads, worker.parse, document)
            yield work
        except TimeoutError:
            raise errors.ParserTimedOut(document.url) from None
        except WorkerEnded:
            raise _with_time(
                errors.Unreadable(document.url), timedelta(seconds=loop.time() - started)
            ) from None
        finally:
            if work.done():
                self._release(worker, work)
            else:
                worker.kill()
                work.add_done_callback(partial(self._release, worker))

    def _started(self, worker: "_Worker") -> "asyncio.Future[None]":
        """Return when the worker is ready; at once if it runs already, since a thread would only look at it."""
        loop = asyncio.get_running_loop()
        if not worker.is_running:
            return loop.run_in_executor(self._threads, worker.start)
        ready: asyncio.Future[None] = loop.create_future()
        ready.set_result(None)
        return ready

    def _release(self, worker: "_Worker", work: "asyncio.Future[Any]") -> None:
        """Keep a worker that has ended its work, unless it was killed or enough others are idle: each takes memory."""
        work.exception()  # or asyncio reports that nobody asked for it
        self._busy.discard(worker)
        if self._is_closed:
            worker.close()
        elif len(self._idle) < self._max_idle and not worker.killed:
            worker.idle_since = asyncio.get_running_loop().time()
            self._idle.append(worker)
            self._schedule_end()
        else:
            self._end(worker)

    def _schedule_end(self) -> None:
        """End idle workers later, if there are several."""
        if self._end_timer is None and len(self._idle) > 1:
            at = self._idle[0].idle_since + self._idle_timeout
            self._end_timer = asyncio.get_running_loop().call_at(at, self._end_idle)

    def _end_idle(self) -> None:
        self._end_timer = None
        last = asyncio.get_running_loop().time() - self._idle_timeout
        while len(self._idle) > 1 and self._idle[0].idle_since <= last:
            self._end(self._idle.pop(0))
        self._schedule_end()

    def _end(self, worker: "_Worker") -> None:
        worker.kill()
        self._threads.submit(worker.close)


async def parse_list(body: bytes, name: str) -> OpmlDocument:
    """Parse a list of feeds in a worker of its own, which ends with it. `name`: of the file. Raises DocumentError."""
    async with Parser(function="bot.source.formats.opml:parse_opml") as parser:
        found, _time = await parser._parse(Fetched(name, body))  # noqa: SLF001 -- of this module
    if isinstance(found, OpmlDocument):
        return found
    raise errors.Unreadable(name)


async def _report_of(
    work: "asyncio.Future[Report]", rest: timedelta, deadline: timedelta, url: str
) -> Report:
    """Wait for a worker's report. `rest`: what is left of the deadline. Raises ParserTimedOut."""
    try:
        async with asyncio.timeout(rest.total_seconds()):
            return await asyncio.shield(work)
    except TimeoutError:
        raise _with_time(errors.ParserTimedOut(url), deadline) from None


def _with_time(error: errors.DocumentError, parse_time: timedelta) -> errors.DocumentError:
    error.parse_time = parse_time
    return error


def _to_error(url: str, name: str, message: str) -> errors.DocumentError:
    kind = getattr(errors, name, errors.Unreadable)
    return kind(url, message) if issubclass(kind, errors.DocumentError) else errors.Unreadable(url, message)


class WorkerEnded(Exception):
    """The worker exited before it returned a result."""


class _Worker:
    """A worker process. One thread at a time uses it; only `kill` and `close` may be called from other threads."""

    def __init__(self, command: list[str]) -> None:
        self.killed = False
        self.idle_since = 0.0
        """The event loop's time."""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def is_running(self) -> bool:
        """Whether its process has started and not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process if needed, and wait until it is ready. Blocks. Raises WorkerEnded."""
        if not self.is_running:
            self.close()
        if self._process is None:
            process = self._start()
            self._exchange(lambda: receive(_pipe(process.stdout)))

    def parse(self, document: Fetched) -> Report:
        """Parse a document. Blocks. Raises WorkerEnded."""
        process = self._start()
        self._exchange(lambda: send(_pipe(process.stdin), document))
        return self._exchange(lambda: _unpickle(receive(_pipe(process.stdout))))

    def _exchange(self, step: Callable[[], T]) -> T:
        try:
            return step()
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
        """End the process and close its pipes. Blocks until it has ended."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError):
                process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
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


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - the process has pipes, which the types do not express
    return pipe


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


def _unpickle(message: bytes) -> Report:
    try:
        result: Report = _Unpickler(io.BytesIO(message)).load()
    except (pickle.UnpicklingError, AttributeError, ValueError) as error:
        raise EOFError from error
    return result
