"""The history of a Tumblr blog from the API. Every post is read, whatever its time and whatever changes meanwhile."""

import random
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Forbidden, NoHistory, NotFound
from bot.model import Fetched, NotModified, ParsedFeed
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.sandbox.sites.tumblr import Tumblr
from bot.source.formats.parse import parse_feed
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.history.choose import history_sources
from bot.source.history.tumblr import TumblrHistory, open_history
from bot.source.tumblr.web import TumblrFetcher
from tests.source.fetching import LOOPBACK

BEGAN = datetime(2015, 3, 1, tzinfo=UTC)
FEED = "https://slow-garden.tumblr.com/rss"


@pytest.fixture
async def tumblr() -> AsyncIterator[Tumblr]:
    async with Tumblr() as running:
        yield running


@pytest.fixture
async def garden(tumblr: Tumblr) -> AsyncIterator[BlogFeed]:
    async with Blog() as blog:
        feed = blog.feed("slow-garden", "The Slow Garden")
        feed.move("https://slow-garden.tumblr.com")
        tumblr.add(feed)
        yield feed


@pytest.fixture
async def access(tumblr: Tumblr) -> AsyncIterator[SiteAccess]:
    async with TumblrFetcher(LOOPBACK, key=tumblr.key, api_url=tumblr.address) as web:

        async def fetch(url: str) -> Fetched:
            found = await web.fetch(url)
            assert not isinstance(found, NotModified)
            return found

        async def parse(document: Fetched) -> ParsedFeed:
            return parse_feed(document)

        yield SiteAccess(fetch, parse)


def post(number: int, second: int, *tags: str) -> Post:
    return Post(str(number), f"Note {number}", "<p>Beans.</p>", BEGAN + timedelta(seconds=second), tags)


def current(url: str = FEED, body: bytes = b"", link: str = "") -> CurrentFeed:
    """Return a feed as its site serves it now."""
    document = Fetched(
        url, body or f"<rss><channel><title>G</title><link>{link}</link></channel></rss>".encode()
    )
    return CurrentFeed(url, document, parse_feed(document))


async def open_tumblr(found: CurrentFeed, access: SiteAccess) -> TumblrHistory:
    history = await open_history(found, access, has_key=True)
    assert isinstance(history, TumblrHistory)
    return history


async def read_all(history: History, after: Callable[[int], object] = lambda _: None) -> list[HistoryPage]:
    """Read all pages. Calls `after` with the number of each."""
    pages: list[HistoryPage] = []
    cursor, passed = "", set[str]()
    while not pages or cursor:
        assert cursor not in passed
        passed.add(cursor)
        pages.append(await history.page(cursor))
        after(len(pages))
        cursor = pages[-1].cursor
    return pages


def numbers(pages: Iterable[HistoryPage]) -> set[int]:
    return {int(entry.source_id.removeprefix("tumblr:")) for page in pages for entry in page.entries}


def seconds_of_groups(*sizes: int) -> list[int]:
    """Return the second of each post, given how many posts share each second."""
    return [second for second, size in enumerate(sizes) for _ in range(size)]


RANDOM = random.Random(4)
TIMES = {
    "each its own": list(range(95)),
    "all the same": [7] * 95,
    "pages of one second": seconds_of_groups(20, 20, 20),
    "more than a page of one second": seconds_of_groups(3, 47, 3, 21, 1),
    "pairs across the edges": seconds_of_groups(*[2] * 33),
    "one post": [0],
    "exactly one page": list(range(20)),
    **{
        f"by chance {n}": seconds_of_groups(*(RANDOM.choice((1, 1, 2, 19, 20, 21, 45)) for _ in range(9)))
        for n in range(8)
    },
}


