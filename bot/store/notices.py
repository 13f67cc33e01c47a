"""Notices: messages to admins, claimed with a lease like a delivery, each sent once."""

from datetime import datetime, timedelta

from bot.model import Notice, NoticeKind
from bot.store import rows
from bot.store.database import Repository, Transaction, attempt, transaction

MAX_PER_DAY = 5
"""Notices that one channel gets within a day; further ones are only counted."""


class Notices(Repository):
    """Queues, claims and settles notices to admins."""

    @attempt
    async def claim(self, tx: Transaction, now: datetime, lease: timedelta, limit: int) -> list[Notice]:
        """Claim the oldest notice of each channel; those above MAX_PER_DAY are dropped and counted."""
        await tx.run("drop_decided")
        await tx.run("drop_notices", now=now, limit=MAX_PER_DAY)
        claimed = [
            row["id"] for row in await tx.rows("claim_notices", now=now, lease=now + lease, limit=limit)
        ]
        found = await tx.rows("claimed_notices", ids=claimed) if claimed else []
        return [rows.notice(row) for row in found]

    @transaction
    async def redirect(self, tx: Transaction, notice: Notice, now: datetime) -> bool:
        """Send a refused notice to another channel of its guild; return False if there is none."""
        return bool(await tx.rows("redirect_notice", id=notice.id, now=now))

    @transaction
    async def settle(
        self,
        tx: Transaction,
        notice: Notice,
        message_id: int | None,
        again_at: datetime | None,
        uncertain: bool,
    ) -> None:
        """Record a send. `message_id`: it was sent; else `again_at`: when to try again, None: never."""
        waits = "dropped" if again_at is None else "pending"
        await tx.run(
            "settle_notice",
            id=notice.id,
            state=waits if message_id is None else "sent",
            due_at=again_at,
            uncertain=uncertain,
            message_id=message_id,
        )


async def add_feed_notice(
    tx: Transaction, kind: NoticeKind, feed_id: int, detail: str, now: datetime
) -> None:
    """Notify everyone who follows the feed."""
    await tx.run("add_feed_notice", kind=kind, feed_id=feed_id, detail=detail, now=now)


async def add_suspension_notice(tx: Transaction, channel_id: int, detail: str, now: datetime) -> None:
    """Report, elsewhere in the guild, that a channel refuses the bot."""
    await tx.run("add_suspension_notice", channel_id=channel_id, detail=detail, now=now)


async def add_resumption_notice(tx: Transaction, channel_id: int, now: datetime) -> None:
    """Report that the bot can write in a channel again."""
    await tx.run("add_resumption_notice", channel_id=channel_id, now=now)
