"""Move subscriptions to another channel or address, and copy them to another channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Baseline, FeedDeclaration, SiteBudget
from bot.store.database import Transaction, transaction
from bot.store.entries import EntryRepository
from bot.store.feeds import put_address, put_site, read_known, read_subscriptions
from bot.store.subscriptions import (
    assign_channels,
    await_baseline,
    count_in_guild,
    feed_at,
    find_or_add_feed,
    find_subscription,
    put_channel,
    record_baseline,
)
from bot.text.address import label_of

_POSTED_THERE = "its feed moved to a channel that has it already"


@dataclass(frozen=True, slots=True)
class MoveResult:
    """The result of moving a subscription."""

    outcome: str
    """"moved"; "already": the other channel follows the feed; "gone": it was moved or removed meanwhile."""
    moved: int = 0
    """Posts that wait for the other channel now."""
    skipped: int = 0
    """Posts that waited, but are in the other channel already."""


@dataclass(frozen=True, slots=True)
class CopyResult:
    """The result of copying one subscription."""

    subscription_id: int
    outcome: str
    """"copied", "already", "full" or "gone"."""


@dataclass(frozen=True, slots=True)
class AddressResult:
    """The result of changing a feed's address."""

    outcome: str
    """"changed"; "same": the address already leads to this feed; "gone": another admin has changed it meanwhile."""
    changed: tuple[int, ...] = ()
    """Channels whose posts come from the new address."""
    already: tuple[int, ...] = ()
    """Channels that follow the feed at the new address already, and keep both."""
    known: int = 0
    """Posts of the new address that the feed had before."""


class Moves(EntryRepository):
    """Moves and copies subscriptions."""

    @transaction
    async def move(
        self,
        tx: Transaction,
        subscription_id: int,
        source_id: int,
        target_id: int,
        guild_id: int,
        now: datetime,
    ) -> MoveResult:
        """Move a subscription with its settings and waiting posts to another channel of its guild.

        A post that is being sent, or may have arrived, stays where it was sent.
        """
        row = await tx.row("movable", id=subscription_id, channel_id=source_id)
        if row is None:
            return MoveResult("gone")
        if await find_subscription(tx, row["feed_id"], target_id) is not None:
            return MoveResult("already")
        await put_channel(tx, target_id)
        await tx.run("move_subscription", id=subscription_id, channel_id=target_id)
        moved = await tx.run("move_deliveries", id=subscription_id, source_id=source_id, target_id=target_id)
        skipped = await tx.run(
            "skip_unmoved", id=subscription_id, source_id=source_id, reason=_POSTED_THERE, now=now
        )
        await assign_channels(tx, [target_id], guild_id)
        return MoveResult("moved", moved, skipped)

    @transaction
    async def copy(
        self,
        tx: Transaction,
        subscription_ids: Sequence[int],
        target_id: int,
        guild_id: int,
        limit: int,
        user_id: int,
        now: datetime,
    ) -> list[CopyResult]:
        """Subscribe another channel of the guild to the same feeds with the same settings, as far as the limit allows.

        It gets what is published from now on.
        """
        await put_channel(tx, target_id)
        await assign_channels(tx, [target_id], guild_id)
        room = limit - await count_in_guild(tx, guild_id)
        results = []
        for subscription_id in subscription_ids:
            outcome = await _copy(tx, subscription_id, target_id, user_id, now) if room > 0 else "full"
            room -= outcome == "copied"
            results.append(CopyResult(subscription_id, outcome))
        return results

    @transaction
    async def readdress(
        self,
        tx: Transaction,
        subscription_ids: Sequence[int],
        old_url: str,
        feed: FeedDeclaration,
        guild_id: int,
        baseline: Baseline,
        *,
        site: str,
        budget: SiteBudget,
        now: datetime,
    ) -> AddressResult:
        """Read the feed at `old_url` from another address for these subscriptions.

        If nothing else follows the feed, it gets the address and keeps what it has seen. Otherwise the subscriptions
        switch to the feed at that address. Its current posts are their baseline, and are never sent.
        """
        found = await tx.rows("readdressable", ids=subscription_ids, url=old_url)
        if not found:
            return AddressResult("gone")
        feed_id = found[0]["feed_id"]
        target = await feed_at(tx, feed.url)
        if target == feed_id:
            return AddressResult("same")
        decided = baseline.decide(
            feed_id, await read_known(tx, feed_id, baseline.document), (), outdated=True
        )
        own = [(row["id"], row["channel_id"]) for row in found]
        already: list[int] = []
        if target is None and not await _is_shared(tx, feed_id, [each for each, _ in own], guild_id):
            await _give_address(tx, feed_id, feed.url, site, budget)
            target = feed_id
        else:
            target = await find_or_add_feed(tx, feed, site, budget, now)
            already = [
                channel for _, channel in own if await find_subscription(tx, target, channel) is not None
            ]
            own = [(each, channel) for each, channel in own if channel not in already]
        if own:
            await self._switch_feed(tx, [each for each, _ in own], target, baseline, now)
        return AddressResult(
            "changed", tuple(channel for _, channel in own), tuple(already), len(decided.shown)
        )

    async def _switch_feed(
        self, tx: Transaction, ids: Sequence[int], feed_id: int, baseline: Baseline, now: datetime
    ) -> None:
        """Switch subscriptions to this feed, whose posts so far become their baseline."""
        for each in ids:
            await tx.run("switch_feed", id=each, feed_id=feed_id)
        await await_baseline(tx, feed_id, now)
        if baseline.document:
            await record_baseline(tx, self._entries, feed_id, ids, baseline, now)


async def _copy(tx: Transaction, subscription_id: int, target_id: int, user_id: int, now: datetime) -> str:
    row = await tx.row("copyable", id=subscription_id)
    if row is None:
        return "gone"
    if await find_subscription(tx, row["feed_id"], target_id) is not None:
        return "already"
    await tx.run("copy_subscription", id=subscription_id, channel_id=target_id, user_id=user_id, now=now)
    return "copied"


async def _give_address(tx: Transaction, feed_id: int, url: str, site: str, budget: SiteBudget) -> None:
    """Replace the address of the feed."""
    await put_site(tx, site, budget)
    await tx.run("readdress_feed", id=feed_id, url=url, label=label_of(url), site=site)
    await tx.run("drop_addresses", feed_id=feed_id)
    await put_address(tx, url, feed_id)


async def _is_shared(tx: Transaction, feed_id: int, own: Sequence[int], guild_id: int) -> bool:
    """Return whether anything else depends on the feed's address: a subscription, an Undo, or another guild's posts."""
    followers = {each.id for each in await read_subscriptions(tx, feed_id)}
    return (
        not followers <= set(own) or await tx.row("has_past", feed_id=feed_id, guild_id=guild_id) is not None
    )
