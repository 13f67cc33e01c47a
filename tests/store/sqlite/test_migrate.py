"""A database of any age is brought up to date, or not changed at all."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot import errors
from bot.model import ChannelDeclaration
from bot.store.sqlite import migrate
from bot.store.sqlite.database import SqliteDatabase
from bot.store.store import Store
from tests.store.conftest import Services


def described(path: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {(name, normalized(sql)) for name, sql in rows}


def normalized(sql: str) -> str:
    """Remove comments, quotes around names, and spaces, in which migrated tables differ."""
    bare = re.sub(r"--[^\n]*", "", sql).replace('"', "")
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(bare.split()))


def test_the_migrations_are_numbered_without_gaps() -> None:
    assert [step.version for step in migrate.migrations()] == list(range(1, len(migrate.migrations()) + 1))


async def test_a_new_database_equals_one_that_took_every_migration(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "new.db"):
        pass
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript(migrate.migrations()[0].sql + "PRAGMA user_version = 1;")
    old.close()
    async with await Store.open(tmp_path / "old.db"):
        pass

    assert described(tmp_path / "new.db") == described(tmp_path / "old.db")


async def test_two_processes_that_open_an_old_database_migrate_it_once(tmp_path: Path) -> None:
    """The second one sees that each step was taken; otherwise it would empty what the first one filled."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        for step in migrate.migrations()[:-1]:
            old.executescript(f"{step.sql} PRAGMA user_version = {step.version};")
    databases = [await SqliteDatabase.open(path) for _ in range(2)]
    try:
        await asyncio.gather(*map(migrate.migrate, databases))
        (row,) = await databases[0].select("PRAGMA user_version")
    finally:
        for database in databases:
            await database.close()

    assert row[0] == migrate.migrations()[-1].version
    assert len(list(tmp_path.glob("old.db.v*.backup*"))) >= 1


async def test_a_newer_database_is_refused_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()

    with pytest.raises(errors.StoreTooNew, match="a newer feed-relay wrote this database"):
        await Store.open(path)

    assert sorted(file.name for file in tmp_path.glob("*.backup*")) == []


async def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name)")
    connection.close()

    with pytest.raises(errors.StoreCorrupt, match="some other program's database"):
        await Store.open(path)


async def test_a_migration_runs_after_a_backup_and_keeps_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        await Services(store).follow(ChannelDeclaration(100))
    extend(monkeypatch, "ALTER TABLE feed ADD COLUMN colour TEXT NOT NULL DEFAULT 'green';")

    async with await Store.open(path) as store:
        assert len(await store.subscriptions.all()) == 1

    assert "colour" in dict(described(path))["feed"]
    (backup,) = tmp_path.glob("feed-relay.db.v*.backup")
    assert "colour" not in dict(described(backup))["feed"]


async def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path):
        pass
    before = described(path)
    extend(monkeypatch, "ALTER TABLE feed ADD COLUMN colour TEXT;\nINSERT INTO nowhere VALUES (1);")

    with pytest.raises(sqlite3.OperationalError):
        await Store.open(path)

    assert described(path) == before


async def test_a_migration_that_leaves_dangling_references_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        await Services(store).follow(ChannelDeclaration(100))
    extend(monkeypatch, "PRAGMA defer_foreign_keys = ON;\nDELETE FROM channel;")

    with pytest.raises(RuntimeError, match="refer to"):
        await Store.open(path)

    async with untouched(path) as database:
        assert len(await database.select("SELECT * FROM channel")) == 1


def extend(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """Pretend that a later version has one more migration."""
    today = migrate.migrations()
    steps = (*today, migrate.Migration(len(today) + 1, sql))
    monkeypatch.setattr(migrate, "migrations", lambda: steps)


@asynccontextmanager
async def untouched(path: Path) -> AsyncIterator[SqliteDatabase]:
    """Open the database without migrating it."""
    database = await SqliteDatabase.open(path)
    try:
        yield database
    finally:
        await database.close()


async def test_a_backup_is_complete_and_never_overwrites(tmp_path: Path) -> None:
    path, copy = tmp_path / "feed-relay.db", tmp_path / "copy.db"
    async with await Store.open(path) as store:
        await Services(store).follow(ChannelDeclaration(100))
        await store.backup(copy)
        with pytest.raises(errors.StoreUnopenable, match="exists already"):
            await store.backup(copy)

    async with await Store.open(copy) as store:
        assert await store.check() == []
        assert len(await store.subscriptions.all()) == 1
