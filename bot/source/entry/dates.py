"""Parse the dates of feeds: RFC 822, RFC 850, ISO 8601, and how sites and programming languages write dates.

A date is read if every part of it is understood and has one meaning; otherwise the post has no date, because a wrong
one would reorder posts, or hide new ones. docs/decisions.md has the rules.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum

from bot.source.entry.date_words import FILLERS, month_number, weekday_number, zone_minutes

_MIN_DATE = datetime(1970, 1, 2, tzinfo=UTC)
_MAX_DATE = datetime(2100, 1, 1, tzinfo=UTC)
_MIN_LENGTH, _MAX_LENGTH = 8, 120
_MAX_OFFSET = 15 * 60  # minutes; the widest in use is +14:00
_MIDDAY = 12
_FIRST_YEAR_OF_1900S = 50  # RFC 5322, section 4.3: 00 to 49 mean 2000 to 2049
_MAX_UNKNOWN_WORDS = 2
"""Words before a date that may be a weekday in any language, such as "thứ bảy"."""

_DASHES = str.maketrans("‐‑‒–—−", "------")
_COMMENT = re.compile(r"\(([^()]*)\)|\[[^\[\]]*\]")
_TIMESTAMP = re.compile(r"(\d{10})(?:\.\d+|\d{3})?")
_COMPACT = re.compile(r"(?<![\d.,])(\d{4})(\d\d)(\d\d)(?:[Tt ]?(\d\d)(\d\d)(\d\d)?)?(?![\d/:])")
_COMPACT_TIME = re.compile(r"(?<=\d)T(\d\d)(?:(\d\d)(\d\d)?)?(?=[Z ]|[+-]\d|$)", re.IGNORECASE)
_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d)(?= )")
_EAST_ASIAN_TIME = re.compile(r"(\d{1,2}) ?[時时点點시] ?(?:(\d{1,2}) ?[分분] ?)?(?:(\d{1,2}) ?[秒초])?")
_EAST_ASIAN_WEEKDAY = re.compile(
    "[日月火水木金土]曜日?|(?:星期|周|週)[一二三四五六日天]|[일월화수목금토]요일"
)
_MERIDIEM = {
    "am": "am", "上午": "am", "오전": "am", "午前": "am", "πμ": "am",
    "pm": "pm", "下午": "pm", "오후": "pm", "午後": "pm", "μμ": "pm",
}  # fmt: skip
_HALVES = r"[ap]\.?[ ]?m\b\.?|[上下午]{2}|오전|오후|午[前後]|[πμ]\.?μ\b\.?"
_TIME = re.compile(
    rf"""(?:(?P<before>上午|下午|오전|오후|午[前後])\s*)?
    (?: (?<=\d)T | (?<![\d.]) )
    (?: (?P<hour>\d{{1,2}})(?P<sign>[:.h]|\ ?h\ )(?P<minute>\d\d)(?:(?P=sign)(?P<second>\d\d)(?:[.,]\d{{1,9}})?)?
        (?:\s*(?P<after>{_HALVES}))?
      | (?P<full>\d{{1,2}})\s*(?P<half>[ap]\.?\ ?m\b\.?)
    )(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
_OFFSET = re.compile(
    r"\s*(?:([A-Z]{1,5})\s*)?([+-])(\d\d?)(?::?(\d\d))?(?![\d:/-])(?:\s+[+-]\d\d(?:\d\d)?(?!\d))?"
)
_ZONE_BEFORE_YEAR = re.compile(r"^ ([A-Z]{1,5}) (\d{4})$")
_WORD = r"(?<![^\W\d_])(?P<month>[^\W\d_]{2,12})"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.?º|ª)?"
_YEAR = r"(?P<year>\d{4}|\d{3}|['’]?\d{2})(?!\d)"
_SPACE = r"[\s/.,:-]*"
_NUMERIC = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})(?P<sign>[-/.]) ?(?P<second>\d{1,2})(?P=sign) ?(?P<third>\d{4}|\d{2})(?!\d)\.?"
)
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})-?W(?P<week>\d\d)-?(?P<weekday>[1-7])(?!\d)",
        r"(?<!\d)(?P<year>\d{4})-(?P<ordinal>\d{3})(?!\d)",
        r"(?<!\d)(?P<year>\d{4}) ?[年년] ?(?P<number>\d{1,2}) ?[月월] ?(?P<day>\d{1,2})(?: ?[日일号號])?",
        r"(?<!\d)(?P<year>\d{4})(?P<sign>[-/.]) ?(?P<number>\d{1,2})(?P=sign) ?(?P<day>\d{1,2})(?!\d)\.?",
        r"(?<!\d)(?P<day>\d{1,2}) tháng (?P<number>\d{1,2}),? (?:năm )?(?P<year>\d{4})(?!\d)",
        _NUMERIC.pattern,
        rf"(?<!\d)(?P<year>\d{{4}})[\s/.,-]+{_WORD}\.?[\s/.,-]+(?P<day>\d{{1,2}})(?!\d)\.?",
        rf"{_DAY}{_SPACE}(?:de |d['’]|of |di )?{_WORD}{_SPACE}(?:de |del |of )?{_YEAR}",
        rf"{_WORD}{_SPACE}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? | ?[/-] ?|,\s*){_SPACE}{_YEAR}",
    )
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_ZONE = r"(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)"
_PLAIN = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"{_WEEKDAY}, (?P<day>\d\d) (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}}) {_CLOCK} (?:GMT|{_ZONE})",
        rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)T{_CLOCK}(?:Z|{_ZONE})",
    )
)
"""How most feeds write dates. They are read ten times faster than others, with the same result."""


