"""A document that breaks off at any byte posts nothing false, and nothing is lost after the next whole document."""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot.errors import DocumentError
from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    FeedDeclaration,
    Fetched,
    NotModified,
    ParsedFeed,
    PollSettings,
    PostSettings,
    Settlement,
    SiteBudget,
    Validators,
)
from bot.relay.poll import Poller, PollRules
from bot.relay.poll_schedule import MAX_TORN
from bot.source.formats.parse import parse_feed
from bot.source.formats.torn import Cut, cut_xml
from bot.source.http.decode import decode
from bot.source.http.site import site_of
from bot.store.store import Store
from tests.conftest import SHARED
from tests.relay.torn_documents import FORMS, URL, Form

START = datetime(2026, 10, 9, 12, tzinfo=UTC)
OLDEST_FIRST, NEWEST_FIRST = (0, 1, 2, 3), (3, 2, 1, 0)


def parsed(body: bytes, known: dict[Cut | bytes, ParsedFeed | None] | None = None) -> ParsedFeed | None:
    """Parse a document; None if it cannot be read. `known`: keeps what was parsed, since many cuts leave the same."""
    text = decode(body)
    left = body if text.startswith("{") else cut_xml(text)
    known = {} if known is None else known
    if left not in known:
        try:
            known[left] = parse_feed(Fetched(URL, body))
        except DocumentError:
            known[left] = None
    return known[left]


def torn_bodies(whole: bytes, start: int, step: int = 1) -> dict[tuple[str, ...], bytes]:
    """Cut a document at every byte from `start` on, and return one cut for each set of posts that was read.

    `step`: a cut every `step` bytes. Every post that was read must be the same as in the whole document.
    """
    expected = parse_feed(Fetched(URL, whole))
    cuts: dict[tuple[str, ...], bytes] = {}
    known: dict[Cut | bytes, ParsedFeed | None] = {}
    for end in range(start, len(whole), step):
        feed = parsed(whole[:end], known)
        assert feed is not None, end
        assert feed.entries == expected.entries[: len(feed.entries)], end
        if feed.torn:
            cuts[tuple(entry.guid for entry in feed.entries)] = whole[:end]
        else:
            assert replace(feed, items=expected.items) == expected, end
    return cuts


@dataclass
class Site:
    """A feed that a test serves, and what polls it."""

    store: Store
    now: datetime = START
    body: bytes = b""
    short: bool = False
    asked: list[Validators] = field(default_factory=list)

    async def follow(self) -> None:
        declared = [FeedDeclaration(URL, channels=(ChannelDeclaration(100),))]
        await self.store.subscriptions.sync(declared, site_of, budget, self.now)

    async def fetch(self, url: str, validators: Validators) -> Fetched | NotModified:
        self.asked.append(validators)
        served = Validators(f'"{len(self.body)}"', "", f"hash of {len(self.body)}")
        if validators.body_hash == served.body_hash:
            return NotModified(url, served)
        return Fetched(url, self.body, validators=served, short=self.short)

    async def poll(self, body: bytes, *, short: bool = False) -> timedelta:
        """Serve a document to one poll, and return how long the next one waits."""
        self.body, self.short = body, short
        rules = PollRules(PollSettings(), PostSettings(), budget, timedelta(minutes=5))
        poller = Poller(
            self.store.feeds, self.fetch, parse, rules, lambda: self.now, lambda: 0.0, lambda: None
        )
        await self.store.feeds.poll_all(self.now)
        assert await poller.tick() == 1
        await poller.drain()
        (health,) = await self.store.archive.feeds()
        assert health.next_poll_at is not None
        wait = health.next_poll_at - self.now
        self.now += timedelta(minutes=1)
        return wait

    async def owed(self) -> list[str]:
        """Return the posts of all deliveries since the last call."""
        links: list[str] = []
        while claimed := await self.store.outbox.claim(self.now, timedelta(days=1), 100):
            links += [delivery.entry.link for delivery in claimed]
            for delivery in claimed:
                await self.store.outbox.settle(
                    delivery, Settlement(DeliveryState.SENT, self.now, message_id=delivery.id), self.now
                )
        return links


async def parse(document: Fetched) -> ParsedFeed:
    return parse_feed(document)


def budget(_: str) -> SiteBudget:
    return SiteBudget(2, timedelta(0))


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        found = Site(store)
        await found.follow()
        yield found


def links(form: Form, *numbers: int) -> list[str]:
    return [entry.link for entry in parse_feed(Fetched(URL, form.document(*numbers))).entries]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("order", [OLDEST_FIRST, NEWEST_FIRST], ids=["oldest first", "newest first"])
async def test_a_document_cut_at_any_byte_posts_nothing_false_and_loses_nothing(
    tmp_path: Path, name: str, order: tuple[int, ...]
) -> None:
    """Two posts are known and two are new, in either half of the document that is cut."""
    form = FORMS[name]
    cuts = torn_bodies(form.document(*order), form.starts_of_last_two(*order))
    assert [len(read) for read in cuts] == [2, 3, 4]
    for number, torn in enumerate(cuts.values()):
        async with await Store.open(tmp_path / f"{number}.db") as store:
            site = Site(store)
            await site.follow()
            await site.poll(form.document(*(one for one in order if one < 2)))
            await site.poll(torn)
            early = await site.owed()
            await site.poll(form.document(*order))

            assert set(early) <= set(links(form, 2, 3))
            assert sorted(early + await site.owed()) == links(form, 2, 3)


