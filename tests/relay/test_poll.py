"""Polls over real HTTP, with the real parser process and a real database."""

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
    ParsedFeed,
    PollSettings,
    PostSettings,
    SiteBudget,
    Validators,
)
from bot.relay.poll import Poller, PollRules
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post, Responder
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher, FetchLimits
from bot.source.http.site import site_of
from bot.store.archive import FeedHealth
from bot.store.store import Store
from tests.source.fetching import FakeResolver

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
LIMITS = FetchLimits(timedelta(seconds=10), 1_000_000, allow_private_addresses=True)


@dataclass
class PollFixture:
    """A poller and its feed."""

    store: Store
    poller: Poller
    blog: Blog
    feed: BlogFeed
    woken: list[int]
    """One item for each call of `wake`."""
    now: datetime = START

    async def follow(self) -> None:
        declared = [FeedDeclaration(self.feed.url, channels=(ChannelDeclaration(100),))]
        await self.store.subscriptions.sync(declared, site_of, budget, self.now)

    async def poll(self) -> FeedHealth:
        """Poll what is due, then let eleven minutes pass."""
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
async def fixture(tmp_path: Path) -> AsyncIterator[PollFixture]:
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
        found = PollFixture(store, poller, blog, blog.feed("garden", "Garden Notes"), woken)
        await found.follow()
        yield found


@pytest.fixture
def log() -> LogCapture:
    capture = LogCapture()
    structlog.configure(processors=[capture])
    return capture


async def test_a_feed_seen_for_the_first_time_posts_nothing_and_its_next_post_is_delivered(
    fixture: PollFixture,
) -> None:
    fixture.feed.publish(post(1))
    await fixture.poll()
    assert fixture.woken == []

    fixture.feed.publish(post(2))
    health = await fixture.poll()

    assert await fixture.owed() == ["Post 2"]
    assert fixture.woken == [1]
    assert health.name == "Garden Notes"
    assert len(await fixture.store.archive.newest(health.id)) == 2


async def test_an_unchanged_feed_is_fetched_conditionally_and_not_parsed(fixture: PollFixture) -> None:
    fixture.feed.publish(post(1))
    await fixture.poll()
    first = fixture.poller._parse

    async def unexpected(_: Fetched) -> None:
        raise AssertionError("parsed")

    fixture.poller._parse = unexpected  # type: ignore[assignment]  # it must not be called
    await fixture.poll()
    fixture.poller._parse = first

    (health,) = await fixture.store.archive.feeds()
    assert health.failures == 0


async def test_an_edit_is_archived_and_not_posted(fixture: PollFixture) -> None:
    await fixture.poll()
    fixture.feed.publish(post(1))
    await fixture.poll()
    await fixture.owed()

    fixture.feed.edit(post(1, title="Post 1, corrected"))
    await fixture.poll()

    assert fixture.woken == [1]


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
    fixture: PollFixture, answer: Responder, sentence: str
) -> None:
    fixture.feed.publish(post(1))
    await fixture.poll()
    fixture.feed.publish(post(2))
    fixture.feed.next(answer, answer)

    first = await fixture.poll()
    fixture.now = first.next_poll_at or fixture.now
    second = await fixture.poll()
    fixture.now = second.next_poll_at or fixture.now
    recovered = await fixture.poll()

    assert (first.failures, second.failures, recovered.failures) == (1, 2, 0)
    assert sentence in first.error
    assert await fixture.owed() == ["Post 2"]


async def test_a_410_ends_the_feed(fixture: PollFixture) -> None:
    fixture.feed.next(faults.status(410))

    assert (await fixture.poll()).ended
    fixture.now += timedelta(days=30)
    assert await fixture.poller.tick() == 0


async def test_a_429_cools_the_site_down_for_as_long_as_it_asks(fixture: PollFixture) -> None:
    fixture.feed.next(faults.status(429, {"Retry-After": "7200"}))
    await fixture.poll()

    fixture.now = START + timedelta(minutes=119)
    assert await fixture.poller.tick() == 0
    fixture.now = START + timedelta(minutes=120)
    assert await fixture.poller.tick() == 1
    await fixture.poller.drain()