class Order(Enum):
    """What comes first in dates such as 03/04/2026."""

    DAY_FIRST = ("third", "second", "first")
    MONTH_FIRST = ("third", "first", "second")


def find_order(texts: Iterable[str]) -> Order | None:
    """Return the order that the dates of one document prove, in which only one is possible; None if they disagree."""
    found = {order for text in texts if (order := _proven_order(_normalised(text))) is not None}
    return found.pop() if len(found) == 1 else None


def needs_order(texts: Iterable[str]) -> bool:
    """Return whether some date is numeric, so that the order of the document's dates decides what it means."""
    return any(_NUMERIC.search(_normalised(text)) for text in texts)


def _proven_order(text: str) -> Order | None:
    match = _NUMERIC.search(text)
    found = _cut_date(text) if match else None
    if match is None or found is None:
        return None
    proven = [order for order in Order if _in_order(match, order) == found[0]]
    return proven[0] if len(proven) == 1 and match["sign"] != "." else None


def _in_order(match: re.Match[str], order: Order) -> date | None:
    """Return the day of a numeric date in this order."""
    if len(match["third"]) < len("2026"):
        return None
    year, month, day = (int(match[part]) for part in order.value)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _normalised(text: str) -> str:
    text = " ".join(text[: 2 * _MAX_LENGTH].split())
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_DASHES)


def read_date(text: str, order: Order | None = None) -> datetime | None:
    """Return the date in UTC, the default zone. None if it is invalid, ambiguous, or a placeholder such as year 1.

    `order`: of numeric dates in the same document.
    """
    text = _normalised(text)
    if not _MIN_LENGTH <= len(text) <= _MAX_LENGTH:
        return None
    try:
        moment = _read_plain(text) or _read(text, order)
    except (ValueError, OverflowError):
        return None
    return in_range(moment) if moment else None


def in_range(moment: datetime) -> datetime | None:
    """Return the moment in UTC; None if it is outside of 1970 to 2099, so that no blog can mean it."""
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment.replace(microsecond=0) if _MIN_DATE <= moment < _MAX_DATE else None


@dataclass(frozen=True, slots=True)
class _Time:
    """A time of day, with its zone in minutes if that is a number."""

    since_midnight: timedelta = timedelta()
    zone: int | None = None


