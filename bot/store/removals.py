"""Removed subscriptions, which an admin can bring back for some minutes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import ArchivedEntry, PlannedDelivery, Subscription
from bot.store import rows
from bot.store.database import Reader, Repository, Row, Transaction, transaction
from bot.store.entries import put_deliveries
from bot.store.feeds import read_subscriptions
from bot.store.subscriptions import (
    FollowedFeed,
    count_in_guild,
    end_subscription,
    find_subscription,
    read_followed,
)

UNDO_TTL = timedelta(minutes=10)
"""How long a removal can be undone."""

Owed = Sequence[tuple[ArchivedEntry, PlannedDelivery]]


@dataclass(frozen=True, slots=True)
class Removal:
    """A subscription that was just removed."""

    id: int
    skipped: int
    """Posts that waited for it."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What an Undo would bring back."""

    id: int
    guild_id: int
    channel_id: int
    feed_name: str


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """The result of an Undo."""

    outcome: str
    """"restored"; "already": the channel follows the feed again; "full": the guild has its maximum; "late"."""
    followed: FollowedFeed | None = None
    """None if it is late, or the guild is full."""
    waiting: int = 0
    """Posts that wait for it again."""
    missed: int = 0
    """Posts that came meanwhile and that it gets now."""


class Removals(Repository):
    """Removes subscriptions, and brings them back."""

    @transaction
    async def remove(self, tx: Transaction, subscription_id: int, now: datetime) -> Removal | None:
        """End a subscription and skip what waits for it; None if it ended before, or the config file declares it."""
        await _forget_late(tx, now)
        found = await tx.rows("record_removal", id=subscription_id, now=now)
        if not found:
            return None
        removal_id = found[0]["id"]
        await tx.run("keep_removed", id=subscription_id)
        await tx.run("keep_removed_deliveries", id=subscription_id, removal_id=removal_id)
        return Removal(removal_id, await end_subscription(tx, subscription_id, now))

    async def get(self, removal_id: int, now: datetime) -> Removed | None:
        """Return what an Undo would bring back; None if it was undone, or it is too late."""
        row = await _read(self._db, removal_id, now)
        return None if row is None else rows.fill(Removed, row)

    @transaction
    async def restore(
        self,
        tx: Transaction,
        removal_id: int,
        decide: Callable[[Subscription, Sequence[ArchivedEntry]], Owed],
        limit: int,
        now: datetime,
    ) -> RestoreResult:
        """Bring a subscription back with what waited for it, unless the guild has `limit` subscriptions.

        `decide`: which of the posts that polls found meanwhile should be sent, oldest first.
        """
        removal = await _read(tx, removal_id, now)
        if removal is None:
            return RestoreResult("late")
        again = await find_subscription(tx, removal["feed_id"], removal["channel_id"])
        if again is not None:
            return RestoreResult("already", await read_followed(tx, again["id"]))
        if await count_in_guild(tx, removal["guild_id"]) >= limit:
            return RestoreResult("full")
        waiting = await _restore(tx, removal, now)
        missed = await _deliver_missed(tx, removal, decide, now)
        await _forget(tx, removal_id)
        return RestoreResult("restored", await read_followed(tx, removal["subscription_id"]), waiting, missed)

    @transaction
    async def forget(self, tx: Transaction, now: datetime) -> None:
        """Forget removals that can no longer be undone."""
        await _forget_late(tx, now)


async def _read(reader: Reader, removal_id: int, now: datetime) -> Row | None:
    return await reader.row("removal", id=removal_id, after=now - UNDO_TTL)


async def _restore(tx: Transaction, removal: Row, now: datetime) -> int:
    """Write the subscription, its hold and its deliveries as they were; return how many deliveries wait."""
    subscription_id, hold_id = removal["subscription_id"], removal["hold_id"]
    await tx.run("restore_subscription", id=subscription_id)
    if hold_id is not None:
        await tx.run("restore_hold", id=hold_id, subscription_id=subscription_id, now=now)
    return await tx.run(
        "restore_deliveries", id=subscription_id, removal_id=removal["id"], hold_id=hold_id, now=now
    )


async def _deliver_missed(
    tx: Transaction,
    removal: Row,
    decide: Callable[[Subscription, Sequence[ArchivedEntry]], Owed],
    now: datetime,
) -> int:
    """Add deliveries of the posts that polls found meanwhile, unless the subscription still waits for its baseline."""
    followers = await read_subscriptions(tx, removal["feed_id"])
    (subscription,) = (each for each in followers if each.id == removal["subscription_id"])
    if subscription.baseline_due:
        return 0
    found = await tx.rows(
        "missed_entries",
        feed_id=removal["feed_id"],
        entry_id=removal["newest_entry_id"],
        since=removal["removed_at"],
    )
    owed = decide(subscription, [rows.archived(row) for row in found])
    for missed, delivery in owed:
        await put_deliveries(tx, missed.id, (delivery,), now)
    return len(owed)


async def _forget(tx: Transaction, removal_id: int) -> None:
    await tx.run("forget_removed", id=removal_id)
    await tx.run("forget_removal", id=removal_id)


async def _forget_late(tx: Transaction, now: datetime) -> None:
    for row in await tx.rows("late_removals", before=now - UNDO_TTL):
        await _forget(tx, row["id"])
