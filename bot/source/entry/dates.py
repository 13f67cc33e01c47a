"""Parse the dates of feeds: RFC 822, ISO 8601 and sites' variations of them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.text.fold import fold

_MIN_DATE = datetime(1970, 1, 2, tzinfo=UTC)
_MAX_DATE = datetime(2100, 1, 1, tzinfo=UTC)
_MIN_LENGTH, _MAX_LENGTH = 8, 80

# The first letters that identify a month in English, German, French, Spanish, Portuguese, Italian and Dutch, without
# accents.
_MONTHS = (
    ("Jan", "jan", "ene", "gen"),
    ("Feb", "feb", "fev"),
    ("Mar", "mar", "maer", "mrz", "mrt", "maa"),
    ("Apr", "apr", "abr", "avr"),
    ("May", "may", "mai", "mag", "mei"),
    ("Jun", "jun", "juin", "giu"),
    ("Jul", "jul", "juil", "lug"),
    ("Aug", "aug", "ago", "aou"),
    ("Sep", "sep", "set"),
    ("Oct", "oct", "okt", "out", "ott"),
    ("Nov", "nov"),
    ("Dec", "dec", "dez", "dic"),
)
_MONTH = {word: english for english, *words in _MONTHS for word in words}
# Names that RFC 822 does not define, but whose meaning in feeds is unambiguous.
_ZONES = {
    "utc": "+0000", "z": "+0000", "wet": "+0000", "west": "+0100", "bst": "+0100", "cet": "+0100", "mez": "+0100",
    "cest": "+0200", "mesz": "+0200", "eet": "+0200", "eest": "+0300", "msk": "+0300", "jst": "+0900",
    "kst": "+0900", "aest": "+1000", "aedt": "+1100", "nzst": "+1200", "nzdt": "+1300", "akst": "-0900",
    "akdt": "-0800", "hst": "-1000", "brt": "-0300",
}  # fmt: skip
# A date that was never set. email.utils parses year 1 as 2001.
_ZERO_YEAR = re.compile(r"^000\d-|[^\W\d_][. -]+000\d\b")
_WRITTEN_OUT = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,2})\.?(?:\s+|-)(?:de\s+)?([^\W\d_]{3,10})\.?(?:\s+|-)(?:de\s+)?(\d{4})"
    r"(?:,?\s+(\d{1,2}:\d{2}(?::\d{2})?))?(?:\s+([+-]\d{2}:?\d{2}|[^\W\d_]{1,5}))?"
)


def read_date(text: str) -> datetime | None:
    """Return the date in UTC, the default zone; None for invalid dates and placeholders such as year 1."""
    text = " ".join(text.split())
    if not _MIN_LENGTH <= len(text) <= _MAX_LENGTH or _ZERO_YEAR.search(text):
        return None
    for parse in (_parse_iso, _parse_written_out, _parse_rfc822):
        if moment := parse(text):
            return in_range(moment)
    return None


def in_range(moment: datetime) -> datetime | None:
    """Return the moment in UTC; None if it is outside of 1970 to 2099, so that no blog can mean it."""
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment.replace(microsecond=0) if _MIN_DATE <= moment < _MAX_DATE else None


def _parse_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace(" UTC", "+00:00").replace(" +", "+"))
    except ValueError:
        return None


def _parse_written_out(text: str) -> datetime | None:
    """Parse a day, a month's name and a year, with an optional time and zone."""
    match = _WRITTEN_OUT.match(text)
    if match is None:
        return None
    day, month, year, time, zone = match.groups(default="")
    english = _month(month)
    offset = _ZONES.get(zone.lower(), zone) or "+0000"
    return (
        _parse_rfc822(f"{day} {english} {year} {time or '00:00'} {offset.replace(':', '')}")
        if english
        else None
    )


def _month(word: str) -> str:
    folded = fold(word.replace("ä", "ae"))
    return _MONTH.get(folded[:4]) or _MONTH.get(folded[:3]) or ""


def _parse_rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
