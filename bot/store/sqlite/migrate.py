"""Numbered SQL files bring a database of any age to today's schema.

Each runs in one transaction with its own `user_version`, after a backup of the file. Foreign keys are off until its end
(https://www.sqlite.org/lang_altertable.html#otheralter). A migration is never edited once shipped.
"""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from importlib import resources
from itertools import count
from pathlib import Path

from bot import errors
from bot.store.sqlite.commits import SqliteTransaction
from bot.store.sqlite.database import SqliteDatabase
from bot.store.sqlite.files import check_creatable, complete_file

_SQL = resources.files("bot.store.sqlite") / "sql"
APPLICATION_ID = 0x66656564
""""feed" in ASCII; distinguishes our files from other SQLite databases."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    version: int
    sql: str


def migrations() -> tuple[Migration, ...]:
    """Return all steps, in order, without gaps."""
    files = sorted((_SQL / "migrations").iterdir(), key=lambda file: file.name)
    return tuple(
        Migration(int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql")
    )


def newest() -> int:
    """Return the version that this program uses."""
    return migrations()[-1].version


def schema() -> str:
    """Return the SQL that makes a new database."""
    return (_SQL / "schema.sql").read_text("utf-8")


def create(path: Path) -> None:
    """Make a new database, which appears when it is complete. Raises StoreError."""
    check_creatable(path)
    with suppress(FileExistsError), complete_file(path) as part:  # another process may have made it meanwhile
        part.write_bytes(new_database())


def new_database() -> bytes:
    """Return the contents of a new file."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for statement in statements(schema()):
            connection.execute(statement)
        connection.execute("INSERT INTO meta (key, value) VALUES ('instance', lower(hex(randomblob(4))))")
        connection.execute(f"PRAGMA user_version = {newest()}")
        return connection.serialize()


async def migrate(database: SqliteDatabase) -> int:
    """Bring the database to today's schema and return its version. Raises StoreTooNew."""
    steps, today = migrations(), newest()
    ((version,),) = await database.select("PRAGMA user_version")
    if version > today:
        raise errors.StoreTooNew(database.path)
    if version < today:
        await _back_up(database, version)
    for step in steps[version:]:
        await database.rebuild(partial(_step, step=step))
    return today


async def _step(tx: SqliteTransaction, step: Migration) -> None:
    """Take a step, unless another process, which opened the file at the same time, has done so meanwhile."""
    if await _version_of(tx) < step.version:
        await _apply(tx, step.sql, step.version)


async def _version_of(tx: SqliteTransaction) -> int:
    ((version,),) = await tx.execute("PRAGMA user_version")
    return int(version)


async def _apply(tx: SqliteTransaction, sql: str, version: int) -> None:
    for statement in statements(sql):
        await tx.execute(statement)
    dangling = await tx.execute("PRAGMA foreign_key_check")
    if dangling:
        raise RuntimeError(f"migration {version} leaves {len(dangling)} rows that refer to nothing")
    await tx.execute(f"PRAGMA user_version = {version}")


def statements(sql: str) -> list[str]:
    """Split a script into statements, each of which ends its line.

    sqlite3's own `executescript` would commit the transaction that they belong to.
    """
    found: list[str] = []
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return found


async def _back_up(database: SqliteDatabase, version: int) -> None:
    """Copy the database beside itself, named after its version, with a number if that name is taken."""
    base = Path(f"{database.path}.v{version}.backup")
    for number in count():
        target = base.with_name(f"{base.name}.{number}") if number else base
        with suppress(FileExistsError):
            await database.backup(target)
            return
