"""When the poller asks for its next tick."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    Fetched,
    NotModified,
    ParsedFeed,
    PollSettings,
    PostSettings,
    SiteBudget,
    Validators,
)
from bot.relay import poll
from bot.relay.poll import GATHER_TIME, Poller, PollRules
from bot.relay.tasks import TAKE_BACK_AFTER
from bot.source.http.site import site_of
from bot.store.store import Store
from tests.relay.still_running import still_running

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
INTERVAL = PollSettings().interval
LEASE = timedelta(minutes=5)


@dataclass
class TickFixture:
    """A poller whose feeds have nothing new, and whose fetches end when the test says so."""

    store: Store
    limits: SiteBudget = SiteBudget(1, timedelta(0))  # noqa: RUF009 -- frozen
    asked: list[timedelta] = field(default_factory=list)
    """The delays until further ticks that the poller asked for."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    now: datetime = START

    def __post_init__(self) -> None:
        rules = PollRules(PollSettings(), PostSettings(), self.budget, LEASE)
        self.poller = Poller(
            *(self.store.feeds, self.fetch, self.parse, rules, lambda: self.now, lambda: 0.0),
            wake=lambda: None,
            tick_in=self.asked.append,
        )

    def budget(self, _: str) -> SiteBudget:
        return self.limits

    async def fetch(self, url: str, _: Validators) -> NotModified:
        await self.answered.wait()
        return NotModified(url)

    async def parse(self, _: Fetched) -> ParsedFeed:
        raise AssertionError("nothing came")

    async def follow(self, *urls: str) -> None:
        declared = [FeedDeclaration(url, channels=(ChannelDeclaration(100),)) for url in urls]
        await self.store.subscriptions.sync(declared, site_of, self.budget, self.now)

    async def tick(self) -> int:
        """Forget the requested ticks, and tick the poller."""
        self.asked.clear()
        return await self.poller.tick()

    async def end_polls(self) -> None:
        self.answered.set()
        await self.poller.drain()
        self.answered.clear()


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[TickFixture]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        yield TickFixture(store)


async def test_the_end_of_a_poll_starts_the_next_if_all_places_were_taken(
    fixture: TickFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "MAX_POLLS", 2)
    fixture.limits = SiteBudget(3, timedelta(0))
    await fixture.follow(*(f"https://{name}.example/rss" for name in "abc"))
    assert await fixture.tick() == 2
    assert fixture.asked == []

    await fixture.end_polls()

    assert fixture.asked == [GATHER_TIME, GATHER_TIME]
    assert await fixture.tick() == 1
    await fixture.end_polls()


async def test_a_tick_without_room_forgets_nothing(
    fixture: TickFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "MAX_POLLS", 1)
    fixture.limits = SiteBudget(3, timedelta(0))
    await fixture.follow("https://a.example/rss", "https://b.example/rss")
    await fixture.tick()
    assert await fixture.tick() == 0
    assert fixture.asked == []

    await fixture.end_polls()

    assert fixture.asked == [GATHER_TIME]


async def test_the_end_of_a_poll_starts_the_next_at_a_site_that_allows_no_more_at_once(
    fixture: TickFixture,
) -> None:
    await fixture.follow("https://a.example/1", "https://a.example/2")
    assert await fixture.tick() == 1
    fixture.asked.clear()

    await fixture.end_polls()

    assert fixture.asked == [GATHER_TIME]
    assert await fixture.tick() == 1
    await fixture.end_polls()


async def test_the_end_of_a_poll_that_nothing_waited_for_starts_nothing(fixture: TickFixture) -> None:
    fixture.limits = SiteBudget(2, timedelta(0))
    await fixture.follow("https://a.example/rss")
    await fixture.tick()
    fixture.asked.clear()

    await fixture.end_polls()

    assert fixture.asked == []


async def test_a_tick_asks_for_the_next_when_a_feed_becomes_due(fixture: TickFixture) -> None:
    await fixture.follow("https://a.example/rss")
    await fixture.tick()
    await fixture.end_polls()
    fixture.now += timedelta(minutes=1)

    assert await fixture.tick() == 0
    assert fixture.asked == [INTERVAL - timedelta(minutes=1)]


async def test_a_tick_asks_for_the_next_when_the_spacing_of_a_site_ends(fixture: TickFixture) -> None:
    fixture.limits = SiteBudget(1, timedelta(seconds=2))
    await fixture.follow("https://a.example/1", "https://a.example/2")

    assert await fixture.tick() == 1
    assert fixture.asked == [timedelta(seconds=2)]
    await fixture.end_polls()


async def test_a_feed_that_is_due_again_before_its_late_poll_ends_is_polled_after_it(
    fixture: TickFixture,
) -> None:
    await fixture.follow("https://a.example/rss")
    fixture.answered.set()
    async with still_running(fixture.store.feeds, "settle_unchanged", fixture.tick):
        fixture.now += INTERVAL * 2
        assert await fixture.tick() == 0
    await fixture.poller.drain()

    assert await fixture.tick() == 1
    await fixture.poller.drain()


async def test_what_was_claimed_without_an_answer_is_polled_soon(fixture: TickFixture) -> None:
    await fixture.follow("https://a.example/rss")
    fixture.answered.set()
    await fixture.store.feeds.claim(fixture.now, LEASE, 10)

    await fixture.poller.take_back()
    assert await fixture.tick() == 0
    fixture.now += TAKE_BACK_AFTER
    await fixture.poller.take_back()

    assert await fixture.tick() == 1
    await fixture.poller.drain()


async def test_what_is_still_being_polled_is_not_taken_back(fixture: TickFixture) -> None:
    await fixture.follow("https://a.example/rss")
    assert await fixture.tick() == 1
    fixture.now += TAKE_BACK_AFTER

    await fixture.poller.take_back()

    assert await fixture.store.feeds.claim(fixture.now, LEASE, 10) == []
    fixture.answered.set()
    await fixture.poller.drain()
