"""A Tumblr-wide tag is a feed like any other, from its page's address to its deliveries."""

import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture

from bot.model import ChannelDeclaration, FeedDeclaration, PollSettings, PostSettings, SiteBudget
from bot.relay.poll import Poller, PollRules
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.sandbox.sites.tumblr import Tumblr
from bot.source.formats.process import Parser
from bot.source.http.fetch import FetchLimits
from bot.source.http.site import site_of
from bot.source.tumblr.web import TumblrFetcher
from bot.store.archive import FeedHealth
from bot.store.store import Store

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
LIMITS = FetchLimits(timedelta(seconds=10), 1_000_000, allow_private_addresses=True)
PAGE = "https://www.tumblr.com/tagged/hawk%20moths"


@dataclass
class TagPageFixture:
    """A poller, and a blog that has posts with the tag."""

    store: Store
    poller: Poller
    tumblr: Tumblr
    garden: BlogFeed
    folder: Path
    now: datetime = START

    async def follow(self, *urls: str) -> None:
        declared = [FeedDeclaration(url, channels=(ChannelDeclaration(100),)) for url in urls]
        await self.store.subscriptions.sync(declared, site_of, budget, self.now)

    async def poll(self) -> dict[str, FeedHealth]:
        """Poll until nothing is due, then let eleven minutes pass."""
        while await self.poller.tick():
            await self.poller.drain()
        self.now += timedelta(minutes=11)
        return {health.url: health for health in await self.store.archive.feeds()}

    def owed(self) -> list[str]:
        """Return the titles of all deliveries."""
        with closing(sqlite3.connect(self.folder / "feed-relay.db")) as database:
            found = database.execute("SELECT title FROM delivery JOIN entry ON entry.id = entry_id")
            return sorted(title for (title,) in found)


def budget(_: str) -> SiteBudget:
    return SiteBudget(2, timedelta(0))


def post(number: int, *tags: str) -> Post:
    return Post(
        f"{740_000_000_000_000_000 + number}",
        f"Night {number}",
        f"<p>Moths at the lamp, part {number}.</p>",
        START + timedelta(minutes=number),
        tags,
    )


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[TagPageFixture]:
    async with (
        Blog() as blog,
        Tumblr() as tumblr,
        TumblrFetcher(LIMITS, key=tumblr.key, api_url=tumblr.address) as web,
        Parser() as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        rules = PollRules(PollSettings(), PostSettings(), budget, timedelta(minutes=5))
        poller = Poller(
            store.feeds, web.fetch, parser.parse, rules, lambda: found.now, lambda: 0.0, lambda: None
        )
        garden = blog.feed("slow-garden", "The Slow Garden")
        garden.move("https://slow-garden.tumblr.com")
        garden.publish(post(1, "hawk moths"), post(2, "leeks"))
        tumblr.add(garden)
        found = TagPageFixture(store, poller, tumblr, garden, tmp_path)
        yield found


async def test_a_new_post_with_the_tag_is_delivered_once(fixture: TagPageFixture) -> None:
    await fixture.follow(PAGE)
    await fixture.poll()
    fixture.garden.publish(post(3, "Hawk Moths"), post(4, "leeks"))
    health = (await fixture.poll())[PAGE]
    await fixture.poll()

    assert fixture.owed() == ["Night 3"]
    assert (health.name, health.error) == ("#hawk moths on Tumblr", "")


async def test_a_post_that_is_also_in_its_blogs_feed_reaches_a_channel_once(fixture: TagPageFixture) -> None:
    await fixture.follow(PAGE, fixture.garden.url)
    await fixture.poll()
    fixture.garden.publish(post(3, "hawk moths"), post(4, "leeks"))
    await fixture.poll()
    await fixture.poll()

    assert fixture.owed() == ["Night 3", "Night 4"]


async def test_an_edited_post_is_archived_and_not_delivered_again(fixture: TagPageFixture) -> None:
    await fixture.follow(PAGE)
    await fixture.poll()
    fixture.garden.edit(replace(post(1, "hawk moths"), title="Night one", html="<p>Nine of them.</p>"))
    await fixture.poll()

    (entry,) = await fixture.store.archive.newest(1, 5)
    assert (entry.entry.title, entry.entry.text) == ("Night one", "Nine of them.")
    assert fixture.owed() == []


async def test_an_unchanged_page_is_not_parsed_again(fixture: TagPageFixture) -> None:
    await fixture.follow(PAGE)
    await fixture.poll()
    before = await fixture.store.feeds.claim(fixture.now, timedelta(0), 5)
    await fixture.poll()
    after = await fixture.store.feeds.claim(fixture.now, timedelta(0), 5)

    assert len(fixture.tumblr.requests) == 2
    assert before[0].validators == after[0].validators
    assert before[0].validators.body_hash


async def test_a_key_without_calls_delays_the_tag_but_not_the_site(fixture: TagPageFixture) -> None:
    await fixture.follow(PAGE)
    await fixture.poll()
    fixture.tumblr.day.left, fixture.tumblr.day.reset = 0, 7200
    asked_at = fixture.now
    health = (await fixture.poll())[PAGE]

    assert "no calls left for this day" in health.error
    assert health.next_poll_at == asked_at + timedelta(hours=2)
    assert await fixture.store.feeds.cooldowns(fixture.now) == {}


async def test_too_many_requests_cool_down_all_of_tumblr(fixture: TagPageFixture) -> None:
    await fixture.follow(PAGE)
    await fixture.poll()
    fixture.tumblr.next(faults.status(429, {"Retry-After": "3600"}))
    asked_at = fixture.now
    health = (await fixture.poll())[PAGE]
    await fixture.store.feeds.poll_all(fixture.now)

    assert health.next_poll_at == asked_at + timedelta(hours=1)
    assert await fixture.store.feeds.cooldowns(fixture.now) == {"tumblr.com": asked_at + timedelta(hours=1)}


async def test_the_key_is_in_no_byte_of_the_database_and_in_no_line_of_the_log(
    fixture: TagPageFixture, caplog: pytest.LogCaptureFixture
) -> None:
    ours = LogCapture()  # this log hides no secrets, so the key must not get into it at all
    structlog.configure(processors=[ours])
    caplog.set_level(logging.DEBUG)
    await fixture.follow(PAGE)
    for answer in (None, faults.status(401), faults.status(500), faults.garbage(), faults.redirect("/x")):
        if answer is not None:
            fixture.tumblr.next(answer)
        fixture.now += timedelta(days=1)
        await fixture.poll()
    fixture.now += timedelta(days=1)
    fixture.garden.publish(post(3, "hawk moths"))
    await fixture.poll()

    logged = f"{caplog.text} {ours.entries}"
    stored = b"".join(path.read_bytes() for path in fixture.folder.iterdir())
    assert "feed failed" in logged
    assert fixture.tumblr.key not in logged
    assert len(fixture.tumblr.requests) == 6
    assert b"Moths at the lamp, part 3." in stored
    assert fixture.tumblr.key.encode() not in stored
    assert b"api_key=" not in stored
