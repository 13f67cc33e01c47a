"""The outbox: what is owed to channels, claimed with a lease, settled once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import Dead, Delivery, DeliveryState, Outcome, Publication, Refused, Retry, Settlement
from bot.store import rows
from bot.store.notices import tell_of_resumption, tell_of_suspension
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Writer


class Outbox:
    """What a delivery run needs of the store."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def instance(self) -> str:
        """The random name of this database, eight hexadecimal digits."""
        (row,) = await self._db.read(SQL["instance"])
        name: str = row["value"]
        return name

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
        """At most one delivery a channel, its oldest, if it is due; nobody else gets them until the lease ends.

        A channel whose last send is still under way gives none.
        """

        async def work(writer: Writer) -> list[Delivery]:
            parameters = {"now": milliseconds(now), "lease": milliseconds(now + lease), "limit": limit}
            claimed = [row["id"] for row in await writer.rows(SQL["claim_deliveries"], parameters)]
            found = await writer.rows(SQL["claimed"], (as_json(claimed),)) if claimed else []
            return [rows.delivery(row) for row in found]

        return await self._db.write(work)

    async def posted(self, channel_id: int, since: datetime) -> frozenset[int]:
        """The messages that deliveries were settled with in this channel since then."""
        values = {"channel_id": channel_id, "since": milliseconds(since)}
        return frozenset(row["message_id"] for row in await self._db.read(SQL["posted"], values))

    async def release(self, now: datetime) -> None:
        """Make all that is claimed claimable at once: call it at the start, when no one else can be sending.

        Whether the messages stand is in doubt; `Delivery.uncertain_since` will say so.
        """

        async def work(writer: Writer) -> None:
            await writer.run(SQL["release_deliveries"])
            await writer.run(SQL["release_publications"], {"now": milliseconds(now)})

        await self._db.write(work)

    async def settle(self, delivery: Delivery, settlement: Settlement, now: datetime) -> None:
        """Write what became of a claimed delivery, its channel and what is to be published, in one transaction."""

        async def work(writer: Writer) -> None:
            values = {
                "id": delivery.id,
                "state": settlement.state,
                "reason": rows.whole(settlement.reason),
                "due_at": milliseconds(settlement.due_at),
                "message_id": settlement.message_id,
                "doubt_since": milliseconds(settlement.uncertain_since),
                "now": milliseconds(now),
            }
            await writer.run(SQL["settle_delivery"], values)
            if settlement.publishable:
                await writer.run(SQL["add_publication"], {"id": delivery.id, "now": milliseconds(now)})
            await _settle_channel(writer, delivery.channel_id, settlement, now)

        await self._db.write(work)

    async def reopen(self, channel_ids: Sequence[int], now: datetime) -> list[int]:
        """Open suspended channels that can be written again; which of them were suspended."""

        async def work(writer: Writer) -> list[int]:
            opened = [row["id"] for row in await writer.rows(SQL["reopen_channels"], (as_json(channel_ids),))]
            for channel_id in opened:
                await tell_of_resumption(writer, channel_id, now)
            return opened

        return await self._db.write(work)

    async def claim_publications(self, now: datetime, lease: timedelta, limit: int) -> list[Publication]:
        """At most one a channel, its oldest, within Discord's ten an hour."""

        async def work(writer: Writer) -> list[Publication]:
            parameters = {"now": milliseconds(now), "lease": milliseconds(now + lease), "limit": limit}
            return [rows.publication(row) for row in await writer.rows(SQL["claim_publications"], parameters)]

        return await self._db.write(work)

    async def settle_publication(
        self, publication: Publication, outcome: Outcome, again_at: datetime | None, now: datetime
    ) -> None:
        """`again_at`: when to try again; None: it is done, or given up."""
        failed = isinstance(outcome, Retry | Refused | Dead)
        values = {
            "delivery_id": publication.delivery_id,
            "due_at": milliseconds(again_at),
            "published": not failed,
            "reason": rows.whole(outcome.reason) if isinstance(outcome, Retry | Refused | Dead) else "",
            "now": milliseconds(now),
        }
        await self._db.write(lambda writer: writer.run(SQL["settle_publication"], values))


async def _settle_channel(writer: Writer, channel_id: int, settlement: Settlement, now: datetime) -> None:
    if settlement.probe_at is not None:
        values = {
            "id": channel_id,
            "reason": rows.whole(settlement.reason),
            "probe_at": milliseconds(settlement.probe_at),
            "now": milliseconds(now),
        }
        (channel,) = await writer.rows(SQL["suspend_channel"], values)
        if channel["suspended_at"] == values["now"]:
            await tell_of_suspension(writer, channel_id, settlement.reason, now)
    elif settlement.state is DeliveryState.SENT and await writer.rows(
        SQL["open_channel"], {"id": channel_id}
    ):
        await tell_of_resumption(writer, channel_id, now)
