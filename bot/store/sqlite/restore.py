"""Replaces a database with a backup, and keeps the former one beside it.

The backup is copied, checked and marked before anything else changes. A restore that is interrupted at any step leaves
the former database, the restored one, or an empty file that the bot refuses, and can be repeated.
"""

import secrets
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from bot import errors
from bot.store.engine import Restored
from bot.store.rows import milliseconds, required
from bot.store.sqlite import files, identify, migrate
from bot.store.sqlite.database import BUSY_TIMEOUT, address, translated_errors

ID_LEAP = 1_000_000
"""How many ids to skip, since the lost database may have assigned them, for example to buttons in Discord."""

_NO_COPY = "there is no such file; give the file of a backup."
_ITSELF = "this is the database in use; give the file of a backup."
_FOREIGN = "this is not a database of feed-relay; give the file of a backup. Nothing was changed."
_DAMAGED = "this backup is damaged; restore an older one. Nothing was changed."
_HEADER = b"SQLite format 3\0"
_APPLICATION_ID = slice(68, 72)
"""Where the file's header names its program: https://www.sqlite.org/fileformat.html#the_database_header"""

_KEEP_LINEAGE = """
    INSERT INTO meta (key, value) SELECT 'lineage', value FROM meta WHERE key = 'instance'
    ON CONFLICT (key) DO NOTHING
"""
"""Keeps the daily backups from before the restore, which have this lineage."""

_LAST_WRITES = (
    "SELECT max(beat_at) FROM heartbeat WHERE beat_at <= ?",
    "SELECT created_at FROM (SELECT * FROM delivery ORDER BY id DESC LIMIT 1) WHERE created_at <= ?",
    "SELECT first_seen_at FROM (SELECT * FROM entry ORDER BY id DESC LIMIT 1) WHERE first_seen_at <= ?",
)
"""The times of the last writes. Earlier rows don't count, because a wrong clock may have dated them."""


def restore(path: Path, copy: Path, now: datetime) -> Restored:
    """Replace the database at `path` with a backup. The caller has its locks. Raises StoreError."""
    if not copy.is_file():
        raise errors.StoreUnopenable(str(copy), _NO_COPY)
    if path.exists() and copy.samefile(path):
        raise errors.StoreUnopenable(str(copy), _ITSELF)
    files.remove_parts(path)
    with files.complete_file(path, replaces=True) as part:
        _copy(copy, part)
        _check(copy, part)
        copied_at = _mark(copy, part, now)
        kept = _keep(path)
    return Restored(copied_at, kept)


def _copy(copy: Path, part: Path) -> None:
    """Copy the bytes of a file that no process has open, also from a read-only disk; otherwise, copy with SQLite."""
    if not files.is_in_use(copy):
        shutil.copyfile(copy, part)
        return
    with (
        translated_errors(str(copy)),
        closing(sqlite3.connect(address(copy, "ro"), uri=True, timeout=BUSY_TIMEOUT)) as source,
        closing(sqlite3.connect(part)) as target,
    ):
        source.backup(target)


def _check(copy: Path, part: Path) -> None:
    """Raise StoreError unless the copy is a complete database of this version or an earlier one."""
    try:
        identify.version_of(part)
        is_intact = _is_intact(part)
    except errors.StoreTooNew:
        raise errors.StoreTooNew(str(copy)) from None
    except errors.StoreCorrupt:
        is_intact = False
    if not is_intact:
        raise errors.StoreCorrupt(str(copy), _DAMAGED if _is_ours(part) else _FOREIGN)


def _is_intact(part: Path) -> bool:
    with (
        translated_errors(str(part)),
        closing(sqlite3.connect(address(part, "ro"), uri=True)) as connection,
    ):
        found = connection.execute("PRAGMA integrity_check(1)").fetchall()
        return found == [("ok",)] and connection.execute("PRAGMA foreign_key_check").fetchone() is None


def _is_ours(part: Path) -> bool:
    with part.open("rb") as opened:
        header = opened.read(_APPLICATION_ID.stop)
    return header.startswith(_HEADER) and header[_APPLICATION_ID] == migrate.APPLICATION_ID.to_bytes(4)


def _mark(copy: Path, part: Path, now: datetime) -> datetime:
    """Mark the database so that the next start reads the channels, and return when the backup was made.

    The database gets another name, so that no nonce is used twice, and skips ids that the lost one may have assigned.
    """
    with (
        translated_errors(str(part)),
        closing(sqlite3.connect(part, isolation_level=None)) as connection,
    ):
        connection.execute("PRAGMA journal_mode = DELETE")  # one file has everything
        copied_at = _last_write(connection, min(milliseconds(now), int(copy.stat().st_mtime * 1000)))
        connection.execute("BEGIN")
        connection.execute(_KEEP_LINEAGE)
        for key, value in (("instance", secrets.token_hex(4)), ("restored", str(copied_at))):
            connection.execute(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )
        _leap(connection)
        connection.execute("COMMIT")
    return required(copied_at)


def _last_write(connection: sqlite3.Connection, limit: int) -> int:
    """Return the time of the last write, which is before all writes that the backup lacks; at most `limit`.

    If it was restored itself and not used since, the time of that restore's backup counts.
    """
    found = [0]
    for sql in _LAST_WRITES:
        with suppress(sqlite3.OperationalError):  # an earlier version has no such table
            found += [written or 0 for (written,) in connection.execute(sql, (limit,))]
    earlier = connection.execute("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'restored'").fetchone()
    return min(max(found), earlier[0]) if earlier else max(found)


def _leap(connection: sqlite3.Connection) -> None:
    """Raise the last id of each table that never reuses ids."""
    counting = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '% AUTOINCREMENT%'"
    for (name,) in connection.execute(counting).fetchall():
        given = connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", (name,)).fetchone()
        connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, (given[0] or 0) + ID_LEAP))


def _keep(path: Path) -> Path | None:
    """Rename the former database and its log; return the new name, None if there was nothing to keep.

    The log must be gone before another file gets the database's name, because SQLite would replay it into that file.
    Meanwhile an empty file, which the bot refuses, has the name.
    """
    logs = [log for log in files.logs_of(path) if log.exists()]
    kept = None
    if (path.exists() and path.stat().st_size) or any(log.stat().st_size for log in logs):
        kept = _free_name(path)
        for file in (path, *logs):
            if file.exists():
                files.copy_name(file, kept.with_name(file.name.replace(path.name, kept.name, 1)))
    if logs:
        files.blank(path)
    for log in files.logs_of(path, with_index=True):
        log.unlink(missing_ok=True)
    return kept


def _free_name(path: Path) -> Path:
    """Return a name that is free, or that an earlier call gave before it was interrupted."""
    base = path.with_name(f"{path.name}.{files.KEPT}")
    for number in count():
        name = base.with_name(f"{base.name}.{number}") if number else base
        if not name.exists() or (path.exists() and name.samefile(path)):
            return name
    raise AssertionError("count() never ends")
