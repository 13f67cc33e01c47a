"""Poll documents with the items that are known left out, and compare the plan with that of the whole document."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.errors import SourceError
from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    Fetched,
    ParsedFeed,
    Plan,
    PollResult,
    PollSettings,
    PostSettings,
    RecordResult,
    SiteBudget,
    Validators,
)
from bot.relay.identity import identify
from bot.relay.poll import Poller, PollRules
from bot.source.formats.parse import parse_feed
from bot.store.feeds import Feeds
from bot.store.sqlite.database import SqliteDatabase
from bot.store.store import Store

_NUMBERS = count()
_LEASE = timedelta(minutes=5)


@dataclass
class TwoWays:
    """A feed whose documents are read in both ways."""

    store: Store
    url: str = ""
    now: datetime = datetime(2026, 10, 1, tzinfo=UTC)
    answers: list[Fetched] = field(default_factory=list)
    parsed: list[int] = field(default_factory=list)
    """How many bytes each call of the parser got."""
    plans: list[Plan] = field(default_factory=list)
    """What was recorded."""
    failures: int = 0

    async def follow(self, channel: int = 100) -> None:
        self.url = self.url or f"https://site{next(_NUMBERS)}.example.org/feed"
        declared = ChannelDeclaration(channel)
        await self.store.subscriptions.subscribe(
            FeedDeclaration(self.url),
            declared,
            1,
            site=self.url,
            budget=_budget(""),
            limit=10**6,
            now=self.now,
        )

    async def poll_both_ways(self, body: bytes, content_type: str = "") -> str:
        """Poll a document, and check the plan. Return how it was read: "same", "rest", "whole" or "error"."""
        self.now += timedelta(days=2)
        answer = Fetched(self.url, body, content_type)
        feeds = _Watched(self.store.feeds, self)
        poller = Poller(feeds, self._fetch, self._parse, _RULES, lambda: self.now, lambda: 0.0, lambda: None)  # type: ignore[arg-type]  # it has what a poller calls
        (feed,) = await self.store.feeds.claim(self.now, _LEASE, 1)
        assert feed.url == self.url
        whole = _parse_whole(answer)
        expected = None
        if whole is not None:
            identified = identify(whole.entries, whole.link, self.url)
            expected = await poller._decide(feed, whole, identified, self.now)

        self.answers, self.parsed, self.plans, self.failures = [answer], [], [], 0
        await poller.poll(feed)

        assert self.failures == (whole is None)
        if whole is None or expected is None:
            return "error"
        if not self.plans:
            before = await self._stored(feed.id)
            await self.store.feeds.record(feed.id, expected, PollResult(self.now), self.now)
            assert await self._stored(feed.id) == before, (
                "the plan of the whole document would change something"
            )
            assert whole.ttl == feed.ttl
            return "same"
        assert self.plans == [expected]
        return "whole" if len(body) in self.parsed else "rest"

    async def _stored(self, feed_id: int) -> list[tuple[object, ...]]:
        database = self.store.feeds._db
        assert isinstance(database, SqliteDatabase)
        return [tuple(row) for sql in _STORED for row in await database.select(sql, {"id": feed_id})]

    async def _fetch(self, _: str, __: Validators) -> Fetched:
        return self.answers.pop()

    async def _parse(self, document: Fetched) -> ParsedFeed:
        self.parsed.append(len(document.body))
        return parse_feed(document)


class _Watched:
    """Remembers what is recorded."""

    def __init__(self, feeds: Feeds, seen: TwoWays) -> None:
        self._feeds = feeds
        self._seen = seen
        self.planned_with = feeds.planned_with
        self.items = feeds.items
        self.settle_unchanged = feeds.settle_unchanged

    async def record(self, feed_id: int, plan: Plan, result: PollResult, now: datetime) -> RecordResult:
        self._seen.plans.append(plan)
        return await self._feeds.record(feed_id, plan, result, now)

    async def settle_failed(self, feed_id: int, result: PollResult, now: datetime) -> bool:
        self._seen.failures += 1
        return await self._feeds.settle_unchanged(feed_id, replace(result, error=""), now)


def _parse_whole(answer: Fetched) -> ParsedFeed | None:
    try:
        return parse_feed(answer)
    except SourceError:
        return None


def _budget(_: str) -> SiteBudget:
    return SiteBudget(100, timedelta())


_STORED = (
    "SELECT * FROM seen WHERE feed_id = :id ORDER BY key, entry_id",
    "SELECT * FROM tagged_entry WHERE feed_id = :id ORDER BY id",
    "SELECT d.* FROM delivery AS d JOIN entry AS e ON e.id = d.entry_id WHERE e.feed_id = :id ORDER BY d.id",
    "SELECT * FROM subscription WHERE feed_id = :id",
)
_RULES = PollRules(PollSettings(), PostSettings(burst_limit=1000), _budget, _LEASE)