async def test_a_feed_that_moved_permanently_is_polled_at_its_new_address_after_a_success(
    fixture: PollFixture,
) -> None:
    fixture.feed.publish(post(1))
    new = fixture.feed.url.replace("/garden/rss", "/garden/feed")
    fixture.feed.next(faults.redirect(new, 301))

    assert (await fixture.poll()).url == new


async def test_a_move_to_an_address_without_a_feed_is_ignored(fixture: PollFixture) -> None:
    old = fixture.feed.url
    fixture.feed.next(faults.redirect(old.replace("/garden/rss", "/garden/"), 301))

    health = await fixture.poll()

    assert (health.url, health.failures) == (old, 1)


async def test_a_flood_is_held_except_its_newest_and_logged(fixture: PollFixture, log: LogCapture) -> None:
    await fixture.poll()
    fixture.feed.publish(*(post(number) for number in range(1, 9)))
    await fixture.poll()

    assert await fixture.owed() == ["Post 6"]
    (held,) = (await fixture.store.archive.stats()).held
    assert held.deliveries == 5
    assert [entry["held"] for entry in log.entries if entry["event"] == "posts held"] == [5]


async def test_a_poll_without_overlap_logs_that_posts_may_be_missing(
    fixture: PollFixture, log: LogCapture
) -> None:
    fixture.feed.publish(post(1))
    await fixture.poll()
    fixture.feed.posts = []
    fixture.feed.publish(post(5), post(6))
    await fixture.poll()

    assert [bool(entry.get("gap")) for entry in log.entries if entry["event"] == "polled"] == [False, True]


async def test_a_cancelled_poll_leaves_its_feed_due(fixture: PollFixture) -> None:
    released = asyncio.Event()
    fixture.feed.next(faults.hang(released))
    assert await fixture.poller.tick() == 1

    await fixture.poller.stop()

    assert await fixture.poller.tick() == 1
    released.set()
    await fixture.poller.drain()


async def test_a_bug_in_one_poll_is_logged_and_stops_no_other(fixture: PollFixture, log: LogCapture) -> None:
    async def broken(_: str, __: Validators) -> Fetched | NotModified:
        raise ZeroDivisionError

    fixture.poller._fetch = broken
    await fixture.poll()

    assert [entry["event"] for entry in log.entries] == ["poll failed unexpectedly"]


