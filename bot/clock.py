"""The time that everything below `app.py` gets. It follows Discord's clock, even if this machine's clock is wrong.

The machine's clock is read once. From then on a monotonic clock counts, so a change of the machine's clock has no
effect. Every answer of Discord has a date, which corrects the time. Messages in Discord are dated by the same clock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger(__name__)

TOLERANCE = timedelta(seconds=2)
"""A smaller difference is not worth a correction."""

MAX_CORRECTION = timedelta(days=100)
"""A larger difference is a wrong date: with such a clock, Discord's certificate would not be valid."""

_RESOLUTION = timedelta(seconds=1)
"""A date has no fractions of a second."""


class Clock:
    """Returns Discord's time in aware UTC when called. Starts with this machine's time."""

    def __init__(self, now: datetime, elapsed: Callable[[], float]) -> None:
        """`elapsed`: the seconds of a clock that nobody can set, which also counts while the machine is suspended."""
        self._elapsed = elapsed
        self._zero = now - timedelta(seconds=elapsed())
        self._suspected = timedelta()

    def __call__(self) -> datetime:
        """Return the current time."""
        return self._zero + timedelta(seconds=self._elapsed())

    def follow(self, date: datetime, latency: timedelta) -> None:
        """Follow the date of an answer that came `latency` after its request, if the answer before it agrees.

        One wrong date, from a cache or a broken proxy, changes nothing.
        """
        error = deviation(self(), date, latency)
        change = min(error, self._suspected, key=abs)
        is_confirmed = error and self._suspected and (error > timedelta()) == (self._suspected > timedelta())
        self._suspected = timedelta() if is_confirmed else error
        if is_confirmed:
            self._zero += change
            log.warning(
                "clock corrected",
                seconds=round(change.total_seconds()),
                reason="this machine's clock differs from Discord's; synchronise it",
            )


def deviation(now: datetime, date: datetime, latency: timedelta) -> timedelta:
    """Return by how much `now` must change at least to agree with an answer; zero if it agrees or can't be right.

    Discord wrote the date at some moment between the request and the answer.
    """
    if abs(date - now) > MAX_CORRECTION:
        return timedelta()
    if date - now > TOLERANCE:
        return date - now
    latest = date + _RESOLUTION - (now - latency)
    return latest if latest < -TOLERANCE else timedelta()
