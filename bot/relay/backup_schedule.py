"""Decides when the database is copied next (pure)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.relay.backoff import backoff

INTERVAL = timedelta(days=1)
FIRST_RETRY = timedelta(minutes=5)
MAX_RETRY = timedelta(hours=6)


def newest(taken: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when the newest copy was made. A time to come, from when the clock was wrong, does not count."""
    return max((each for each in taken if each <= now), default=None)


def due_at(taken: Sequence[datetime], now: datetime) -> datetime:
    """Return when the next copy is due, given when those in the folder were made: a restart changes nothing."""
    last = newest(taken, now)
    return now if last is None else last + INTERVAL


def retry_at(failed_at: datetime, failures: int) -> datetime:
    """Return when to try again after some failures in a row."""
    return failed_at + backoff(FIRST_RETRY, failures - 1, MAX_RETRY)
