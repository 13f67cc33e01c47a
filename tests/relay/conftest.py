"""A feed with a history, a poller and a backfiller. Time passes only during a sleep."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.model import BackfillProgress, PollSettings, PostSettings, SiteBudget
from bot.relay.backfill import REQUEST_SPACING, Backfiller, BackfillRules
from bot.relay.poll import Poller, PollRules
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.source.formats.process import Parser
from bot.source.history.choose import KEYLESS_SOURCES
from bot.source.http.fetch import Fetcher, FetchLimits
from bot.store.backfills import Worker
from bot.store.store import Store

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
LIMITS = FetchLimits(timedelta(seconds=10), 1_000_000, allow_private_addresses=True)
POSTS = 95
FEED_ID = 1


@dataclass
class Clock:
    """Time that passes only during a sleep."""

    now: datetime = START
    min_sleep: float = 0.0
    """Seconds that every sleep takes at least, so that checking four times a second for an hour is quick."""

    def read(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=max(seconds, self.min_sleep))
        await asyncio.sleep(0)


@dataclass
class BackfillFixture:
    """A followed feed that was polled, and the backfiller that reads its history."""

    store: Store
    fetcher: Fetcher
    parser: Parser
    blog: Blog
    feed: BlogFeed
    clock: Clock
    reported: list[BackfillProgress] = field(default_factory=list)
    asked: list[timedelta] = field(default_factory=list)
    """The delays until further ticks that a reader asked for."""
    rules: BackfillRules = field(default_factory=BackfillRules)

    def reader(self, worker: Worker = Worker.CLI, seat: int = 0) -> Backfiller:
        return Backfiller(
            *(
                self.store.backfills,
                self.store.feeds,
                self.fetcher.fetch,
                self.parser.parse,
                KEYLESS_SOURCES,
                worker,
            ),
            *(self.rules, self.clock.read, self.clock.sleep),
            tick_in=self.asked.append,
            seat=lambda: seat,
        )

    async def request(self, since: datetime | None = None, limit: int | None = None) -> None:
        await self.store.backfills.request(FEED_ID, self.clock.now, since, limit)

    async def fill(self, since: datetime | None = None, limit: int | None = None) -> BackfillProgress:
        await self.request(since, limit)
        return await self.reader().finish(FEED_ID, self.reported.append)

    async def poll(self) -> list[str]:
        """Poll the feed, and return the titles of the new deliveries."""
        rules = PollRules(PollSettings(), PostSettings(), budget, timedelta(minutes=5))
        self.clock.now += REQUEST_SPACING  # the site may have had a request just now
        now = self.clock.now
        await self.store.feeds.poll_all(now)
        poller = Poller(
            self.store.feeds,
            self.fetcher.fetch,
            self.parser.parse,
            rules,
            lambda: now,
            lambda: 0.0,
            lambda: None,
        )
        assert await poller.tick() == 1
        await poller.drain()
        claimed = await self.store.outbox.claim(now, timedelta(minutes=5), 100)
        return [delivery.entry.title for delivery in claimed]

    async def titles(self) -> list[str]:
        return [found.entry.title for found in await self.store.archive.newest(FEED_ID, 500)]

    async def progress(self) -> BackfillProgress:
        found = await self.store.backfills.progress(FEED_ID)
        assert found is not None
        return found


def budget(_: str) -> SiteBudget:
    return SiteBudget(2, timedelta(0))


def ride_post(number: int) -> Post:
    published = START - timedelta(days=2, hours=POSTS - number)
    return Post(str(number), f"Ride {number}", f"<p>Along the river, day {number}.</p>", published)


def ride_titles(*numbers: int) -> list[str]:
    return [f"Ride {number}" for number in sorted(numbers, reverse=True)]


ALL = ride_titles(*range(1, POSTS + 1))
