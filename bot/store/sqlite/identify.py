"""Identifies a database file without changing it: its program, its version and its lineage."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from bot import errors
from bot.store.sqlite import migrate
from bot.store.sqlite.database import BUSY_TIMEOUT, address, translated_errors

_FOREIGN = "this is some other program's database; set store.path to another file."
_EMPTY = (
    "this database is empty; restore a backup, or delete the file, and `feed-relay run` creates a new one."
)
_WRONG_VERSION = "its version number (user_version {}) doesn't fit its tables; restore the newest backup."
_FIRST_TABLES = frozenset({"meta", "site", "feed", "entry", "seen", "subscription", "channel", "delivery"})
"""Tables that every version has; they identify a file that doesn't name its program."""

_NAMES = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
_COLUMNS = """
    SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
    WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?))
"""

_LINEAGE = "SELECT value FROM meta WHERE key IN ('lineage', 'instance') ORDER BY key DESC LIMIT 1"
"""A restore changes the database's name (`instance`) and keeps the first one as its lineage."""

Names = frozenset[str]


def version_of(path: Path, *, may_recover: bool = False) -> int:
    """Return the version of our database. Raises StoreError for any other file, and for a newer version.

    `may_recover`: let SQLite undo what a crash left unfinished.
    """
    unfinished = path.with_name(f"{path.name}-journal").exists()
    readable = address(path, "rw" if may_recover and unfinished else "ro")
    with (
        translated_errors(str(path)),
        closing(sqlite3.connect(readable, uri=True, timeout=BUSY_TIMEOUT)) as connection,
    ):
        _check_owner(path, connection)
        ((version,),) = connection.execute("PRAGMA user_version")
        if version > migrate.newest():
            raise errors.StoreTooNew(str(path))
        if version < 1 or not _fits(connection, version):
            raise errors.StoreCorrupt(str(path), _WRONG_VERSION.format(version))
        return int(version)


def lineage_of(path: Path) -> str:
    """Return the lineage, which a database shares with all its copies, also restored ones. Raises StoreError."""
    with translated_errors(str(path)), closing(sqlite3.connect(address(path, "ro"), uri=True)) as connection:
        found = connection.execute(_LINEAGE).fetchone()
    if found is None:
        raise errors.StoreCorrupt(str(path), _EMPTY)
    return str(found[0])


def _check_owner(path: Path, connection: sqlite3.Connection) -> None:
    ((application,),) = connection.execute("PRAGMA application_id")
    tables = _read(connection, _NAMES)
    if application not in (0, migrate.APPLICATION_ID):
        raise errors.StoreCorrupt(str(path), _FOREIGN)
    if not tables:
        raise errors.StoreCorrupt(str(path), _EMPTY)
    if application == 0 and not tables >= _FIRST_TABLES:
        raise errors.StoreCorrupt(str(path), _FOREIGN)


def _fits(connection: sqlite3.Connection, version: int) -> bool:
    """Return whether a database has all of its version, and nothing of a later one. Foreign additions are ignored."""
    newest, steps = _names_of([migrate.schema()]), migrate.migrations()[:version]
    expected = newest if version == migrate.newest() else _names_of(step.sql for step in steps)
    found = _names_in(connection, newest | expected)
    return found >= expected and found.isdisjoint(newest - expected)


def _names_of(scripts: Iterable[str]) -> Names:
    """Return the names of everything that these scripts create."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for script in scripts:
            for statement in migrate.statements(script):
                connection.execute(statement)
        return _names_in(connection, _read(connection, _NAMES))


def _names_in(connection: sqlite3.Connection, known: Names) -> Names:
    """Return the names in a database, with the columns of the known tables, each as "table.column"."""
    return _read(connection, _NAMES) | _read(connection, _COLUMNS, json.dumps(sorted(known)))


def _read(connection: sqlite3.Connection, sql: str, *values: str) -> Names:
    return frozenset(name for (name,) in connection.execute(sql, values))
