"""Every HTTP request of the bot passes here: paced for the whole bot, and watched, so that a doubt is exact.

discord.py keeps each route's limit but not the 50 requests a second of the whole bot, and it repeats a request
after a 5xx by itself. A create-message bears a nonce and may be repeated; opening a forum post has none, so a
repeat of one that was stored is a second post. Both are settled in an aiohttp trace, discord.py's own hook.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

REQUESTS_PER_SECOND = 45
"""Discord admits 50."""

_UNPACED = ("/interactions/", "/webhooks/")
"""Answers to interactions are outside the limit, and must not wait behind a queue of posts."""

_NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""No connection was made, so nothing can have arrived."""


class NotRepeatedError(Exception):
    """The first try may have been stored, and another one could double it.

    No OSError and no discord.py error on purpose: discord.py lets it pass.
    """


class Attempt:
    """What is known about the requests of one call of discord.py."""

    __slots__ = ("doubtful", "repeatable")

    def __init__(self) -> None:
        self.repeatable = True
        self.doubtful = False
        """A request left, and no answer says that Discord did not act on it."""

    def begin(self) -> None:
        """Raises NotRepeatedError instead of a repeat that could double a post."""
        if self.doubtful and not self.repeatable:
            raise NotRepeatedError

    def answered(self, status: int) -> None:
        """2xx counts as doubt until the body has been read; then there is a result, and nobody asks."""
        self.doubtful |= status < 300 or status >= 500

    def failed(self, error: BaseException) -> None:
        """The request ended without an answer."""
        self.doubtful |= not isinstance(error, _NOTHING_SENT)


_current: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def watched(attempt: Attempt, *, repeatable: bool = True) -> Iterator[None]:
    """`attempt` learns of the requests that this task makes inside."""
    attempt.repeatable = repeatable
    token = _current.set(attempt)
    try:
        yield
    finally:
        _current.reset(token)


class RateLimiter:
    """Spaces requests evenly: a burst is what a limit over a second punishes, one after a stall of this process too."""

    def __init__(
        self,
        per_second: float = REQUESTS_PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spacing = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._turn = asyncio.Lock()

    async def wait(self) -> None:
        """Returns when this request may leave; first come, first served."""
        async with self._turn:
            delay = self._next - self._clock()
            if delay > 0:
                await self._sleep(delay)
            self._next = self._clock() + self._spacing


def create_trace(rate_limiter: RateLimiter) -> aiohttp.TraceConfig:
    """The hook for discord.Client's `http_trace`."""

    async def on_start(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        if not any(part in params.url.path for part in _UNPACED):
            await rate_limiter.wait()
        if (attempt := _current.get()) is not None:
            attempt.begin()

    async def on_end(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        if (attempt := _current.get()) is not None:
            attempt.answered(params.response.status)

    async def on_exception(
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        params: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        if (attempt := _current.get()) is not None:
            attempt.failed(params.exception)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(on_start)
    trace.on_request_end.append(on_end)
    trace.on_request_exception.append(on_exception)
    return trace
