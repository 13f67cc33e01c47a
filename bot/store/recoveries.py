"""After a restore: the channels whose history must be read before anything is sent, and what was found there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.model import Delivery, FoundMessage, HistoryPage, Recovery
from bot.store import rows
from bot.store.database import Repository, Transaction, transaction
from bot.store.deliveries import read_deliveries, read_found, settle_found


class Recoveries(Repository):
    """Stores the progress of reading channels after a restore, and the messages that were found."""

    @transaction
    async def begin(self, tx: Transaction, now: datetime, nonce_ttl: timedelta) -> int:
        """If the database was restored since the last start, mark all channels to be read; return how many.

        Nonces begin with the database's name, which the restore changed, so Discord doesn't recognise earlier sends
        and their nonces count as expired. `nonce_ttl`: how long nonces are relied on.
        """
        restored = await tx.row("restored")
        if restored is None:
            return 0
        copied_at = rows.required(int(restored["value"]))
        await tx.run("expire_nonces", nonce_ttl=nonce_ttl)
        await tx.run("doubt_notices", since=copied_at - nonce_ttl)
        begun = await tx.run("begin_recoveries", since=copied_at, now=now)
        await tx.run("forget_restored")
        return begun

    async def unfinished(self) -> list[Recovery]:
        """Return the channels that are still to be read."""
        return [rows.recovery(row) for row in await self._db.rows("unfinished_recoveries")]

    async def are_due(self) -> bool:
        """Return whether the database was restored and not all channels were read since."""
        return await self._db.row("unread_channels") is not None

    @transaction
    async def add_page(self, tx: Transaction, channel_id: int, page: HistoryPage) -> None:
        """Store the messages of a page, except known ones, and how far the channel was read."""
        await tx.run_many(
            "add_found",
            [
                {
                    "message_id": each.message_id,
                    "channel_id": channel_id,
                    "content": each.content,
                    "embeds": rows.stored_embeds(each.embeds),
                    "thread_name": each.thread_name,
                    "publishable": int(each.publishable),
                }
                for each in page.found
            ],
        )
        await tx.run("note_page", channel_id=channel_id, read_down_to=page.read_down_to)

    async def unsettled(self, channel_id: int) -> list[Delivery]:
        """Return the deliveries of a channel that were not settled in the backup."""
        found = await self._db.rows("unsettled_deliveries", channel_id=channel_id)
        return await read_deliveries(self._db, [row["id"] for row in found])

    async def found(self, channel_id: int) -> tuple[FoundMessage, ...]:
        """Return the messages found in a channel that belong to no delivery, oldest first."""
        return await read_found(self._db, channel_id)

    @transaction
    async def end(
        self,
        tx: Transaction,
        recovery: Recovery,
        posted: Mapping[int, FoundMessage],
        reason: str,
        unread_until: datetime | None,
        now: datetime,
        nonce_ttl: timedelta,
    ) -> None:
        """Record that a channel was read, and which posts were found, by entry id.

        `unread_until`: messages before this time could not be read, so the bot searches for posts that were not found
        before it sends them; None: all were read. `nonce_ttl`: see `begin`. Does nothing if another process was first.
        """
        channel_id = recovery.channel_id
        if not await tx.run("end_recovery", channel_id=channel_id, unread_until=unread_until, now=now):
            return
        for entry_id, found in posted.items():
            await settle_found(tx, entry_id, channel_id, found, reason, now)
        await tx.run("end_empty_holds", channel_id=channel_id, now=now)
        if unread_until is not None:
            since = recovery.since - nonce_ttl
            await tx.run("doubt_deliveries", channel_id=channel_id, since=since, until=unread_until)

    @transaction
    async def forget(self, tx: Transaction, ended_before: datetime) -> None:
        """Delete the recoveries that ended before this time: feeds no longer show such old posts as new."""
        await tx.run("forget_recoveries", ended_before=ended_before)
