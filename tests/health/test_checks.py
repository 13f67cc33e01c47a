from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest
from prometheus_client import CollectorRegistry

from bot.health.checks import MAX_LATENESS, Observed, live_problems, ready_problems
from bot.health.gauges import Gauges
from bot.model import Backlog, BackupState

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
IDLE = Backlog(
    feeds=3,
    feed_due_at=NOW + MINUTE,
    send_due_at=None,
    waiting=0,
    oldest_at=None,
    uncertain=0,
    held=0,
    suspended=0,
)
WELL = Observed(
    now=NOW,
    late_ticks=(),
    connected=True,
    was_connected=True,
    down_since=None,
    last_poll_at=NOW - MINUTE,
    last_answer_at=NOW - MINUTE,
    backlog=IDLE,
    bytes=4096,
    backups=None,
)
DOWN = replace(WELL, connected=False, down_since=NOW - 10 * MINUTE)
LATE = NOW - MAX_LATENESS - MINUTE


@pytest.mark.parametrize(
    "observed",
    [
        WELL,
        replace(
            WELL, backlog=replace(IDLE, feeds=0, feed_due_at=None), last_poll_at=None, last_answer_at=None
        ),
        replace(WELL, backlog=replace(IDLE, feed_due_at=NOW - MAX_LATENESS)),
        DOWN,
        replace(DOWN, backlog=replace(IDLE, send_due_at=LATE, waiting=3)),
        replace(DOWN, last_poll_at=NOW - 20 * MINUTE, last_answer_at=NOW - 20 * MINUTE),
        replace(DOWN, last_poll_at=None, last_answer_at=None),
    ],
    ids=[
        "nothing is late",
        "there are no feeds",
        "a little late",
        "Discord alone is down",
        "Discord is down and posts wait",
        "Discord is down and nothing was polled since",
        "Discord is down and there are no feeds",
    ],
)
def test_a_bot_that_does_its_best_is_ready(observed: Observed) -> None:
    assert ready_problems(observed) == ()
    assert live_problems(observed) == ()


@pytest.mark.parametrize(
    ("observed", "problem"),
    [
        (replace(WELL, backlog=replace(IDLE, feed_due_at=LATE)), "a poll is 6 minutes late"),
        (replace(WELL, backlog=replace(IDLE, send_due_at=LATE)), "a post is 6 minutes late"),
        (replace(DOWN, was_connected=False), "the gateway is not connected"),
        (replace(DOWN, last_answer_at=NOW - 20 * MINUTE), "the gateway is not connected"),
        (replace(WELL, backlog=None, bytes=None), "the database does not answer"),
        (replace(WELL, late_ticks=("poll",)), "the job poll has not run for more than a minute"),
    ],
)
def test_a_bot_that_is_late_or_cut_off_is_not_ready(observed: Observed, problem: str) -> None:
    assert ready_problems(observed) == (problem,)


def test_only_a_stuck_job_makes_a_bot_dead() -> None:
    everything_fails = replace(DOWN, backlog=None, bytes=None, last_answer_at=None)

    assert live_problems(everything_fails) == ()
    assert live_problems(replace(WELL, late_ticks=("deliver",)))


@pytest.mark.parametrize(("latency", "shown"), [(0.25, "0.25"), (inf, "nan"), (nan, "nan")])
def test_a_latency_that_is_not_known_is_no_number(latency: float, shown: str) -> None:
    """discord.py says infinite while the gateway is down, which would hide every other value of a plot."""
    gauges = Gauges(CollectorRegistry(), lambda: latency)

    gauges.set(WELL)

    assert str(gauges.registry.get_sample_value("feed_relay_gateway_latency_seconds")) == shown


@pytest.mark.parametrize(
    ("observed", "stopped"),
    [
        (WELL, "0.0"),
        (replace(WELL, backlog=replace(IDLE, no_session_until=NOW + MINUTE)), "1.0"),
        (replace(WELL, backlog=replace(IDLE, no_session_until=NOW)), "0.0"),
        (replace(WELL, backlog=None), "nan"),
    ],
)
def test_a_stop_of_sessions_shows_in_the_metrics(observed: Observed, stopped: str) -> None:
    gauges = Gauges(CollectorRegistry(), lambda: 0.1)

    gauges.set(observed)

    assert str(gauges.registry.get_sample_value("feed_relay_gateway_sessions_stopped")) == stopped


@pytest.mark.parametrize(
    ("observed", "age", "failing"),
    [
        (WELL, "nan", "0.0"),
        (replace(WELL, backups=BackupState(NOW - 5 * MINUTE, NOW)), "300.0", "0.0"),
        (replace(WELL, backups=BackupState(NOW - 5 * MINUTE, NOW, "The disk is full.")), "300.0", "1.0"),
        (replace(WELL, backups=BackupState(None, NOW, "The disk is full.")), "nan", "1.0"),
        (replace(WELL, backlog=None), "nan", "nan"),
    ],
)
def test_a_failed_backup_shows_in_the_metrics_and_the_bot_stays_ready(
    observed: Observed, age: str, failing: str
) -> None:
    gauges = Gauges(CollectorRegistry(), lambda: 0.1)

    gauges.set(observed)

    shown = [
        str(gauges.registry.get_sample_value(f"feed_relay_{name}"))
        for name in ("backup_age_seconds", "backup_failing")
    ]
    assert shown == [age, failing]
    assert observed.backlog is None or ready_problems(observed) == ()
