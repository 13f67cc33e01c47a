"""The database is backed up once a day despite restarts and failures, and a failure is reported to the owner once."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.model import TO_OWNER, BackupState, NoticeKind
from bot.relay.backup_schedule import INTERVAL, due_at, newest, retry_at
from bot.relay.backups import BackupKeeper
from bot.relay.notify import decide
from bot.store.sqlite.backups import SqliteBackups
from bot.store.store import Store
from tests.store.conftest import LEASE, START

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TURNS = 10
"""Turns of the event loop after which a cancellation has arrived."""


@pytest.mark.parametrize(
    ("taken", "due"),
    [
        ((), START),
        ((START - INTERVAL / 4,), START + 3 * INTERVAL / 4),
        ((START - 9 * DAY, START - 2 * DAY), START - DAY),
        ((START - 2 * DAY, START + 900 * DAY), START - DAY),
        ((START + 900 * DAY,), START),
    ],
    ids=["no copy", "one of today", "the newest counts", "the clock was wrong once", "it was always wrong"],
)
def test_a_backup_is_due_a_day_after_the_newest(taken: Sequence[datetime], due: datetime) -> None:
    assert due_at(taken, START) == due


def test_a_backup_from_the_future_is_not_the_newest() -> None:
    assert newest((START - DAY, START, START + DAY), START) == START
    assert newest((START + DAY,), START) is None


def test_each_failure_in_a_row_doubles_the_wait_up_to_six_hours() -> None:
    waits = [retry_at(START, failures) - START for failures in (1, 2, 3, 7, 99)]

    assert waits == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 320 * MINUTE, 360 * MINUTE]


class Days:
    """A database, and a bot that checks every minute whether a backup is due."""

    def __init__(self, store: Store, place: Path) -> None:
        self.store, self.place = store, place
        self.now = START
        self.folder = place.parent / "backups"
        self.keeper = self.started()

    def started(self, keep: int = 3) -> BackupKeeper:
        """Return the backup keeper of a new process."""
        return BackupKeeper(self.store, Store.backups(self.place), keep, lambda: self.now)

    async def pass_time(self, time: timedelta, step: timedelta = MINUTE) -> None:
        until = self.now + time
        while self.now < until:
            await self.keeper.tick()
            self.now += step

    def copies(self) -> list[str]:
        return sorted(file.name[14:24] for file in self.folder.glob("*.backup"))

    async def notices(self) -> list[tuple[NoticeKind, str]]:
        """Send the owner's due notices, and return them."""
        claimed = await self.store.notices.claim(self.now, LEASE, 9, decide)
        for message in claimed:
            assert (message.channel_id, message.direct) == (TO_OWNER, True)
            await self.store.notices.settle(message, 1000 + message.id, None, uncertain=False)
        return [(notice.kind, notice.detail) for message in claimed for notice in message.notices]


@pytest.fixture
async def days(tmp_path: Path) -> AsyncIterator[Days]:
    place = tmp_path / "feed-relay.db"
    async with await Store.open(place) as store:
        yield Days(store, place)


async def test_only_the_newest_three_of_seven_daily_backups_are_kept(days: Days) -> None:
    await days.pass_time(7 * DAY, 30 * MINUTE)

    assert days.copies() == ["2026-05-08", "2026-05-09", "2026-05-10"]
    assert await days.store.heartbeats.backups() == BackupState(START + 6 * DAY, START + 7 * DAY)
    assert await days.notices() == []


async def test_a_restart_neither_skips_nor_repeats_a_backup(days: Days) -> None:
    for _ in range(6):
        days.keeper = days.started(keep=9)
        await days.pass_time(DAY / 2, DAY / 4)

    assert days.copies() == ["2026-05-04", "2026-05-05", "2026-05-06"]


async def test_after_the_machine_was_suspended_one_backup_is_made(days: Days) -> None:
    await days.keeper.tick()
    days.now += 9 * DAY
    await days.pass_time(DAY)

    assert days.copies() == ["2026-05-04", "2026-05-13"]


async def test_a_failure_is_reported_once_and_retried_at_growing_intervals(days: Days) -> None:
    days.folder.touch()
    await days.keeper.tick()
    failed = await days.store.heartbeats.backups()
    first = await days.notices()

    days.keeper = days.started()
    await days.pass_time(timedelta(hours=3))
    repeats = await days.notices()
    days.folder.unlink()
    await days.pass_time(timedelta(hours=3))
    last = await days.notices()

    reason = f"{days.folder}: this is not a folder; set store.backup_dir to one."
    assert failed == BackupState(None, START + 5 * MINUTE, reason)
    assert first == [(NoticeKind.BACKUP_FAILED, reason)]
    assert repeats == []
    assert last == [(NoticeKind.BACKUP_WORKS, "")]
    assert days.copies() == ["2026-05-04"]
    found = await days.store.heartbeats.backups()
    assert found is not None
    assert found.error == ""


async def test_every_failure_after_a_success_is_reported(days: Days) -> None:
    await days.keeper.tick()
    kept = days.folder.rename(days.folder.with_name("kept"))
    days.folder.touch()
    days.now += DAY
    await days.keeper.tick()
    days.folder.unlink()
    kept.rename(days.folder)
    found = await days.store.heartbeats.backups()

    assert found is not None
    assert found.last_at == START
    assert [kind for kind, _ in await days.notices()] == [NoticeKind.BACKUP_FAILED]


async def test_a_failure_that_ended_before_its_notice_is_one_message(days: Days) -> None:
    days.folder.touch()
    await days.keeper.tick()
    days.folder.unlink()
    days.now += 5 * MINUTE
    await days.keeper.tick()

    assert [kind for kind, _ in await days.notices()] == [NoticeKind.BACKUP_FAILED, NoticeKind.BACKUP_WORKS]


async def test_no_backup_is_made_if_none_is_kept(days: Days) -> None:
    await days.store.heartbeats.note_backups(BackupState(START, START))
    days.keeper = days.started(keep=0)

    await days.pass_time(2 * DAY, DAY)

    assert not days.folder.exists()
    assert await days.store.heartbeats.backups() is None


async def test_a_stop_cancels_the_backup_in_progress_and_the_next_start_makes_it(days: Days) -> None:
    reached, stopping = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        assert stopping.wait(60)

    days.keeper = BackupKeeper(days.store, SqliteBackups(days.place, None, hold), 3, lambda: days.now)
    tick = asyncio.create_task(days.keeper.tick())
    await asyncio.to_thread(reached.wait, 60)
    stop = asyncio.create_task(days.keeper.stop())
    for _ in range(TURNS):
        await asyncio.sleep(0)
    stopping.set()
    await asyncio.wait({tick, stop})
    left = list(days.folder.iterdir())

    days.keeper = days.started()
    await days.keeper.tick()

    assert tick.cancelled()
    assert left == []
    assert days.copies() == ["2026-05-04"]
    assert await days.notices() == []
