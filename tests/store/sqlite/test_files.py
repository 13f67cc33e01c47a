"""Which files are opened, how a new one appears, and who may read it."""

import os
import resource
import signal
import socket
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from bot import errors
from bot.model import ChannelDeclaration
from bot.store.backfills import Worker
from bot.store.engine import Trial
from bot.store.sqlite import lock, migrate, trial
from bot.store.store import Store
from tests.store.conftest import Services

OLD = Path(__file__).parents[2] / "data" / "databases" / "c65eedc.sql"


def contents(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return every file with its bytes, mode and time of its last change."""
    found = {}
    for path in sorted(folder.rglob("*")):
        state = path.lstat()
        body = path.read_bytes() if stat.S_ISREG(state.st_mode) else b""
        found[str(path.relative_to(folder))] = (body, state.st_mode, state.st_mtime_ns)
    return found


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


async def look(store: Store) -> int:
    return len(await store.subscriptions.all())


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Return a database with one subscription, which nobody has open."""
    found = tmp_path / "feed-relay.db"
    async with await Store.open(found) as store:
        await Services(store).follow(ChannelDeclaration(100))
    return found


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a database of an earlier version."""
    found = tmp_path / "feed-relay.db"
    with closing(sqlite3.connect(found)) as connection:
        connection.executescript(OLD.read_text("utf-8"))
    return found


def empty(path: Path) -> None:
    path.touch()


def without_tables(path: Path) -> None:
    execute(path, "VACUUM")


def text(path: Path) -> None:
    path.write_text("Dear diary, today the beans came up. " * 200)


def short_text(path: Path) -> None:
    path.write_text("beans")


def recipes(path: Path) -> None:
    execute(path, "PRAGMA journal_mode = WAL", "CREATE TABLE recipes (name)")


def recipes_of_an_app(path: Path) -> None:
    execute(path, "PRAGMA application_id = 252006675", "CREATE TABLE feed (id)")


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # a socket's path may not be long


def device(path: Path) -> None:
    path.symlink_to("/dev/null")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def link_into_nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "unmounted" / "feed-relay.db")


UNUSABLE: dict[Callable[[Path], None], str] = {
    empty: "this file is empty; restore a backup, or delete the file",
    without_tables: "this database is empty; restore a backup, or delete the file",
    text: "the database is damaged",
    short_text: "the database is damaged",
    recipes: "some other program's database; set store.path to another file",
    recipes_of_an_app: "some other program's database; set store.path to another file",
    folder: "this is a folder; set store.path to a file in it",
    pipe: "this is a device, pipe or socket; set store.path to a file",
    unix_socket: "this is a device, pipe or socket; set store.path to a file",
    device: "this is a device, pipe or socket; set store.path to a file",
    loop: "this link leads to itself; set store.path to a file",
    link_into_nowhere: "its folder is not there",
}


@pytest.mark.parametrize("make", UNUSABLE, ids=lambda make: make.__name__)
async def test_foreign_files_are_refused_by_every_command_and_not_changed(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "feed-relay.db"
    make(path)
    before = contents(tmp_path)

    for refuse in (Store.open, Store.open_beside, lambda path: Store.read(path, look), Store.trial):
        with pytest.raises(errors.StoreError, match=UNUSABLE[make]):
            await refuse(path)

    assert contents(tmp_path) == before


@pytest.mark.parametrize("version", [-1, 0, 1, 5, 10])
async def test_a_version_number_that_does_not_fit_the_tables_is_refused_and_nothing_changed(
    path: Path, version: int
) -> None:
    execute(path, f"PRAGMA user_version = {version}")
    before = contents(path.parent)

    for refuse in (Store.open, lambda path: Store.read(path, look), Store.trial):
        with pytest.raises(errors.StoreCorrupt, match=rf"user_version {version}\) doesn't fit its tables"):
            await refuse(path)

    assert contents(path.parent) == before


async def test_an_old_database_with_the_number_of_today_is_refused(old: Path) -> None:
    execute(old, f"PRAGMA user_version = {migrate.newest()}")

    with pytest.raises(errors.StoreCorrupt, match="doesn't fit its tables"):
        await Store.open(old)


async def test_a_database_that_does_not_name_its_program_is_known_by_its_tables(old: Path) -> None:
    execute(old, "PRAGMA application_id = 0")

    async with await Store.open(old) as store:
        assert await look(store)


async def test_tables_that_a_backup_tool_added_do_no_harm(path: Path) -> None:
    execute(path, "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")

    async with await Store.open(path) as store:
        assert await look(store) == 1


async def test_a_link_is_followed_and_both_names_share_one_lock(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "relay.db"
    link.parent.mkdir()
    link.symlink_to(path)

    with lock.lock(path, Worker.RUN), pytest.raises(errors.StoreLocked):
        lock.lock(link, Worker.RUN)
    assert await Store.read(link, look) == 1
    assert [file.name for file in link.parent.iterdir()] == ["relay.db"]


async def test_a_link_to_a_file_that_does_not_exist_yet_stays_a_link(tmp_path: Path) -> None:
    link, target = tmp_path / "relay.db", tmp_path / "data" / "relay.db"
    target.parent.mkdir()
    link.symlink_to(target)

    async with await Store.open(link):
        assert target.is_file()
    assert link.is_symlink()


STEPS_OF_CREATION = {
    "mkstemp": (tempfile, "mkstemp"),
    "sync": (os, "fsync"),
    "link": (os, "link"),
    "unlink": (os, "unlink"),
}


@pytest.mark.parametrize("step", STEPS_OF_CREATION)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_kill_while_a_database_is_created_leaves_none_or_a_complete_one(
    tmp_path: Path, step: str, when: str
) -> None:
    path = tmp_path / "feed-relay.db"
    create_and_die(path, *STEPS_OF_CREATION[step], when)

    named = (step, when) in {("link", "after"), ("unlink", "before"), ("unlink", "after")}
    assert path.exists() is named
    async with await Store.open(path) as store:
        assert len(await store.outbox.instance()) == 8
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def create_and_die(path: Path, owner: ModuleType, name: str, when: str) -> None:
    """Create a database in a process that kills itself before or after a step."""
    child = os.fork()
    if child == 0:
        step = getattr(owner, name)

        def dying(*args: object, **kwargs: object) -> None:
            if when == "after":
                step(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(owner, name, dying)
        migrate.create(path)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


async def test_a_file_that_appears_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "feed-relay.db"
    link = os.link

    def late(source: Path, target: Path) -> None:
        recipes(path)
        link(source, target)

    monkeypatch.setattr(os, "link", late)

    migrate.create(path)
    with pytest.raises(errors.StoreCorrupt, match="some other program's database"):
        await Store.open(path)


async def test_the_log_of_a_missing_database_is_not_written_into_a_new_one(path: Path) -> None:
    left_by_a_kill(path)
    moved = path.rename(path.with_name("elsewhere.db"))
    before = contents(path.parent)

    for refuse in (Store.open, Store.trial):
        with pytest.raises(
            errors.StoreUnopenable, match=r"missing, but feed-relay\.db-wal has changes of it"
        ):
            await refuse(path)
    assert contents(path.parent) == before

    moved.rename(path)
    async with await Store.open(path) as store:
        assert await look(store) == 1


async def test_a_file_system_without_links_gets_a_database_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)

    async with await Store.open(tmp_path / "feed-relay.db") as store:
        assert await store.check() == []


# Commands that only read


def left_by_a_kill(path: Path) -> None:
    """Write to the database in a process that dies without closing it."""
    child = os.fork()
    if child == 0:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("INSERT INTO meta VALUES ('left', 'behind')")
        os._exit(0)
    os.waitpid(child, 0)
    assert path.with_name("feed-relay.db-wal").stat().st_size


def restored(path: Path) -> None:
    """Leave the database as a backup is: one file without a write-ahead log."""
    execute(path, "PRAGMA journal_mode = DELETE")


def closed(_: Path) -> None:
    """Leave the database as a bot does that was stopped."""


@pytest.mark.parametrize("make", [closed, restored, left_by_a_kill])
async def test_reading_and_trying_change_nothing(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    before = contents(path.parent)

    assert await Store.read(path, look) == 1
    assert await Store.read(path, lambda store: store.check()) == []
    assert await Store.trial(path) == Trial(exists=True, is_running=False, is_old=False)

    index = "feed-relay.db-shm"  # SQLite notes in it how far a reader may read
    assert without(contents(path.parent), index) == without(before, index)


async def test_trying_a_database_that_does_not_exist_changes_nothing(tmp_path: Path) -> None:
    before = tmp_path.stat().st_mtime_ns

    found = await Store.trial(tmp_path / "feed-relay.db")

    assert not found.exists
    assert (list(tmp_path.iterdir()), tmp_path.stat().st_mtime_ns) == ([], before)


async def test_every_write_of_a_store_that_only_reads_is_refused(path: Path) -> None:
    with pytest.raises(errors.StoreReadOnly):
        await Store.read(path, lambda store: store.feeds.release())


async def test_writes_during_a_read_of_the_file_are_not_reported_as_damage(path: Path) -> None:
    """A file that nobody has open is read without a lock; a bot that starts then makes the read happen again."""
    reads: list[int] = []

    async def read(store: Store) -> int:
        reads.append(await look(store))
        if len(reads) == 1:
            async with await Store.open(path) as bot:
                await Services(bot).follow(ChannelDeclaration(100), ChannelDeclaration(200))
        return reads[-1]

    assert await Store.read(path, read) == 2
    assert reads == [1, 2]


async def test_reading_beside_the_bot_sees_what_it_has_written(path: Path) -> None:
    async with await Store.open(path) as bot:
        await Services(bot).follow(ChannelDeclaration(100), ChannelDeclaration(200))
        assert await Store.read(path, look) == 2


async def test_a_backup_of_a_database_that_only_is_read_is_complete(path: Path, tmp_path: Path) -> None:
    left_by_a_kill(path)
    copy = tmp_path / "copy.db"

    await Store.read(path, lambda store: store.backup(copy))

    assert await Store.read(copy, look) == 1
    assert private(copy)
    assert not list(tmp_path.glob("copy.db?*"))


# Databases of earlier versions


async def test_commands_refuse_to_update_the_database_of_a_running_older_bot(old: Path) -> None:
    with lock.lock(old, Worker.RUN):
        before = contents(old.parent)
        for refuse in (Store.open_beside, lambda path: Store.read(path, look), Store.trial):
            with pytest.raises(
                errors.StoreTooOld, match="an older feed-relay wrote this database; stop the bot"
            ):
                await refuse(old)

        assert contents(old.parent) == before


async def test_a_command_that_writes_updates_a_database_that_no_bot_uses(old: Path) -> None:
    async with await Store.open_beside(old) as store:
        assert await look(store)

    assert (await Store.trial(old)).is_old is False


async def test_a_database_with_other_tokens_is_not_indexed_anew_beside_a_bot(path: Path) -> None:
    execute(path, "UPDATE meta SET value = 'of another version' WHERE key = 'index version'")

    with lock.lock(path, Worker.RUN), pytest.raises(errors.StoreTooOld):
        await Store.open_beside(path)
    with pytest.raises(errors.StoreTooOld):
        await Store.read(path, look)


async def test_an_old_database_can_be_checked_and_copied_without_an_update(old: Path, tmp_path: Path) -> None:
    before = contents(tmp_path)

    assert await Store.read(old, lambda store: store.check(), any_version=True) == []
    await Store.read(old, lambda store: store.backup(tmp_path / "copy.db"), any_version=True)

    assert (await Store.trial(old)).is_old
    assert without(contents(tmp_path), "copy.db") == before


# What `check` tries


async def test_a_lock_of_another_program_is_found_by_trying(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "BUSY_TIMEOUT", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.StoreLocked, match="another process holds the database"):
            await Store.trial(path)
        assert await Store.read(path, look) == 1


async def test_a_running_bot_is_found_by_trying(path: Path) -> None:
    with lock.lock(path, Worker.RUN):
        async with await Store.open(path):
            assert (await Store.trial(path)).is_running


@pytest.mark.parametrize("exists", [True, False])
def test_a_full_disk_is_found_by_trying_and_leaves_nothing(tmp_path: Path, exists: bool) -> None:
    path = tmp_path / "feed-relay.db"
    if exists:
        migrate.create(path)
    before = contents(tmp_path)

    assert on_a_full_disk(lambda: trial.trial(path)) == "StoreFull"
    assert exists or on_a_full_disk(lambda: migrate.create(path)) == "StoreFull"

    assert contents(tmp_path) == before


def on_a_full_disk(work: Callable[[], object]) -> str:
    """Return the name of the error that `work` raises in a process whose files may not grow."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        try:
            work()
        except BaseException as error:  # noqa: BLE001 -- of another process
            os.write(writer, type(error).__name__.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        name = answer.read()
    os.wait()
    return name


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize(
    ("name", "mode"),
    [("feed-relay.db", 0o400), ("feed-relay.db-wal", 0o000), ("feed-relay.db.lock", 0o400), (".", 0o500)],
)
async def test_check_finds_files_that_run_cant_write_and_reports_them_in_the_same_words(
    path: Path, name: str, mode: int
) -> None:
    refusing = path.parent / name
    refusing.touch()
    refusing.chmod(mode)
    try:
        with pytest.raises(errors.StoreReadOnly) as tried:
            await Store.trial(path)
        with pytest.raises(errors.StoreReadOnly) as run, lock.lock(path, Worker.RUN):
            await Store.open(path)
    finally:
        path.parent.chmod(0o700)

    assert str(tried.value) == str(run.value)


# Who may read the files


@pytest.fixture(autouse=True)
def _open_mask() -> Iterator[None]:
    """Set the umask to 0, so that modes come from the program."""
    before = os.umask(0)
    yield
    os.umask(before)


def private(path: Path) -> bool:
    return stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_new_files_are_private(tmp_path: Path) -> None:
    path = tmp_path / "feed-relay.db"
    with lock.lock(path, Worker.RUN), lock.lock(path, Worker.CLI):
        async with await Store.open(path) as store:
            await store.backup(tmp_path / "copy.db")
            found = {file.name: private(file) for file in tmp_path.iterdir()}

    assert found == dict.fromkeys(
        [
            *("feed-relay.db", "feed-relay.db-wal", "feed-relay.db-shm"),
            *("feed-relay.db.lock", "feed-relay.db.backfill.lock", "copy.db"),
        ],
        True,
    )
    assert Store.mending_command(path) == ""


async def test_existing_files_keep_their_modes_and_a_command_mends_them(old: Path) -> None:
    old.chmod(0o644)
    async with await Store.open(old):
        command = Store.mending_command(old)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in old.parent.iterdir()}

    assert modes["feed-relay.db"] == 0o644
    assert modes["feed-relay.db.v5.backup"] == 0o600
    assert command == f"chmod 600 {old} {old}-wal {old}-shm"


async def test_the_command_names_old_backups_and_quotes_names(tmp_path: Path) -> None:
    path = tmp_path / "my relay [1].db"
    async with await Store.open(path):
        pass
    backup = tmp_path / "my relay [1].db.v3.backup.1"
    backup.touch(0o640)

    assert Store.mending_command(path) == f"chmod 600 '{backup}'"


def without(found: dict[str, tuple[bytes, int, int]], name: str) -> dict[str, tuple[bytes, int, int]]:
    return {key: value for key, value in found.items() if key != name}
