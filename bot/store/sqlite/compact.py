"""Rewrite a database, so that its file shrinks: SQLite keeps the space of deleted rows for new ones."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot import errors
from bot.store.sqlite.database import BUSY_TIMEOUT, address, translated_errors

_COPIES = 2
"""VACUUM writes all of the database to a temporary file, and then to the log: https://www.sqlite.org/lang_vacuum.html"""
_MARGIN = 1.05
_TOO_LITTLE = (
    "compacting needs {needed:,} MB of free space beside it, and {free:,} MB are free; free some space."
)


def compact(path: Path) -> None:
    """Rewrite the database. The caller has its locks. Raises StoreError.

    One transaction does it, so a crash leaves the database as it was. The file stays the same, with its owner and mode.
    """
    with (
        translated_errors(str(path)),
        closing(sqlite3.connect(address(path, "rw"), uri=True, timeout=BUSY_TIMEOUT)) as connection,
    ):
        connection.isolation_level = None  # VACUUM opens a transaction of its own
        _check_space(path, connection)
        with temporary_files(connection, path.parent):
            connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def temporary_files(connection: sqlite3.Connection, folder: Path) -> Iterator[None]:
    """Let SQLite put temporary files into this folder: the system's may be too small for them."""
    try:
        connection.execute(f"PRAGMA temp_store_directory = {_quoted(folder)}")
        yield
    finally:
        connection.execute("PRAGMA temp_store_directory = ''")


def _check_space(path: Path, connection: sqlite3.Connection) -> None:
    """Raise StoreFull if the disk has too little space, before anything is written."""
    (pages, unused, size) = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    needed, free = int(_COPIES * _MARGIN * (pages - unused) * size), shutil.disk_usage(path.parent).free
    if free < needed:
        figures = {"needed": needed // 1_000_000 + 1, "free": free // 1_000_000}
        raise errors.StoreFull(str(path), _TOO_LITTLE.format(**figures))


def _quoted(folder: Path) -> str:
    return "'" + str(folder).replace("'", "''") + "'"
