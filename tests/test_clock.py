"""The clock follows Discord, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MAX_CORRECTION, Clock, deviation

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
SOON = timedelta(milliseconds=100)


class Machine:
    """A machine whose monotonic clock the test moves."""

    def __init__(self, wall: datetime = NOON) -> None:
        self.elapsed = 5000.0
        self.clock = Clock(wall, lambda: self.elapsed)

    def answer(self, date: datetime, latency: timedelta = SOON) -> None:
        """Receive an answer with this date, and another one with it a second later."""
        self.clock.follow(date, latency)
        self.elapsed += 1
        self.clock.follow(date + SECOND, latency)


def test_the_clock_counts_what_has_elapsed() -> None:
    machine = Machine()

    machine.elapsed += 90

    assert machine.clock() == NOON + timedelta(seconds=90)


@pytest.mark.parametrize("error", [-HOUR, HOUR, -30 * HOUR, timedelta(seconds=-10), timedelta(seconds=10)])
def test_a_wrong_clock_follows_two_answers_that_agree(error: timedelta) -> None:
    machine = Machine(NOON + error)

    machine.answer(NOON)

    assert abs(machine.clock() - (NOON + SECOND)) <= 2 * SECOND


def test_one_wrong_date_changes_nothing() -> None:
    machine = Machine()

    machine.clock.follow(NOON + HOUR, SOON)
    machine.clock.follow(NOON, SOON)
    machine.clock.follow(NOON - HOUR, SOON)
    machine.clock.follow(NOON + HOUR, SOON)

    assert machine.clock() == NOON


def test_the_smaller_of_two_corrections_is_made() -> None:
    machine = Machine()

    machine.clock.follow(NOON + 5 * HOUR, SOON)
    machine.clock.follow(NOON + HOUR, SOON)

    assert machine.clock() == NOON + HOUR


def test_an_impossible_date_changes_nothing() -> None:
    machine = Machine()

    machine.answer(datetime(1970, 1, 1, tzinfo=UTC))
    machine.answer(datetime.max.replace(tzinfo=UTC) - SECOND)
    machine.answer(NOON + MAX_CORRECTION + HOUR)

    assert machine.clock() == NOON + timedelta(seconds=3)


@pytest.mark.parametrize("latency", [SOON, SECOND, timedelta(seconds=90)])
def test_a_slow_answer_says_when_it_was_written_only_roughly(latency: timedelta) -> None:
    written = [NOON - latency, NOON - latency / 2, NOON]

    assert [deviation(NOON, date.replace(microsecond=0), latency) for date in written] == [timedelta()] * 3


def test_after_a_correction_the_same_dates_change_nothing() -> None:
    machine = Machine(NOON - HOUR)
    machine.answer(NOON)
    corrected = machine.clock()

    machine.answer(NOON + SECOND)

    assert machine.clock() == corrected + SECOND


def test_a_suspended_machine_whose_clock_stood_still_catches_up() -> None:
    machine = Machine()
    machine.answer(NOON)

    machine.answer(NOON + 8 * HOUR)

    assert machine.clock() - NOON >= 8 * HOUR
