"""The state of running processes, and what is waiting: the data behind `status`, checks and metrics."""

from bot.model import Backlog, BackupState, GatewayState, Heartbeat
from bot.store import rows
from bot.store.database import Repository, Row, Transaction, transaction


class Heartbeats(Repository):
    """Writes and reads heartbeats."""

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Record the state of a process. No other one writes it, so others may write meanwhile."""
        await self._db.transact(lambda tx: _put(tx, heartbeat), alone=False)

    @transaction
    async def stop(self, tx: Transaction, process: str) -> None:
        """Remove the heartbeat of a process that stops properly. That of a killed process stays, and gets old."""
        await tx.run("remove_heartbeat", process=process)

    async def all(self) -> list[Heartbeat]:
        """Return the last heartbeat of each process that has not stopped properly."""
        return [_heartbeat(row) for row in await self._db.rows("heartbeats")]

    @transaction
    async def note_backups(self, tx: Transaction, state: BackupState | None) -> None:
        """Record the state of the daily backups; None: none are made."""
        await tx.run("put_backup_state", state=state.as_text() if state else "")

    async def backups(self) -> BackupState | None:
        """Return the last recorded state of the daily backups; None: none are made."""
        found = await self._db.rows("backup_state")
        return BackupState.from_text(found[0]["value"]) if found else None

    async def backlog(self) -> Backlog:
        """Return what waits."""
        (found,) = await self._db.rows("backlog")
        return rows.fill(
            Backlog,
            found,
            feed_due_at=rows.moment(found["feed_due_at"]),
            send_due_at=rows.moment(found["send_due_at"]),
            oldest_at=rows.moment(found["oldest_at"]),
            no_session_until=rows.moment(found["no_session_until"]),
        )


async def _put(tx: Transaction, heartbeat: Heartbeat) -> None:
    await tx.run(
        "put_heartbeat",
        process=heartbeat.process,
        version=heartbeat.version,
        started_at=heartbeat.started_at,
        beat_at=heartbeat.beat_at,
        gateway=heartbeat.gateway,
        last_poll_at=heartbeat.last_poll_at,
        last_sent_at=heartbeat.last_sent_at,
    )


def _heartbeat(row: Row) -> Heartbeat:
    return rows.fill(
        Heartbeat,
        row,
        started_at=rows.required(row["started_at"]),
        beat_at=rows.required(row["beat_at"]),
        gateway=GatewayState(row["gateway"]),
        last_poll_at=rows.moment(row["last_poll_at"]),
        last_sent_at=rows.moment(row["last_sent_at"]),
    )
