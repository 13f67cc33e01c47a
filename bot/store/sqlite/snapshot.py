"""Copies a consistent state of a database while others use it.

VACUUM INTO can't be used: it fails for generated columns if the file is opened read-only.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PAGES = 256
"""Pages that are copied between two calls of `between`: about 1 MB."""

_NO_WAL = "PRAGMA journal_mode = DELETE"  # one file has everything


def copy(source: str, target: Path, between: Callable[[], None] = lambda: None) -> None:
    """Copy the database at an address to a file. `between` is called after each step; an error in it ends the copy.

    An open transaction keeps the source unchanged. Without one, the copy would start again after each write of others:
    https://www.sqlite.org/c3ref/backup_finish.html
    """
    with (
        closing(sqlite3.connect(source, uri=True, isolation_level=None)) as reader,
        closing(sqlite3.connect(target, isolation_level=None)) as written,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reader.backup(written, pages=PAGES, progress=lambda _status, _left, _total: between())
        written.execute(_NO_WAL).fetchone()
