"""Who follows what: the config file's declarations become subscriptions, and back."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.model import ChannelDeclaration, FeedDeclaration, Hold, Rule, SiteBudget, Style, Subscription
from bot.store import rows
from bot.store.feeds import put_address, put_site
from bot.store.holds import Holds, open_hold
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Writer
from bot.text.canonical import label_of


@dataclass(frozen=True, slots=True)
class Synced:
    """What a synchronisation changed."""

    added: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """A subscription with the feed it follows."""

    subscription: Subscription
    guild_id: int | None
    """None until Discord has told."""
    origin: str
    """"config", "discord" or "opml"."""
    feed_url: str
    feed_name: str
    feed_link: str
    suspended: str
    """Why the channel is suspended; "": it is open."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What became of a wish to follow."""

    followed: Followed | None
    """None: the guild is full."""
    outcome: str
    """"added", "already" or "full"."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a resumption let go."""

    released: int
    hold: Hold | None
    """What waits for a decision, if it was too much to send at once."""


class Subscriptions:
    """What is declared, added and listed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def sync(
        self,
        declared: Sequence[FeedDeclaration],
        site_of: Callable[[str], str],
        budget: Callable[[str], SiteBudget],
        now: datetime,
    ) -> Synced:
        """Make the config file's subscriptions those of the database, in one transaction.

        New ones wait for their baseline and make their feed due at once. Those that left the file end; what waited for
        them is skipped, what was sent is remembered. Subscriptions of other origins stay.
        """

        async def work(writer: Writer) -> Synced:
            added = 0
            stay: set[tuple[int, int]] = set()
            for declaration in declared:
                site = site_of(declaration.url)
                feed_id = await _put_feed(writer, declaration, site, budget(site), now)
                for channel in declaration.channels:
                    added += await _declare(writer, feed_id, channel, now)
                    stay.add((feed_id, channel.channel_id))
            return Synced(added=added, ended=await _end_others(writer, stay, now))

        return await self._db.write(work)

    async def follow(
        self, url: str, name: str, channel_id: int, origin: str, site: str, budget: SiteBudget, now: datetime
    ) -> bool:
        """Let a channel follow everything of a feed; False if it followed it already, which changes nothing."""

        async def work(writer: Writer) -> bool:
            feed_id = await _find_or_add_feed(writer, FeedDeclaration(url, name), site, budget, now)
            if await _subscribed(writer, feed_id, channel_id):
                return False
            await _subscribe(writer, feed_id, ChannelDeclaration(channel_id), origin, now)
            return True

        return await self._db.write(work)

    async def subscribe(
        self,
        feed: FeedDeclaration,
        channel: ChannelDeclaration,
        guild_id: int,
        *,
        site: str,
        budget: SiteBudget,
        limit: int,
        now: datetime,
    ) -> Subscribed:
        """Let a guild's channel follow a feed, unless it does already or the guild has `limit` subscriptions."""

        async def work(writer: Writer) -> tuple[int | None, str]:
            (counted,) = await writer.rows(SQL["count_subscriptions"], (guild_id,))
            known = await _feed_at(writer, feed.url)
            standing = (
                await _subscription_id(writer, known, channel.channel_id) if known is not None else None
            )
            if standing is not None:
                return standing, "already"
            if counted["subscriptions"] >= limit:
                return None, "full"
            feed_id = await _find_or_add_feed(writer, feed, site, budget, now)
            await _subscribe(writer, feed_id, channel, "discord", now)
            await place_channels(writer, [channel.channel_id], guild_id)
            return await _subscription_id(writer, feed_id, channel.channel_id), "added"

        subscription_id, outcome = await self._db.write(work)
        found = await self._followed(id=subscription_id) if subscription_id is not None else []
        return Subscribed(found[0] if found else None, outcome)

    async def set_rule(self, subscription_id: int, rule: Rule) -> None:
        """From the next post on."""
        values = {"id": subscription_id, "rule": _stored_rule(rule)}
        await self._db.write(lambda writer: writer.run(SQL["set_rule"], values))

    async def set_style(self, subscription_id: int, style: Style) -> None:
        """From the next message on."""
        values = {"id": subscription_id, "style": style}
        await self._db.write(lambda writer: writer.run(SQL["set_style"], values))

    async def remove(self, subscription_id: int, now: datetime) -> int:
        """End a subscription; how many posts that waited for it are skipped."""
        return await self._db.write(lambda writer: end_subscription(writer, subscription_id, now))

    async def pause(self, subscription_id: int) -> None:
        """Keep what waits and what comes."""

        async def work(writer: Writer) -> None:
            await _set_paused(writer, subscription_id, paused=True)
            await writer.run(SQL["pause_deliveries"], (subscription_id,))

        await self._db.write(work)

    async def resume(self, subscription_id: int, burst_limit: int, now: datetime) -> Resumed:
        """Send what was kept; more than `burst_limit` posts are held until an admin decides."""

        async def work(writer: Writer) -> tuple[int, int | None]:
            await _set_paused(writer, subscription_id, paused=False)
            (kept,) = await writer.rows(SQL["count_paused"], (subscription_id,))
            if kept["deliveries"] > burst_limit:
                return 0, await hold_what_waits(writer, subscription_id, now)
            values = {"id": subscription_id, "now": milliseconds(now)}
            return await writer.run(SQL["resume_deliveries"], values), None

        released, hold_id = await self._db.write(work)
        return Resumed(released, await Holds(self._db).get(hold_id) if hold_id is not None else None)

    async def post_now(self, subscription_id: int, entry_id: int, now: datetime) -> bool:
        """Owe an archived entry to the channel; False: it was posted there, or is owed already."""
        values = {"id": subscription_id, "entry_id": entry_id, "now": milliseconds(now)}
        return bool(await self._db.write(lambda writer: writer.rows(SQL["post_now"], values)))

    async def all(self) -> list[Followed]:
        """Every subscription, by feed."""
        return await self._followed()

    async def in_guild(self, guild_id: int) -> list[Followed]:
        """The subscriptions of one guild's channels, by feed."""
        return await self._followed(guild_id=guild_id)

    async def _followed(self, guild_id: int | None = None, id: int | None = None) -> list[Followed]:  # noqa: A002 -- a column
        return [
            Followed(
                subscription=rows.subscription(row),
                guild_id=row["guild_id"],
                origin=row["origin"],
                feed_url=row["url"],
                feed_name=row["name"] or row["title"] or row["label"],
                feed_link=row["link"],
                suspended=row["channel_reason"] if row["channel_state"] == "suspended" else "",
            )
            for row in await self._db.read(SQL["followed"], {"guild_id": guild_id, "id": id})
        ]