def _read_plain(text: str) -> datetime | None:
    """Return the moment of a date in one of the most frequent forms; None if it is another, or may be invalid."""
    match = _PLAIN[0].fullmatch(text) or _PLAIN[1].fullmatch(text)
    if match is None:
        return None
    named = match["month"]
    month = int(named) if named.isdigit() else _MONTHS.index(named) + 1
    hours, minutes = int(match["hours"] or 0), int(match["minutes"] or 0)
    if minutes > 59 or 60 * hours + minutes > _MAX_OFFSET:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    try:
        day = datetime(int(match["year"]), month, int(match["day"]), tzinfo=UTC)
        moment = day.replace(
            hour=int(match["hour"]), minute=int(match["minute"]), second=int(match["second"])
        )
    except ValueError:
        return None
    return moment + offset if match["sign"] == "-" else moment - offset


def _read(text: str, order: Order | None) -> datetime | None:
    """Return the moment of a date, in its zone. Raises ValueError for a number out of range."""
    if match := _TIMESTAMP.fullmatch(text):
        return _from_timestamp(match)
    text = _COMPACT.sub(_spell_out, _EXIF.sub(r"\1-\2-\3", text), count=1)
    text = _EAST_ASIAN_WEEKDAY.sub(" ", text)
    text = _EAST_ASIAN_TIME.sub(_with_colons, _COMPACT_TIME.sub(_with_colons, text))
    comments = [match[1] or "" for match in _COMMENT.finditer(text)]
    time, rest = _cut_time(_COMMENT.sub(" ", text))
    found = _cut_date(rest, order)
    if time is None or found is None:
        return None
    day, left = found
    zone = _zone(time.zone, text, left, comments)
    return None if zone is None else _combine(day, time.since_midnight, zone)


def _from_timestamp(match: re.Match[str]) -> datetime | None:
    """Return the moment of seconds or milliseconds since 1970, unless the digits can also be a date and an hour."""
    digits = match[0]
    if len(digits) == len("YYYYMMDDHH") and re.fullmatch(
        r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])", digits
    ):
        return None
    return datetime.fromtimestamp(int(match[1]), UTC)


def _spell_out(match: re.Match[str]) -> str:
    year, month, day, hour, minute, second = match.groups()
    time = f"T{hour}:{minute}:{second or '00'}" if hour else ""
    return f"{year}-{month}-{day}{time}"


def _with_colons(match: re.Match[str]) -> str:
    return f" {match[1]}:{match[2] or 0:>02}:{match[3] or 0:>02}"


def _cut_time(text: str) -> tuple[_Time | None, str]:
    """Return the time of day and the text without it: midnight if there is none, None if it contradicts itself."""
    match = next((match for match in _TIME.finditer(text) if _is_time(match, text)), None)
    if match is None:
        return _Time(), text
    before, after = text[: match.start()], text[match.end() :]
    clock, zone = _clock(match), None
    if offset := _OFFSET.match(after):
        zone = _offset_minutes(offset)
        after = after[offset.end() :]
    after = _ZONE_BEFORE_YEAR.sub(r"\2 \1", after)
    return (None if clock is None else _Time(clock, zone)), f"{before} {after}"


def _offset_minutes(match: re.Match[str]) -> int:
    """Return the minutes of `+0530`, `GMT+7` or `EST-0500`. Raises ValueError if they contradict the name."""
    name, sign, hours, minutes = match.groups(default="")
    offset = (60 * int(hours) + int(minutes or 0)) * (-1 if sign == "-" else 1)
    if int(minutes or 0) > 59 or abs(offset) > _MAX_OFFSET:
        raise ValueError
    if name and zone_minutes(name) not in (0, offset):
        raise ValueError
    return offset


def _is_time(match: re.Match[str], text: str) -> bool:
    """Return whether this isn't part of a date with dots, such as 17.10.2026."""
    if match["sign"] != "." or match["after"]:
        return True
    has_month = any(map(month_number, _TOKEN.findall(text)))
    return has_month or not (match["second"] or text[match.end() : match.end() + 1] == ".")


def _clock(match: re.Match[str]) -> timedelta | None:
    """Return the time of day since midnight; None for 20:28 AM."""
    hour, minute, second = (
        int(match["hour"] or match["full"]),
        int(match["minute"] or 0),
        int(match["second"] or 0),
    )
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and minute + second):
        raise ValueError
    half = _half(match["before"] or match["after"] or match["half"] or "")
    if half == "am" and hour > _MIDDAY:
        return None
    if half and hour <= _MIDDAY:
        hour = hour % _MIDDAY + (_MIDDAY if half == "pm" else 0)
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _half(word: str) -> str:
    return _MERIDIEM.get(re.sub(r"[. ]", "", word).casefold(), "")


