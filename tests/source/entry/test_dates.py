"""Dates as feeds write them. Complete documents are in the golden pair `dates.xml`."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.source.entry.dates import in_range, read_date

MARCH = datetime(2024, 3, 5, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 05 Mar 2024 07:00:00 GMT",
        "Tue, 5 Mar 2024 07:00 UT",
        "5 Mar 2024 02:00:00 EST",
        "Tue, 05 Mar 2024 08:00:00 CET",
        "Tue, 05 Mar 2024 08:00:00 +01:00",
        "Tuesday, 05-Mar-24 07:00:00 GMT",
        "Tue,  05  Mar  2024\n 07:00:00 +0000",
        "Tue, 05 Mar 2024 07:00:00 -0000",
        "2024-03-05T07:00:00Z",
        "2024-03-05T08:00:00.123+01:00",
        "2024-03-05 07:00:00",
        "2024-03-05 08:00:00 +0100",
        "2024-03-05 07:00:00 UTC",
        "20240305T070000Z",
        "Di, 05 März 2024 08:00:00 MEZ",
        "Di., 5. Mrz. 2024 08:00 +0100",
        "mar., 05 mars 2024 08:00:00 +0100",
        "mar, 5 de mar de 2024 04:00:00 -0300",
    ],
)
def test_one_moment_has_many_spellings(text: str) -> None:
    assert read_date(text) == MARCH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "Tue, 35 Mar 2024 07:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2024-13-01",
        "9" * 99,
    ],
)
def test_an_invalid_date_is_none(text: str) -> None:
    assert read_date(text) is None


def test_a_post_may_be_older_than_the_web() -> None:
    assert read_date("Sat, 01 Jan 1983 00:00:00 +0100") == datetime(1982, 12, 31, 23, tzinfo=UTC)


def test_a_time_out_of_range_is_none() -> None:
    assert in_range(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))) is None
    assert in_range(datetime(9999, 12, 31, tzinfo=timezone(-timedelta(hours=14)))) is None


@given(st.text(max_size=90))
def test_any_text_is_a_date_in_utc_or_none(text: str) -> None:
    found = read_date(text)

    assert found is None or found.tzinfo is UTC
