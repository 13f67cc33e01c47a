"""Queues, claims and settles notices to admins. Each is sent once, and several may share a message."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.model import Notice, NoticeKind, NoticeMessage, NoticePlan, SentNotice
from bot.store import rows
from bot.store.database import Reader, Repository, Row, Transaction, attempt, transaction

GATHER_TIME = timedelta(minutes=1)
"""How long a notice waits for others: new problems within this time share one message."""

MAX_WAITING = 500
"""Notices of one place that the next message is chosen from."""

ANSWER_TTL = timedelta(minutes=15)
"""How long Discord lets the answer of a command be edited."""

IMPORT_TIMEOUT = timedelta(hours=2)
"""When to report an import even if some of its feeds were not read yet, because their site may be paused."""

_DAY = timedelta(days=1)

Decide = Callable[[Sequence[Notice], Sequence[SentNotice], datetime], NoticePlan]
"""Given the notices that wait for a place and those that it got within a day, decides what is sent now."""


class Notices(Repository):
    """Queues, claims and settles notices to admins."""

    @attempt
    async def claim(
        self,
        tx: Transaction,
        now: datetime,
        lease: timedelta,
        limit: int,
        decide: Decide,
        sending: Sequence[int] = (),
    ) -> list[NoticeMessage]:
        """Claim the next message of each place, for at most `limit` places, until the lease ends.

        A message that was tried before keeps its notices, since it may have arrived. `sending`: the ids of the messages
        that the caller still sends; they are not claimed again.
        """
        await tx.run("drop_decided")
        await _report_imports(tx, now)
        places = await tx.rows("notice_places", now=now, limit=limit)
        found = [await _claim_in(tx, place, now, now + lease, decide, sending) for place in places]
        return [message for message in found if message is not None]

    @transaction
    async def report_backup(self, tx: Transaction, error: str, now: datetime) -> None:
        """Notify the bot's owner once when backups begin to fail, or, if `error` is "", when they work again."""
        kind = NoticeKind.BACKUP_FAILED if error else NoticeKind.BACKUP_WORKS
        await tx.run("add_backup_notice", kind=kind, detail=error, now=now)

    @transaction
    async def release(self, tx: Transaction, now: datetime) -> None:
        """Make all claimed notices claimable again at once. Call it at the start, as `Outbox.release`."""
        await tx.run("release_notices", now=now)

    async def is_leased(self, message: NoticeMessage) -> bool:
        """Return whether the caller's lease on the message is still valid."""
        found = await self._db.rows("notice_still_leased", id=message.id, lease=message.leased_until)
        return bool(found)

    @transaction
    async def redirect(self, tx: Transaction, message: NoticeMessage, now: datetime) -> bool:
        """Send refused notices elsewhere in their guild; return False if there is nowhere else for any of them.

        Does nothing if the lease ended and another process may be sending them.
        """
        lease = message.leased_until
        moved = [
            await tx.rows("redirect_notice", id=notice.id, lease=lease, now=now) for notice in message.notices
        ]
        return any(moved)

    @transaction
    async def settle(
        self,
        tx: Transaction,
        message: NoticeMessage,
        message_id: int | None,
        again_at: datetime | None,
        uncertain: bool,
    ) -> None:
        """Record a send. `message_id`: it was sent; else `again_at`: when to try again, None: never.

        If the lease ended and another process may be sending it, only a sent message is recorded.
        """
        waits = "dropped" if again_at is None else "pending"
        await tx.run(
            "settle_notices",
            leader_id=message.id,
            state=waits if message_id is None else "sent",
            due_at=again_at,
            uncertain=uncertain,
            message_id=message_id,
            lease=message.leased_until,
        )


async def _claim_in(
    tx: Transaction, place: Row, now: datetime, lease: datetime, decide: Decide, sending: Sequence[int]
) -> NoticeMessage | None:
    """Claim the next message of a place; None if all its notices were postponed or are being sent."""
    where = {name: place[name] for name in ("channel_id", "direct", "guild_id")}
    waiting = await tx.rows("waiting_notices", **where, limit=MAX_WAITING)
    tried = [row["leader_id"] for row in waiting if row["leader_id"] is not None]
    if tried:
        ids = [row["id"] for row in waiting if row["leader_id"] == tried[0]]
    else:
        sent = [rows.sent_notice(row) for row in await tx.rows("sent_notices", **where, since=now - _DAY)]
        plan = decide([rows.notice(row) for row in waiting], sent, now)
        for notice_id, until in plan.postponed.items():
            await tx.run("postpone_notice", id=notice_id, until=until)
        ids = list(plan.message)
    if not ids or ids[0] in sending:
        return None
    await tx.run("claim_notices", ids=ids, leader_id=ids[0], now=now, lease=lease)
    return rows.notice_message([row for row in waiting if row["id"] in ids], lease)


async def _report_imports(tx: Transaction, now: datetime) -> None:
    """Report imports that ended after their answers could be edited, or in an earlier process."""
    for row in await tx.rows("answered_imports", before=now - ANSWER_TTL):
        feeds = await read_import(tx, row["id"])
        is_late = rows.required(row["started_at"]) < now - IMPORT_TIMEOUT
        if is_late or all(feed["polled"] for feed in feeds):
            readable = sum(bool(feed["polled"]) and not feed["error"] for feed in feeds)
            await tx.run("add_import_notice", id=row["id"], detail=f"{readable}/{len(feeds)}", now=now)
            await drop_import(tx, row["id"])


async def read_import(reader: Reader, import_id: int) -> Sequence[Row]:
    """Return the feeds of an import, each with its name and error, and whether it was polled since."""
    return await reader.rows("import_progress", id=import_id)


async def drop_import(tx: Transaction, import_id: int) -> None:
    """Forget an import whose result is reported."""
    await tx.run("drop_import", id=import_id)


async def add_feed_notice(
    tx: Transaction, kind: NoticeKind, feed_id: int, detail: str, now: datetime
) -> None:
    """Notify everyone who follows the feed."""
    due_at = now + GATHER_TIME
    await tx.run("add_feed_notice", kind=kind, feed_id=feed_id, detail=detail, now=now, due_at=due_at)


async def add_suspension_notice(tx: Transaction, channel_id: int, detail: str, now: datetime) -> None:
    """Report, elsewhere in the guild, that a channel refuses the bot."""
    due_at = now + GATHER_TIME
    await tx.run("add_suspension_notice", channel_id=channel_id, detail=detail, now=now, due_at=due_at)


async def add_resumption_notice(tx: Transaction, channel_id: int, now: datetime) -> None:
    """Report that the bot can write in a channel again."""
    await tx.run("add_resumption_notice", channel_id=channel_id, now=now, due_at=now + GATHER_TIME)
