"""Dates as people write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.dates import Writer, _load, parse_date

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
"""A Monday."""


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-05", datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)),
        ("2025-12", datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02-28", datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026/2/3", datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC)),
        ("20260203", datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7), NOW),
        ("3W", NOW - timedelta(weeks=3), NOW),
        ("1y", NOW - timedelta(days=365), NOW),
        ("3 days ago", NOW - timedelta(days=3), NOW),
        ("7 days", NOW - timedelta(days=7), NOW),
        ("1 week", NOW - timedelta(weeks=1), NOW),
        ("12hours", NOW - timedelta(hours=12), NOW),
        ("yesterday", datetime(2026, 5, 3, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC)),
        ("last week", datetime(2026, 4, 27, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC)),
        ("last month", datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)),
        ("this year", datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("Sunday", datetime(2026, 5, 3, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC)),
        ("nov 2025", datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)),
        ("Sept 2025", datetime(2025, 9, 1, tzinfo=UTC), datetime(2025, 10, 1, tzinfo=UTC)),
        ("november", datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)),
        ("11/2025", datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_date_is_parsed_as_a_span_of_time(typed: str, start: datetime, end: datetime) -> None:
    span = parse_date(typed, NOW)

    assert span is not None
    assert (span.start, span.end) == (start, end)


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("13.11.2025", "de"),
        ("13.11.25", "de"),
        ("11/13/2025", "en-US"),
        ("13/11/2025", "en-US"),
        ("13-11-2025", "en-GB"),
        ("13 nov 2025", "en-GB"),
        ("Nov 13, 2025", "en-US"),
        ("November 13th 2025", "en-US"),
        ("13. November", "de"),
        ("13 de noviembre de 2025", "es-419"),
        ("13 novembre", "fr"),
        ("13 de nov. de 2025", "pt-BR"),
        ("13 ноября 2025 г.", "ru"),
        ("13 листопада", "uk"),
        ("13. listopadu 2025", "cs"),
        ("13 Kasım 2025", "tr"),
        ("13 Νοεμβρίου 2025", "el"),
        ("2025. november 13.", "hu"),
        ("2025年11月13日", "ja"),
        ("11月13日", "zh-CN"),
        ("2025년 11월 13일", "ko"),
        ("13 tháng 11 2025", "vi"),
    ],
)
def test_one_day_is_read_as_each_language_writes_it(typed: str, language: str) -> None:
    span = parse_date(typed, NOW, Writer(language))

    assert span is not None
    assert (span.start, span.guessed) == (datetime(2025, 11, 13, tzinfo=UTC), None)
    assert span.end - span.start == timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "language"),
    [("gestern", "de"), ("yesterday", "de"), ("вчера", "ru"), ("昨日", "ja"), ("hier", "fr"), ("dün", "tr")],
)
def test_yesterday_is_known_in_the_writers_language_and_in_english(typed: str, language: str) -> None:
    span = parse_date(typed, NOW, Writer(language))

    assert span is not None
    assert span.start == datetime(2026, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("the day before yesterday", "de"),
        ("day before yesterday", "en-GB"),
        ("antes de ayer", "es-ES"),
        ("おととい", "ja"),
    ],
)
def test_the_day_before_yesterday_may_be_written_in_several_ways(typed: str, language: str) -> None:
    span = parse_date(typed, NOW, Writer(language))

    assert span is not None
    assert span.start == datetime(2026, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("3日前", "ja"),
        ("3 日前", "ja"),
        ("3天前", "zh-TW"),
        ("3天前", "zh-CN"),
        ("3일 전", "ko"),
        ("3วันที่แล้ว", "th"),
    ],
)
def test_an_age_may_be_typed_without_the_spaces_of_the_pattern(typed: str, language: str) -> None:
    span = parse_date(typed, NOW, Writer(language))

    assert span is not None
    assert span.start == NOW - timedelta(days=3)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en-GB", "two weeks ago"),
        ("en-US", "two weeks"),
        ("de", "vor zwei Wochen"),
        ("fr", "il y a deux semaines"),
        ("es-ES", "hace dos semanas"),
        ("es-419", "dos semanas atrás"),
        ("pt-BR", "há duas semanas"),
        ("pt-BR", "duas semanas atrás"),
        ("ru", "две недели назад"),
        ("ja", "二週間前"),
        ("ar", "قبل أسبوعين"),
    ],
)
def test_the_number_of_an_age_may_be_a_word(language: str, typed: str) -> None:
    span = parse_date(typed, NOW, Writer(language))

    assert span is not None
    assert span.start == NOW - timedelta(weeks=2)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en-GB", "a week ago"),
        ("de", "vor einer Woche"),
        ("fr", "il y a une semaine"),
        ("es-ES", "hace una semana"),
        ("pt-BR", "há uma semana"),
        ("ru", "неделю назад"),
        ("ja", "一週間前"),
        ("ar", "منذ أسبوع"),
    ],
)
def test_one_week_ago_may_be_written_without_a_number(language: str, typed: str) -> None:
    span = parse_date(typed, NOW, Writer(language))

    assert span is not None
    assert span.start == NOW - timedelta(weeks=1)


@pytest.mark.parametrize(
    ("language", "on_monday", "last_monday"),
    [
        ("en-GB", "on Monday", "last Monday"),
        ("de", "am Montag", "letzten Montag"),
        ("fr", "le lundi", "lundi dernier"),
        ("fr", "lundi", "le lundi passé"),
        ("es-ES", "el lunes", "el lunes pasado"),
        ("pt-BR", "na segunda", "na segunda-feira passada"),
        ("ru", "в понедельник", "в прошлый понедельник"),
        ("ja", "月曜", "この前の月曜日"),
        ("ar", "يوم الاثنين", "الاثنين الماضي"),
    ],
)
@pytest.mark.parametrize("days", range(7))
def test_on_monday_may_be_today_and_last_monday_is_before(
    language: str, on_monday: str, last_monday: str, days: int
) -> None:
    today = NOW + timedelta(days=days)

    on, last = (parse_date(typed, today, Writer(language)) for typed in (on_monday, last_monday))

    assert on is not None
    assert last is not None
    monday = datetime(2026, 5, 4, tzinfo=UTC)
    assert on.start == monday
    assert last.start == (monday if days else monday - timedelta(weeks=1))


@pytest.mark.parametrize("typed", ["aujourd'hui", "aujourd’hui"])
def test_either_apostrophe_is_understood(typed: str) -> None:
    span = parse_date(typed, NOW, Writer("fr"))

    assert span is not None
    assert span.start == datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "typed"),
    [("en-GB", "a few days ago"), ("ru", "недели назад"), ("ar", "قبل أيام"), ("ja", "先週の日曜日")],
)
def test_what_may_mean_several_days_is_no_date(language: str, typed: str) -> None:
    assert parse_date(typed, NOW, Writer(language)) is None


@pytest.mark.parametrize(
    ("language", "month", "day"), [("en-US", 3, 4), ("en-GB", 4, 3), ("de", 4, 3), ("ja", 3, 4)]
)
def test_the_language_decides_which_number_is_the_day_if_both_could_be(
    language: str, month: int, day: int
) -> None:
    span = parse_date("03/04/2026", NOW, Writer(language))

    assert span is not None
    assert (span.start.date(), span.guessed) == (date(2026, month, day), date(2026, month, day))


def test_equal_numbers_are_not_ambiguous() -> None:
    span = parse_date("04.04.2026", NOW)

    assert span is not None
    assert span.guessed is None


def test_days_begin_at_midnight_in_the_writers_time_zone() -> None:
    """In Auckland it is 5 May already, half an hour past midnight."""
    span = parse_date("today", NOW + timedelta(minutes=30), Writer(zone=ZoneInfo("Pacific/Auckland")))

    assert span is not None
    assert (span.start, span.end) == (NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize(("language", "first"), [("en-US", 26), ("de", 27)])
def test_a_week_begins_on_the_day_that_the_language_has_first(language: str, first: int) -> None:
    span = parse_date("last week", NOW, Writer(language))

    assert span is not None
    assert span.start == datetime(2026, 4, first, tzinfo=UTC)


@pytest.mark.parametrize(("typed", "year"), [("4 May", 2026), ("5 May", 2025), ("29 Feb", 2024)])
def test_a_day_without_a_year_is_the_latest_that_has_begun(typed: str, year: int) -> None:
    span = parse_date(typed, NOW)

    assert span is not None
    assert span.start.year == year


@pytest.mark.parametrize(
    "typed",
    ["", "spring", "2026-13", "2026-02-30", "9999-12-31", "0000", "9999y", "13-13-2026", "32.1.2026", "maybe",
     "may beans", "may 1 2 3", "may 123", "30 feb", "nov" * 30],
)  # fmt: skip
def test_text_that_is_not_a_date_is_parsed_as_none(typed: str) -> None:
    assert parse_date(typed, NOW) is None


@given(
    st.text(max_size=60) | st.text("0123456789./- may年月日", max_size=20), st.sampled_from(sorted(_load()))
)
def test_any_text_is_a_date_or_none(typed: str, language: str) -> None:
    span = parse_date(typed, NOW, Writer(language))

    assert span is None or span.start < span.end or typed.strip().startswith("0")


def test_every_month_of_every_language_can_be_written() -> None:
    for language, words in _load().items():
        for number, names in enumerate(words["months"], 1):
            for name in names:
                span = parse_date(f"{name} 2025", NOW, Writer(language))

                assert span is not None, (language, name)
                assert span.start.month == number, (language, name)
