"""Numbered SQL files bring a database of any age to today's schema.

Each runs in one transaction with its own `user_version`, after a backup of the file. A migration is never edited
once shipped.
"""

import sqlite3
from dataclasses import dataclass
from importlib import resources
from itertools import count
from pathlib import Path

from bot import errors
from bot.store.sqlite.database import Database, Writer, unopenable

_SQL = resources.files("bot.store.sqlite") / "sql"
APPLICATION_ID = 0x66656564
""""feed" in ASCII: tells our files from other SQLite databases."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    version: int
    sql: str


def migrations() -> tuple[Migration, ...]:
    """All steps, in order, without gaps."""
    files = sorted((_SQL / "migrations").iterdir(), key=lambda file: file.name)
    return tuple(
        Migration(int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql")
    )


def schema() -> str:
    """The SQL that makes a new database."""
    return (_SQL / "schema.sql").read_text("utf-8")


async def migrate(database: Database) -> int:
    """Bring the database to today's schema and return its version.

    Raises StoreTooNew, or StoreCorrupt for a file that is some other program's.
    """
    steps = migrations()
    today = steps[-1].version
    version = await _version(database)
    if version > today:
        raise errors.StoreTooNew(database.path)
    if version == 0:
        await database.write(lambda writer: _create(writer, database.path, today))
        return today
    if version < today:
        await _back_up(database, version)
    for step in steps[version:]:
        await _step(database, step)
    return today


async def _step(database: Database, step: Migration) -> None:
    """Unless another process, which opened the file at the same time, has done it meanwhile."""

    async def work(writer: Writer) -> None:
        if await _version_of(writer) < step.version:
            await _apply(writer, step.sql, step.version)

    await database.write(work)


async def _version(database: Database) -> int:
    rows = await database.read("PRAGMA user_version")
    return int(rows[0][0])


async def _version_of(writer: Writer) -> int:
    (row,) = await writer.rows("PRAGMA user_version")
    return int(row[0])


async def _create(writer: Writer, path: str, version: int) -> None:
    if await _version_of(writer) == version:  # another process made it at the same time
        return
    if await writer.rows("SELECT 1 FROM sqlite_schema LIMIT 1"):
        raise errors.StoreCorrupt(
            path, "this is some other program's database; set store.path to another file."
        )
    await writer.run(f"PRAGMA application_id = {APPLICATION_ID}")
    await _apply(writer, schema(), version)
    await writer.run("INSERT INTO meta (key, value) VALUES ('instance', lower(hex(randomblob(4))))")


async def _apply(writer: Writer, sql: str, version: int) -> None:
    for statement in statements(sql):
        await writer.run(statement)
    broken = await writer.rows("PRAGMA foreign_key_check")
    if broken:
        raise RuntimeError(f"migration {version} leaves {len(broken)} rows without what they refer to")
    await writer.run(f"PRAGMA user_version = {version}")


def statements(sql: str) -> list[str]:
    """A script's statements, each of which ends its line.

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


async def _back_up(database: Database, version: int) -> None:
    """Beside the database, named for the version it holds; a number where that name is taken."""
    target = _reserved(Path(f"{database.path}.v{version}.backup"))
    try:
        await database.backup(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _reserved(base: Path) -> Path:
    """A new empty file, which SQLite writes a copy into as if it were not there."""
    for taken in count():
        target = base.with_name(f"{base.name}.{taken}") if taken else base
        try:
            target.touch(exist_ok=False)
        except FileExistsError:
            continue
        except OSError as error:
            raise unopenable(target) from error
        return target
    raise AssertionError("there is always a number more")
