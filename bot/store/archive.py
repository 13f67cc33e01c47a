"""Archived posts and statistics, for people who look something up; pruning of old texts."""

import json
import re
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import ArchivedEntry, FeedStatus, Trace
from bot.store import rows
from bot.store.database import Row, Transaction, transaction
from bot.store.entries import EntryRepository
from bot.text.canonical import canonical_link


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """The state of a feed."""

    id: int
    url: str
    addresses: frozenset[str]
    """Every address it has or had."""
    name: str
    ended: bool
    failures: int
    error: str
    last_poll_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime | None
    subscriptions: int
    torn: int
    """Documents in a row that broke off, or were shorter than announced."""
    left_out: int
    """The oldest posts of the last document, if it had more than are read at once."""


@dataclass(frozen=True, slots=True)
class HeldDeliveries:
    """Deliveries that wait for an admin's decision."""

    channel_id: int
    feed_name: str
    deliveries: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class SuspendedChannel:
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
    held: tuple[HeldDeliveries, ...]
    suspended: tuple[SuspendedChannel, ...]


class Archive(EntryRepository):
    """Reads archived posts, their traces and statistics; prunes old texts."""

    async def feeds(self) -> list[FeedHealth]:
        """Return every feed, oldest first."""
        return [_health(row) for row in await self._db.rows("feeds")]

    async def newest(self, feed_id: int, limit: int = 20) -> list[ArchivedEntry]:
        """Return the newest entries of a feed, newest first."""
        found = await self._db.rows("newest", feed_id=feed_id, limit=limit)
        return [rows.archived(row) for row in found]

    async def worst_first(self, guild_id: int, feeds: Container[int], first: Sequence[int] = ()) -> list[int]:
        """Return those of these feeds that a guild follows, the ones with problems first, and `first` among them."""
        found = await self._db.rows("worst_first", guild_id=guild_id, first=first)
        return [row["id"] for row in found if row["id"] in feeds]

    async def statuses(self, guild_id: int, feeds: Sequence[int], now: datetime) -> list[FeedStatus]:
        """Return those of these feeds that a guild follows, in the same order."""
        found = await self._db.rows("statuses", guild_id=guild_id, feeds=feeds, month_ago=now - _MONTH)
        by_id = {row["feed_id"]: rows.feed_status(row) for row in found}
        return [by_id[feed_id] for feed_id in feeds if feed_id in by_id]

    async def trace(self, link: str, guild_id: int) -> list[Trace]:
        """Return what happened to the posts that a link (or guid) may mean, in the feeds that a guild follows."""
        return await self._trace(
            await self._db.rows("traced", keys=_keys_of(link), guild_id=guild_id), guild_id
        )

    async def trace_message(self, message_ids: Sequence[int], guild_id: int) -> list[Trace]:
        """Return what happened to the post that one of these messages of the guild shows; [] if none is a post."""
        found = await self._db.rows("traced_by_message", messages=message_ids, guild_id=guild_id)
        return await self._trace(found, guild_id)

    async def trace_entry(self, entry_id: int, guild_id: int) -> list[Trace]:
        """Return what happened to the post of an entry, in the feeds that a guild follows; [] if it is gone."""
        return await self._trace(
            await self._db.rows("traced_by_entry", entry_id=entry_id, guild_id=guild_id), guild_id
        )

    async def _trace(self, found: Sequence[Row], guild_id: int) -> list[Trace]:
        return [
            rows.trace(row, await self._db.rows("traced_deliveries", entry_id=row["id"], guild_id=guild_id))
            for row in found
        ]

    async def named(self, feeds: Collection[int], typed: str, limit: int = 25) -> list[ArchivedEntry]:
        """Return posts of these feeds with this in title or address, newest first; each once, if two feeds have it."""
        part = f"%{_literal(typed)}%"
        found = await self._db.rows("recent_entries", feeds=sorted(feeds), part=part, limit=limit)
        newest_last = {row["identity"]: row for row in reversed(found)}
        return [rows.archived(row) for row in reversed(newest_last.values())]

    async def size(self) -> int:
        """Return the bytes of the database."""
        (found,) = await self._db.rows("file_size")
        return int(found["bytes"])

    async def stats(self) -> Stats:
        """Return sizes and counts, what is held, and which channels are suspended."""
        (counts,) = await self._db.rows("totals")
        held = await self._db.rows("held")
        suspended = await self._db.rows("suspended_channels")
        return rows.fill(
            Stats,
            counts,
            bytes=await self.size(),
            deliveries=await self.deliveries(),
            held=tuple(rows.fill(HeldDeliveries, row, since=rows.moment(row["since"])) for row in held),
            suspended=tuple(_suspended(row) for row in suspended),
        )

    async def deliveries(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        return {row["state"]: row["deliveries"] for row in await self._db.rows("delivery_counts")}

    @transaction
    async def prune(self, tx: Transaction, before: datetime, now: datetime, limit: int = 500) -> int:
        """Drop the bodies and tags of posts older than this, at most `limit` of them; return how many.

        Their keys stay, so that they never count as new. Posts with unsettled deliveries are not pruned.
        """
        found = await tx.rows("prunable", before=before, limit=limit)
        for row in found:
            await self._entries.prune(tx, row["id"], now)
        return len(found)


def _health(row: Row) -> FeedHealth:
    return rows.fill(
        FeedHealth,
        row,
        addresses=frozenset(json.loads(row["addresses"])),
        name=row["display_name"],
        ended=row["state"] == "ended",
        next_poll_at=rows.moment(max(row["next_poll_at"], row["cooldown_until"])),
        last_poll_at=rows.moment(row["last_poll_at"]),
        last_new_at=rows.moment(row["last_new_at"]),
    )


def _suspended(row: Row) -> SuspendedChannel:
    return rows.fill(
        SuspendedChannel, row, since=rows.moment(row["suspended_at"]), probe_at=rows.moment(row["probe_at"])
    )


_MONTH = timedelta(days=28)
_POST_ID = re.compile(r"/(\d{8,})(?:/|$)")


def _keys_of(link: str) -> list[str]:
    """Return the keys (see relay/identity) that an address may be, as a post's guid, link or Tumblr id."""
    pasted = link.strip().strip("<>")
    same = canonical_link(pasted) or pasted
    numbers = [f"tumblr:{found[1]}" for found in [_POST_ID.search(same)] if found]
    return [f"link:{same}", f"guid:{same}", *numbers]


def _literal(word: str) -> str:
    """Escape the wildcards of LIKE."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
