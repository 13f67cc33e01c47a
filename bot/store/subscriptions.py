"""Subscriptions: declared in the config file, or changed by admins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from bot.model import (
    Baseline,
    ChannelDeclaration,
    DeliveryState,
    FeedDeclaration,
    Hold,
    PlannedDelivery,
    Rule,
    SiteBudget,
    Style,
    Subscription,
)
from bot.store import rows
from bot.store.database import Row, Transaction, Value, transaction
from bot.store.entries import EntryRepository, EntryWriter, put_deliveries
from bot.store.feeds import put_address, put_site, read_known, read_subscriptions, write_plan
from bot.store.holds import open_hold, read_hold
from bot.store.rows import as_json
from bot.text.address import label_of, safe_title


@dataclass(frozen=True, slots=True)
class SyncResult:
    """The number of subscriptions that a synchronisation changed."""

    added: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class FollowedFeed:
    """A subscription with the feed it follows."""

    subscription: Subscription
    guild_id: int | None
    """None until Discord reports it."""
    origin: str
    """"config", "discord" or "opml"."""
    feed_url: str
    feed_name: str
    feed_link: str
    suspended: str
    """Why the channel is suspended; "": it is open."""


@dataclass(frozen=True, slots=True)
class SubscribeResult:
    """The result of a request to follow a feed."""

    followed: FollowedFeed | None
    """None: the guild has its maximum of subscriptions."""
    outcome: str
    """"added", "already" or "full"."""


@dataclass(frozen=True, slots=True)
class ResumeResult:
    """The deliveries that a resumption released or held."""

    released: int
    hold: Hold | None
    """The hold for the deliveries, if there were too many to send at once."""


class Subscriptions(EntryRepository):
    """What is declared, added, changed and listed."""

    @transaction
    async def sync(
        self,
        tx: Transaction,
        declared: Sequence[FeedDeclaration],
        site_of: Callable[[str], str],
        budget: Callable[[str], SiteBudget],
        now: datetime,
    ) -> SyncResult:
        """Make the config file's subscriptions those of the database, in one transaction.

        New ones wait for their baseline and make their feed due at once. Those that left the file end: what waited for
        them is skipped, what was sent is remembered. Subscriptions of other origins stay.
        """
        await _rename(tx)
        before = await tx.rows("declared_feeds", urls=[each.url for each in declared])
        known = {row["url"]: row["feed_id"] for row in before}
        feeds: dict[int, FeedDeclaration] = {}  # of two addresses of one feed, the last one counts
        wanted: dict[tuple[int, int], ChannelDeclaration] = {}
        for declaration in declared:
            feed_id = known.get(declaration.url)
            if feed_id is None:
                site = site_of(declaration.url)
                feed_id = await _find_or_add_feed(tx, declaration, site, budget(site), now)
            feeds[feed_id] = declaration
            wanted |= {(feed_id, channel.channel_id): channel for channel in declaration.channels}
        await _describe(tx, feeds, {row["feed_id"]: (row["name"], row["interval"]) for row in before})
        return await _declare(tx, wanted, now)

    @transaction
    async def follow(
        self,
        tx: Transaction,
        url: str,
        name: str,
        channel_id: int,
        origin: str,
        site: str,
        budget: SiteBudget,
        now: datetime,
    ) -> bool:
        """Let a channel follow all posts of a feed; return False, and change nothing, if it follows it already."""
        feed_id = await _find_or_add_feed(tx, FeedDeclaration(url, name), site, budget, now)
        if await _find(tx, feed_id, channel_id) is not None:
            return False
        await _subscribe(tx, feed_id, ChannelDeclaration(channel_id), origin, now)
        return True

    @transaction
    async def subscribe(
        self,
        tx: Transaction,
        feed: FeedDeclaration,
        channel: ChannelDeclaration,
        guild_id: int,
        *,
        site: str,
        budget: SiteBudget,
        limit: int,
        now: datetime,
        baseline: Baseline | None = None,
        added_by: int | None = None,
    ) -> SubscribeResult:
        """Let a guild's channel follow a feed, unless it does already or the guild has `limit` subscriptions.

        `added_by`: the member who gets notices if the guild has no channel for them.
        The baseline is recorded in the same transaction; its document is a poll for the feed's other channels. Without
        one, the next document is the baseline.
        """
        known = await _feed_at(tx, feed.url)
        existing = None if known is None else await _find(tx, known, channel.channel_id)
        if existing is not None:
            return SubscribeResult(await _read_followed(tx, existing), "already")
        (counted,) = await tx.rows("count_subscriptions", guild_id=guild_id)
        if counted["subscriptions"] >= limit:
            return SubscribeResult(None, "full")
        feed_id = await _find_or_add_feed(tx, feed, site, budget, now)
        added = await _subscribe(tx, feed_id, channel, "discord", now, added_by)
        if baseline is not None:
            await _record_baseline(tx, self._entries, feed_id, added, baseline, now)
        await assign_channels(tx, [channel.channel_id], guild_id)
        return SubscribeResult(await _read_followed(tx, added), "added")

    @transaction
    async def set_rule(self, tx: Transaction, subscription_id: int, rule: Rule) -> None:
        """Change which posts are sent, from the next poll on."""
        await tx.run("set_rule", id=subscription_id, rule=_stored_rule(rule))

    @transaction
    async def set_style(self, tx: Transaction, subscription_id: int, style: Style) -> None:
        """Change how posts look, from the next message on."""
        await tx.run("set_style", id=subscription_id, style=style)

    @transaction
    async def remove(self, tx: Transaction, subscription_id: int, now: datetime) -> int:
        """End a subscription; return how many posts that waited for it are skipped."""
        return await end_subscription(tx, subscription_id, now)

    @transaction
    async def pause(self, tx: Transaction, subscription_id: int) -> None:
        """Keep waiting and future posts instead of sending them."""
        await _set_paused(tx, subscription_id, paused=True)
        await tx.run("pause_deliveries", id=subscription_id)

    @transaction
    async def resume(
        self, tx: Transaction, subscription_id: int, burst_limit: int, now: datetime
    ) -> ResumeResult:
        """Send what was kept; more than `burst_limit` posts are held until an admin decides."""
        await _set_paused(tx, subscription_id, paused=False)
        (kept,) = await tx.rows("count_paused", id=subscription_id)
        if kept["deliveries"] > burst_limit:
            return ResumeResult(0, await read_hold(tx, await hold_waiting(tx, subscription_id, now)))
        return ResumeResult(await tx.run("resume_deliveries", id=subscription_id, now=now), None)

    @transaction
    async def post_now(self, tx: Transaction, subscription_id: int, entry_id: int, now: datetime) -> bool:
        """Queue an archived entry for the channel; return False if it was posted there or is queued already."""
        return bool(await tx.rows("post_now", id=subscription_id, entry_id=entry_id, now=now))

    async def all(self) -> list[FollowedFeed]:
        """Return every subscription, by feed."""
        return [_followed(row) for row in await self._db.rows("followed")]

    async def in_guild(self, guild_id: int) -> list[FollowedFeed]:
        """Return the subscriptions of one guild's channels, by feed."""
        return [_followed(row) for row in await self._db.rows("followed_in_guild", guild_id=guild_id)]


