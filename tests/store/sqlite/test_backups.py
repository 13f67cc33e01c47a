"""Daily backups: complete, private, made while the database is in use, and only the oldest are deleted."""

import asyncio
import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import errors
from bot.search.query import parse_query
from bot.store.sqlite import backups, database, identify, snapshot
from bot.store.sqlite.backups import SqliteBackups
from bot.store.store import Store
from tests.store.conftest import NOW, Services, found, post, record_in

pytestmark = pytest.mark.usefixtures("store")

DAY = timedelta(days=1)
AT = datetime(2026, 11, 27, 3, 4, 5, tzinfo=UTC)
TURNS = 10
"""Turns of the event loop after which a cancellation has arrived."""
NAME = "feed-relay.db.2026-11-27T030405Z.backup"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_a_backup_is_a_complete_private_database(archive: Services, place: Path) -> None:
    made = await SqliteBackups(place, None).make(AT, 7)

    assert made == place.parent / "backups" / NAME
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made.parent, made)] == [0o700, 0o600]
    assert await Store.read(made, lambda copy: copy.check()) == []
    assert await Store.read(made, lambda copy: copy.archive.stats()) is not None
    assert await found(Services(archive.store), "tulips") == ["Roses", "Tulips"]
    assert await SqliteBackups(place, None).times() == [AT]


async def test_maintenance_does_not_wait_for_a_backup_and_empties_the_log_after_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 3600.0)
    log = place.with_name(f"{place.name}-wal")
    held = Held()
    async with await Store.open(place) as patient:
        copying = asyncio.create_task(SqliteBackups(place, None, held).make(AT, 7))
        await asyncio.to_thread(held.reached.wait, 60)
        await patient.heartbeats.note_backups(None)

        await patient.maintain()
        meanwhile = log.stat().st_size
        held.release()
        await copying
        await patient.maintain()

        assert meanwhile > 0
        assert log.stat().st_size == 0


class Held:
    """A copy that waits in its middle until it is released."""

    def __init__(self) -> None:
        self.reached, self._released = threading.Event(), threading.Event()
        self.steps = 0

    def __call__(self) -> None:
        self.steps += 1
        self.reached.set()
        assert self._released.wait(60)

    def release(self) -> None:
        self._released.set()


async def test_posts_are_recorded_and_searched_during_a_backup(
    archive: Services, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "PAGES", 1)
    held = Held()
    copying = asyncio.create_task(SqliteBackups(place, None, held).make(AT, 7))
    await asyncio.to_thread(held.reached.wait, 60)

    await record_in(archive, post(9, title="Crocuses"))
    before = await found(archive, "crocuses")
    held.release()
    made = await copying

    assert before == ["Crocuses"]
    assert held.steps > 9
    assert await Store.read(made, lambda copy: copy.check()) == []
    in_copy = await Store.read(made, lambda copy: copy.search.find(parse_query("crocuses", NOW), None))
    assert in_copy.hits == ()


async def test_a_cancelled_backup_leaves_no_files(place: Path) -> None:
    held = Held()
    copying = asyncio.create_task(SqliteBackups(place, None, held).make(AT, 7))
    await asyncio.to_thread(held.reached.wait, 60)

    copying.cancel()
    for _ in range(TURNS):
        await asyncio.sleep(0)
    held.release()

    with pytest.raises(asyncio.CancelledError):
        await copying
    assert names(place.parent / "backups") == []


async def test_only_the_oldest_daily_backups_are_deleted(place: Path) -> None:
    others = [
        "feed-relay.db.v27.backup",
        "feed-relay.db.v27.backup.1",
        "feed-relay.db.2020-01-01T000000Z.backup.keep",
        "feed-relay.db.2020-13-01T000000Z.backup",
        "feed-relay-2020-01-01.db",
        "other.feed-relay.db.2020-01-01T000000Z.backup",
        "feed-relayXdb.2020-01-01T000000Z.backup",
    ]
    for name in others:
        (place.parent / name).touch()
    (place.parent / "feed-relay.db.2020-02-02T000000Z.backup").mkdir()
    (place.parent / "feed-relay.db.2020-03-03T000000Z.backup").symlink_to(place)
    kept = SqliteBackups(place, place.parent)
    before = set(names(place.parent))

    for day in range(5):
        await kept.make(AT + day * DAY, 3)

    assert await kept.times() == [AT + day * DAY for day in (2, 3, 4)]
    assert before <= set(names(place.parent))


@pytest.mark.parametrize(("keep", "left"), [(1, [AT - 400 * DAY]), (2, [AT - 400 * DAY, AT])])
async def test_the_new_backup_is_kept_after_the_clock_was_set_back(
    place: Path, keep: int, left: list[datetime]
) -> None:
    kept = SqliteBackups(place, None)
    for at in (AT - DAY, AT, AT - 400 * DAY):
        await kept.make(at, keep)

    assert await kept.times() == left


async def test_two_bots_in_one_folder_only_count_their_own_backups(place: Path) -> None:
    shared = place.parent / "shared"
    shared.mkdir()
    mine, other = SqliteBackups(place, shared), SqliteBackups(await another(place), shared)
    await mine.make(AT, 2)

    none_yet = await other.times()
    for day in range(1, 5):
        await other.make(AT + day * DAY, 2)

    assert none_yet == []
    assert await mine.times() == [AT]
    assert await other.times() == [AT + 3 * DAY, AT + 4 * DAY]