def _cut_date(text: str, order: Order | None = None) -> tuple[date, str] | None:
    """Return the day and the text without it; None if there is none, or one with two meanings."""
    for pattern in _DATES:
        for match in pattern.finditer(text):
            left = f"{text[: match.start()]} {text[match.end() :]}"
            days = set(_days(match.groupdict()))
            if len(days) > 1:  # a weekday decides, or else the other dates of the document
                weekdays = set(map(weekday_number, _TOKEN.findall(left))) - {None}
                in_order = None if weekdays or order is None else _in_order(match, order)
                days = {day for day in days if day.weekday() in weekdays or day == in_order}
            if len(days) == 1:
                return days.pop(), left
            if "month" not in match.re.groupindex or month_number(match["month"]):
                return None
    return None


def _days(parts: dict[str, str | None]) -> Iterator[date]:
    """Yield the days that the matched parts can mean."""
    if first := parts.get("first"):
        yield from _numeric_days(parts["sign"] or "", first, parts["second"] or "", parts["third"] or "")
        return
    year = _full_year(parts["year"] or "")
    if week := parts.get("week"):
        yield date.fromisocalendar(year, int(week), int(parts["weekday"] or 0))
    elif ordinal := parts.get("ordinal"):
        day = date(year, 1, 1) + timedelta(days=int(ordinal) - 1)
        yield from [day] if day.year == year else []
    elif month := int(parts.get("number") or month_number(parts.get("month") or "")):
        yield date(year, month, int(parts["day"] or 0))


def _numeric_days(sign: str, first: str, second: str, third: str) -> Iterator[date]:
    """Yield the days that 17/10/2026 can mean: day first or month first, with dots only day first.

    A year of two digits may also come first.
    """
    orders = [(third, second, first)]
    orders += [(third, first, second)] if sign != "." else []
    orders += [(first, second, third)] if len(third) == len(first) == len("26") else []
    for year, month, day in orders:
        try:
            yield date(_full_year(year), int(month), int(day))
        except ValueError:
            continue


def _full_year(digits: str) -> int:
    """Return the year of two, three (JavaScript's `getYear`) or four digits, as RFC 5322 does."""
    digits = digits.lstrip("'’")
    year = int(digits)
    if len(digits) == len("026"):
        return 1900 + year
    if len(digits) == len("26"):
        return year + (1900 if year >= _FIRST_YEAR_OF_1900S else 2000)
    return year


def _zone(offset: int | None, text: str, left: str, comments: list[str]) -> int | None:
    """Return the zone in minutes, UTC if none is named; None if a word or number is left that is not understood.

    `left`: the text without its date and time. Beside a number, a zone's name is not needed.
    """
    leading = _TOKEN.findall(re.split(r"\d", text, maxsplit=1)[0])
    words = [word for word in _TOKEN.findall(left) if not _is_filler(word)]
    zones = {minutes for word in words if (minutes := zone_minutes(word)) is not None}
    unknown = [word for word in words if zone_minutes(word) is None]
    weekdays = [word for word in unknown if word in leading]
    names = [word for word in unknown if word not in leading]
    if len(weekdays) > _MAX_UNKNOWN_WORDS or any(map(str.isdigit, names)):
        return None
    if offset is not None:
        return offset if len(names) <= 1 else None
    zones = zones or {minutes for word in comments if (minutes := zone_minutes(word.strip())) is not None}
    return None if names or len(zones) > 1 else next(iter(zones), 0)


def _is_filler(word: str) -> bool:
    """Return whether a word can be ignored. A single capital may be a military zone, which RFC 5322 calls unknown."""
    known = word if len(word) == 1 else word.casefold()
    return known in FILLERS or weekday_number(word) is not None


def _combine(day: date, since_midnight: timedelta, zone: int) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=zone)))
    return midnight + since_midnight