async def test_an_error_of_the_store_is_one_sentence_in_the_log(
    fixture: PollFixture, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise errors.StoreFull("feed-relay.db")

    monkeypatch.setattr(fixture.store.feeds, "settle_failed", full)  # a disk that fills up just then
    fixture.feed.next(faults.status(500))
    with pytest.raises(errors.StoreFull):
        await fixture.poll()

    (entry,) = log.entries
    assert entry["event"] == "poll not recorded"
    assert "free some space" in entry["error"]


async def test_a_post_behind_validators_that_never_change_arrives_within_a_day(fixture: PollFixture) -> None:
    fixture.feed.always(faults.stuck_validators())
    fixture.feed.publish(post(1))
    await fixture.poll()
    fixture.feed.publish(post(2))
    while fixture.now <= START + timedelta(days=1, minutes=22):
        await fixture.poll()

    assert await fixture.owed() == ["Post 2"]
    requests = fixture.blog.requests
    assert sum("If-None-Match" not in request.headers for request in requests) == 2
    assert len(requests) > 100


async def test_an_unchanged_document_counts_as_the_whole_one_of_its_day(fixture: PollFixture) -> None:
    fixture.feed.publish(post(1))
    await fixture.poll()
    fixture.now = START + timedelta(days=1)
    await fixture.poll()
    await fixture.poll()

    conditional = ["If-None-Match" in request.headers for request in fixture.blog.requests]
    assert conditional == [False, False, True]


async def test_the_time_of_the_last_whole_document_survives_a_restart(
    fixture: PollFixture, tmp_path: Path
) -> None:
    fixture.feed.publish(post(1))
    await fixture.poll()

    async with await Store.open(tmp_path / "feed-relay.db") as store:
        (feed,) = await store.feeds.claim(fixture.now, timedelta(minutes=1), 1)

    assert feed.last_full_at == START
    assert feed.parse_time > timedelta(0)


async def test_a_feed_that_was_slow_to_parse_and_its_site_rest_and_it_is_remembered(
    fixture: PollFixture, log: LogCapture
) -> None:
    async def slowly(document: Fetched) -> ParsedFeed:
        seen.append(document.last_parse_time)
        return ParsedFeed(format="rss20", parse_time=timedelta(seconds=19))

    seen: list[timedelta] = []
    fixture.poller._parse = slowly
    first = await fixture.poll()
    first_start = await fixture.store.feeds.first_start(first.next_poll_at or START)
    fixture.feed.publish(post(1))
    fixture.now = first.next_poll_at or START
    await fixture.poll()

    assert first.next_poll_at == START + timedelta(minutes=19)
    assert first_start == first.next_poll_at
    assert seen == [timedelta(0), timedelta(seconds=19)]
    assert [entry.get("parse_seconds") for entry in log.entries if entry["event"] == "polled"] == [19.0, 19.0]


async def test_a_site_whose_document_was_slow_lets_no_feed_start_for_a_while(fixture: PollFixture) -> None:
    async def slowly(_: Fetched) -> ParsedFeed:
        return ParsedFeed(format="rss20", parse_time=timedelta(seconds=10))

    other = FeedDeclaration(fixture.blog.feed("other").url, channels=(ChannelDeclaration(101),))
    fixture.poller._parse = slowly
    await fixture.poll()
    await fixture.store.subscriptions.sync([other], site_of, budget, START)

    assert await fixture.store.feeds.claim(START + timedelta(seconds=29), timedelta(minutes=1), 9) == []
    assert len(await fixture.store.feeds.claim(START + timedelta(seconds=30), timedelta(minutes=1), 9)) == 1


async def test_a_document_that_takes_too_long_is_remembered_as_slow(fixture: PollFixture) -> None:
    async def never(document: Fetched) -> ParsedFeed:
        error = errors.ParserTimedOut(document.url)
        error.parse_time = timedelta(seconds=20)
        raise error

    fixture.poller._parse = never
    health = await fixture.poll()
    (feed,) = await fixture.store.feeds.claim(health.next_poll_at or START, timedelta(minutes=1), 1)

    assert feed.parse_time == timedelta(seconds=20)
    assert feed.failures == 1


async def test_feeds_that_are_slow_to_parse_cost_the_others_little_time(tmp_path: Path) -> None:
    """Three documents that take their whole deadline, each on its own site, and one good feed behind them."""
    names = [f"slow{number}.example" for number in range(3)] + ["good.example"]
    resolver = FakeResolver({name: ["127.0.0.1"] for name in names})
    stub = "tests.source.formats.parser_stub:parse"
    async with (
        Blog() as blog,
        Fetcher(LIMITS, resolver=resolver) as fetcher,
        Parser(timedelta(seconds=60), function=stub, slow=timedelta(seconds=0.3)) as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        go = tmp_path / "go"
        for name in names:
            body = "who" if name == "good.example" else f"wait {go}"
            blog.feed(name.partition(".")[0], hosts=[name]).always(faults.served(body.encode()))
        declared = [
            FeedDeclaration(f"http://{name}:{blog.port}/rss", channels=(ChannelDeclaration(100),))
            for name in names
        ]
        await store.subscriptions.sync(declared, site_of, budget, START)
        rules = PollRules(PollSettings(), PostSettings(), budget, timedelta(minutes=5))
        poller = Poller(
            store.feeds, fetcher.fetch, parser.parse, rules, lambda: START, lambda: 0.0, lambda: None
        )
        assert await poller.tick() == 4
        while True:
            polled = {health.url for health in await store.archive.feeds() if health.last_poll_at}
            if polled:
                break
            await asyncio.sleep(0.01)
        go.touch()
        await poller.drain()

        assert polled == {declared[-1].url}
        assert all(health.last_poll_at for health in await store.archive.feeds())