async def another(place: Path) -> Path:
    """Return another bot's database, of the same name."""
    other = place.parent / "another-bot" / place.name
    other.parent.mkdir()
    async with await Store.open(other):
        return other


async def test_a_new_database_keeps_the_backups_of_a_lost_one(place: Path) -> None:
    lost = await another(place)
    await SqliteBackups(lost, place.parent / "backups").make(AT, 1)

    await SqliteBackups(place, None).make(AT + DAY, 1)

    assert len(names(place.parent / "backups")) == 2


async def test_copies_from_before_a_restore_still_count(place: Path) -> None:
    later = await another(place)
    made = await SqliteBackups(later, None).make(AT, 7)

    for _ in range(2):
        await Store.restore(later, made, AT + DAY)
        async with await Store.open(later):
            pass

    assert await SqliteBackups(later, None).times() == [AT]
    await SqliteBackups(later, None).make(AT + DAY, 1)
    assert await SqliteBackups(later, None).times() == [AT + DAY]


async def test_a_backup_that_was_damaged_later_does_not_count(place: Path) -> None:
    kept = SqliteBackups(place, None)
    made = await kept.make(AT, 7)
    whole = await kept.times()
    made.write_bytes(b"damaged" * 5000)

    assert whole == [AT]
    assert await kept.times() == []


async def test_backups_from_the_future_are_deleted_first(place: Path) -> None:
    kept = SqliteBackups(place, None)
    for day in (400, 401, 402, 0, 1, 2):
        await kept.make(AT + day * DAY, 3)

    assert await kept.times() == [AT + day * DAY for day in (0, 1, 2)]


async def test_only_its_own_incomplete_copies_are_removed(place: Path) -> None:
    folder = place.parent / "backups"
    folder.mkdir()
    own, others = f"{NAME}.abcd1234.{identify.lineage_of(place)}.part", f"{NAME}.abcd1234.00000000.part"
    for name in (own, f"{own}-journal", others, "mine.part"):
        (folder / name).touch()

    await SqliteBackups(place, None).make(AT + DAY, 7)

    assert names(folder) == [others, "feed-relay.db.2026-11-28T030405Z.backup", "mine.part"]


async def test_without_free_space_nothing_is_written_and_the_old_backups_stay(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SqliteBackups(place, None)
    await kept.make(AT, 1)
    monkeypatch.setattr(backups, "RESERVE", 10**18)
    usage = shutil.disk_usage(place.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)  # others use the disk meanwhile

    with pytest.raises(errors.StoreFull, match=r"a backup needs 1,000,000,000,\d+ MB of free space") as made:
        await kept.make(AT + DAY, 1)
    with pytest.raises(errors.StoreFull) as tried:
        await kept.try_out()

    assert str(tried.value) == str(made.value)
    assert names(kept.folder) == [NAME]


async def test_a_backup_of_a_damaged_database_fails_and_the_old_ones_stay(
    archive: Services, place: Path
) -> None:
    kept = SqliteBackups(place, None)
    await kept.make(AT, 1)
    await archive.store.close()
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        ((page,),) = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'seen'")
        ((size,),) = other.execute("PRAGMA page_size")
    with place.open("r+b") as file:
        file.seek((page - 1) * size + 100)
        file.write(os.urandom(size - 100))

    with pytest.raises(errors.StoreCorrupt, match="the new copy is damaged"):
        await kept.make(AT + DAY, 1)

    assert names(kept.folder) == [NAME]


async def test_a_backup_that_a_restore_would_refuse_fails(archive: Services, place: Path) -> None:
    await archive.store.close()
    with closing(sqlite3.connect(place)) as other, other:
        other.execute("INSERT INTO seen (feed_id, key, entry_id) VALUES (99, 'of nothing', 99)")

    with pytest.raises(errors.StoreCorrupt, match="a row of seen refers to nothing"):
        await SqliteBackups(place, None).make(AT, 1)


async def test_a_second_backup_in_the_same_second_is_an_error(place: Path) -> None:
    kept = SqliteBackups(place, None)
    await kept.make(AT, 7)

    with pytest.raises(errors.StoreError):
        await kept.make(AT, 7)

    assert names(kept.folder) == [NAME]


@pytest.mark.parametrize(
    ("folder", "text"),
    [
        ("a file", "this is not a folder"),
        ("a link", "this is not a folder"),
        ("no/where", "create it"),
        ("a file/copies", "create it"),
    ],
)
async def test_a_folder_that_cannot_be_used_is_an_error(place: Path, folder: str, text: str) -> None:
    (place.parent / "a file").touch()
    (place.parent / "a link").symlink_to(place.parent / "nowhere")
    kept = SqliteBackups(place, place.parent / folder)

    with pytest.raises(errors.StoreError, match=text) as made:
        await kept.make(AT, 7)
    with pytest.raises(errors.StoreError) as tried:
        await kept.try_out()

    assert str(tried.value) == str(made.value)
    assert await kept.times() == []


async def test_a_trial_changes_nothing(place: Path) -> None:
    before = names(place.parent)

    await SqliteBackups(place, None).try_out()

    assert names(place.parent) == before


async def test_the_command_that_hides_the_database_names_daily_backups(place: Path) -> None:
    made = await SqliteBackups(place, None).make(AT, 7)
    moved = place.parent / "elsewhere" / made.name
    moved.parent.mkdir()
    made.rename(moved).chmod(0o644)

    assert Store.mending_command(place) == ""
    assert Store.mending_command(place, moved.parent) == f"chmod 600 {moved}"
