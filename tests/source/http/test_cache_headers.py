"""Response headers that say when to fetch again."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.source.http.cache_headers import max_age, retry_after

NOON = "Mon, 01 Jan 2024 12:00:00 GMT"
ONE = "Mon, 01 Jan 2024 13:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        (ONE, timedelta(hours=1)),
        ("Monday, 01-Jan-24 13:00:00 GMT", timedelta(hours=1)),
        ("Mon, 01 Jan 2024 15:00:00 +0200", timedelta(hours=1)),
        ("Mon, 01 Jan 2024 11:00:00 GMT", timedelta()),
        ("999999999999999999999", timedelta(days=365)),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date(value: str, wait: timedelta | None) -> None:
    assert retry_after({"Retry-After": value, "Date": NOON}) == wait


def test_a_date_needs_the_responses_own_date() -> None:
    assert retry_after({"Retry-After": ONE}) is None
    assert max_age({"Expires": ONE}) is None


@pytest.mark.parametrize(
    ("headers", "age"),
    [
        ({"Cache-Control": "max-age=600"}, timedelta(minutes=10)),
        ({"Cache-Control": 'public, Max-Age = "600"'}, timedelta(minutes=10)),
        ({"Cache-Control": "public,max-age=600", "Age": "200"}, timedelta(seconds=400)),
        ({"Cache-Control": "max-age=600", "Age": "600"}, None),
        ({"Cache-Control": "max-age=600", "Age": "old"}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=600, no-cache"}, None),
        ({"Cache-Control": "no-store, max-age=600"}, None),
        ({"Cache-Control": 'max-age=600, no-cache="set-cookie"'}, timedelta(minutes=10)),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=99999999999"}, timedelta(days=365)),
        ({"Expires": ONE, "Date": NOON}, timedelta(hours=1)),
        ({"Expires": ONE, "Date": NOON, "Cache-Control": "max-age=60"}, timedelta(minutes=1)),
        ({"Expires": NOON, "Date": ONE}, None),
        ({"Expires": "0", "Date": NOON}, None),
        ({"Expires": "-1", "Date": NOON}, None),
        ({}, None),
    ],
)
def test_a_response_is_fresh_for_as_long_as_its_headers_say(
    headers: dict[str, str], age: timedelta | None
) -> None:
    assert max_age(headers) == age


@settings(deadline=None)
@given(st.text())
def test_any_header_is_parsed_or_ignored(value: str) -> None:
    headers = {"Retry-After": value, "Cache-Control": value, "Age": value, "Expires": value, "Date": NOON}

    for found in (retry_after(headers), max_age(headers)):
        assert found is None or timedelta() <= found <= timedelta(days=365)
