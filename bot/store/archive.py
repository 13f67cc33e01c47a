"""The archive and the figures: what people ask the store."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from bot.model import ArchivedEntry, FeedStatus, Trace
from bot.store import rows
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Row
from bot.text.canonical import canonical_link


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed does."""

    id: int
    url: str
    addresses: frozenset[str]
    """That it has or had."""
    name: str
    ended: bool
    failures: int
    error: str
    last_poll_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime | None
    entries: int
    subscriptions: int


@dataclass(frozen=True, slots=True)
class Held:
    """Deliveries that the flood breaker keeps back."""

    channel_id: int
    feed_name: str
    deliveries: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Suspended:
    """A channel that refused the bot."""

    channel_id: int
    reason: str
    since: datetime | None
    probe_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Sizes and counts."""

    bytes: int
    feeds: int
    entries: int
    seen: int
    subscriptions: int
    channels: int
    deliveries: dict[str, int]
    """By state."""
    held: tuple[Held, ...]
    suspended: tuple[Suspended, ...]


class Archive:
    """SearchRequests; none of them changes anything."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def feeds(self) -> list[FeedHealth]:
        """Every feed, oldest first."""
        return [
            FeedHealth(
                id=row["id"],
                url=row["url"],
                addresses=frozenset(json.loads(row["addresses"])),
                name=row["name"] or row["title"] or row["label"],
                ended=row["state"] == "ended",
                failures=row["failures"],
                error=row["error"],
                last_poll_at=rows.moment(row["last_poll_at"]),
                last_new_at=rows.moment(row["last_new_at"]),
                next_poll_at=rows.moment(max(row["next_poll_at"], row["cool_until"])),
                entries=row["entries"],
                subscriptions=row["subscriptions"],
            )
            for row in await self._db.read(SQL["feeds"])
        ]

    async def newest(self, feed_id: int, limit: int = 20) -> list[ArchivedEntry]:
        """The newest entries of a feed, newest first."""
        found = await self._db.read(SQL["newest"], {"feed_id": feed_id, "limit": limit})
        return [rows.archived(row) for row in found]

    async def statuses(self, guild_id: int, now: datetime) -> list[FeedStatus]:
        """The feeds that a guild follows, the worst first."""
        parameters = {"guild_id": guild_id, "now": milliseconds(now)}
        return [rows.feed_status(row) for row in await self._db.read(SQL["statuses"], parameters)]

    async def trace(self, link: str, guild_id: int) -> list[Trace]:
        """What became of the posts that a link (or guid) may mean, in the feeds that a guild follows."""
        found = await self._db.read(SQL["traced"], {"keys": as_json(_keys_of(link)), "guild_id": guild_id})
        return [rows.trace(row, await self._traced(row["id"], guild_id)) for row in found]

    async def recent_links(self, guild_id: int, starting: str, limit: int = 25) -> list[ArchivedEntry]:
        """Entries of the guild's feeds that have this in title or address, newest first."""
        parameters = {"guild_id": guild_id, "part": rows.whole(f"%{_literal(starting)}%"), "limit": limit}
        return [rows.archived(row) for row in await self._db.read(SQL["recent_entries"], parameters)]

    async def _traced(self, entry_id: int, guild_id: int) -> list[Row]:
        return await self._db.read(SQL["traced_deliveries"], {"entry_id": entry_id, "guild_id": guild_id})

    async def stats(self) -> Stats:
        """Sizes and counts, what is held, and which channels are suspended."""
        (counts,) = await self._db.read(SQL["counts"])
        by_state = await self._db.read(SQL["delivery_counts"])
        held = await self._db.read(SQL["held"])
        return Stats(
            bytes=counts["bytes"],
            feeds=counts["feeds"],
            entries=counts["entries"],
            seen=counts["seen"],
            subscriptions=counts["subscriptions"],
            channels=counts["channels"],
            deliveries={row["state"]: row["deliveries"] for row in by_state},
            held=tuple(
                Held(row["channel_id"], row["feed_name"], row["deliveries"], rows.moment(row["since"]))
                for row in held
            ),
            suspended=tuple(await self._suspended()),
        )

    async def _suspended(self) -> list[Suspended]:
        return [
            Suspended(
                channel_id=row["id"],
                reason=row["reason"],
                since=rows.moment(row["suspended_at"]),
                probe_at=rows.moment(row["probe_at"]),
                waiting=row["waiting"],
            )
            for row in await self._db.read(SQL["suspended_channels"])
        ]


_POST_ID = re.compile(r"/(\d{8,})(?:/|$)")


def _keys_of(link: str) -> list[str]:
    """The keys (see relay/identity) that an address may stand for, as a post's guid, link or Tumblr id."""
    pasted = link.strip().strip("<>")
    same = canonical_link(pasted) or pasted
    numbers = [f"tumblr:{found[1]}" for found in [_POST_ID.search(same)] if found]
    return [rows.whole(key) for key in (f"link:{same}", f"guid:{same}", *numbers)]


def _literal(word: str) -> str:
    """A word for LIKE, its wildcards escaped."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