async def place_channels(writer: Writer, channel_ids: Sequence[int], guild_id: int) -> None:
    """Remember which guild channels belong to; those that nobody follows are passed over."""
    await writer.run(SQL["put_guild"], (guild_id,))
    await writer.run(SQL["place_channels"], {"ids": as_json(channel_ids), "guild_id": guild_id})


async def end_subscription(writer: Writer, subscription_id: int, now: datetime) -> int:
    """End one; what waited for it is skipped, what was sent is remembered."""
    values = {"id": subscription_id, "now": milliseconds(now)}
    skipped = await writer.run(SQL["end_deliveries"], values)
    await writer.run(SQL["end_subscription"], {"id": subscription_id})
    return skipped


async def hold_what_waits(writer: Writer, subscription_id: int, now: datetime) -> int:
    """Keep what waits for a subscription until an admin decides; the hold's id."""
    hold_id = await open_hold(writer, subscription_id, now)
    values = {"id": subscription_id, "hold_id": hold_id, "reason": "it waited while nothing could be posted"}
    await writer.run(SQL["hold_deliveries"], values)
    return hold_id


async def _put_feed(
    writer: Writer, declaration: FeedDeclaration, site: str, budget: SiteBudget, now: datetime
) -> int:
    feed_id = await _find_or_add_feed(writer, declaration, site, budget, now)
    values = {"id": feed_id, "name": declaration.name, "interval": _interval(declaration)}
    await writer.run(SQL["describe_feed"], values)
    return feed_id


async def _find_or_add_feed(
    writer: Writer, declaration: FeedDeclaration, site: str, budget: SiteBudget, now: datetime
) -> int:
    known = await _feed_at(writer, declaration.url)
    if known is not None:
        return known
    await put_site(writer, site, budget)
    values = {
        "url": declaration.url,
        "label": label_of(declaration.url),
        "site": site,
        "name": declaration.name,
        "interval": _interval(declaration),
        "now": milliseconds(now),
    }
    (row,) = await writer.rows(SQL["add_feed"], values)
    added: int = row["id"]
    await put_address(writer, declaration.url, added)
    return added


async def _set_paused(writer: Writer, subscription_id: int, *, paused: bool) -> None:
    await writer.run(SQL["set_paused"], {"id": subscription_id, "paused": paused})


async def _feed_at(writer: Writer, url: str) -> int | None:
    row = await writer.row(SQL["feed_by_address"], (url,))
    return None if row is None else row["feed_id"]


def _interval(declaration: FeedDeclaration) -> int | None:
    return None if declaration.interval is None else declaration.interval // timedelta(milliseconds=1)


async def _declare(writer: Writer, feed_id: int, channel: ChannelDeclaration, now: datetime) -> bool:
    if not await _subscribed(writer, feed_id, channel.channel_id):
        await _subscribe(writer, feed_id, channel, "config", now)
        return True
    await writer.run(SQL["declare_subscription"], _values(feed_id, channel))
    return False


async def _subscribed(writer: Writer, feed_id: int, channel_id: int) -> bool:
    return await _subscription_id(writer, feed_id, channel_id) is not None


async def _subscription_id(writer: Writer, feed_id: int, channel_id: int) -> int | None:
    row = await writer.row(SQL["find_subscription"], {"feed_id": feed_id, "channel_id": channel_id})
    return None if row is None else row["id"]


async def _subscribe(
    writer: Writer, feed_id: int, channel: ChannelDeclaration, origin: str, now: datetime
) -> None:
    await writer.run(SQL["put_channel"], (channel.channel_id,))
    values = {**_values(feed_id, channel), "origin": origin, "now": milliseconds(now)}
    await writer.run(SQL["add_subscription"], values)
    await writer.run(SQL["await_baseline"], {"id": feed_id, "now": milliseconds(now)})


def _values(feed_id: int, channel: ChannelDeclaration) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "channel_id": channel.channel_id,
        "rule": _stored_rule(channel.rule),
        "style": channel.style,
        "mention_roles": as_json(channel.mention_roles),
    }


def _stored_rule(rule: Rule) -> str:
    return rows.whole(as_json(asdict(rule)))


async def _end_others(writer: Writer, stay: set[tuple[int, int]], now: datetime) -> int:
    """End the config's subscriptions that the config no longer has."""
    declared = await writer.rows(SQL["declared_subscriptions"])
    gone = [row["id"] for row in declared if (row["feed_id"], row["channel_id"]) not in stay]
    for subscription_id in gone:
        await end_subscription(writer, subscription_id, now)
    return len(gone)