async def assign_channels(tx: Transaction, channel_ids: Sequence[int], guild_id: int) -> None:
    """Record which guild channels belong to; those that nobody follows a feed in are skipped."""
    await tx.run("put_guild", id=guild_id)
    await tx.run("assign_channels", ids=channel_ids, guild_id=guild_id)


async def end_subscription(tx: Transaction, subscription_id: int, now: datetime) -> int:
    """End a subscription and skip what waited for it; return how many posts. What was sent is remembered."""
    skipped = await tx.run("end_deliveries", id=subscription_id, now=now)
    await tx.run("end_subscription", id=subscription_id)
    return skipped


async def hold_waiting(tx: Transaction, subscription_id: int, now: datetime) -> int:
    """Hold what waits for a subscription until an admin decides; return the hold's id."""
    hold_id = await open_hold(tx, subscription_id, now)
    reason = "it waited while nothing could be posted"
    await tx.run("hold_deliveries", id=subscription_id, hold_id=hold_id, reason=reason)
    return hold_id


async def _read_followed(tx: Transaction, subscription_id: int) -> FollowedFeed:
    (row,) = await tx.rows("followed_by", id=subscription_id)
    return _followed(row)


def _followed(row: Row) -> FollowedFeed:
    return rows.fill(FollowedFeed, row, subscription=rows.subscription(row))


async def _rename(tx: Transaction) -> None:
    """Leave secrets out of the names that an earlier version stored."""
    for row in await tx.rows("feed_names"):
        names = {"label": label_of(row["url"]), "title": safe_title(row["title"], row["url"])}
        if names != {"label": row["label"], "title": row["title"]}:
            await tx.run("rename_feed", id=row["id"], **names)


