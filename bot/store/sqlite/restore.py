"""Puts a copy in place of a database, and keeps the former one beside it.

The copy is complete, checked and marked before anything else changes. Whenever this is interrupted, there is the former
database, the restored one, or an empty file that the bot refuses; and it can be repeated.
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
"""Ids that are left out: the lost database may have given them, to buttons in Discord for example."""

_NO_COPY = "there is no such file; give the file of a backup."
_ITSELF = "this is the database in use; give the file of a backup."
_FOREIGN = "this is not a database of feed-relay; give the file of a backup. Nothing was changed."
_DAMAGED = "this backup is damaged; restore an older one. Nothing was changed."
_HEADER = b"SQLite format 3\0"
_APPLICATION_ID = slice(68, 72)
"""Where a file names its program: https://www.sqlite.org/fileformat.html#the_database_header"""

_KEEP_LINEAGE = """
    INSERT INTO meta (key, value) SELECT 'lineage', value FROM meta WHERE key = 'instance'
    ON CONFLICT (key) DO NOTHING
"""
"""The daily copies made before the restore still belong to the database."""

_LAST_WRITES = (
    "SELECT max(beat_at) FROM heartbeat WHERE beat_at <= ?",
    "SELECT created_at FROM (SELECT * FROM delivery ORDER BY id DESC LIMIT 1) WHERE created_at <= ?",
    "SELECT first_seen_at FROM (SELECT * FROM entry ORDER BY id DESC LIMIT 1) WHERE first_seen_at <= ?",
)
"""Times of the last writes. Earlier rows don't count: a clock that was wrong for a while may have dated them."""


def restore(path: Path, copy: Path, now: datetime) -> Restored:
    """Put a copy in place of the database at `path`. The caller has its locks. Raises StoreError."""
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
    """Copy a file that nobody has open as it is, even from a disk that can't be written; else what SQLite reads."""
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
    """Let the next start look for what was sent since the copy was made, and return when that was.

    The database gets another name, so that no nonce is used twice, and gives no id that the lost one may have given.
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
    """Return a time before the first write that the copy lacks: that of its last one, if that isn't after `limit`.

    A copy that was restored before and not used since is as old as then.
    """
    found = [0]
    for sql in _LAST_WRITES:
        with suppress(sqlite3.OperationalError):  # an earlier version has no such table
            found += [written or 0 for (written,) in connection.execute(sql, (limit,))]
    earlier = connection.execute("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'restored'").fetchone()
    return min(max(found), earlier[0]) if earlier else max(found)


def _leap(connection: sqlite3.Connection) -> None:
    """Raise the last id of each table that never gives one again."""
    counting = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '% AUTOINCREMENT%'"
    for (name,) in connection.execute(counting).fetchall():
        given = connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", (name,)).fetchone()
        connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, (given[0] or 0) + ID_LEAP))


def _keep(path: Path) -> Path | None:
    """Give the former database a name beside its own, with its log; return that name, None if there is nothing.

    The log must be gone before another file gets the database's name, since SQLite would write it into that one.
    Meanwhile an empty file has the name, which the bot refuses.
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
    """Return a name that is free, or was given by an earlier call that was interrupted."""
    base = path.with_name(f"{path.name}.{files.KEPT}")
    for number in count():
        name = base.with_name(f"{base.name}.{number}") if number else base
        if not name.exists() or (path.exists() and name.samefile(path)):
            return name
    raise AssertionError("count() never ends")
