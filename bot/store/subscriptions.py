"""Subscriptions: declared in the config file, or changed by admins."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import (
    ALL_SETTINGS,
    Baseline,
    ChannelDeclaration,
    Decision,
    DeliveryState,
    FeedDeclaration,
    Hold,
    PlannedDelivery,
    Setting,
    SiteBudget,
    Subscription,
    take,
)
from bot.store import rows
from bot.store.database import Reader, Row, Transaction, Value, transaction
from bot.store.entries import EntryRepository, EntryWriter, put_deliveries
from bot.store.feeds import put_address, put_site, read_known, read_subscriptions, write_plan
from bot.store.holds import decide_hold, open_hold, read_hold
from bot.text.address import NAMES_VERSION, label_of, safe_title


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
    feed_label: str
    """The address without its secrets."""
    feed_link: str
    suspended: str
    """Why the channel is suspended; "": it is open."""
    fixed: frozenset[Setting] = frozenset()
    """The settings that the config file names, so that admins can't change them."""
    feed_interval: timedelta | None = None
    """How often the config file has the feed polled for everybody; None: it doesn't say."""

    @property
    def feed_id(self) -> int:
        """The feed's id."""
        return self.subscription.feed_id

    @property
    def channel_id(self) -> int:
        """The channel's id."""
        return self.subscription.channel_id


@dataclass(frozen=True, slots=True)
class PostedFeed:
    """A feed whose posts are in a channel that no longer follows it."""

    feed_id: int
    channel_id: int
    feed_url: str
    feed_name: str
    feed_label: str
    feed_link: str


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
                feed_id = await find_or_add_feed(tx, declaration, site, budget(site), now)
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
        """Subscribe a channel to all posts of a feed. Return False and change nothing if it is subscribed already."""
        feed_id = await find_or_add_feed(tx, FeedDeclaration(url, name), site, budget, now)
        if await find_subscription(tx, feed_id, channel_id) is not None:
            return False
        await add_subscription(tx, feed_id, ChannelDeclaration(channel_id), origin, now)
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
        """Subscribe a guild's channel to a feed, unless it is subscribed or the guild has `limit` subscriptions.

        `added_by`: the member who gets notices if the guild has no channel for them.
        The baseline is recorded in the same transaction; its document is a poll for the feed's other channels. Without
        one, the next document is the baseline.
        """
        known = await feed_at(tx, feed.url)
        existing = None if known is None else await find_subscription(tx, known, channel.channel_id)
        if existing is not None:
            return SubscribeResult(await read_followed(tx, existing["id"]), "already")
        if await count_in_guild(tx, guild_id) >= limit:
            return SubscribeResult(None, "full")
        feed_id = await find_or_add_feed(tx, feed, site, budget, now)
        added = await add_subscription(tx, feed_id, channel, "discord", now, added_by)
        if baseline is not None:
            await record_baseline(tx, self._entries, feed_id, (added,), baseline, now)
        await assign_channels(tx, [channel.channel_id], guild_id)
        return SubscribeResult(await read_followed(tx, added), "added")

    async def get(self, subscription_id: int) -> FollowedFeed | None:
        """Return a subscription; None if there is none with this id."""
        return await read_followed(self._db, subscription_id)

    @transaction
    async def pause(self, tx: Transaction, subscription_id: int) -> bool:
        """Keep waiting and future posts instead of sending them; return False if it is paused or was removed."""
        if not await _set_paused(tx, subscription_id, paused=True):
            return False
        await tx.run("pause_deliveries", id=subscription_id)
        return True

    @transaction
    async def resume(
        self, tx: Transaction, subscription_id: int, burst_limit: int, now: datetime
    ) -> ResumeResult | None:
        """Send the kept posts. More than `burst_limit` posts are held until an admin decides.

        Returns None if it isn't paused, or was removed.
        """
        return await _resume(tx, subscription_id, burst_limit, now)

    @transaction
    async def decide_and_resume(
        self, tx: Transaction, hold_id: int, decision: Decision, user_id: int, burst_limit: int, now: datetime
    ) -> Hold | None:
        """Decide about held posts, and resume their subscription if it is paused, in one transaction.

        The decision doesn't affect the posts that the pause kept. Returns as `Holds.decide`, and `burst_limit` is as in
        `resume`.
        """
        before = await decide_hold(tx, hold_id, decision, user_id, now)
        if before is not None:
            await _resume(tx, before.subscription_id, burst_limit, now)
        return before

    @transaction
    async def post_now(self, tx: Transaction, subscription_id: int, entry_id: int, now: datetime) -> bool:
        """Queue an archived entry for the channel; return False if it was posted there or is queued already."""
        return bool(await tx.rows("post_now", id=subscription_id, entry_id=entry_id, now=now))

    async def all(self) -> list[FollowedFeed]:
        """Return every subscription, by feed."""
        return [_followed(row) for row in await self._db.rows("followed")]

    async def in_guild(self, guild_id: int) -> list[FollowedFeed]:
        """Return the subscriptions of one guild's channels, by feed."""
        # On the database's thread, where a long list delays nothing else.
        return await self._db.read(lambda reader: _read_in_guild(reader, guild_id))

    async def posted_in_guild(self, guild_id: int) -> list[PostedFeed]:
        """Return the feeds whose posts are in the guild's channels, for each channel that no longer follows them."""
        found = await self._db.rows("posted_feeds", guild_id=guild_id)
        return [rows.fill(PostedFeed, row) for row in found]