async def _describe(
    tx: Transaction, feeds: Mapping[int, FeedDeclaration], before: Mapping[int, tuple[str, int | None]]
) -> None:
    """Give feeds the names and intervals of the config file, where they had others."""
    for feed_id, feed in feeds.items():
        interval = None if feed.interval is None else feed.interval // rows.MILLISECOND
        if before.get(feed_id) != (feed.name, interval):
            await tx.run("describe_feed", id=feed_id, name=feed.name, interval=feed.interval)


async def _find_or_add_feed(
    tx: Transaction, declaration: FeedDeclaration, site: str, budget: SiteBudget, now: datetime
) -> int:
    known = await _feed_at(tx, declaration.url)
    if known is not None:
        return known
    await put_site(tx, site, budget)
    (row,) = await tx.rows(
        "add_feed",
        url=declaration.url,
        label=label_of(declaration.url),
        site=site,
        name=declaration.name,
        interval=declaration.interval,
        now=now,
    )
    await put_address(tx, declaration.url, row["id"])
    return int(row["id"])


async def _record_baseline(
    tx: Transaction, entries: EntryWriter, feed_id: int, added: int, baseline: Baseline, now: datetime
) -> None:
    """Record the document that the admin saw, and owe the posts that a poll brought since then."""
    known = await read_known(tx, feed_id, baseline.document)
    outdated = await tx.row("polled_since", id=feed_id, read_at=baseline.read_at) is not None
    subscriptions = await read_subscriptions(tx, feed_id)
    dates = [item.entry.published for item in baseline.document if item.entry.published]
    since = await tx.rows(
        "entries_since",
        feed_id=feed_id,
        read_at=baseline.read_at,
        oldest=min(dates, default=baseline.read_at),
    )
    plan = baseline.decide(feed_id, known, subscriptions, outdated=outdated)
    recorded = await write_plan(tx, entries, feed_id, plan, now)
    await tx.run(
        "record_shown", id=feed_id, link=baseline.link, new=recorded.new, read_at=baseline.read_at, now=now
    )
    (own,) = (each for each in subscriptions if each.id == added)
    for row in since:
        if row["id"] not in plan.shown and baseline.wanted(rows.entry(row)):
            owed = PlannedDelivery(own.id, own.channel_id, DeliveryState.PENDING)
            await put_deliveries(tx, row["id"], (owed,), now)


async def _set_paused(tx: Transaction, subscription_id: int, *, paused: bool) -> None:
    await tx.run("set_paused", id=subscription_id, paused=paused)


async def _feed_at(tx: Transaction, url: str) -> int | None:
    row = await tx.row("feed_by_address", url=url)
    return None if row is None else row["feed_id"]


async def _declare(
    tx: Transaction, wanted: Mapping[tuple[int, int], ChannelDeclaration], now: datetime
) -> SyncResult:
    """Let channels follow feeds as the config file says, write what is different, and end what is no longer in it."""
    before = {(row["feed_id"], row["channel_id"]): row for row in await tx.rows("declared_subscriptions")}
    added = 0
    for (feed_id, channel_id), channel in wanted.items():
        columns = _columns(feed_id, channel)
        known = before.get((feed_id, channel_id))
        if known is not None and all(known[name] == value for name, value in columns.items()):
            continue
        if await _find(tx, feed_id, channel_id) is None:
            await _subscribe(tx, feed_id, channel, "config", now)
            added += 1
        else:
            await tx.run("declare_subscription", **columns)
    ended = [row["id"] for key, row in before.items() if key not in wanted]
    for subscription_id in ended:
        await end_subscription(tx, subscription_id, now)
    return SyncResult(added, len(ended))


async def _find(tx: Transaction, feed_id: int, channel_id: int) -> int | None:
    row = await tx.row("find_subscription", feed_id=feed_id, channel_id=channel_id)
    return None if row is None else row["id"]


async def _subscribe(
    tx: Transaction,
    feed_id: int,
    channel: ChannelDeclaration,
    origin: str,
    now: datetime,
    added_by: int | None = None,
) -> int:
    await tx.run("put_channel", id=channel.channel_id)
    columns = _columns(feed_id, channel)
    (row,) = await tx.rows("add_subscription", **columns, origin=origin, now=now, added_by=added_by)
    await tx.run("await_baseline", id=feed_id, now=now)
    return int(row["id"])


@lru_cache(maxsize=1024)  # most rules are alike
def _stored_rule(rule: Rule) -> str:
    return as_json(asdict(rule))


def _columns(feed_id: int, channel: ChannelDeclaration) -> dict[str, Value]:
    return {
        "feed_id": feed_id,
        "channel_id": channel.channel_id,
        "rule": _stored_rule(channel.rule),
        "style": channel.style,
        "mention_roles": as_json(channel.mention_roles),
    }
