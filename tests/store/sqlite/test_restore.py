"""A backup replaces the database only when its copy is complete, and the former database is never lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot import errors
from bot.store.backfills import Worker
from bot.store.engine import Restored
from bot.store.rows import milliseconds
from bot.store.sqlite import lock, restore
from bot.store.sqlite.files import PRIVATE
from bot.store.store import Store
from tests.store.conftest import START, Services, baselined, flood, post

DUMP = Path(__file__).parents[2] / "data" / "databases" / "c65eedc.sql"
NOW = START + timedelta(days=3)
KEPT = "feed-relay.db.before-restore"

KILLED = """
import os, shutil, signal, sys
from datetime import datetime
from pathlib import Path
from bot.store.sqlite import restore

folder, copy, now = sys.argv[1:]

def restore_until(step, path):
    left = step
    def count(event, arguments):
        nonlocal left
        if event in ("os.rename", "os.remove", "os.link", "os.chmod") and str(arguments[0]).startswith(str(path)):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    restore.restore(path, Path(copy), datetime.fromisoformat(now))

step, status = 0, -1
while status:
    here = shutil.copytree(folder, f"{folder}-{step}")
    if (child := os.fork()) == 0:
        restore_until(step, Path(here) / "feed-relay.db")
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    step += 1
"""
"""Restores in copies of a folder, each time killed before the next change of files, until one restore is complete."""


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database that is not in use."""
    path = tmp_path / "data" / "feed-relay.db"
    path.parent.mkdir()
    await fill(path, "g")
    return path


@pytest.fixture
async def copy(path: Path, tmp_path: Path) -> Path:
    """A copy of it, before the last changes."""
    copy = tmp_path / "copies" / "monday.db"
    copy.parent.mkdir()
    async with await Store.open(path) as store:
        await store.backup(copy)
    await change(path)
    return copy


async def fill(path: Path, name: str) -> None:
    async with await Store.open(path) as store:
        services = Services(store)
        await baselined(services)
        await services.poll(post(1, title=name))
        await flood(services)


async def change(path: Path) -> None:
    async with await Store.open(path) as store:
        services = Services(store, START + timedelta(days=1))
        await services.poll(post(50))


async def put_back(path: Path, copy: Path) -> Restored:
    return await Store.restore(path, copy, NOW)


def value(path: Path, sql: str) -> object:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchone()[0]


def newest(path: Path) -> object:
    return value(path, "SELECT count(*) FROM entry WHERE guid = 'g50'")


@contextmanager
def crashed(path: Path) -> Iterator[None]:
    """Leave a change of the database in its log, as a kill does."""
    other = path.with_name("other.db")
    shutil.copyfile(path, other)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO meta VALUES ('crashed', 'yes')")
        connection.commit()
        for suffix in ("", "-wal", "-shm"):
            shutil.copyfile(f"{other}{suffix}", f"{path}{suffix}")
    other.unlink()
    yield


async def test_the_backup_replaces_the_database_and_the_former_one_is_kept(path: Path, copy: Path) -> None:
    before = copy.read_bytes()

    restored = await put_back(path, copy)

    assert restored.kept == path.with_name(KEPT)
    assert (newest(path), newest(restored.kept)) == (0, 1)
    assert copy.read_bytes() == before
    assert sorted(file.name for file in copy.parent.iterdir()) == ["monday.db"]
    assert {path.stat().st_mode & 0o777, restored.kept.stat().st_mode & 0o777} == {PRIVATE}
    assert not list(path.parent.glob("*.part*"))


async def test_the_time_of_a_backup_is_that_of_its_last_write(path: Path, copy: Path) -> None:
    last = value(copy, "SELECT max(created_at) FROM delivery")

    restored = await put_back(path, copy)

    assert value(path, "SELECT value FROM meta WHERE key = 'restored'") == str(last)
    assert milliseconds(restored.copied_at) == last


async def test_earlier_writes_of_a_wrong_clock_dont_date_the_backup(path: Path, copy: Path) -> None:
    last = value(copy, "SELECT max(created_at) FROM delivery")
    wrong = milliseconds(NOW - timedelta(hours=1))
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE delivery SET created_at = ? WHERE id = 1", (wrong,))
        connection.execute("UPDATE entry SET first_seen_at = ?", (milliseconds(NOW) + 1,))

    restored = await put_back(path, copy)

    assert milliseconds(restored.copied_at) == last


async def test_a_backup_without_posts_is_dated_by_its_heartbeat(path: Path, copy: Path) -> None:
    beat = milliseconds(START + timedelta(hours=20))
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute(
            "INSERT INTO heartbeat (process, version, started_at, beat_at, gateway) VALUES ('bot', '', 0, ?, '')",
            (beat,),
        )

    restored = await put_back(path, copy)

    assert milliseconds(restored.copied_at) == beat


async def test_a_backup_is_not_newer_than_its_file(path: Path, copy: Path) -> None:
    earlier = (START + timedelta(minutes=1)).timestamp()
    os.utime(copy, (earlier, earlier))

    restored = await put_back(path, copy)

    assert restored.copied_at.timestamp() <= earlier


async def test_no_name_and_no_id_is_assigned_twice(path: Path, copy: Path) -> None:
    names = "SELECT value FROM meta WHERE key = 'instance'"
    given = value(copy, "SELECT max(id) FROM hold")

    await put_back(path, copy)

    assert value(path, names) != value(copy, names)
    with closing(sqlite3.connect(path)) as connection:
        counting = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE sql LIKE '%AUTOINCREMENT%'"
            )
        }
        leaps = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
        connection.execute("DELETE FROM hold")
        connection.execute(
            "INSERT INTO hold (subscription_id, created_at) SELECT max(id), 0 FROM subscription"
        )
        (new,) = connection.execute("SELECT max(id) FROM hold").fetchone()
    assert new > given + restore.ID_LEAP  # type: ignore[operator]  # a number
    assert leaps.keys() >= counting
    assert min(leaps.values()) >= restore.ID_LEAP


