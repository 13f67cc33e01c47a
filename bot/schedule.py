"""Runs jobs at their intervals, and when they are woken in between. The only importer of APScheduler.

The database knows what is due; a job only checks it. The intervals find what nobody announced, such as what another
process has written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import errors

log = structlog.get_logger(__name__)

REPLAN_INTERVAL = 1.0
"""Seconds until a change of the machine's clock is noticed."""

MAX_LATENESS = 60.0
"""Seconds after its time that a job counts as late."""

RUN_TIMEOUT = 5.0
"""Seconds that stopping waits for a run in progress before it is cancelled."""

_TURNS = 2
"""Turns of the event loop until what APScheduler has just started is done. A shutdown would report it as an error."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is repeated."""

    name: str
    interval: timedelta
    run: Callable[[], Awaitable[object]]
    runs_at_start: bool = False
    """If not, the first run comes after one interval."""
    finish: Callable[[], Awaitable[object]] | None = None
    """Ends whatever the runs have started. Called once, after the last run."""
    stop_waits: bool = True
    """Whether stopping waits for the run in progress."""

    def replaced(self, run: Callable[[], Awaitable[object]]) -> Self:
        """Return the same job with other work."""
        return replace(self, run=run)


class Schedule:
    """Runs jobs from `start` to `stop`."""

    def __init__(self) -> None:
        # A stall must neither skip a run nor queue several: https://apscheduler.readthedocs.io/en/3.x/userguide.html
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._ticks: dict[str, _Tick] = {}
        self._timer: asyncio.TimerHandle | None = None

    def start(self, jobs: Sequence[Job]) -> None:
        """Start the jobs. Needs a running event loop."""
        self._ticks = {job.name: _Tick(job) for job in jobs}
        for job in jobs:
            async_wake = self._ticks[job.name].async_wake
            trigger = _FromNow(seconds=job.interval.total_seconds(), timezone=UTC)
            self._scheduler.add_job(async_wake, trigger, id=job.name)
        self._scheduler.start()
        self._replan()
        self.wake(*(job.name for job in jobs if job.runs_at_start))

    def wake(self, *names: str) -> None:
        """Run these jobs now, or again after their current run. Does nothing before the start."""
        if self._ticks:
            for name in names:
                self._ticks[name].wake()

    def wake_in(self, delay: timedelta, *names: str) -> None:
        """Run these jobs after a delay. The next run, whatever causes it, cancels this, and has to ask again."""
        if self._ticks:
            for name in names:
                self._ticks[name].wake_in(delay.total_seconds())

    def late(self) -> tuple[str, ...]:
        """Return the names of the jobs whose last run ended too long ago. One that runs now is not late."""
        return tuple(name for name, tick in self._ticks.items() if tick.is_late())

    def _replan(self) -> None:
        """Plan the jobs again if the machine's clock was set back: APScheduler would wait until it has caught up.

        It also looks at the jobs, since it may have planned its next look while the clock was wrong for a moment.
        """
        now = datetime.now(UTC)  # APScheduler's clock
        for planned in self._scheduler.get_jobs():
            if planned.next_run_time - now > planned.trigger.interval:
                planned.modify(next_run_time=now)
        self._scheduler.wakeup()
        self._timer = asyncio.get_running_loop().call_later(REPLAN_INTERVAL, self._replan)

    async def stop(self) -> None:
        """Stop the jobs one after the other, in the order in which they were passed to `start`."""
        if not self._ticks:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._scheduler.pause()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self._scheduler.shutdown(wait=False)
        for tick in self._ticks.values():
            await tick.stop()


class _FromNow(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Plans one run for the time that passed since the last one.

    APScheduler's own interval plans each run that was missed, to count them as one: a clock that is set forward by a
    year, as on a machine without a battery, would stop the bot for minutes.
    """

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return one interval from now."""
        return now + self.interval  # type: ignore[no-any-return]  # APScheduler has no types


class _Tick:
    """A job that never runs twice at the same time."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._run_again = False
        self._stopped = False
        self._last_error = ""
        self._running: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended_at = asyncio.get_running_loop().time()

    def is_late(self) -> bool:
        wait = asyncio.get_running_loop().time() - self._ended_at
        return self._running is None and wait > self._job.interval.total_seconds() + MAX_LATENESS

    def wake(self) -> None:
        if self._stopped:
            return
        if self._running is not None:
            self._run_again = True
            return
        self._cancel_timer()
        self._running = asyncio.create_task(self._run(), name=f"tick {self._job.name}")
        self._running.add_done_callback(self._after_run)

    def wake_in(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        at = loop.time() + max(seconds, 0.0)
        if self._stopped or (self._timer is not None and self._timer.when() <= at):
            return
        self._cancel_timer()
        self._timer = loop.call_at(at, self._wake_now)

    def _wake_now(self) -> None:
        self._timer = None
        self.wake()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def async_wake(self) -> None:
        """Wake the job. APScheduler would run a plain function in a thread."""
        self.wake()

    async def stop(self) -> None:
        self._stopped = True
        self._cancel_timer()
        if self._running is not None and self._job.stop_waits:
            _, late = await asyncio.wait({self._running}, timeout=RUN_TIMEOUT)
            for run in late:
                run.cancel()
        if self._job.finish is not None:
            await self._report(self._job.finish())

    async def _run(self) -> None:
        await self._report(self._job.run())

    async def _report(self, work: Awaitable[object]) -> None:
        """Await `work`, and log its failure: the other jobs continue, or still have to stop.

        The same failure is logged once: a tick fails every second while the disk is full.
        """
        last, self._last_error = self._last_error, ""
        try:
            await work
        except errors.FeedRelayError as error:
            self._last_error = str(error)
            if self._last_error != last:
                log.error("tick failed", tick=self._job.name, error=self._last_error)
        except Exception as error:
            self._last_error = repr(error)
            if self._last_error != last:
                log.exception("tick failed unexpectedly", tick=self._job.name)

    def _after_run(self, _: "asyncio.Task[None]") -> None:
        self._running = None
        self._ended_at = asyncio.get_running_loop().time()
        if self._run_again:
            self._run_again = False
            self.wake()
