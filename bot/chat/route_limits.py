"""Waits for Discord's limit of a route: before a request, and only if the route has nothing left.

discord.py 2.7.1 has habits that cost posts (http.py, `Ratelimit`). With a `max_ratelimit_timeout`, it refuses every
request to a route whose window ends later than that, no matter how many requests are left. After the last request of a
window it sleeps before it returns the answer, so a sent message isn't known to be sent until the window ends. Headers
that make no sense stop the route forever. A request that is cancelled during a limit of the whole bot even stops all
others, because nothing ends their wait.
"""

import asyncio
import math
from contextlib import suppress
from functools import partial
from types import TracebackType

import aiohttp
import discord
from discord.http import HTTPClient, Ratelimit

MAX_WAIT = 10.0
"""Seconds to wait for a route within a call. A longer wait raises RateLimited at once, and belongs in the outbox."""

MAX_WINDOW = 3600.0
"""Seconds. Discord's longest limits are those of an hour; after that, asking again shows what holds."""


def set_route_limits(client: discord.Client, max_wait: float = MAX_WAIT) -> None:
    """Replace how a client waits. It must not have sent anything yet."""
    client.http.max_ratelimit_timeout = max_wait
    client.http.get_ratelimit = partial(_window, client.http)  # type: ignore[method-assign]  # it has no setting for it


def _window(http: HTTPClient, key: str) -> Ratelimit:
    known = http._buckets  # noqa: SLF001  # discord.py adds what it learns about a route here
    if key not in known:
        known[key] = Window(http.max_ratelimit_timeout, http._global_over)  # noqa: SLF001  # see __aexit__
        http._try_clear_expired_ratelimits()  # noqa: SLF001  # as discord.py does here
    return known[key]


class Window(Ratelimit):
    """The requests to a route that are left until its window ends; a context for one request."""

    def __init__(self, max_wait: float | None, global_over: asyncio.Event) -> None:
        """`global_over`: what all requests wait for while Discord limits the whole bot."""
        super().__init__(max_wait)
        self._global_over = global_over

    def update(self, response: aiohttp.ClientResponse, *, use_clock: bool = False) -> None:
        """Read the headers of a response. Those that make no sense limit nothing."""
        try:
            super().update(response, use_clock=use_clock)
        except (ValueError, KeyError, OverflowError, OSError):
            self.reset_after = math.nan
        self.limit = max(self.limit, 1)
        if not math.isfinite(self.reset_after):
            self.reset()  # type: ignore[no-untyped-call]  # discord.py has no types here
        elif self.reset_after > MAX_WINDOW:
            self.reset_after, self.expires = MAX_WINDOW, self._loop.time() + MAX_WINDOW

    async def acquire(self) -> None:
        """Take one request, or wait for it. Raises RateLimited if the wait is too long; nothing was sent then."""
        self._last_request = self._loop.time()
        while not self._take():
            await self._wait()

    def _take(self) -> bool:
        is_unknown = self.expires is None and not self.outgoing
        if is_unknown or self.is_expired():
            self.reset()  # type: ignore[no-untyped-call]  # discord.py has no types here
        if self.remaining <= 0:
            return False
        self.remaining -= 1
        self.outgoing += 1
        return True

    async def _wait(self) -> None:
        """Wait until the window ends or a response comes, which may report more."""
        seconds = None if self.expires is None else self.expires - self._loop.time()
        if seconds is not None and self._max_ratelimit_timeout and seconds > self._max_ratelimit_timeout:
            raise discord.RateLimited(seconds)
        change = self._loop.create_future()
        self._pending_requests.append(change)
        try:
            await asyncio.wait([change], timeout=seconds)
        finally:
            change.cancel()
            with suppress(ValueError):  # a response has taken it out
                self._pending_requests.remove(change)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.outgoing -= 1
        self._wake(len(self._pending_requests))
        if error is not None:  # perhaps during a limit of the whole bot, which http_trace waits for too
            self._global_over.set()
