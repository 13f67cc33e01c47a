"""Read dates as people write them: 13.11.2026, 11/13/2026, nov 2026, yesterday, last week, 7d.

The words are those of the writer's language and of English, from Unicode CLDR and `date_phrases.py`. The days are those
of a time zone.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from bot.search import date_phrases
from bot.text.fold import fold

_WORDS = Path(__file__).with_name("date_words.json")
_ENGLISH = "en"
_MONTH_FIRST = frozenset({"en-US", "hu", "ja", "ko", "lt", "zh-CN", "zh-TW"})
"""Languages in which 11/13/2026 is the usual order, or the year comes first and the month follows it."""
_WEEK_FROM_SUNDAY = frozenset({"en-US", "hi", "id", "ja", "ko", "pt-BR", "th", "zh-TW"})
MAX_DATE_LENGTH = 40
"""Characters; a longer text is not a date."""
MAX_DATE_WORDS = 6
"""Words of a date, as in "13 de noviembre de 2026"."""

_AGE = re.compile(r"(\d{1,4})\s*(?:([hdwmy])|(hour|day|week|month|year)s?)")
_UNITS = {
    "h": timedelta(hours=1), "d": timedelta(1), "w": timedelta(7), "m": timedelta(30), "y": timedelta(365),
    "hour": timedelta(hours=1), "day": timedelta(1), "week": timedelta(7), "month": timedelta(30),
    "year": timedelta(365),
}  # fmt: skip
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?\.?|(\d{4})(\d\d)(\d\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}|\d{2}))?\.?")
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_SIGNS = re.compile(r"(?<=\d)\s*[年년月월]\s*(?=\d)")
"""Between the numbers of a Chinese, Japanese or Korean date."""
_LAST_SIGN = re.compile(r"(?<=\d)\s*[日일]$|(?<=-\d)\s*[月월]$|(?<=-\d\d)\s*[月월]$|(?<=\d{4})\s*[年년]$")
_GAPS = re.compile(r"(?<=\d)\s*([-/.])\s*(?=\d)")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_JOINING_WORDS = """
of the st nd rd th de del d el di il le la er e do du den der dem dne ao o a i ngay nam roku r f року года год г р
"""
_JOINING = frozenset(_JOINING_WORDS.split())
"""Words between the parts of a date, and the endings of ordinal numbers."""


@dataclass(frozen=True, slots=True)
class Writer:
    """How somebody writes dates."""

    language: str = "en-GB"
    """As Discord names it: it decides about words, the order of day and month, and the first day of the week."""
    zone: tzinfo = UTC


PLAIN = Writer()


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The time that a date covers, in UTC."""

    start: datetime
    end: datetime
    guessed: date | None = None
    """The day, if the writer's language decided which number is the day and which the month."""


