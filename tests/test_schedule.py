"""Jobs run at their intervals and when they are woken, and stop in order."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from bot import errors
from bot.schedule import Job, Schedule
from tests.e2e import wrong_clock

NEVER = timedelta(days=1)


def counting(runs: list[str], name: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        runs.append(name)

    return run


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_only_jobs_that_run_at_the_start_do() -> None:
    runs: list[str] = []
    schedule = Schedule()
    schedule.start(
        [
            Job("poll", NEVER, counting(runs, "poll"), runs_at_start=True),
            Job("maintain", NEVER, counting(runs, "m")),
        ]
    )
    await settle()
    await schedule.stop()

    assert runs == ["poll"]


async def test_a_job_runs_at_its_interval() -> None:
    ran = asyncio.Event()

    async def run() -> None:
        ran.set()

    schedule = Schedule()
    schedule.start([Job("poll", timedelta(milliseconds=1), run)])
    await ran.wait()
    await schedule.stop()


async def test_a_wake_before_the_start_and_after_the_stop_does_nothing() -> None:
    runs: list[str] = []
    schedule = Schedule()
    schedule.wake("poll")
    schedule.start([Job("poll", NEVER, counting(runs, "poll"))])
    await schedule.stop()
    schedule.wake("poll")
    await settle()

    assert runs == []


async def test_wakes_during_a_run_cause_one_more_run() -> None:
    runs, released = 0, asyncio.Event()

    async def run() -> None:
        nonlocal runs
        runs += 1
        await released.wait()

    schedule = Schedule()
    schedule.start([Job("poll", NEVER, run, runs_at_start=True)])
    await settle()
    schedule.wake("poll")
    schedule.wake("poll")
    await settle()
    assert runs == 1

    released.set()
    await settle()
    await schedule.stop()

    assert runs == 2


async def test_a_job_runs_after_the_shortest_delay_that_was_asked_for() -> None:
    ran = asyncio.Event()

    async def run() -> None:
        ran.set()

    schedule = Schedule()
    schedule.wake_in(timedelta(0), "poll")
    schedule.start([Job("poll", NEVER, run)])
    schedule.wake_in(NEVER, "poll")
    schedule.wake_in(timedelta(milliseconds=1), "poll")
    schedule.wake_in(NEVER, "poll")
    await ran.wait()
    await schedule.stop()


async def test_a_delay_that_ends_during_a_run_causes_one_more_run() -> None:
    runs, asked = 0, asyncio.Event()

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            schedule.wake_in(timedelta(0), "poll")
            await settle()
        else:
            asked.set()

    schedule = Schedule()
    schedule.start([Job("poll", NEVER, run, runs_at_start=True)])
    await asked.wait()
    await schedule.stop()

    assert runs == 2


async def test_a_run_ends_a_delay_and_after_the_stop_there_is_none() -> None:
    runs: list[str] = []
    schedule = Schedule()
    schedule.start([Job("poll", NEVER, counting(runs, "poll"))])
    schedule.wake_in(timedelta(0), "poll")
    schedule.wake("poll")
    await settle()
    await schedule.stop()
    schedule.wake_in(timedelta(0), "poll")
    await settle()

    assert runs == ["poll"]


async def test_jobs_stop_and_finish_in_their_order() -> None:
    ended: list[str] = []
    schedule = Schedule()
    schedule.start(
        [
            Job("poll", NEVER, counting([], ""), finish=counting(ended, "poll")),
            Job("deliver", NEVER, counting([], ""), finish=counting(ended, "deliver")),
        ]
    )

    await schedule.stop()

    assert ended == ["poll", "deliver"]


async def test_a_stop_waits_for_the_run_in_progress_unless_the_job_says_otherwise() -> None:
    released, ended = asyncio.Event(), list[str]()

    async def slow() -> None:
        await released.wait()
        ended.append("deliver")

    async def endless() -> None:
        await asyncio.Event().wait()

    schedule = Schedule()
    schedule.start(
        [
            Job("maintain", NEVER, endless, runs_at_start=True, stop_waits=False),
            Job("deliver", NEVER, slow, runs_at_start=True),
        ]
    )
    await settle()
    stopping = asyncio.create_task(schedule.stop())
    await settle()
    assert not stopping.done()

    released.set()
    await stopping

    assert ended == ["deliver"]


async def test_a_failed_run_is_logged_and_the_job_runs_again() -> None:
    log = LogCapture()
    structlog.configure(processors=[log])
    failures: list[Exception] = [ZeroDivisionError(), errors.StoreFull("feed-relay.db")]

    async def run() -> None:
        if failures:
            raise failures.pop()

    schedule = Schedule()
    schedule.start([Job("poll", NEVER, run, runs_at_start=True)])
    await settle()
    schedule.wake("poll")
    await settle()
    await schedule.stop()

    assert [(entry["event"], entry["tick"]) for entry in log.entries] == [
        ("tick failed", "poll"),
        ("tick failed unexpectedly", "poll"),
    ]


@pytest.mark.parametrize("failure", [ZeroDivisionError("three rakes"), errors.StoreFull("feed-relay.db")])
async def test_the_same_failure_of_run_after_run_is_logged_once_until_it_ends(failure: Exception) -> None:
    log = LogCapture()
    structlog.configure(processors=[log])
    fails = [True, True, True, False, True]

    async def run() -> None:
        if fails.pop(0):
            raise failure

    schedule = Schedule()
    schedule.start([Job("poll", NEVER, run, runs_at_start=True)])
    await settle()
    for _ in range(4):
        schedule.wake("poll")
        await settle()
    await schedule.stop()

    assert fails == []
    assert len(log.entries) == 2


async def test_a_stop_while_a_tick_is_due_logs_no_error(caplog: pytest.LogCaptureFixture) -> None:
    schedule = Schedule()
    schedule.start([Job("poll", timedelta(microseconds=1), counting([], "poll"))])
    schedule._scheduler.wakeup()
    await schedule.stop()
    await settle()

    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_stopping_cancels_a_run_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.schedule.RUN_TIMEOUT", 0.0)
    runs: list[str] = []

    async def hang() -> None:
        await asyncio.Event().wait()

    schedule = Schedule()
    schedule.start(
        [
            Job("notify", NEVER, hang, runs_at_start=True, finish=counting(runs, "notify")),
            Job("deliver", NEVER, counting(runs, "run"), finish=counting(runs, "deliver")),
        ]
    )
    await settle()
    await schedule.stop()

    assert runs == ["notify", "deliver"]


async def test_a_job_that_fails_to_finish_does_not_keep_the_others_from_stopping() -> None:
    log = LogCapture()
    structlog.configure(processors=[log])
    runs: list[str] = []

    async def fail() -> None:
        raise errors.StoreLocked("feed-relay.db")

    schedule = Schedule()
    schedule.start(
        [
            Job("poll", NEVER, counting(runs, "run"), finish=fail),
            Job("deliver", NEVER, counting(runs, "run"), finish=counting(runs, "deliver")),
        ]
    )
    await schedule.stop()

    assert runs == ["deliver"]
    assert [entry["tick"] for entry in log.entries] == ["poll"]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=2000)])
async def test_jobs_run_on_when_the_machines_clock_is_set(
    monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    monkeypatch.setattr("bot.schedule.REPLAN_INTERVAL", 0.01)
    for module in wrong_clock.READERS:
        monkeypatch.setattr(module, "datetime", wrong_clock.WrongTime)
    ran = asyncio.Event()

    async def run() -> None:
        ran.set()

    schedule = Schedule()
    schedule.start([Job("poll", timedelta(milliseconds=20), run)])
    await ran.wait()
    monkeypatch.setattr(wrong_clock.Machine, "error", jump)
    for _ in range(3):
        ran.clear()
        async with asyncio.timeout(60):
            await ran.wait()

    await schedule.stop()


async def test_jobs_run_on_after_a_moment_in_which_the_machines_clock_was_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """APScheduler looks at its jobs within that moment, and would not look again before the hour has passed."""

    class Clock(datetime):
        reads_behind = 0

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:  # noqa: ANN401 -- a plain datetime, as callers expect
            cls.reads_behind -= 1
            return datetime.now(tz) - timedelta(hours=cls.reads_behind >= 0)

    monkeypatch.setattr("bot.schedule.REPLAN_INTERVAL", 0.01)
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Clock)
    runs = asyncio.Queue[None]()

    async def run() -> None:
        Clock.reads_behind = 2  # one look: before and after the jobs that are due
        runs.put_nowait(None)

    schedule = Schedule()
    schedule.start([Job("poll", timedelta(milliseconds=20), run)])
    async with asyncio.timeout(60):
        for _ in range(3):
            await runs.get()

    await schedule.stop()