async def test_the_log_of_the_former_database_is_kept_with_it(path: Path, copy: Path) -> None:
    with crashed(path):
        restored = await put_back(path, copy)

    assert restored.kept is not None
    assert value(restored.kept, "SELECT value FROM meta WHERE key = 'crashed'") == "yes"
    assert value(path, "SELECT count(*) FROM meta WHERE key = 'crashed'") == 0
    assert not path.with_name("feed-relay.db-wal").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("has_log", [False, True])
async def test_a_database_that_root_restores_still_belongs_to_the_bots_user(
    path: Path, copy: Path, *, has_log: bool
) -> None:
    if has_log:
        with crashed(path):
            pass
    os.chown(path, 4321, 4322)

    await put_back(path, copy)

    assert (path.stat().st_uid, path.stat().st_gid) == (4321, 4322)


async def test_each_former_database_gets_a_name_of_its_own(path: Path, copy: Path) -> None:
    first = await put_back(path, copy)
    second = await put_back(path, copy)

    assert [first.kept, second.kept] == [path.with_name(KEPT), path.with_name(f"{KEPT}.1")]


@pytest.mark.parametrize("content", [None, b"", b"damaged" * 5000])
async def test_a_missing_an_empty_and_a_damaged_database_are_replaced(
    path: Path, copy: Path, content: bytes | None
) -> None:
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    restored = await put_back(path, copy)

    assert (restored.kept is not None) == bool(content)
    assert newest(path) == 0


async def test_a_backup_of_an_earlier_version_is_updated_at_the_next_start(
    path: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))

    await put_back(path, old)

    async with await Store.open(path) as store:
        assert await store.check() == []
        assert await store.recoveries.begin(NOW, timedelta()) > 0


async def test_a_backup_that_is_in_use_is_read_with_its_log(path: Path, copy: Path) -> None:
    with crashed(copy):
        await put_back(path, copy)

    assert value(path, "SELECT value FROM meta WHERE key = 'crashed'") == "yes"


async def test_a_backup_is_read_from_a_read_only_folder(path: Path, copy: Path) -> None:
    copy.chmod(0o400)
    copy.parent.chmod(0o500)

    await put_back(path, copy)

    copy.parent.chmod(0o700)
    assert newest(path) == 0


def foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


def damaged(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    copy.write_bytes(content)


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA user_version = 9999")


def text(copy: Path) -> None:
    copy.write_text("not a database", "utf-8")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (foreign, "this is not a database of feed-relay"),
        (text, "this is not a database of feed-relay"),
        (damaged, "this backup is damaged; restore an older one"),
        (newer, "a newer feed-relay wrote this database; install that version"),
        (Path.unlink, "there is no such file"),
    ],
)
async def test_an_unusable_backup_changes_nothing(
    path: Path, copy: Path, spoil: object, sentence: str
) -> None:
    spoil(copy)  # type: ignore[operator]  # one of the functions above
    before = path.read_bytes()

    with pytest.raises(errors.StoreError, match=sentence) as refused:
        await put_back(path, copy)

    assert str(copy) in str(refused.value)
    assert path.read_bytes() == before
    assert {file.suffix for file in path.parent.iterdir()} <= {".db", ".lock"}


async def test_the_database_itself_is_not_a_backup(path: Path) -> None:
    with pytest.raises(errors.StoreUnopenable, match="this is the database in use"):
        await put_back(path, path)


@pytest.mark.parametrize("worker", list(Worker))
async def test_nothing_is_restored_while_a_process_works_on_the_database(
    path: Path, copy: Path, worker: Worker
) -> None:
    with lock.lock(path, worker), pytest.raises(errors.StoreLocked):
        await put_back(path, copy)

    assert newest(path) == 1


async def test_a_kill_at_any_step_loses_nothing_and_can_be_repeated(path: Path, copy: Path) -> None:
    with crashed(path):
        former = {name: Path(f"{path}{name}").read_bytes() for name in ("", "-wal")}

    kill_at_each_step(path.parent, copy)

    steps = sorted(path.parent.parent.glob("data-*"))
    assert len(steps) > 6
    for folder in steps:
        killed = folder / path.name
        assert has_all(killed, former), folder
        assert is_refused_or_complete(killed), folder
        await put_back(killed, copy)
        assert has_all(killed, former), folder
        assert newest(killed) == 0


def kill_at_each_step(folder: Path, copy: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(folder), str(copy), NOW.isoformat()], check=True)


def has_all(path: Path, former: dict[str, bytes]) -> bool:
    """Whether the former database is somewhere, with its log beside it."""
    names = {file.name for file in path.parent.iterdir()}
    return any(
        (path.parent / name).read_bytes() == former[""]
        and f"{name}-wal" in names
        and (path.parent / f"{name}-wal").read_bytes() == former["-wal"]
        for name in names
    )


def is_refused_or_complete(path: Path) -> bool:
    """Whether a start would refuse the file, or find a whole database: never the former one without its log."""
    if path.stat().st_size == 0:
        return True
    if value(path, "SELECT count(*) FROM meta WHERE key = 'restored'"):
        return not path.with_name(f"{path.name}-wal").exists()
    return value(path, "SELECT count(*) FROM meta WHERE key = 'crashed'") == 1
