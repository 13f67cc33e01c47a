"""Notices: what admins are told, claimed with a lease like a delivery, each told once."""

from datetime import datetime, timedelta

from bot.model import Notice, NoticeKind
from bot.store import rows
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Writer

MOST_A_DAY = 5
"""Notices in one channel within a day; further ones are only counted."""


class Notices:
    """What has to be told."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> list[Notice]:
        """At most one a channel, its oldest; what would be too many for a day is dropped and counted."""

        async def work(writer: Writer) -> list[Notice]:
            moment = milliseconds(now)
            await writer.run(SQL["drop_decided"])
            await writer.run(SQL["drop_notices"], {"now": moment, "most": MOST_A_DAY})
            parameters = {"now": moment, "lease": milliseconds(now + lease), "limit": limit}
            claimed = [row["id"] for row in await writer.rows(SQL["claim_notices"], parameters)]
            found = await writer.rows(SQL["claimed_notices"], (as_json(claimed),)) if claimed else []
            return [rows.notice(row) for row in found]

        return await self._db.write(work)

    async def redirect(self, notice: Notice, now: datetime) -> bool:
        """Let a refused notice be told elsewhere in its guild; False: there is nowhere else."""
        values = {"id": notice.id, "now": milliseconds(now)}
        return bool(await self._db.write(lambda writer: writer.rows(SQL["tell_elsewhere"], values)))

    async def settle(
        self, notice: Notice, message_id: int | None, again_at: datetime | None, uncertain: bool
    ) -> None:
        """`message_id`: it was told; else `again_at`: when to try again, None: never."""
        told, dropped = message_id is not None, message_id is None and again_at is None
        values = {
            "id": notice.id,
            "state": "sent" if told else "dropped" if dropped else "pending",
            "due_at": milliseconds(again_at),
            "in_doubt": uncertain,
            "message_id": message_id,
        }
        await self._db.write(lambda writer: writer.run(SQL["settle_notice"], values))


async def tell_of_feed(writer: Writer, kind: NoticeKind, feed_id: int, detail: str, now: datetime) -> None:
    """Tell all who follow the feed."""
    values = {"kind": kind, "feed_id": feed_id, "detail": rows.whole(detail), "now": milliseconds(now)}
    await writer.run(SQL["tell_of_feed"], values)


async def tell_of_suspension(writer: Writer, channel_id: int, detail: str, now: datetime) -> None:
    """Tell somewhere else in the guild that a channel refuses the bot."""
    values = {"channel_id": channel_id, "detail": rows.whole(detail), "now": milliseconds(now)}
    await writer.run(SQL["tell_of_suspension"], values)


async def tell_of_resumption(writer: Writer, channel_id: int, now: datetime) -> None:
    """Tell that a channel can be written again."""
    await writer.run(SQL["tell_of_resumption"], {"channel_id": channel_id, "now": milliseconds(now)})
