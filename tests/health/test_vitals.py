"""What is counted: real fetches over loopback, a real store, and a parser that fails where a test says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import Unreadable
from bot.health.vitals import Vitals
from bot.model import ChannelDeclaration, FeedDeclaration, Fetched, ParsedFeed, PollSettings, PostSettings
from bot.relay.poll import Poller, PollRules
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher
from bot.source.http.site import site_of
from bot.store.store import Store
from tests.relay.test_poll import LIMITS, budget

START = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class Counted:
    """A poller whose work is counted."""

    store: Store
    feed: BlogFeed
    vitals: Vitals
    fetcher: Fetcher
    parser: Parser
    now: datetime = START
    parts: list[Fetched] = field(default_factory=list)
    """The parts of documents that were parsed without what is known of them."""

    async def parse(self, document: Fetched) -> ParsedFeed:
        if not document.content_type:  # only the items that are not known yet
            self.parts.append(document)
            raise Unreadable(document.url)
        return await self.parser.parse(document)

    async def poll(self) -> None:
        self.now += timedelta(hours=1)
        poller = Poller(
            self.store.feeds,
            self.vitals.fetching(self.fetcher.fetch),
            self.vitals.parsing(self.parse),
            PollRules(PollSettings(), PostSettings(), budget, timedelta(minutes=5)),
            lambda: self.now,
            lambda: 0.0,
            lambda: None,
            on_recorded=self.vitals.recorded,
            on_failed=self.vitals.failed,
        )
        assert await poller.tick() == 1
        await poller.drain()

    def value(self, name: str, **labels: str) -> float | None:
        return self.vitals.registry.get_sample_value(f"feed_relay_{name}", labels)


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[Counted]:
    async with (
        Blog() as blog,
        Fetcher(LIMITS) as fetcher,
        Parser() as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        feed = blog.feed("garden", form="atom")
        made = Counted(store, feed, Vitals("1", lambda: START), fetcher, parser)
        declared = [FeedDeclaration(feed.url, channels=(ChannelDeclaration(100),))]
        await store.subscriptions.sync(declared, site_of, budget, START)
        yield made


def test_every_outcome_is_there_from_the_start() -> None:
    """A counter that appears with its first event hides this event from Prometheus."""
    registry = Vitals("1", lambda: START).registry
    values = [
        registry.get_sample_value(f"feed_relay_{name}_total", {"outcome": outcome})
        for name, outcome in (
            ("polls", "document"),
            ("polls", "unchanged"),
            ("polls", "failed"),
            ("deliveries", "sent"),
            ("deliveries", "postponed"),
            ("deliveries", "suspended"),
            ("deliveries", "given up"),
        )
    ]

    assert values == [0.0] * 7


async def test_a_document_that_is_read_whole_after_its_new_part_failed_is_no_failure(
    counted: Counted,
) -> None:
    for numbers in ((1, 2, 3), (4,)):
        counted.feed.publish(*(Post(str(each), f"Beans {each}", "<p>Up.</p>", START) for each in numbers))
        await counted.poll()

    assert len(counted.parts) == 1
    assert counted.value("poll_failures_total", kind="Unreadable") is None
    assert counted.value("polls_total", outcome="document") == 2
    assert counted.value("new_posts_total") == 4


async def test_a_failure_is_counted_once_by_its_kind(counted: Counted) -> None:
    counted.feed.next(faults.status(503), faults.served(b"<rss><channel><item>", "application/rss+xml"))
    await counted.poll()
    await counted.poll()

    assert counted.value("polls_total", outcome="failed") == 1
    assert counted.value("poll_failures_total", kind="ServerError") == 1
    assert counted.value("poll_failures_total", kind="Incomplete") == 1
