"""Reads the bot's state from a database in use, without what other queries need, for a fast `status`."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.heartbeat import Backlog, BackupState, GatewayState, Heartbeat
from bot.store.queries import COMMON
from bot.store.sqlite import files

_MIGRATIONS = Path(__file__).parent / "sql" / "migrations"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMEOUT = 1.0
"""Seconds to wait for a lock."""

Glance = tuple[list[Heartbeat], Backlog, BackupState | None]


def glance(path: Path) -> Glance | None:
    """Return what running processes wrote down, and what waits; None if that takes a closer look, as of an error."""
    if not files.is_in_use(path):
        return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_TIMEOUT)) as connection:
            return _read(connection)
    except sqlite3.Error:
        return None


def _read(connection: sqlite3.Connection) -> Glance | None:
    connection.row_factory = sqlite3.Row
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != max(int(file.name[:4]) for file in _MIGRATIONS.glob("*.sql")):
        return None
    heartbeats = connection.execute(COMMON["heartbeats"]).fetchall()
    backlog = connection.execute(COMMON["backlog"]).fetchone()
    noted = connection.execute(COMMON["backup_state"]).fetchone()
    backups = BackupState.from_text(noted["value"]) if noted else None
    return [_heartbeat(row) for row in heartbeats], _backlog(backlog), backups


def _heartbeat(row: sqlite3.Row) -> Heartbeat:
    return Heartbeat(
        process=row["process"],
        version=row["version"],
        started_at=_EPOCH + timedelta(milliseconds=row["started_at"]),
        beat_at=_EPOCH + timedelta(milliseconds=row["beat_at"]),
        gateway=GatewayState(row["gateway"]),
        last_poll_at=_moment(row["last_poll_at"]),
        last_sent_at=_moment(row["last_sent_at"]),
    )


def _backlog(row: sqlite3.Row) -> Backlog:
    return Backlog(
        feeds=row["feeds"],
        feed_due_at=_moment(row["feed_due_at"]),
        send_due_at=_moment(row["send_due_at"]),
        waiting=row["waiting"],
        oldest_at=_moment(row["oldest_at"]),
        uncertain=row["uncertain"],
        held=row["held"],
        suspended=row["suspended"],
        no_session_until=_moment(row["no_session_until"]),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _EPOCH + timedelta(milliseconds=milliseconds)
