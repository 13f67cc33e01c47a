"""A poll from the socket to the database: real HTTP, the real parser process, a real SQLite file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture

from bot import errors
from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    Fetched,
    NotModified,
    PollSettings,
    PostSettings,
    SiteBudget,
    Validators,
)
from bot.relay.poll import Poller, PollRules
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Answer, Blog, BlogFeed, Post
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher, FetchLimits
from bot.source.http.site import site_of
from bot.store.archive import FeedHealth
from bot.store.store import Store

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
LIMITS = FetchLimits(timedelta(seconds=10), 1_000_000, allow_private_addresses=True)


@dataclass
class Services:
    """A poller and a feed that it polls."""

    store: Store
    poller: Poller
    feed: BlogFeed
    woken: list[int]
    """An item for each time that deliveries were announced."""
    now: datetime = START

    async def follow(self) -> None:
        declared = [FeedDeclaration(self.feed.url, channels=(ChannelDeclaration(100),))]
        await self.store.subscriptions.sync(declared, site_of, budget, self.now)

    async def poll(self) -> FeedHealth:
        """Poll what is due, ten minutes later."""
        await self.poller.tick()
        await self.poller.drain()
        self.now += timedelta(minutes=11)
        (health,) = await self.store.archive.feeds()
        return health

    async def owed(self) -> list[str]:
        claimed = await self.store.outbox.claim(self.now, timedelta(minutes=1), 100)
        return [delivery.entry.title for delivery in claimed]


def budget(_: str) -> SiteBudget:
    return SiteBudget(2, timedelta(0))


def post(number: int, **fields: str) -> Post:
    return Post(
        f"{700_000_000_000_000_000 + number}",
        fields.get("title", f"Post {number}"),
        f"<p>The beans are up, part {number}.</p>",
        START + timedelta(minutes=number),
    )


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with (
        Blog() as blog,
        Fetcher(LIMITS) as fetcher,
        Parser() as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        woken: list[int] = []
        rules = PollRules(PollSettings(), PostSettings(burst_limit=5), budget, timedelta(minutes=5))
        poller = Poller(
            store.feeds,
            fetcher.fetch,
            parser.parse,
            rules,
            lambda: found.now,
            lambda: 0.0,
            lambda: woken.append(1),
        )
        found = Services(store, poller, blog.feed("garden", "Garden Notes"), woken)
        await found.follow()
        yield found


@pytest.fixture
def log() -> LogCapture:
    capture = LogCapture()
    structlog.configure(processors=[capture])
    return capture


async def test_a_feed_seen_for_the_first_time_posts_nothing_and_its_next_post_is_owed(
    services: Services,
) -> None:
    services.feed.publish(post(1))
    await services.poll()
    assert services.woken == []

    services.feed.publish(post(2))
    health = await services.poll()

    assert await services.owed() == ["Post 2"]
    assert services.woken == [1]
    assert (health.name, health.entries) == ("Garden Notes", 2)


async def test_an_unchanged_feed_is_asked_conditionally_and_costs_no_parse(services: Services) -> None:
    services.feed.publish(post(1))
    await services.poll()
    first = services.poller._parse

    async def unexpected(_: Fetched) -> None:
        raise AssertionError("parsed")

    services.poller._parse = unexpected  # type: ignore[assignment]  # it must not be called
    await services.poll()
    services.poller._parse = first

    (health,) = await services.store.archive.feeds()
    assert health.failures == 0


async def test_an_edit_is_archived_and_posted_nowhere(services: Services) -> None:
    await services.poll()
    services.feed.publish(post(1))
    await services.poll()
    await services.owed()

    services.feed.edit(post(1, title="Post 1, corrected"))
    await services.poll()

    assert services.woken == [1]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (faults.status(404), "no feed at this address"),
        (faults.status(403), "refuses the bot"),
        (faults.status(500), "problem of its own"),
        (faults.html_page(), "web page"),
        (faults.challenge_page(), "bot check"),
        (faults.consent_page(), "consent page"),
        (faults.login_page(), "login"),
        (faults.served(b"\x00\x01\x02"), "not a feed"),
        (faults.served(b""), "empty"),
    ],
)
async def test_a_feed_that_fails_backs_off_says_why_and_recovers(
    services: Services, answer: Answer, sentence: str
) -> None:
    services.feed.publish(post(1))
    await services.poll()
    services.feed.publish(post(2))
    services.feed.next(answer, answer)

    first = await services.poll()
    services.now = first.next_poll_at or services.now
    second = await services.poll()
    services.now = second.next_poll_at or services.now
    recovered = await services.poll()

    assert (first.failures, second.failures, recovered.failures) == (1, 2, 0)
    assert sentence in first.error
    assert await services.owed() == ["Post 2"]


async def test_a_410_ends_the_feed(services: Services) -> None:
    services.feed.next(faults.status(410))

    assert (await services.poll()).ended
    services.now += timedelta(days=30)
    assert await services.poller.tick() == 0


async def test_a_429_rests_the_site_for_as_long_as_it_asks(services: Services) -> None:
    services.feed.next(faults.status(429, {"Retry-After": "7200"}))
    await services.poll()

    services.now = START + timedelta(minutes=119)
    assert await services.poller.tick() == 0
    services.now = START + timedelta(minutes=120)
    assert await services.poller.tick() == 1
    await services.poller.drain()


async def test_a_feed_that_moved_for_good_is_asked_at_its_new_address_once_that_was_good(
    services: Services,
) -> None:
    services.feed.publish(post(1))
    new = services.feed.url.replace("/garden/rss", "/garden/feed")
    services.feed.next(faults.redirect(new, 301))

    assert (await services.poll()).url == new


async def test_a_move_to_what_is_no_feed_is_not_believed(services: Services) -> None:
    old = services.feed.url
    services.feed.next(faults.redirect(old.replace("/garden/rss", "/garden/"), 301))

    health = await services.poll()

    assert (health.url, health.failures) == (old, 1)


async def test_a_flood_is_held_but_for_its_newest_and_the_log_says_so(
    services: Services, log: LogCapture
) -> None:
    await services.poll()
    services.feed.publish(*(post(number) for number in range(1, 9)))
    await services.poll()

    assert await services.owed() == ["Post 6"]
    (held,) = (await services.store.archive.stats()).held
    assert held.deliveries == 5
    assert [entry["held"] for entry in log.entries if entry["event"] == "posts held"] == [5]


async def test_a_poll_without_overlap_says_that_posts_may_be_missing(
    services: Services, log: LogCapture
) -> None:
    services.feed.publish(post(1))
    await services.poll()
    services.feed.posts = []
    services.feed.publish(post(5), post(6))
    await services.poll()

    assert [bool(entry.get("gap")) for entry in log.entries if entry["event"] == "polled"] == [False, True]


async def test_a_poll_that_is_cut_short_leaves_its_feed_due(services: Services) -> None:
    released = asyncio.Event()
    services.feed.next(faults.hang(released))
    assert await services.poller.tick() == 1

    await services.poller.stop()

    assert await services.poller.tick() == 1
    released.set()
    await services.poller.drain()


async def test_a_bug_in_one_poll_is_logged_and_stops_no_other(services: Services, log: LogCapture) -> None:
    async def broken(_: str, __: Validators) -> Fetched | NotModified:
        raise ZeroDivisionError

    services.poller._fetch = broken
    await services.poll()

    assert [entry["event"] for entry in log.entries] == ["poll failed unexpectedly"]


async def test_a_store_that_fails_is_one_sentence_in_the_log(
    services: Services, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise errors.StoreFull("feed-relay.db")

    monkeypatch.setattr(services.store.feeds, "settle_failed", full)  # a disk that fills up just then
    services.feed.next(faults.status(500))
    with pytest.raises(errors.StoreFull):
        await services.poll()

    (entry,) = log.entries
    assert entry["event"] == "poll not recorded"
    assert "free some space" in entry["error"]
