"""Tries what `run` needs of the database, without changing anything."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot import errors
from bot.store.backfills import Worker
from bot.store.engine import Trial
from bot.store.sqlite import files, identify, lock, migrate
from bot.store.sqlite.database import BUSY_TIMEOUT, address, translated_errors


def trial(path: Path) -> Trial:
    """Return what `run` would find. Raises the StoreError that `run` would raise."""
    path = files.locate(path)
    is_running = lock.is_locked(path, Worker.RUN)
    lock_file = lock.file_of(path, Worker.RUN)
    files.try_to_create(path if lock_file.exists() else lock_file)
    if not path.exists():
        files.check_creatable(path)
        return Trial(exists=False, is_running=is_running, is_old=False)
    is_old = identify.version_of(path) < migrate.newest()
    if is_old and is_running:
        raise errors.StoreTooOld(str(path))
    files.check_writable(path)
    if not is_running:
        _try_to_begin(path)
    return Trial(exists=True, is_running=is_running, is_old=is_old)


def _try_to_begin(path: Path) -> None:
    """Begin a transaction, if somebody has the file open: nobody else can have locked it.

    The reader keeps SQLite from tidying up when the writer closes.
    """
    if not files.is_in_use(path):
        return
    with (
        translated_errors(str(path)),
        closing(sqlite3.connect(address(path, "ro"), uri=True)) as reader,
        closing(sqlite3.connect(address(path, "rw"), uri=True, timeout=BUSY_TIMEOUT)) as writer,
    ):
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        writer.isolation_level = None
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("ROLLBACK")
