"""A real database of each engine for each test, and the values that most tests start with."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import (
    ChannelDeclaration,
    Delivery,
    DeliveryState,
    Entry,
    Feed,
    FeedDeclaration,
    Hold,
    NoticeKind,
    NoticeMessage,
    Order,
    PollResult,
    PostSettings,
    RecordResult,
    Rule,
    Settlement,
    SiteBudget,
)
from bot.relay.identity import identify
from bot.relay.notify import decide
from bot.relay.plan import plan
from bot.search.query import parse_query
from bot.store.notices import GATHER_TIME
from bot.store.place import Place
from bot.store.store import Store
from bot.store.subscriptions import SubscribeResult
from tests.postgres import Databases, connected

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = 5 * MINUTE
GARDEN = "https://garden.example/rss"
EVERYTHING = Rule()
GUILD = 7
NEWS = ChannelDeclaration(100)
ASK = PostSettings(burst_limit=5, ask_about_floods=True)
STARS = Rule(tags=("stars",))
STARS_FEED = "https://stars.example/rss"
NOW = START + timedelta(days=1)
"""The time of searches."""


def site_of(url: str) -> str:
    return url.split("/")[2].partition(":")[0]


def budget(_: str) -> SiteBudget:
    return SiteBudget(max_concurrent=2, spacing=timedelta(0))


def post(number: int, **fields: object) -> Entry:
    values: dict[str, object] = {
        "guid": f"g{number}",
        "link": f"https://garden.example/{number}",
        "title": f"Post {number}",
        "published": START + number * MINUTE,
    }
    return Entry(**{**values, **fields})  # type: ignore[arg-type]  # the fields of a test's own posts


@dataclass
class Services:
    """A store with a feed that the test polls."""

    store: Store
    now: datetime = START

    async def follow(self, *channels: ChannelDeclaration, url: str = GARDEN) -> None:
        declared = [FeedDeclaration(url, channels=channels)] if channels else []
        await self.store.subscriptions.sync(declared, site_of, budget, self.now)

    async def claim_feed(self) -> Feed:
        (feed,) = await self.store.feeds.claim(self.now, LEASE, 10)
        return feed

    async def poll(self, *entries: Entry, settings: PostSettings = PostSettings()) -> RecordResult:  # noqa: B008 -- frozen
        """Claim the one feed that is due, and record a document; the next poll is due a minute later."""
        return await self.record(await self.claim_feed(), *entries, settings=settings)

    async def record(
        self,
        feed: Feed,
        *entries: Entry,
        settings: PostSettings = PostSettings(),  # noqa: B008 -- frozen
    ) -> RecordResult:
        items = identify(entries, "", feed.url)
        known, followers = await self.store.feeds.planned_with(feed.id, items)
        decided = plan(feed.id, items, known, followers, settings, self.now)
        result = PollResult(self.now + MINUTE, title="Garden")
        recorded = await self.store.feeds.record(feed.id, decided, result, self.now)
        self.now += MINUTE
        return recorded

    async def claim(self) -> list[Delivery]:
        return await self.store.outbox.claim(self.now, LEASE, 10)

    async def settle(self, delivery: Delivery, **fields: object) -> None:
        done = Settlement(DeliveryState.SENT, self.now, message_id=delivery.id + 1000)
        settlement = replace(done, **fields)  # type: ignore[arg-type]  # the fields of a test's own settlements
        await self.store.outbox.settle(delivery, settlement, self.now)

    async def send_all(self) -> list[tuple[int, str]]:
        """Send everything that is due now; return channels and titles in order."""
        sent: list[tuple[int, str]] = []
        while claimed := await self.claim():
            for delivery in claimed:
                await self.settle(delivery)
                sent.append((delivery.channel_id, delivery.entry.title))
        return sent


@pytest.fixture(params=["sqlite", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where the database of a test is: each test runs with each engine."""
    if request.param == "sqlite":
        return tmp_path / "feed-relay.db"
    databases: Databases = request.getfixturevalue("postgres")
    return await databases.clean()


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    async with await Store.open(place) as opened:
        yield opened


@pytest.fixture
async def services(store: Store) -> Services:
    return Services(store)


