"""What happens to a delivery after a send."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import (
    Dead,
    Delivery,
    DeliveryState,
    Entry,
    Outcome,
    Publication,
    Refused,
    Retry,
    Sent,
    Settlement,
    Style,
)
from bot.relay import retry

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SEND_START = NOW - timedelta(seconds=1)
EARLIER = NOW - timedelta(hours=1)


def delivery(attempts: int = 0, uncertain_since: datetime | None = None, probes: int = 0) -> Delivery:
    return Delivery(7, 100, 1, Entry(), "Garden", Style.CARD, (), attempts, uncertain_since, probes)


def test_a_sent_message_is_settled_with_its_id() -> None:
    assert retry.settle(delivery(), Sent(5, publishable=True), SEND_START, NOW) == Settlement(
        DeliveryState.SENT, NOW, message_id=5, publishable=True
    )


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (1, 4), (5, 64), (20, 600), (10_000, 600)])
def test_a_retry_waits_longer_each_time_and_is_never_given_up(attempts: int, seconds: int) -> None:
    settled = retry.settle(delivery(attempts), Retry("busy"), SEND_START, NOW)

    assert settled == Settlement(DeliveryState.PENDING, NOW + timedelta(seconds=seconds), "busy")


def test_a_retry_waits_as_long_as_discord_asks() -> None:
    second = timedelta(seconds=1)

    assert retry.settle(delivery(3), Retry("busy", second), SEND_START, NOW).due_at == NOW + second


def test_a_lost_answer_makes_a_delivery_uncertain_since_the_send_began() -> None:
    assert (
        retry.settle(delivery(), Retry("lost", uncertain=True), SEND_START, NOW).uncertain_since == SEND_START
    )


@pytest.mark.parametrize("outcome", [Retry("busy"), Retry("lost", uncertain=True), Refused("no")])
def test_a_delivery_stays_uncertain_until_it_is_settled(outcome: Outcome) -> None:
    assert (
        retry.settle(delivery(uncertain_since=EARLIER), outcome, SEND_START, NOW).uncertain_since == EARLIER
    )


@pytest.mark.parametrize(("probes", "minutes"), [(0, 5), (1, 10), (3, 40), (30, 360)])
def test_a_refusal_suspends_the_channel_and_keeps_the_delivery(probes: int, minutes: int) -> None:
    settled = retry.settle(delivery(probes=probes), Refused("No Send Messages."), SEND_START, NOW)

    assert settled.state is DeliveryState.PENDING
    assert settled.probe_at == NOW + timedelta(minutes=minutes)
    assert settled.reason == "No Send Messages."


def test_only_a_message_that_discord_will_never_accept_is_given_up() -> None:
    assert retry.settle(delivery(), Dead("too odd"), SEND_START, NOW) == Settlement(
        DeliveryState.DEAD, NOW, "too odd"
    )


@pytest.mark.parametrize(
    ("since", "holds"),
    [
        (None, False),
        (NOW - timedelta(seconds=119), True),
        (NOW - retry.NONCE_WINDOW, False),
        (NOW + timedelta(minutes=1), False),
        (EARLIER, False),
    ],
)
def test_a_nonce_holds_for_two_minutes(since: datetime | None, holds: bool) -> None:
    assert retry.nonce_holds(since, NOW) is holds


@pytest.mark.parametrize(
    ("outcome", "attempts", "again"),
    [
        (Sent(5), 0, None),
        (Retry("limit", timedelta(minutes=6)), 0, NOW + timedelta(minutes=6)),
        (Retry("busy"), 1, NOW + timedelta(seconds=4)),
        (Retry("busy"), retry.MAX_PUBLICATION_ATTEMPTS, None),
        (Refused("no"), 0, None),
        (Dead("gone"), 0, None),
    ],
)
def test_publishing_is_retried_a_limited_number_of_times(
    outcome: Outcome, attempts: int, again: datetime | None
) -> None:
    assert retry.publication_retry_at(Publication(7, 100, 5, attempts, NOW), outcome, NOW) == again


@pytest.mark.parametrize(
    ("outcome", "since", "until"),
    [
        (Retry("lost", uncertain=True, lost=True), EARLIER, NOW),
        (Retry("no search", uncertain=True), EARLIER, EARLIER),
        (Retry("not there, lost", uncertain=True, lost=True, searched=True), SEND_START, NOW),
        (Retry("not there, busy", searched=True), None, None),
        (Refused("no"), EARLIER, EARLIER),
    ],
)
def test_an_uncertain_delivery_keeps_when_its_message_may_have_been_sent(
    outcome: Outcome, since: datetime | None, until: datetime | None
) -> None:
    before = replace(delivery(uncertain_since=EARLIER), uncertain_until=EARLIER)

    settled = retry.settle(before, outcome, SEND_START, NOW)

    assert (settled.uncertain_since, settled.uncertain_until) == (since, until)


@pytest.mark.parametrize(("ago", "seconds"), [(None, 0), (0, 30), (10, 20), (30, 0), (3600, 0), (-3600, 30)])
def test_a_lost_message_may_arrive_within_half_a_minute(ago: int | None, seconds: int) -> None:
    until = None if ago is None else NOW - timedelta(seconds=ago)

    assert retry.arrives_within(until, NOW) == timedelta(seconds=seconds)


def test_the_reason_of_a_sent_post_says_what_was_left_out() -> None:
    assert (
        retry.settle(delivery(), Sent(5, note="without a picture"), SEND_START, NOW).reason
        == "without a picture"
    )
