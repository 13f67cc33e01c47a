"""Rate limits: a window of requests for each bucket, and the peak of requests in one second."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of requests in a number of seconds."""

    limit: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Quota:
    """A bucket after one request."""

    rate: Rate
    remaining: int
    reset_after: float
    """Seconds until the bucket is full again."""
    exceeded: bool = False


GENEROUS = Rate(10_000, 1.0)
CROSSPOSTS = Rate(10, 3600.0)
GLOBAL = Rate(50, 1.0)


class RateLimits:
    """The limits, and their use.

    `sends` is per channel; real Discord has about Rate(5, 5.0). `crossposts` is per channel. `limit` sets any route's.
    `everything` is the bot's 50 a second: always measured as `peak`, enforced only if `enforce_everything`. With
    `crossposts_hidden` the headers describe a generous bucket and only the 429 names the hour; a bot must cope with
    both.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.sends = GENEROUS
        self.crossposts = CROSSPOSTS
        self.crossposts_hidden = False
        self.everything = GLOBAL
        self.enforce_everything = False
        self.peak = 0
        """The highest number of requests in one second."""
        self._routes: dict[tuple[str, int | None], Rate] = {}
        self._windows: dict[str, tuple[float, int]] = {}
        self._recent: deque[float] = deque()

    def limit(self, operation: str, rate: Rate, *, channel_id: int | None = None) -> None:
        """Set the limit of a route ("thread", "history", …), which every channel has of its own.

        `channel_id`: only for requests to this channel.
        """
        self._routes[operation, channel_id] = rate

    def rate_of(self, operation: str, channel_id: int | None) -> Rate:
        """Return the limit for a request."""
        common = {"send": self.sends, "thread": self.sends, "crosspost": self.crossposts}
        for key in ((operation, channel_id), (operation, None)):
            if key in self._routes:
                return self._routes[key]
        return common.get(operation, GENEROUS)

    def spend(self, bucket: str, rate: Rate) -> Quota:
        """Count a request in a bucket, unless it exceeds the limit."""
        now = self._monotonic()
        started, used = self._windows.get(bucket, (now, 0))
        if now - started >= rate.seconds:
            started, used = now, 0
        exceeded = used >= rate.limit
        used += 0 if exceeded else 1
        self._windows[bucket] = (started, used)
        return Quota(rate, max(0, rate.limit - used), started + rate.seconds - now, exceeded)

    def spend_globally(self) -> Quota:
        """Count a request in the bot's total."""
        now = self._monotonic()
        while self._recent and now - self._recent[0] >= self.everything.seconds:
            self._recent.popleft()
        exceeded = self.enforce_everything and len(self._recent) >= self.everything.limit
        self._recent.append(now)
        self.peak = max(self.peak, len(self._recent))
        reset_after = self._recent[0] + self.everything.seconds - now
        return Quota(
            self.everything, max(0, self.everything.limit - len(self._recent)), reset_after, exceeded
        )

    def reset(self) -> None:
        """Reset every bucket, as if its window had ended."""
        self._windows.clear()
        self._recent.clear()