async def assign_channels(tx: Transaction, channel_ids: Sequence[int], guild_id: int) -> None:
    """Record which guild channels belong to; those that nobody follows a feed in are skipped."""
    await tx.run("put_guild", id=guild_id)
    await tx.run("assign_channels", ids=channel_ids, guild_id=guild_id)


async def end_subscription(tx: Transaction, subscription_id: int, now: datetime) -> int:
    """End a subscription and skip what waited for it; return how many posts. What was sent is remembered."""
    skipped = await tx.run("end_deliveries", id=subscription_id, now=now)
    await tx.run("end_subscription", id=subscription_id)
    return skipped


async def _resume(
    tx: Transaction, subscription_id: int, burst_limit: int, now: datetime
) -> ResumeResult | None:
    if not await _set_paused(tx, subscription_id, paused=False):
        return None
    (kept,) = await tx.rows("count_paused", id=subscription_id)
    if kept["deliveries"] > burst_limit:
        return ResumeResult(0, await read_hold(tx, await hold_waiting(tx, subscription_id, now)))
    return ResumeResult(await tx.run("resume_deliveries", id=subscription_id, now=now), None)


async def hold_waiting(tx: Transaction, subscription_id: int, now: datetime) -> int:
    """Hold what waits for a subscription until an admin decides; return the hold's id."""
    hold_id = await open_hold(tx, subscription_id, now)
    reason = "it waited while nothing could be posted"
    await tx.run("hold_deliveries", id=subscription_id, hold_id=hold_id, reason=reason)
    return hold_id


async def count_in_guild(tx: Transaction, guild_id: int) -> int:
    """Return how many subscriptions the channels of a guild have."""
    (counted,) = await tx.rows("count_subscriptions", guild_id=guild_id)
    return int(counted["subscriptions"])


async def read_followed(reader: Reader, subscription_id: int) -> FollowedFeed | None:
    """Return a subscription with its feed; None if there is none with this id."""
    row = await reader.row("followed_by", id=subscription_id)
    return None if row is None else _followed(row)


async def _read_in_guild(reader: Reader, guild_id: int) -> list[FollowedFeed]:
    return [_followed(row) for row in await reader.rows("followed_in_guild", guild_id=guild_id)]


def _followed(row: Row) -> FollowedFeed:
    """Return the subscription of a row of `followed`. The config file's interval applies to all channels."""
    fixed = rows.setting_names(row["fixed"])
    if row["feed_interval"] is not None:
        fixed |= {Setting.INTERVAL}
    return rows.fill(
        FollowedFeed,
        row,
        subscription=rows.subscription(row),
        fixed=fixed,
        feed_interval=rows.length(row["feed_interval"]),
    )


async def _rename(tx: Transaction) -> None:
    """Leave secrets out of the names that an earlier version stored, at the first start of a version."""
    done = await tx.row("named_by")
    if done is not None and done["value"] == NAMES_VERSION:
        return
    await tx.run("set_named_by", version=NAMES_VERSION)
    for row in await tx.rows("feed_names"):
        names = {"label": label_of(row["url"]), "title": safe_title(row["title"], row["url"])}
        if names != {"label": row["label"], "title": row["title"]}:
            await tx.run("rename_feed", id=row["id"], **names)


async def _describe(
    tx: Transaction, feeds: Mapping[int, FeedDeclaration], before: Mapping[int, tuple[str, int | None]]
) -> None:
    """Give feeds the names and intervals of the config file, where they had others; no others have an interval."""
    await tx.run("forget_intervals", declared=list(feeds))
    for feed_id, feed in feeds.items():
        interval = None if feed.interval is None else feed.interval // rows.MILLISECOND
        if before.get(feed_id) != (feed.name, interval):
            await tx.run("describe_feed", id=feed_id, name=feed.name, interval=feed.interval)