async def subscribe(
    services: Services,
    channel: ChannelDeclaration = NEWS,
    guild_id: int = GUILD,
    limit: int = 100,
    url: str = GARDEN,
) -> SubscribeResult:
    limits = SiteBudget(2, timedelta(0))
    return await services.store.subscriptions.subscribe(
        FeedDeclaration(url),
        channel,
        guild_id,
        site="garden.example",
        budget=limits,
        limit=limit,
        now=services.now,
    )


async def subscribed(services: Services, channel: ChannelDeclaration = NEWS) -> int:
    """Subscribe; return the subscription's id."""
    found = (await subscribe(services, channel)).followed
    assert found is not None
    return found.subscription.id


async def baselined(services: Services, channel: ChannelDeclaration = NEWS) -> int:
    """Subscribe and poll the baseline; return the subscription's id."""
    subscription_id = await subscribed(services, channel)
    await services.poll()
    return subscription_id


async def send_notices(services: Services) -> list[tuple[NoticeKind, int]]:
    """Send all notices that are due within a minute; return their kinds and channels."""
    return [
        (notice.kind, notice.channel_id) for each in await send_messages(services) for notice in each.notices
    ]


async def send_messages(services: Services) -> list[NoticeMessage]:
    """Send all notices that are due within a minute."""
    found: list[NoticeMessage] = []
    soon = services.now + GATHER_TIME
    while claimed := await services.store.notices.claim(soon, LEASE, 10, decide):
        for message in claimed:
            await services.store.notices.settle(message, 1000 + message.id, None, uncertain=False)
        found += claimed
    return found


async def flood(services: Services, count: int = 8) -> Hold:
    """Record a flood and send its notice; return the hold."""
    await services.poll(*(post(number) for number in range(count)), settings=ASK)
    claimed = await services.store.notices.claim(services.now, LEASE, 10, decide)
    (notice,) = [found for found in claimed if found.hold_id]
    await services.store.notices.settle(notice, 1, None, uncertain=False)
    hold = await services.store.holds.get(notice.hold_id or 0)
    assert hold is not None
    return hold


@pytest.fixture
async def archive(services: Services) -> Services:
    """An archive of two feeds: 1 is a garden, 2 the stars."""
    declared = [
        FeedDeclaration(url, channels=(ChannelDeclaration(channel),))
        for url, channel in ((GARDEN, 100), (STARS_FEED, 200))
    ]
    await services.store.subscriptions.sync(declared, site_of, budget, services.now)
    garden, stars = await services.store.feeds.claim(services.now, LEASE, 10)
    await services.record(
        garden,
        post(
            1,
            title="Tulips",
            text="Red along the wall.",
            tags=("Spring flowers", "c++"),
            authors=("Ines B.",),
        ),
        post(
            2,
            title="Roses",
            text="We walked by the tulips in the Café.",
            tags=("summer",),
            authors=("Tomas",),
        ),
        post(
            3, title="A quiet week", text="Nothing but rain. Ines was away.", tags=("rain", "Spring Flowers")
        ),
        post(4, title="東京の庭", text="明日は雨です。"),
    )
    await services.record(
        stars,
        post(
            5,
            link="https://stars.example/5",
            title="Saturn",
            text="Rings in the spring rain.",
            tags=("planets",),
        ),
    )
    return services


async def record_in(services: Services, *entries: Entry, by: tuple[int, ...] = (1,)) -> None:
    """Record these entries in the feeds `by`, and nothing in the other."""
    for feed in await services.store.feeds.claim(services.now, LEASE, 10):
        await services.record(feed, *(entries if feed.id in by else ()))


async def found(services: Services, typed: str, *feeds: int, order: Order = Order.NEWEST) -> list[str]:
    """Return the titles of all posts that a search finds."""
    query = parse_query(typed, NOW)
    page = await services.store.search.find(query, frozenset(feeds) if feeds else None, order=order, limit=25)
    assert page.total == len(page.hits)
    return [hit.title for hit in page.hits]


only_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""Marks a test of what only the SQLite engine does."""


async def execute(place: Place, sql: str) -> None:
    """Change a database as an earlier version might have left it."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute(sql)
    else:
        async with connected(place) as opened:
            await opened.execute(sql)
