"""The outbox: posts to send to channels and work on those that were sent, claimed with a lease, settled once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import (
    Dead,
    Delivery,
    DeliveryState,
    Outcome,
    PostedMessage,
    Publication,
    Refused,
    Retry,
    Settlement,
    Upkeep,
    UpkeepKind,
)
from bot.store import rows
from bot.store.database import Repository, Transaction, attempt, lane_attempt, transaction
from bot.store.deliveries import follow_up, read_deliveries
from bot.store.notices import add_resumption_notice, add_suspension_notice

_PUBLISH_WINDOW = timedelta(hours=1)


class Outbox(Repository):
    """Claims and settles deliveries, publications, and the upkeep of messages."""

    async def instance(self) -> str:
        """Return the random name of this database, eight hexadecimal digits."""
        (row,) = await self._db.rows("instance")
        return str(row["value"])

    @lane_attempt
    async def claim(
        self, tx: Transaction, now: datetime, lease: timedelta, limit: int, sending: Sequence[int] = ()
    ) -> list[Delivery]:
        """Claim the oldest delivery of each channel, if it is due; nobody else gets it until the lease ends.

        Skips channels with a send in progress. `sending`: the ids of the deliveries that the caller still sends.
        """
        heads = await tx.rows("claim_deliveries", now=now, lease=now + lease, limit=limit, sending=sending)
        return await read_deliveries(tx, [row["id"] for row in heads])

    @attempt
    async def take_back(self, tx: Transaction, before: datetime, sending: Sequence[int]) -> int:
        """End the leases of claims made until `before`, except for `sending`; return how many. They count as uncertain.

        Call it only where no other process should be sending, and with a moment after which one would have noticed.
        """
        return await tx.run("take_back_unsent", before=before, sending=sending)

    async def is_leased(self, delivery: Delivery) -> bool:
        """Return whether the caller's lease on the delivery is still valid."""
        found = await self._db.rows("still_leased", id=delivery.id, lease=delivery.leased_until)
        return bool(found)

    async def posted(self, channel_id: int, since: datetime) -> frozenset[int]:
        """Return the ids of the messages that were sent to this channel since then."""
        found = await self._db.rows("posted", channel_id=channel_id, since=since)
        return frozenset(row["message_id"] for row in found)

    @transaction
    async def forget_messages(self, tx: Transaction, deleted: Sequence[PostedMessage]) -> None:
        """Record that somebody deleted these messages; the posts still count as sent."""
        await tx.run_many(
            "forget_message",
            [
                {
                    "channel_id": each.channel_id,
                    "identity": each.identity,
                    "message_id": each.message_id,
                }
                for each in deleted
            ],
        )

    @transaction
    async def release(self, tx: Transaction, now: datetime) -> None:
        """Make all claimed rows claimable again at once. Call it at the start, when no other process can be sending.

        It is uncertain whether the messages arrived; `Delivery.uncertain_since` shows it.
        """
        await tx.run("release_deliveries")
        await tx.run("release_publications", now=now)
        await tx.run("release_upkeep", now=now)

    @transaction
    async def settle(
        self, tx: Transaction, delivery: Delivery, settlement: Settlement, now: datetime
    ) -> bool:
        """Record the outcome of a claimed delivery, its channel's state, and what follows, in one transaction.

        If the lease ended and another process may be sending it, only a sent message is recorded. Returns whether
        anything was.
        """
        settled = await tx.run(
            "settle_delivery",
            id=delivery.id,
            state=settlement.state,
            reason=settlement.reason,
            due_at=settlement.due_at,
            message_id=settlement.message_id,
            uncertain_since=settlement.uncertain_since,
            uncertain_until=settlement.uncertain_until,
            lease=delivery.leased_until,
            now=now,
        )
        if not settled:
            return False
        if settlement.pinged:
            await tx.run("mark_pinged", id=delivery.id, now=now)
        await follow_up(
            tx,
            delivery.id,
            now,
            opens_thread=settlement.state is DeliveryState.SENT and delivery.thread is not None,
            publishable=settlement.publishable,
        )
        await _settle_channel(tx, delivery.channel_id, settlement, now)
        return True

    @transaction
    async def reopen(self, tx: Transaction, channel_ids: Sequence[int], now: datetime) -> list[int]:
        """Open suspended channels that the bot can write in again; return those that were suspended."""
        opened = [row["id"] for row in await tx.rows("reopen_channels", ids=channel_ids)]
        for channel_id in opened:
            await add_resumption_notice(tx, channel_id, now)
        return opened

    async def has_publications(self, now: datetime) -> bool:
        """Return whether `claim_publications` may find one: a claim keeps others from writing."""
        return await self._db.row("due_publication", now=now) is not None

    @attempt
    async def claim_publications(
        self, tx: Transaction, now: datetime, lease: timedelta, limit: int, publishing: Sequence[int] = ()
    ) -> list[Publication]:
        """Claim the oldest publication of each channel, within Discord's ten an hour.

        `publishing`: the ids of the deliveries whose messages the caller still publishes; they are not claimed again.
        """
        claimed = await tx.rows(
            "claim_publications",
            now=now,
            hour_ago=now - _PUBLISH_WINDOW,
            lease=now + lease,
            limit=limit,
            publishing=publishing,
        )
        return [rows.publication(row) for row in claimed]

    @transaction
    async def settle_publication(
        self,
        tx: Transaction,
        publication: Publication,
        outcome: Outcome,
        again_at: datetime | None,
        now: datetime,
    ) -> None:
        """Record an attempt. `again_at`: when to try again; None: it is done, or given up.

        If the lease ended and another process may be publishing it, only a success is recorded.
        """
        failure = outcome if isinstance(outcome, Retry | Refused | Dead) else None
        await tx.run(
            "settle_publication",
            delivery_id=publication.delivery_id,
            due_at=again_at,
            published=failure is None,
            reason=failure.reason if failure else "",
            lease=publication.leased_until,
            now=now,
        )

    async def has_upkeep(self, now: datetime) -> bool:
        """Return whether `claim_upkeep` may find work: a claim keeps others from writing."""
        return await self._db.row("due_upkeep", now=now) is not None

    @attempt
    async def claim_upkeep(
        self, tx: Transaction, now: datetime, lease: timedelta, limit: int, working: Sequence[int] = ()
    ) -> list[Upkeep]:
        """Claim work on sent messages, in channels without a post to send; nobody else gets it until the lease ends.

        `working`: the ids of the deliveries whose messages the caller still works on; they are not claimed again.
        """
        claimed = await tx.rows("claim_upkeep", now=now, lease=now + lease, limit=limit, working=working)
        return [await self._claimed_upkeep(tx, row["delivery_id"], row["kind"]) for row in claimed]

    async def _claimed_upkeep(self, tx: Transaction, delivery_id: int, kind: str) -> Upkeep:
        (row,) = await tx.rows("claimed_upkeep", delivery_id=delivery_id, kind=kind)
        return rows.upkeep(row)

    async def is_upkeep_leased(self, upkeep: Upkeep) -> bool:
        """Return whether the caller's lease is still valid, and the work was not requested again meanwhile."""
        found = await self._db.rows(
            "upkeep_still_leased",
            delivery_id=upkeep.delivery_id,
            kind=upkeep.kind,
            lease=upkeep.leased_until,
        )
        return bool(found)

    @transaction
    async def settle_upkeep(
        self, tx: Transaction, upkeep: Upkeep, outcome: Outcome, again_at: datetime | None
    ) -> None:
        """Record an attempt. `again_at`: when to try again; None: it is done, or given up."""
        failure = outcome if isinstance(outcome, Retry | Refused | Dead) else None
        ended = "done" if failure is None else "failed"
        await tx.run(
            "settle_upkeep",
            delivery_id=upkeep.delivery_id,
            kind=upkeep.kind,
            state=ended if again_at is None else "pending",
            reason=failure.reason if failure else "",
            due_at=again_at,
            lease=upkeep.leased_until,
        )
        if upkeep.kind is UpkeepKind.THREAD:
            await tx.run("forget_thread", delivery_id=upkeep.delivery_id)


async def _settle_channel(tx: Transaction, channel_id: int, settlement: Settlement, now: datetime) -> None:
    if settlement.probe_at is not None:
        (channel,) = await tx.rows(
            "suspend_channel", id=channel_id, reason=settlement.reason, probe_at=settlement.probe_at, now=now
        )
        if channel["suspended_at"] == rows.milliseconds(now):
            await add_suspension_notice(tx, channel_id, settlement.reason, now)
    elif settlement.state is DeliveryState.SENT and await tx.rows("open_channel", id=channel_id):
        await add_resumption_notice(tx, channel_id, now)
