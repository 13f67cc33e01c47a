"""Exponential back-off."""

from datetime import timedelta


def backoff(first: timedelta, failures: int, limit: timedelta = timedelta.max) -> timedelta:
    """Return how long to wait: `first`, doubled for each of the earlier failures in a row, at most `limit`."""
    return min(first * (1 << min(failures, 16)), limit)
