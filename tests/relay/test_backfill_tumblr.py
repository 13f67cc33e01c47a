"""Backfills of Tumblr blogs: a key without calls, and a missing key."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import (
    BackfillProgress,
    BackfillState,
    ChannelDeclaration,
    FeedDeclaration,
    PollSettings,
    PostSettings,
    SiteBudget,
)
from bot.relay.backfill import Backfiller, BackfillRules
from bot.relay.poll import Poller, PollRules
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.sandbox.sites.tumblr import Tumblr
from bot.source.formats.process import Parser
from bot.source.history.choose import history_sources
from bot.source.http.site import site_of
from bot.source.tumblr.web import TumblrFetcher
from bot.store.backfills import Worker
from bot.store.store import Store
from tests.relay.conftest import LIMITS, START, Clock

POSTS = 90


@dataclass
class TumblrBackfillFixture:
    """A followed blog, and what reads its history."""

    store: Store
    backfiller: Backfiller
    tumblr: Tumblr
    garden: BlogFeed
    clock: Clock
    reported: list[BackfillProgress] = field(default_factory=list)

    async def fill(self) -> BackfillProgress:
        await self.store.backfills.request(1, self.clock.now)
        return await self.backfiller.finish(1, self.reported.append)


def budget(_: str) -> SiteBudget:
    return SiteBudget(1, timedelta(0))


def post(number: int) -> Post:
    published = START - timedelta(days=1, minutes=POSTS - number)
    return Post(f"{740_000_000_000_000_000 + number}", f"Night {number}", "<p>Moths.</p>", published)


async def open_fixture(folder: Path, key: str = "") -> AsyncIterator[TumblrBackfillFixture]:
    async with (
        Blog() as blog,
        Tumblr() as tumblr,
        TumblrFetcher(LIMITS, key=key or tumblr.key, api_url=tumblr.address) as web,
        Parser() as parser,
        await Store.open(folder / "feed-relay.db") as store,
    ):
        sources = history_sources(tumblr_key=key != "none")
        feeds, fills = store.feeds, store.backfills
        clock = Clock(min_sleep=1.0)
        backfiller = Backfiller(
            *(fills, feeds, web.fetch, parser.parse, sources, Worker.CLI),
            *(BackfillRules(spacing=timedelta(0)), clock.read, clock.sleep),
        )
        garden = blog.feed("slow-garden", "The Slow Garden")
        garden.move("https://slow-garden.tumblr.com")
        garden.publish(*(post(number) for number in range(1, POSTS + 1)))
        tumblr.add(garden)
        found = TumblrBackfillFixture(store, backfiller, tumblr, garden, clock)
        declared = [FeedDeclaration(garden.url, channels=(ChannelDeclaration(100),))]
        await store.subscriptions.sync(declared, site_of, budget, START)
        rules = PollRules(PollSettings(), PostSettings(), budget, timedelta(minutes=5))
        poller = Poller(feeds, web.fetch, parser.parse, rules, lambda: START, lambda: 0.0, lambda: None)
        await poller.tick()
        await poller.drain()
        yield found


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[TumblrBackfillFixture]:
    async for found in open_fixture(tmp_path):
        yield found


@pytest.fixture
async def keyless(tmp_path: Path) -> AsyncIterator[TumblrBackfillFixture]:
    async for found in open_fixture(tmp_path, key="none"):
        yield found


async def test_a_backfill_waits_when_its_key_has_no_calls_left_and_continues(
    fixture: TumblrBackfillFixture,
) -> None:
    fixture.tumblr.hour.left = 2

    def refill(call: int) -> None:
        if call == 4:  # the third was refused
            fixture.tumblr.hour.left = 1000

    fixture.tumblr.before_page = refill
    ended = await fixture.fill()

    assert (ended.state, ended.archived, ended.total) == (BackfillState.DONE, POSTS - 20, POSTS)
    assert any("no calls left for this hour" in progress.error for progress in fixture.reported)
    assert timedelta(hours=1) <= fixture.clock.now - START < timedelta(hours=2)
    assert await fixture.store.feeds.cooldowns(START + timedelta(minutes=30)) == {}
    assert len(await fixture.store.archive.newest(1, 200)) == POSTS


async def test_a_backfill_without_a_key_fails_at_once_and_says_what_to_set(
    keyless: TumblrBackfillFixture,
) -> None:
    ended = await keyless.fill()

    assert ended.state is BackfillState.FAILED
    assert "set it as [tumblr] api_key" in ended.error
    assert keyless.tumblr.requests == []
    assert len(keyless.reported) == 2