async def find_or_add_feed(
    tx: Transaction, declaration: FeedDeclaration, site: str, budget: SiteBudget, now: datetime
) -> int:
    """Return the id of the feed at an address, which is added if there is none."""
    known = await feed_at(tx, declaration.url)
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


async def record_baseline(
    tx: Transaction,
    entries: EntryWriter,
    feed_id: int,
    added: Collection[int],
    baseline: Baseline,
    now: datetime,
) -> None:
    """Record the document that the admin saw, and add deliveries to `added` of the posts that polls found since."""
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
    new = [each for each in subscriptions if each.id in added]
    for row in since:
        if row["id"] not in plan.shown:
            entry = rows.entry(row)
            owed = tuple(
                PlannedDelivery(each.id, each.channel_id, DeliveryState.PENDING)
                for each in new
                if baseline.wanted(each, entry)
            )
            await put_deliveries(tx, row["id"], owed, now)


async def _set_paused(tx: Transaction, subscription_id: int, *, paused: bool) -> bool:
    """Return whether this changed anything."""
    return await tx.run("set_paused", id=subscription_id, paused=paused) > 0


async def feed_at(tx: Transaction, url: str) -> int | None:
    """Return the id of the feed that an address leads to; None if there is none."""
    row = await tx.row("feed_by_address", url=url)
    return None if row is None else row["feed_id"]


async def _declare(
    tx: Transaction, wanted: Mapping[tuple[int, int], ChannelDeclaration], now: datetime
) -> SyncResult:
    """Subscribe channels as the config file declares. Write only differences, and end what is no longer in the file."""
    before = {(row["feed_id"], row["channel_id"]): row for row in await tx.rows("declared_subscriptions")}
    added = 0
    for (feed_id, channel_id), channel in wanted.items():
        known = before.get((feed_id, channel_id)) or await find_subscription(tx, feed_id, channel_id)
        if known is None:
            await add_subscription(tx, feed_id, channel, "config", now)
            added += 1
            continue
        columns = _declared_columns(known, channel)
        if known["origin"] != "config" or any(known[name] != value for name, value in columns.items()):
            await tx.run("declare_subscription", feed_id=feed_id, channel_id=channel_id, **columns)
    ended = [row["id"] for key, row in before.items() if key not in wanted]
    for subscription_id in ended:
        await end_subscription(tx, subscription_id, now)
    return SyncResult(added, len(ended))


def _declared_columns(known: Row, channel: ChannelDeclaration) -> dict[str, Value]:
    """Return the settings of a subscription after the config file: an admin's choices stay, unless the file sets them.

    Before the file had it, admins chose everything.
    """
    by_admins = rows.setting_names(known["chosen"]) if known["origin"] == "config" else ALL_SETTINGS
    chosen = by_admins - channel.fixed
    merged = take(rows.settings(known), channel.settings, ALL_SETTINGS - chosen)
    return {
        **rows.settings_columns(merged),
        "fixed": rows.as_setting_names(channel.fixed),
        "chosen": rows.as_setting_names(chosen),
    }


async def find_subscription(tx: Transaction, feed_id: int, channel_id: int) -> Row | None:
    """Return the row of a channel's subscription to a feed; None if it doesn't follow the feed."""
    return await tx.row("find_subscription", feed_id=feed_id, channel_id=channel_id)


async def put_channel(tx: Transaction, channel_id: int) -> None:
    """Add a channel, or update it."""
    await tx.run("put_channel", id=channel_id)


async def await_baseline(tx: Transaction, feed_id: int, now: datetime) -> None:
    """Make a feed due now, and make its next poll read the whole document."""
    await tx.run("await_baseline", id=feed_id, now=now)


async def add_subscription(
    tx: Transaction,
    feed_id: int,
    channel: ChannelDeclaration,
    origin: str,
    now: datetime,
    added_by: int | None = None,
) -> int:
    """Subscribe a channel to a feed, and return the subscription's id. The feed's next document is the baseline."""
    await put_channel(tx, channel.channel_id)
    (row,) = await tx.rows(
        "add_subscription",
        **rows.settings_columns(channel.settings),
        feed_id=feed_id,
        channel_id=channel.channel_id,
        fixed=rows.as_setting_names(channel.fixed if origin == "config" else ()),
        chosen=rows.as_setting_names(()),
        origin=origin,
        now=now,
        added_by=added_by,
    )
    await await_baseline(tx, feed_id, now)
    return int(row["id"])
