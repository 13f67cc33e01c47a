"""Who follows what: the config file's declarations become subscriptions, and back."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.model import ChannelDeclaration, FeedDeclaration, SiteBudget, Subscription
from bot.store import rows
from bot.store.feeds import put_address, put_site
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite import Database, Writer


@dataclass(frozen=True, slots=True)
class Synced:
    """What a synchronisation changed."""

    added: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """A subscription with the feed it follows."""

    subscription: Subscription
    origin: str
    """"config", "discord" or "opml"."""
    feed_url: str
    feed_name: str
    feed_link: str
    suspended: str
    """Why the channel is suspended; "": it is open."""


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

    async def all(self) -> list[Followed]:
        """Every subscription, by feed."""
        return [
            Followed(
                subscription=rows.subscription(row),
                origin=row["origin"],
                feed_url=row["url"],
                feed_name=row["name"] or row["title"] or row["url"],
                feed_link=row["link"],
                suspended=row["channel_reason"] if row["channel_state"] == "suspended" else "",
            )
            for row in await self._db.read(SQL["all_subscriptions"])
        ]


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
    found = await writer.row(SQL["feed_by_address"], (declaration.url,))
    if found is not None:
        feed_id: int = found["feed_id"]
        return feed_id
    await put_site(writer, site, budget)
    values = {
        "url": declaration.url,
        "site": site,
        "name": declaration.name,
        "interval": _interval(declaration),
        "now": milliseconds(now),
    }
    (row,) = await writer.rows(SQL["add_feed"], values)
    added: int = row["id"]
    await put_address(writer, declaration.url, added)
    return added


def _interval(declaration: FeedDeclaration) -> int | None:
    return None if declaration.interval is None else declaration.interval // timedelta(milliseconds=1)


async def _declare(writer: Writer, feed_id: int, channel: ChannelDeclaration, now: datetime) -> bool:
    if not await _subscribed(writer, feed_id, channel.channel_id):
        await _subscribe(writer, feed_id, channel, "config", now)
        return True
    await writer.run(SQL["declare_subscription"], _values(feed_id, channel))
    return False


async def _subscribed(writer: Writer, feed_id: int, channel_id: int) -> bool:
    values = {"feed_id": feed_id, "channel_id": channel_id}
    return await writer.row(SQL["find_subscription"], values) is not None


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
        "rule": rows.whole(as_json(asdict(channel.rule))),
        "style": channel.style,
        "mention_roles": as_json(channel.mention_roles),
    }


async def _end_others(writer: Writer, stay: set[tuple[int, int]], now: datetime) -> int:
    """End the config's subscriptions that the config no longer has."""
    declared = await writer.rows(SQL["declared_subscriptions"])
    gone = [row["id"] for row in declared if (row["feed_id"], row["channel_id"]) not in stay]
    for subscription_id in gone:
        await writer.run(SQL["end_deliveries"], {"id": subscription_id, "now": milliseconds(now)})
        await writer.run(SQL["end_subscription"], {"id": subscription_id})
    return len(gone)
