"""When a feed is due again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import errors
from bot.model import Feed, PollSettings, SiteBudget, Validators
from bot.relay import poll_schedule

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETTINGS = PollSettings(interval=10 * MINUTE, minimum_interval=MINUTE)
URL = "https://garden.example/rss"


def feed(interval: timedelta | None = None, failures: int = 0) -> Feed:
    return Feed(1, URL, "garden.example", interval=interval, failures=failures)


@pytest.mark.parametrize(
    ("interval", "hints", "wait"),
    [
        (None, (None, None), 10 * MINUTE),
        (5 * MINUTE, (None, None), 5 * MINUTE),
        (MINUTE / 6, (None, None), MINUTE),
        (None, (30 * MINUTE, None), 30 * MINUTE),
        (None, (None, 20 * MINUTE), 20 * MINUTE),
        (None, (MINUTE, 2 * MINUTE), 10 * MINUTE),
        (None, (timedelta(days=30), None), timedelta(hours=1)),
        (timedelta(hours=6), (timedelta(days=30), None), timedelta(hours=6)),
    ],
)
def test_the_interval_is_the_feeds_own_and_hints_lengthen_it_up_to_an_hour(
    interval: timedelta | None, hints: tuple[timedelta | None, ...], wait: timedelta
) -> None:
    assert poll_schedule.after_success(feed(interval), SETTINGS, hints, 0.0, NOW) == NOW + wait


@pytest.mark.parametrize(
    ("declared", "asked", "asks_default", "wait"),
    [
        (None, None, True, 10 * MINUTE),
        (None, 5 * MINUTE, True, 5 * MINUTE),
        (None, 60 * MINUTE, True, 10 * MINUTE),
        (None, 60 * MINUTE, False, 60 * MINUTE),
        (None, MINUTE / 2, False, MINUTE),
        (20 * MINUTE, 5 * MINUTE, True, 20 * MINUTE),
    ],
)
def test_a_feed_is_polled_as_often_as_one_of_its_channels_wants_unless_the_config_file_says(
    declared: timedelta | None, asked: timedelta | None, asks_default: bool, wait: timedelta
) -> None:
    followed = replace(feed(declared), asked_interval=asked, asks_default=asks_default)

    assert poll_schedule.interval_of(followed, SETTINGS) == wait


def test_jitter_spreads_polls_over_a_tenth_of_the_interval() -> None:
    assert poll_schedule.after_success(feed(), SETTINGS, (), 0.5, NOW) == NOW + 10.5 * MINUTE


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 10), (1, 20), (3, 80), (7, 1280), (8, 1440), (500, 1440)]
)
def test_failures_double_the_wait_up_to_a_day(failures: int, minutes: int) -> None:
    result = poll_schedule.after_failure(
        feed(failures=failures), SETTINGS, errors.ServerError(URL, 500), 0.0, NOW
    )

    assert result.next_poll_at == NOW + minutes * MINUTE
    assert result.cooldown_until is None
    assert not result.ended


def test_a_410_ends_the_feed() -> None:
    assert poll_schedule.after_failure(feed(), SETTINGS, errors.Gone(URL, 410), 0.0, NOW).ended


@pytest.mark.parametrize(
    ("error", "failures", "wait"),
    [
        (errors.RateLimited(URL, 429, retry_after=90 * MINUTE), 0, 90 * MINUTE),
        (errors.RateLimited(URL, 429), 0, 15 * MINUTE),
        (errors.RateLimited(URL, 429), 2, 60 * MINUTE),
        (errors.ServerError(URL, 503, retry_after=3 * MINUTE), 0, 3 * MINUTE),
        (errors.RateLimited(URL, 429, retry_after=timedelta(days=400)), 0, timedelta(days=1)),
    ],
)
def test_a_429_or_a_retry_after_cools_down_the_whole_site(
    error: errors.HttpError, failures: int, wait: timedelta
) -> None:
    result = poll_schedule.after_failure(feed(failures=failures), SETTINGS, error, 0.0, NOW)

    assert result.cooldown_until == NOW + wait
    assert result.next_poll_at >= NOW + wait


def test_a_429_for_one_feed_only_does_not_cool_down_its_site() -> None:
    error = errors.RateLimited(URL, 429, retry_after=90 * MINUTE, whole_site=False)

    result = poll_schedule.after_failure(feed(), SETTINGS, error, 0.0, NOW)

    assert result.cooldown_until is None
    assert result.next_poll_at >= NOW + 90 * MINUTE


def test_tumblr_gets_one_request_at_a_time_and_at_most_one_every_two_seconds() -> None:
    assert poll_schedule.budget("tumblr.com", 5, timedelta(0)) == SiteBudget(1, timedelta(seconds=2))
    assert poll_schedule.budget("tumblr.com", 5, timedelta(seconds=9)) == SiteBudget(1, timedelta(seconds=9))
    assert poll_schedule.budget("garden.example", 5, timedelta(0)) == SiteBudget(5, timedelta(0))


VALIDATORS = Validators('"fixed"', "yesterday", "hash")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("last_full_at", "conditional"),
    [
        (None, False),
        (NOW, True),
        (NOW - 23 * HOUR, True),
        (NOW - 24 * HOUR, False),
        (NOW - 900 * HOUR, False),
        (NOW + HOUR, False),
    ],
)
def test_a_feed_is_fetched_without_validators_once_a_day(
    last_full_at: datetime | None, conditional: bool
) -> None:
    polled = replace(feed(), validators=VALIDATORS, last_full_at=last_full_at)

    wanted = VALIDATORS if conditional else Validators(body_hash="hash")
    assert poll_schedule.validators_for(polled, NOW) == wanted


@pytest.mark.parametrize(("seconds", "minutes"), [(0.2, 10), (10, 10), (15, 15), (20, 20)])
def test_a_feed_that_is_slow_to_parse_waits_sixty_times_as_long(seconds: float, minutes: int) -> None:
    parse_time = timedelta(seconds=seconds)

    due = poll_schedule.after_success(feed(), SETTINGS, (), 0.0, NOW, parse_time)
    assert due == NOW + minutes * MINUTE


@pytest.mark.parametrize(("seconds", "rest"), [(0.0, None), (1.0, None), (2.0, 6), (20.0, 60)])
def test_the_site_of_a_slow_document_rests_three_times_as_long(seconds: float, rest: int | None) -> None:
    until = poll_schedule.site_rest_until(timedelta(seconds=seconds), NOW)

    assert until == (None if rest is None else NOW + timedelta(seconds=rest))


def test_a_document_that_times_out_lets_its_feed_and_its_site_rest() -> None:
    error = errors.ParserTimedOut(URL)
    error.parse_time = timedelta(seconds=20)

    result = poll_schedule.after_failure(feed(MINUTE), SETTINGS, error, 0.0, NOW)

    assert result.next_poll_at == NOW + 20 * MINUTE
    assert result.site_rest_until == NOW + MINUTE
    assert result.parse_time == error.parse_time


def test_a_failure_without_a_document_keeps_the_parse_time() -> None:
    result = poll_schedule.after_failure(feed(), SETTINGS, errors.ServerError(URL, 500), 0.0, NOW)

    assert (result.parse_time, result.site_rest_until) == (None, None)
