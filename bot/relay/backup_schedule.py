"""Decides when the next backup is due (pure)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.relay.backoff import backoff

INTERVAL = timedelta(days=1)
FIRST_RETRY = timedelta(minutes=5)
MAX_RETRY = timedelta(hours=6)


def newest(taken: Sequence[datetime], now: datetime) -> datetime | None:
    """Return the time of the newest backup. Future times, from a wrong clock, don't count."""
    return max((each for each in taken if each <= now), default=None)


def due_at(taken: Sequence[datetime], now: datetime) -> datetime:
    """Return when the next backup is due, from the times of those in the folder, so that restarts don't matter."""
    last = newest(taken, now)
    return now if last is None else last + INTERVAL


def retry_at(failed_at: datetime, failures: int) -> datetime:
    """Return when to try again after this many failures in a row."""
    return failed_at + backoff(FIRST_RETRY, failures - 1, MAX_RETRY)
