"""The clock's side of the bot: APScheduler ticks, and what is woken between its ticks.

When something is due stands in the database; a tick only looks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import errors

log = structlog.get_logger(__name__)


class Tick:
    """A job that never runs twice at once; whoever wakes it while it runs makes it run once more."""

    def __init__(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        self.name = name
        self._job = job
        self._again = False
        self._stopped = False
        self._running: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Run now, or once more after the run under way."""
        if self._stopped:
            return
        if self._running is not None:
            self._again = True
            return
        self._running = asyncio.create_task(self._run(), name=f"tick {self.name}")
        self._running.add_done_callback(self._rest)

    async def beat(self) -> None:
        """As `wake`; a coroutine, since APScheduler runs what is none in a thread."""
        self.wake()

    async def stop(self) -> None:
        """Wait for the run under way; no further one begins."""
        self._stopped = True
        if self._running is not None:
            await asyncio.wait({self._running})

    async def _run(self) -> None:
        try:
            await self._job()
        except errors.FeedRelayError as error:
            log.error("tick failed", tick=self.name, error=str(error))
        except Exception:
            log.exception("tick failed by a bug", tick=self.name)

    def _rest(self, _: "asyncio.Task[None]") -> None:
        self._running = None
        if self._again:
            self._again = False
            self.wake()


class Schedule:
    """Wakes ticks at their intervals."""

    def __init__(self) -> None:
        # A stall must not skip a tick, nor queue several: https://apscheduler.readthedocs.io/en/3.x/userguide.html
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def every(self, interval: timedelta, tick: Tick) -> None:
        """Wake the tick at this interval, the first time when that has passed."""
        self._scheduler.add_job(tick.beat, "interval", seconds=interval.total_seconds(), id=tick.name)

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks; the runs under way go on."""
        self._scheduler.shutdown(wait=False)
