"""The dates that feeds write: RFC 822 and ISO 8601, and what sites make of them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.text.fold import fold

_NOT_BEFORE = datetime(1970, 1, 2, tzinfo=UTC)
_NOT_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
_LONGEST = 80

# English, German, French, Spanish, Portuguese, Italian, Dutch: the first letters that tell the month, accents folded.
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
# Names that RFC 822 does not define and that have one meaning among those who use them in feeds.
_ZONES = {
    "utc": "+0000", "z": "+0000", "wet": "+0000", "west": "+0100", "bst": "+0100", "cet": "+0100", "mez": "+0100",
    "cest": "+0200", "mesz": "+0200", "eet": "+0200", "eest": "+0300", "msk": "+0300", "jst": "+0900",
    "kst": "+0900", "aest": "+1000", "aedt": "+1100", "nzst": "+1200", "nzdt": "+1300", "akst": "-0900",
    "akdt": "-0800", "hst": "-1000", "brt": "-0300",
}  # fmt: skip
_ZERO_YEAR = re.compile(
    r"^000\d-|[^\W\d_][. -]+000\d\b"
)  # a date that was never set; email.utils reads year 1 as 2001
_WRITTEN = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,2})\.?(?:\s+|-)(?:de\s+)?([^\W\d_]{3,10})\.?(?:\s+|-)(?:de\s+)?(\d{4})"
    r"(?:,?\s+(\d{1,2}:\d{2}(?::\d{2})?))?(?:\s+([+-]\d{2}:?\d{2}|[^\W\d_]{1,5}))?"
)


def read_date(text: str) -> datetime | None:
    """In UTC; without a zone, UTC is meant. None for what is no date, and for the zero dates that mean "none"."""
    text = " ".join(text.split())
    if not 8 <= len(text) <= _LONGEST or _ZERO_YEAR.search(text):
        return None
    for reader in (_iso, _written, _rfc822):
        if found := reader(text):
            return in_range(found)
    return None


def in_range(moment: datetime) -> datetime | None:
    """The moment in UTC; None if no blog can have meant it."""
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment.replace(microsecond=0) if _NOT_BEFORE <= moment < _NOT_AFTER else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace(" UTC", "+00:00").replace(" +", "+"))
    except ValueError:
        return None


def _written(text: str) -> datetime | None:
    """Day, month in letters, year, perhaps time and zone."""
    match = _WRITTEN.match(text)
    if match is None:
        return None
    day, month, year, time, zone = match.groups(default="")
    english = _month(month)
    offset = _ZONES.get(zone.lower(), zone) or "+0000"
    return _rfc822(f"{day} {english} {year} {time or '00:00'} {offset.replace(':', '')}") if english else None


def _month(word: str) -> str:
    folded = fold(word.replace("ä", "ae"))
    return _MONTH.get(folded[:4]) or _MONTH.get(folded[:3]) or ""


def _rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
