"""What the headers of an answer say about when to ask again. Pure.

Dates are read against the answer's own `Date`, not against a clock of ours: what counts is the distance, and either
clock may be wrong.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b(?!=)", re.IGNORECASE)
_LONGEST = timedelta(days=365)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long a `Retry-After` asks to wait, given in seconds or as a date; None if there is none to be read."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return _bounded(int(value[:12]))
    return _until(headers, "Retry-After")


def max_age(headers: Mapping[str, str]) -> timedelta | None:
    """How long the answer stays fresh; None if it does not say so, or says that it does not."""
    control = headers.get("Cache-Control", "")
    if _UNCACHED.search(control):
        return None
    found = _MAX_AGE.search(control)
    if found is None:
        return _until(headers, "Expires") or None
    age = headers.get("Age", "").strip()
    spent = int(age[:12]) if age.isascii() and age.isdigit() else 0
    return _bounded(int(found[1]) - spent) or None


def _bounded(seconds: int) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0), _LONGEST.total_seconds()))


def _until(headers: Mapping[str, str], name: str) -> timedelta | None:
    end, start = _date(headers.get(name, "")), _date(headers.get("Date", ""))
    return None if end is None or start is None else min(max(end - start, timedelta()), _LONGEST)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