@pytest.mark.parametrize("name", FORMS)
async def test_a_document_cut_before_its_first_item_ends_is_an_error(name: str) -> None:
    whole = FORMS[name].document(3)

    for end in range(len(FORMS[name].head.encode()), len(whole) - len(FORMS[name].foot) - 2, 7):
        assert parsed(whole[:end]) is None


async def test_a_torn_document_is_no_baseline(site: Site) -> None:
    """What is missing in it may be old; so the next whole document is the baseline."""
    form = FORMS["rss"]
    whole = form.document(2, 1, 0)

    await site.poll(whole[: form.starts_of_last_two(2, 1, 0)])
    await site.poll(whole)
    after_baseline = await site.owed()
    await site.poll(form.document(3, 2, 1, 0))

    assert after_baseline == []
    assert await site.owed() == links(form, 3)


async def test_a_feed_that_never_ends_its_document_is_followed_in_the_end(site: Site) -> None:
    form = FORMS["rss"]
    for _ in range(MAX_TORN + 1):
        await site.poll(form.document(1, 0).rpartition(b"</channel>")[0])

    await site.poll(form.document(2, 1, 0).rpartition(b"</channel>")[0])

    assert await site.owed() == links(form, 2)


async def test_a_torn_document_is_fetched_again_soon_and_each_further_one_later(site: Site) -> None:
    torn = FORMS["atom"].document(1, 0)[:-9]

    waits = [await site.poll(torn) for _ in range(6)]

    assert [wait // timedelta(minutes=1) for wait in waits] == [1, 2, 4, 8, 10, 10]
    assert await site.poll(FORMS["atom"].document(1, 0)) == timedelta(minutes=10)
    assert await site.poll(torn) == timedelta(minutes=1)


async def test_a_document_cut_before_its_first_post_ends_is_fetched_again_soon(site: Site) -> None:
    form = FORMS["rss"]

    assert await site.poll(form.document(0)[: len(form.head) + 100]) <= timedelta(minutes=1)


@pytest.mark.parametrize("name", FORMS)
async def test_validators_of_a_torn_document_are_not_stored(site: Site, name: str) -> None:
    form = FORMS[name]
    whole, torn = form.document(1, 0), form.document(2, 1, 0)[: -len(form.foot)]
    await site.poll(whole)
    stored = Validators(f'"{len(whole)}"', "", f"hash of {len(whole)}")

    await site.poll(torn)
    await site.poll(torn)
    await site.poll(form.document(2, 1, 0))

    assert site.asked[1:] == [stored] * 3
    assert await site.owed() == links(form, 2)


async def test_a_document_that_is_shorter_than_announced_but_has_its_end_is_complete(site: Site) -> None:
    """Some servers announce a wrong length; their feeds are read, but as cautiously as a torn document."""
    form = FORMS["rss"]
    await site.poll(form.document(0), short=True)

    wait = await site.poll(form.document(1, 0), short=True)

    assert await site.owed() == links(form, 1)
    assert wait == timedelta(minutes=2)
    assert site.asked[-1] == Validators()


REAL_FEEDS = sorted((SHARED / "feeds").glob("*.[axr]*"))


@pytest.mark.skipif(not REAL_FEEDS, reason="the real feeds are not beside the repository")
@pytest.mark.parametrize("path", REAL_FEEDS, ids=lambda path: path.name)
def test_real_feeds_cut_in_their_last_two_items_are_read_up_to_a_complete_item(path: Path) -> None:
    body = path.read_bytes()
    starts = [match.start() for match in re.finditer(rb"<entry\b|<item\b", body)]
    shortened = body[: starts[0]] + body[starts[-3] :]
    last_two = len(shortened) - len(body) + starts[-2]

    cuts = torn_bodies(shortened, last_two, 1 + (len(shortened) - last_two) // 2000)

    assert [len(read) for read in cuts] == [1, 2, 3]


@pytest.mark.skipif(not (SHARED / "cases").is_dir(), reason="the case files are not beside the repository")
@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("seq-cut-in-link", "https://site.example.org/frog/post/2234"),
        ("seq-ascending-520", "https://site.example.org/c/520"),
    ],
)
async def test_given_documents_in_turn_post_what_is_new(site: Site, folder: str, expected: str) -> None:
    for file in sorted((SHARED / "cases" / folder).glob("*.xml")):
        for _ in range(3):
            await site.poll(file.read_bytes())

    assert await site.owed() == [expected]


def long_document(numbers: Iterable[int]) -> bytes:
    """Return a feed with a post for each number, an hour later than the post before."""
    items = "".join(
        f"<item><title>Bean {number}</title><link>https://beans.example/{number}</link>"
        f"<pubDate>{format_datetime(START - timedelta(days=90) + number * timedelta(hours=1))}</pubDate></item>"
        for number in numbers
    )
    return f"<rss version='2.0'><channel><title>Beans</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [(range(1, 522), []), (range(1, 1100), []), (range(521, 0, -1), ["https://beans.example/521"])],
    ids=["oldest first", "oldest first, twice as long", "newest first"],
)
async def test_after_an_upgrade_posts_that_were_too_many_to_read_are_not_posted(
    site: Site, tmp_path: Path, numbers: range, expected: list[str]
) -> None:
    """Earlier versions read the first 500 posts of a document; with the newest first, one more is new."""
    await site.poll(long_document(numbers[len(expected) :][:500]))
    with closing(sqlite3.connect(tmp_path / "feed-relay.db")) as connection, connection:
        connection.execute("UPDATE feed SET read_from_start = 1")

    await site.poll(long_document(numbers))
    first = await site.owed()
    await site.poll(long_document(sorted((*numbers, 2000), reverse=numbers.step < 0)))

    assert first == expected
    assert await site.owed() == ["https://beans.example/2000"]