class _Language(TypedDict):
    """A language as in the file."""

    months: list[list[str]]
    """The names of each month."""
    weekdays: list[list[str]]
    spans: dict[str, str]
    ago: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a language, folded."""

    months: Mapping[str, int]
    weekdays: Mapping[str, tuple[int, int]]
    """ "last Monday" → 0, 1: the day of the week, and how many days it is before today at least."""
    spans: Mapping[str, str]
    """ "yesterday" → "day-1": the day before today; also of weeks, months and years."""
    ages: tuple[tuple[re.Pattern[str], str], ...]
    """ "3 days ago": a pattern with a number, and its unit."""
    numbers: Mapping[str, int]
    counted: Mapping[str, timedelta]
    """Ages whose words say the number."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """A date as typed, and the settings that decide its meaning."""

    text: str
    writer: Writer
    now: datetime
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.now.astimezone(self.writer.zone).date())

    def span(self, start: date, end: date) -> DateSpan:
        """Return the time from one day to another, both at midnight."""
        return DateSpan(self._midnight(start), self._midnight(end))

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.writer.zone).astimezone(UTC)

    def day(self, day: date) -> DateSpan:
        """Return the time of one day."""
        return self.span(day, day + timedelta(days=1))

    def month(self, year: int, month: int) -> DateSpan:
        """Return the time of one month."""
        return self.span(date(year, month, 1), _next_month(year, month))


def parse_date(typed: str, now: datetime, writer: Writer = PLAIN) -> DateSpan | None:
    """Return the span that a date covers: a year, month, week or day, or some days until now. None if it is no date.

    A date without a year is the latest one that has begun.
    """
    if len(typed) > MAX_DATE_LENGTH:
        return None
    asked = _Typed(_simplify(typed), writer, now)
    try:
        return next((span for read in _READERS if (span := read(asked)) is not None), None)
    except (ValueError, OverflowError):
        return None


def _simplify(typed: str) -> str:
    """Return the text folded as the words are, with Chinese, Japanese and Korean dates as numbers."""
    numbers = _SIGNS.sub("-", fold(typed).replace("'", "’").strip(" ,;"))
    return _GAPS.sub(r"\1", _LAST_SIGN.sub("", numbers))


def _read_age(asked: _Typed) -> DateSpan | None:
    """Read "7d", "7 days", "3 days ago" and "a week ago"."""
    short = _AGE.fullmatch(asked.text)
    if short:
        return DateSpan(asked.now - int(short[1]) * _UNITS[short[2] or short[3]], asked.now)
    for words in _languages(asked.writer):
        if age := words.counted.get(asked.text):
            return DateSpan(asked.now - age, asked.now)
        for pattern, unit in words.ages:
            if long := pattern.fullmatch(asked.text):
                count = words.numbers[long[1]] if long[1] in words.numbers else int(long[1])
                return DateSpan(asked.now - count * _UNITS[unit], asked.now)
    return None


def _read_words(asked: _Typed) -> DateSpan | None:
    """Read "yesterday", "last week", "monday" and "last monday"."""
    for words in _languages(asked.writer):
        if name := words.spans.get(asked.text):
            unit, sign, back = name.partition("-")
            return _RELATIVE[unit.rstrip("0")](asked, int(back or 0) if sign else 0)
    for words in _languages(asked.writer):
        if found := words.weekdays.get(asked.text):
            weekday, least = found
            days = (asked.today.weekday() - weekday - least) % 7 + least
            return asked.day(asked.today - timedelta(days=days))
    return None


def _some_day(asked: _Typed, back: int) -> DateSpan:
    return asked.day(asked.today - timedelta(days=back))


def _some_week(asked: _Typed, back: int) -> DateSpan:
    first = 6 if asked.writer.language in _WEEK_FROM_SUNDAY else 0
    start = asked.today - timedelta(days=(asked.today.weekday() - first) % 7 + 7 * back)
    return asked.span(start, start + timedelta(days=7))


def _some_month(asked: _Typed, back: int) -> DateSpan:
    year, month = divmod(asked.today.year * 12 + asked.today.month - 1 - back, 12)
    return asked.month(year, month + 1)


def _some_year(asked: _Typed, back: int) -> DateSpan:
    return _year(asked, asked.today.year - back)


_RELATIVE: Mapping[str, Callable[[_Typed, int], DateSpan]] = {
    "day": _some_day, "week": _some_week, "month": _some_month, "year": _some_year,
}  # fmt: skip


def _read_year_first(asked: _Typed) -> DateSpan | None:
    found = _YEAR_FIRST.fullmatch(asked.text)
    if not found:
        return None
    year, month, day = (found[index] or found[index + 3] for index in (1, 2, 3))
    if day:
        return asked.day(date(int(year), int(month), int(day)))
    return asked.month(int(year), int(month)) if month else _year(asked, int(year))


def _read_year_last(asked: _Typed) -> DateSpan | None:
    """Read 13.11.2026, 11/13/26 and 13.11., in the order of the language where both are possible."""
    if found := _MONTH_AND_YEAR.fullmatch(asked.text):
        return asked.month(int(found[2]), int(found[1]))
    found = _YEAR_LAST.fullmatch(asked.text)
    if not found:
        return None
    first, second = int(found[1]), int(found[2])
    is_month_first = second > _MONTHS or (first <= _MONTHS and asked.writer.language in _MONTH_FIRST)
    month, day = (first, second) if is_month_first else (second, first)
    is_ambiguous = max(first, second) <= _MONTHS and first != second
    read = _with_year(asked.today, month, day, found[3])
    return replace(asked.day(read), guessed=read if is_ambiguous else None)


def _read_month_name(asked: _Typed) -> DateSpan | None:
    """Read "nov 2026", "13. November 2026", "13 de noviembre" and "May"."""
    for words in _languages(asked.writer):
        for name, month in words.months.items():
            if rest := _without_name(asked.text, name):
                return _read_numbers(asked, month, _PARTS.findall(rest))
    return None


def _without_name(text: str, name: str) -> str:
    """Return the text with a space in place of a name; "" if it doesn't have the name as a word."""
    at = text.find(name)
    if at < 0:
        return ""
    before, after = text[:at], text[at + len(name) :]
    is_in_word = before[-1:].isalpha() or after[:1].isalpha() or (name[-1].isdigit() and after[:1].isdigit())
    is_in_number = name[0].isdigit() and before[-1:].isdigit()
    return "" if is_in_word or is_in_number else f"{before} {after}"


