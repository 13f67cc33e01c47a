"""Read from response headers when to fetch again. Pure.

Dates are compared with the response's own `Date` and not with our clock, because either clock may be wrong and only the
difference matters.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_NOT_CACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b(?!=)", re.IGNORECASE)
_MAX_WAIT = timedelta(days=365)
_MAX_DIGITS = 9  # a longer number exceeds every limit anyway


def header_number(headers: Mapping[str, str], name: str) -> int | None:
    """Return a header that is a non-negative whole number; None if it is missing or anything else."""
    value = headers.get(name, "").strip()
    return int(value[:_MAX_DIGITS]) if value.isascii() and value.isdigit() else None


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return the wait that `Retry-After` asks for, in seconds or as a date; None without a valid header."""
    seconds = header_number(headers, "Retry-After")
    return _time_until(headers, "Retry-After") if seconds is None else _bounded(seconds)


def max_age(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the response stays fresh; None if it does not say so or must not be cached."""
    control = headers.get("Cache-Control", "")
    if _NOT_CACHED.search(control):
        return None
    match = _MAX_AGE.search(control)
    if match is None:
        return _time_until(headers, "Expires") or None
    return _bounded(int(match[1]) - (header_number(headers, "Age") or 0)) or None


def _bounded(seconds: int) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0), _MAX_WAIT.total_seconds()))


def _time_until(headers: Mapping[str, str], name: str) -> timedelta | None:
    end, start = parse_date(headers.get(name, "")), parse_date(headers.get("Date", ""))
    return None if end is None or start is None else min(max(end - start, timedelta()), _MAX_WAIT)


def parse_date(value: str) -> datetime | None:
    """Return the time of a header's date, UTC if it has no zone; None for anything else."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
