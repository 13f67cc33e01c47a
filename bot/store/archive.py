"""The archive and the figures: what people ask the store."""

from dataclasses import dataclass
from datetime import datetime

from bot.model import SearchHit
from bot.store import rows
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite import Database
from bot.text.fold import fold_tag


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed does."""

    url: str
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


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: every word, within the bounds that are given."""

    words: tuple[str, ...] = ()
    feed: str = ""
    tag: str = ""
    after: datetime | None = None
    before: datetime | None = None
    limit: int = 10


class Archive:
    """Questions; none of them changes anything."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def search(self, search: Search) -> list[SearchHit]:
        """Entries that have every word in title, text, tags or authors, newest first."""
        parameters = {
            "words": as_json([rows.whole(f"%{_literal(word)}%") for word in search.words]),
            "feed": rows.whole(search.feed),
            "tag": rows.whole(fold_tag(search.tag)),
            "after": milliseconds(search.after),
            "before": milliseconds(search.before),
            "limit": search.limit,
        }
        return [rows.search_hit(row) for row in await self._db.read(SQL["search"], parameters)]

    async def feeds(self) -> list[FeedHealth]:
        """Every feed, oldest first."""
        return [
            FeedHealth(
                url=row["url"],
                name=row["name"] or row["title"] or row["url"],
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


def _literal(word: str) -> str:
    """A word for LIKE, its wildcards escaped."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
