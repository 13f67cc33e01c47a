"""Back up the database once a day: check whether a backup is due, make it, and report the result."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from bot.errors import StoreError
from bot.model import BackupState
from bot.relay.backup_schedule import due_at, newest, retry_at
from bot.store.engine import Backups
from bot.store.store import Store

log = structlog.get_logger(__name__)


class BackupKeeper:
    """Makes the daily backups of a database, and keeps the newest."""

    def __init__(
        self, store: Store, backups: Backups | None, keep: int, clock: Callable[[], datetime]
    ) -> None:
        """If `backups` is None or `keep` is 0, no backups are made."""
        self._store = store
        self._backups = backups if keep else None
        self._keep = keep
        self._clock = clock
        self._failures = 0
        """Failures in a row. They aren't stored, so the first attempt after a restart doesn't wait."""
        self._failed_at: datetime | None = None
        self._last_at: datetime | None = None
        self._is_noted = False
        self._noted: BackupState | None = None
        self._making: asyncio.Task[Path] | None = None

    async def tick(self) -> None:
        """Make a backup if one is due. Raises StoreError if the result can't be stored."""
        if self._backups is None:
            await self._note(None)
        elif not self._waits(now := self._clock()):
            await self._note(await self._try(self._backups, now))

    async def stop(self) -> None:
        """Cancel the backup in progress, which leaves no files."""
        if self._making is not None:
            self._making.cancel()
            await asyncio.wait({self._making})

    def _waits(self, now: datetime) -> bool:
        """Return whether the last attempt failed and the next one isn't due yet."""
        return self._failed_at is not None and self._failed_at <= now < retry_at(
            self._failed_at, self._failures
        )

    async def _try(self, backups: Backups, now: datetime) -> BackupState:
        """Make a backup if one is due, and return the new state."""
        failures, self._failures, self._failed_at = self._failures, self._failures + 1, now
        try:
            taken = await backups.times()
            if (next_at := due_at(taken, now)) <= now:
                await self._make(backups, now)
                taken = await backups.times()
                next_at = due_at(taken, now)
        except StoreError as error:
            again_at = retry_at(now, self._failures)
            log.error("backup failed", error=str(error), attempt=failures + 1, next_at=_shown(again_at))
            await self._store.notices.report_backup(str(error), now)
            return BackupState(self._last_at, again_at, str(error))
        self._failures, self._failed_at = 0, None
        self._last_at = newest(taken, now)
        return BackupState(self._last_at, next_at)

    async def _make(self, backups: Backups, now: datetime) -> None:
        self._making = asyncio.create_task(backups.make(now, self._keep), name="backup")
        try:
            made = await self._making
        finally:
            self._making = None
        log.info("backup made", file=str(made), bytes=made.stat().st_size)
        await self._store.notices.report_backup("", now)

    async def _note(self, state: BackupState | None) -> None:
        """Record the state if it has changed."""
        if not self._is_noted or state != self._noted:
            await self._store.heartbeats.note_backups(state)
            self._is_noted, self._noted = True, state


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