def _read_numbers(asked: _Typed, month: int, parts: Iterable[str]) -> DateSpan | None:
    """Return the span of a month whose day and year are among these parts; None if there is anything else."""
    numbers = [part for part in parts if part not in _JOINING]
    if len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
        return None
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(years) > 1 or len(years) + len(days) != len(numbers):
        return None
    if not days:
        year = int(years[0]) if years else _with_year(asked.today, month, 1, "").year
        return asked.month(year, month)
    return asked.day(_with_year(asked.today, month, int(days[0]), (years or days[1:] or [""])[0]))


def _with_year(today: date, month: int, day: int, year: str | None) -> date:
    """Return a day of a year that may have two digits; without a year, the latest that has begun."""
    if year:
        return date(int(year) + (_CENTURY if len(year) == 2 else 0), month, day)
    for back in range(_LEAP):
        if (month, day) == (2, 29) and not _is_leap(today.year - back):
            continue
        found = date(today.year - back, month, day)
        if found <= today:
            return found
    raise ValueError("no such day")


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


_MONTHS, _CENTURY, _LEAP = 12, 2000, 9
"""Months of a year; the century of a year with two digits; years in which 29 February surely occurs."""


def _year(asked: _Typed, year: int) -> DateSpan:
    return asked.span(date(year, 1, 1), date(year + 1, 1, 1))


def _next_month(year: int, month: int) -> date:
    return date(year + 1, 1, 1) if month == _MONTHS else date(year, month + 1, 1)


_READERS: tuple[Callable[[_Typed], DateSpan | None], ...] = (
    _read_age, _read_words, _read_year_first, _read_year_last, _read_month_name,
)  # fmt: skip


def _languages(writer: Writer) -> Iterator[_Words]:
    """Yield the words of the writer's language, and of English."""
    known = _load()
    names = (writer.language, writer.language.partition("-")[0], _ENGLISH)
    for name in dict.fromkeys(name for name in names if name in known):
        yield _words(name)


@lru_cache
def _words(language: str) -> _Words:
    found = _load()[language]
    months = {name: number for number, names in enumerate(found["months"], 1) for name in names}
    numbers = _numbers(language)
    return _Words(
        months=dict(sorted(months.items(), key=lambda each: -len(each[0]))),
        weekdays=_weekdays(found, language),
        spans=found["spans"] | _phrases(date_phrases.SPANS, language),
        ages=tuple(_ages(found, language, numbers)),
        numbers=numbers,
        counted={phrase: _age(age) for phrase, age in _phrases(date_phrases.COUNTED, language).items()},
    )


def _age(written: str) -> timedelta:
    """Read "2 week"."""
    count, _, unit = written.partition(" ")
    return int(count) * _UNITS[unit]


def _numbers(language: str) -> dict[str, int]:
    """Return the numbers that a language writes as words."""
    written = fold(date_phrases.NUMBERS.get(language, "")).split()
    return {form: number for number, forms in enumerate(written, 1) for form in forms.split("/")}


def _phrases(table: Mapping[str, Mapping[str, str]], language: str) -> dict[str, str]:
    """Return the meanings of a language's phrases."""
    meanings = table.get(language, {}).items()
    return {fold(phrase): meaning for meaning, phrases in meanings for phrase in phrases.split("/")}


def _ages(found: _Language, language: str, numbers: Iterable[str]) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield the patterns of ages, with their units."""
    number = "|".join((r"\d{1,4}", *sorted(map(re.escape, numbers), key=len, reverse=True)))
    patterns = [(pattern, unit) for unit, each in found["ago"].items() for pattern in each]
    for pattern, unit in (*patterns, *_phrases(date_phrases.AGO, language).items()):
        spaced = re.escape(pattern).replace(r"\ ", r"\s*")
        yield re.compile(spaced.replace(r"\{0\}", f"({number})")), unit


def _weekdays(found: _Language, language: str) -> dict[str, tuple[int, int]]:
    """Return the days of the week, as in "Monday", "on Monday" and "last Monday"."""
    more = fold(date_phrases.WEEKDAYS.get(language, "")).split()
    names = {name: day for day, each in enumerate(found["weekdays"]) for name in each}
    names |= {name: day for day, each in enumerate(more) for name in each.split("/")}
    ways = ["{0}", *filter(None, date_phrases.ON.get(language, "").split("/"))]
    last = filter(None, date_phrases.LAST.get(language, "").split("/"))
    return {
        fold(way.format(name)): (day, least)
        for least, each in enumerate((ways, last))
        for way in each
        for name, day in names.items()
    }


@lru_cache
def _load() -> Mapping[str, _Language]:
    loaded: Mapping[str, _Language] = json.loads(_WORDS.read_text("utf-8"))["languages"]
    return loaded
