"""Observes the running bot, and writes a heartbeat for other programs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import StoreError
from bot.health.checks import Observed, live_problems
from bot.health.systemd import Systemd
from bot.health.vitals import Vitals
from bot.model import Backlog, BackupState, GatewayState, Heartbeat
from bot.store.store import Store

BEAT_INTERVAL = timedelta(seconds=5)
OBSERVATION_TTL = 1.0
"""Seconds for which a read of the database is reused, however often somebody asks."""
_READ_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class _Read:
    """What one read of the database returned."""

    backlog: Backlog
    backups: BackupState | None
    bytes: int


class Monitor:
    """What is known about this process."""

    def __init__(
        self,
        store: Store,
        vitals: Vitals,
        version: str,
        clock: Callable[[], datetime],
        is_connected: Callable[[], bool],
        late_ticks: Callable[[], tuple[str, ...]],
        systemd: Systemd,
        process: Callable[[], str] = lambda: "run",
    ) -> None:
        """`late_ticks` returns the names of the jobs that are late, and `process` the name of this process.

        While the name is empty, the process is a standby and writes no heartbeats.
        """
        self._store = store
        self._vitals = vitals
        self._version = version
        self._clock = clock
        self._is_connected = is_connected
        self._late_ticks = late_ticks
        self._systemd = systemd
        self._process = process
        self._was_connected = False
        self._down_since: datetime | None = vitals.started_at
        self._read: _Read | None = None
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def observe(self) -> Observed:
        """Return the bot's current state. Waits for the database for 2 seconds at most."""
        connected, now = self._note_connection(), self._clock()
        read = await self._from_database()
        return Observed(
            now=now,
            late_ticks=self._late_ticks(),
            connected=connected,
            was_connected=self._was_connected,
            down_since=self._down_since,
            last_poll_at=self._vitals.last_poll_at,
            last_answer_at=self._vitals.last_answer_at,
            backlog=read.backlog if read else None,
            bytes=read.bytes if read else None,
            backups=read.backups if read else None,
        )

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Write heartbeats while the context is open, from before the login on: an outage of Discord may be long."""
        await self._beat()
        self._systemd.ready()
        beats = asyncio.create_task(self._keep_beating(), name="heartbeat")
        try:
            yield
        finally:
            beats.cancel()
            await asyncio.wait({beats})
            self._systemd.stopping()
            with suppress(StoreError):
                await self._store.heartbeats.stop(self._process())

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_INTERVAL.total_seconds())
            await self._beat()

    async def _beat(self) -> None:
        """Record a heartbeat, and report the state to systemd. A heartbeat that can't be stored is skipped."""
        if self._systemd.listens:  # counting what waits reads all feeds
            observed = await self.observe()
            if not live_problems(observed):
                self._systemd.alive(_status_line(observed))
        if self._process():
            with suppress(StoreError):
                await self._store.heartbeats.beat(self._heartbeat())

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            self._process(),
            self._version,
            self._vitals.started_at,
            self._clock(),
            GatewayState.CONNECTED if self._note_connection() else GatewayState.CONNECTING,
            self._vitals.last_poll_at,
            self._vitals.last_sent_at,
        )

    def _note_connection(self) -> bool:
        connected = self._is_connected()
        if connected:
            self._was_connected, self._down_since = True, None
        elif self._down_since is None:
            self._down_since = self._clock()
        return connected

    async def _from_database(self) -> "_Read | None":
        loop = asyncio.get_running_loop()
        async with self._reading:
            if loop.time() - self._read_at > OBSERVATION_TTL:
                self._read = await self._read_now()
                self._read_at = loop.time()
            return self._read

    async def _read_now(self) -> "_Read | None":
        heartbeats = self._store.heartbeats
        try:
            async with asyncio.timeout(_READ_TIMEOUT):
                return _Read(
                    await heartbeats.backlog(), await heartbeats.backups(), await self._store.archive.size()
                )
        except (StoreError, TimeoutError):
            return None


def _status_line(observed: Observed) -> str:
    """Return the line that `systemctl status` shows."""
    gateway = "connected to Discord" if observed.connected else "connecting to Discord"
    if observed.backlog is None:
        return f"{gateway}; waiting for the database"
    feeds, waiting = observed.backlog.feeds, observed.backlog.waiting
    return f"{gateway}; {feeds} feed{'s' * (feeds != 1)}, {waiting} post{'s' * (waiting != 1)} waiting"
