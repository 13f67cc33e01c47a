"""Limits the bot's requests to Discord over all routes; discord.py only knows the limit of each route.

Discord allows 50 requests a second, and bans an address for a while that sent 10,000 invalid requests in 10 minutes.
https://docs.discord.com/developers/topics/rate-limits
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

import structlog

MAX_REQUESTS_PER_SECOND = 50
"""Discord's own limit. A request counts until a second after its answer, so that none arrive closer together."""

MAX_INVALID_REQUESTS = 5_000
"""In INVALID_WINDOW. Discord bans the address at 10,000, and other programs may use the same address."""

INVALID_WINDOW = 600.0
"""Seconds."""

RECOVERY_INTERVAL = 10.0
"""Seconds without a 429 after which a lowered limit rises by one request a second."""

MAX_TRANSIT = 1.0
"""Seconds after which a request without an answer has certainly reached Discord."""

_SPAN = 1.0
_CHECK_INTERVAL = 0.01
"""Seconds between two checks whether requests are still waiting for a connection or an answer."""

_INVALID = (401, 403, 429)

_log = structlog.get_logger(__name__)


class Slot:
    """One request's share of the limit, from when it is taken until a second after Discord has surely counted it."""

    __slots__ = ("counted_by",)

    def __init__(self) -> None:
        self.counted_by: float | None = None
        """When Discord has counted it at the latest: when it answers. None: it waits for a connection."""


class RateLimiter:
    """Allows MAX_REQUESTS_PER_SECOND in any second, in a burst if nothing was sent before; first come, first served."""

    def __init__(
        self,
        per_second: int = MAX_REQUESTS_PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._max_per_second = per_second
        self._per_second = per_second
        self._clock = clock
        self._sleep = sleep
        self._slots: list[Slot] = []
        """Those that count now."""
        self._invalid: deque[float] = deque()
        self._raise_at = 0.0
        self._paused_until = 0.0
        self._lock = asyncio.Lock()

    async def take(self) -> Slot:
        """Wait until the next request may be sent. The caller says when it is written, and when it ends."""
        async with self._lock:
            while (delay := self._delay()) > 0:
                await self._sleep(delay)
            slot = Slot()
            self._slots.append(slot)
            return slot

    def written(self, slot: Slot) -> None:
        """Record that a request was written to its connection."""
        slot.counted_by = self._clock() + MAX_TRANSIT

    def ended(self, slot: Slot) -> None:
        """Record that a request was answered or failed. How long it was on its way is unknown before."""
        now = self._clock()
        slot.counted_by = now if slot.counted_by is None else min(now, slot.counted_by)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Record a response: too many invalid ones, or a limit that was exceeded, slow the bot down."""
        scope = headers.get("X-RateLimit-Scope")
        if status in _INVALID and scope != "shared":  # Discord doesn't count those
            self._add_invalid()
        if status == 429 and (scope == "global" or "X-RateLimit-Global" in headers):
            self._lower(headers.get("Retry-After", ""))

    def _delay(self) -> float:
        """Return the seconds until a request may be sent, at least until it is worth asking again; 0: now."""
        now = self._clock()
        self._recover(now)
        self._forget(now)
        if (pause := self._paused_until - now) > 0:
            return pause
        if len(self._invalid) >= MAX_INVALID_REQUESTS:
            return self._invalid[0] + INVALID_WINDOW - now
        excess = len(self._slots) - self._per_second
        if excess < 0:
            return 0.0
        counted = sorted(at for slot in self._slots if (at := slot.counted_by) is not None and at <= now)
        return counted[excess] + _SPAN - now if excess < len(counted) else _CHECK_INTERVAL

    def _forget(self, now: float) -> None:
        self._slots = [
            each for each in self._slots if each.counted_by is None or each.counted_by + _SPAN > now
        ]
        while self._invalid and self._invalid[0] + INVALID_WINDOW <= now:
            self._invalid.popleft()

    def _recover(self, now: float) -> None:
        while self._per_second < self._max_per_second and now >= self._raise_at:
            self._per_second += 1
            self._raise_at += RECOVERY_INTERVAL

    def _lower(self, retry_after: str) -> None:
        now = self._clock()
        if now < self._paused_until:  # requests that were under way when the first one was refused
            return
        self._per_second = max(1, self._per_second // 2)
        self._raise_at = now + RECOVERY_INTERVAL
        self._paused_until = now + _seconds(retry_after)
        _log.warning("Discord's limit for the whole bot was exceeded", requests_per_second=self._per_second)

    def _add_invalid(self) -> None:
        self._invalid.append(self._clock())
        if len(self._invalid) == MAX_INVALID_REQUESTS:
            _log.error(
                "too many requests were refused; waiting, so that Discord doesn't ban this address",
                refused=MAX_INVALID_REQUESTS,
                minutes=int(INVALID_WINDOW // 60),
            )


def _seconds(retry_after: str) -> float:
    try:
        return min(max(float(retry_after), 0.0), INVALID_WINDOW)
    except ValueError:
        return _SPAN