@pytest.mark.parametrize("name", TIMES)
async def test_every_post_is_read_whichever_posts_share_a_second(
    garden: BlogFeed, access: SiteAccess, tumblr: Tumblr, name: str
) -> None:
    garden.publish(*(post(number, second) for number, second in enumerate(TIMES[name], 1)))

    pages = await read_all(await open_tumblr(current(), access))

    count = len(TIMES[name])
    assert numbers(pages) == set(range(1, count + 1))
    assert {page.total for page in pages} == {count}
    assert len(tumblr.requests) <= 2 * (count // 10 + 2)
    assert all(tumblr.key not in repr(page) for page in pages)


@pytest.mark.parametrize("name", ["each its own", "all the same", "more than a page of one second"])
async def test_posts_published_meanwhile_hide_no_others(
    garden: BlogFeed, access: SiteAccess, name: str
) -> None:
    garden.publish(*(post(number, second) for number, second in enumerate(TIMES[name], 1)))

    def publish(page: int) -> None:
        if page < 12:
            garden.publish(*(post(1000 + 10 * page + n, 500 + page) for n in range(7)))

    pages = await read_all(await open_tumblr(current(), access), publish)

    assert numbers(pages) >= set(range(1, len(TIMES[name]) + 1))


async def test_posts_deleted_meanwhile_hide_no_others(garden: BlogFeed, access: SiteAccess) -> None:
    seconds = seconds_of_groups(*[1] * 25, 60, *[1] * 25)
    garden.publish(*(post(number, second) for number, second in enumerate(seconds, 1)))
    gone = {str(number) for number in range(len(seconds) - 6, len(seconds) + 1)}

    def take_down(page: int) -> None:
        if page == 2:
            garden.posts = [kept for kept in garden.posts if kept.id not in gone]

    pages = await read_all(await open_tumblr(current(), access), take_down)

    assert numbers(pages) >= set(range(1, len(seconds) + 1)) - set(map(int, gone))


async def test_an_old_pinned_post_does_not_end_the_history(
    garden: BlogFeed, access: SiteAccess, tumblr: Tumblr
) -> None:
    garden.publish(*(post(number, number) for number in range(1, 71)))
    tumblr.pinned = "1"

    assert numbers(await read_all(await open_tumblr(current(), access))) == set(range(1, 71))


async def test_an_empty_page_before_the_last_post_is_requested_again(
    garden: BlogFeed, access: SiteAccess, tumblr: Tumblr
) -> None:
    garden.publish(*(post(number, number) for number in range(1, 71)))
    history = await open_tumblr(current(), access)
    second = (await history.page("")).cursor
    empty = b'{"meta": {"status": 200}, "response": {"blog": {}, "posts": [], "total_posts": 70}}'
    tumblr.next(faults.served(empty, "application/json"))

    assert (await history.page(second)).entries


async def test_the_history_of_a_blogs_tag_has_only_posts_with_that_tag(
    garden: BlogFeed, access: SiteAccess
) -> None:
    garden.publish(*(post(number, number, *["c & c"] * (number % 2)) for number in range(1, 71)))
    history = await open_tumblr(current("https://slow-garden.tumblr.com/tagged/c%20%26%20c/rss"), access)

    assert numbers(await read_all(history)) == set(range(1, 71, 2))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (FEED, "https://slow-garden.tumblr.com/"),
        (FEED, "https://www.tumblr.com/slow-garden"),
        (FEED, "https://garden.example/"),
        ("https://www.tumblr.com/slow-garden/rss", ""),
    ],
)
async def test_a_blog_is_requested_by_its_host(access: SiteAccess, url: str, link: str) -> None:
    assert (await open_tumblr(current(url, link=link), access)).blog == "slow-garden.tumblr.com"


async def test_a_blog_with_a_custom_domain_is_recognised_by_its_posts(
    garden: BlogFeed, access: SiteAccess, tumblr: Tumblr
) -> None:
    garden.publish(post(1, 1), post(2, 2))
    garden.move("https://garden.example")
    found = current("https://garden.example/rss", garden.document().body)

    pages = await read_all(await open_tumblr(found, access))

    assert numbers(pages) == {1, 2}
    assert tumblr.requests[0].path.startswith("/v2/blog/garden.example/posts?limit=20&api_key=")


async def test_other_feeds_have_no_tumblr_history(access: SiteAccess) -> None:
    assert await open_history(current("https://garden.example/rss"), access, has_key=True) is None
    assert await open_history(current("https://garden.example/rss"), access, has_key=False) is None


async def test_without_a_key_the_error_names_the_setting_and_nothing_is_requested(
    access: SiteAccess, tumblr: Tumblr
) -> None:
    first, *_ = history_sources(tumblr_key=False)
    with pytest.raises(NoHistory, match=r"set it as \[tumblr\] api_key"):
        await first(current(), access)

    assert tumblr.requests == []


async def test_a_tag_across_all_of_tumblr_has_no_history(access: SiteAccess) -> None:
    with pytest.raises(NoHistory, match="full history of a tag"):
        await open_history(current("https://www.tumblr.com/tagged/moths"), access, has_key=True)


async def test_a_hidden_blog_and_a_wrong_key_have_their_own_errors(
    access: SiteAccess, tumblr: Tumblr
) -> None:
    history = await open_tumblr(current(), access)
    with pytest.raises(NotFound, match="hidden from people without an account"):
        await history.page("")
    tumblr.key = "another"
    with pytest.raises(Forbidden, match="refuses the API key"):
        await history.page("")
