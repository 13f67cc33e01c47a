"""Histories over real HTTP: which one a feed has, that every post of it is met, and what a hostile site gets for it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from bot.errors import FetchError, NoHistory, NotFound, PrivateAddress, RateLimited, ServerError, SourceError
from bot.model import Entry, Fetched, NotModified, ParsedFeed
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Answer, Blog, BlogFeed, Document, GuidStyle, Post
from bot.sandbox.sites.paging import Paging
from bot.source.formats.parse import parse_feed
from bot.source.history import linked, wordpress
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.history.choose import choose_history
from bot.source.http.fetch import Fetcher, FetchLimits
from tests.source.web import HERE, Names

BEGAN = datetime(2015, 3, 1, tzinfo=UTC)
SMALL = FetchLimits(timedelta(seconds=20), max_body=40_000, allow_private_addresses=True)
OUTSIDE = FetchLimits(timedelta(seconds=20), max_body=1_000_000)
API = "/moon/wp-json/wp/v2/posts"


@dataclass
class Reader:
    """Asks a feed, and reads its history."""

    fetcher: Fetcher
    asked: list[str] = field(default_factory=list)

    async def live(self, url: str) -> CurrentFeed:
        document = await self.fetch(url)
        return CurrentFeed(url, document, parse_feed(document))

    async def history(self, url: str) -> History | None:
        return await choose_history(await self.live(url), self.ways())

    async def titles(self, url: str) -> list[str]:
        """Of the whole history, page by page."""
        history = await self.history(url)
        assert history is not None
        return [entry.title for page in await pages(history) for entry in page.entries]

    def ways(self) -> SiteAccess:
        return SiteAccess(self.fetch, self.parse)

    async def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        found = await self.fetcher.fetch(url)
        assert not isinstance(found, NotModified)
        return found

    async def parse(self, document: Fetched) -> ParsedFeed:
        return parse_feed(document)


async def pages(history: History) -> list[HistoryPage]:
    found = [await history.page("")]
    while found[-1].cursor:
        assert len(found) < 50
        found.append(await history.page(found[-1].cursor))
    return found


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    async with Blog() as running:
        yield running


@pytest.fixture
def moon(blog: Blog) -> BlogFeed:
    feed = blog.feed("moon", "Moon Garden", "wordpress")
    feed.guid_style = GuidStyle.WORDPRESS
    feed.publish(*(note(number) for number in range(1, 251)))
    return feed


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with Fetcher(HERE) as fetcher:
        yield Reader(fetcher)


def note(number: int) -> Post:
    published = BEGAN + timedelta(hours=number)
    return Post(str(number), f"Note {number}", f"<p>Bed {number}.</p>", published, ("moon",), "Ines")


def huge(post: Post) -> Post:
    return replace(post, html="<p>Beans.</p>" * 20_000)


def newest_first(*numbers: int) -> list[str]:
    return [f"Note {number}" for number in sorted(numbers, reverse=True)]


ALL = newest_first(*range(1, 251))


@pytest.mark.parametrize(
    ("form", "paging", "kind"),
    [
        ("atom", Paging.NEXT, "links"),
        ("json", Paging.NEXT, "links"),
        ("wordpress", Paging.NEXT, "links"),
        ("atom", Paging.ARCHIVES, "links"),
        ("wordpress", Paging.PAGED, "paged"),
        ("wordpress", Paging.REST, "wordpress"),
    ],
)
async def test_every_post_is_met_by_the_source_that_the_site_has(
    moon: BlogFeed, reader: Reader, form: str, paging: Paging, kind: str
) -> None:
    moon.form, moon.paging = form, paging
    history = await reader.history(moon.url)

    assert history is not None
    assert history.kind == kind
    assert list(dict.fromkeys(await reader.titles(moon.url))) == ALL


async def test_a_feed_without_any_has_no_history(moon: BlogFeed, reader: Reader) -> None:
    assert await reader.history(moon.url) is None
    assert len(reader.asked) == 3  # the feed, the usual place of an API, a second page


async def test_a_feed_that_says_it_is_complete_is_believed(blog: Blog, reader: Reader) -> None:
    blog.pages["/whole"] = document("<fh:complete/>", "/whole?page=2")

    assert await reader.history(f"{blog.address}/whole") is None
    assert all("page=2" not in url for url in reader.asked)


@pytest.mark.parametrize("answer", [faults.status(503), faults.status(429)])
async def test_a_moment_s_trouble_does_not_make_a_lesser_source_of_it(
    moon: BlogFeed, reader: Reader, answer: Answer
) -> None:
    moon.paging = Paging.REST
    live = await reader.live(moon.url)
    moon.next(answer)

    with pytest.raises((ServerError, RateLimited)):
        await choose_history(live, reader.ways())


async def test_an_api_that_answers_with_a_page_is_none(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.REST
    live = await reader.live(moon.url)
    moon.next(faults.served(b"<!DOCTYPE html><title>Moon</title><p>Hello", "text/html"))

    history = await choose_history(live, reader.ways())

    assert history is None or history.kind != "wordpress"


async def test_an_api_that_shows_other_posts_than_the_feed_is_not_the_feed_s(
    moon: BlogFeed, reader: Reader
) -> None:
    moon.paging = Paging.REST
    live = await reader.live(moon.url)
    moon.posts.clear()
    moon.publish(*(note(number) for number in range(900, 950)))

    assert await wordpress.open_history(live, reader.ways()) is None


@pytest.mark.parametrize(
    ("feed", "is_main"),
    [
        ("/feed/", True),
        ("/feed", True),
        ("/feed/atom/", True),
        ("/index.php/feed/", True),
        ("/?feed=rss2", True),
        ("/category/beans/feed/", False),
        ("/comments/feed/", False),
        ("/?feed=comments-rss2", False),
        ("/?feed=rss2&cat=3", False),
        ("/feed/?author=3", False),
        ("/en/feed/", False),
    ],
)
async def test_only_the_main_feed_has_the_api_s_history(reader: Reader, feed: str, is_main: bool) -> None:
    found = Fetched(
        f"https://rails.example{feed}", b"", link='<https://rails.example/wp-json/>; rel="https://api.w.org/"'
    )
    asked: list[str] = []

    async def fetch(url: str) -> Fetched:
        asked.append(url)
        raise NotFound(url, 404)

    parsed = ParsedFeed("rss20", link="https://rails.example/")
    await wordpress.open_history(CurrentFeed(found.url, found, parsed), SiteAccess(fetch, reader.parse))

    assert bool(asked) is is_main


async def test_a_blog_with_plain_addresses_has_its_api_behind_a_parameter(reader: Reader) -> None:
    api = '<https://rails.example/?rest_route=/>; rel="https://api.w.org/"'
    found = Fetched("https://rails.example/?feed=rss2", b"", link=api)
    asked: list[str] = []

    async def fetch(url: str) -> Fetched:
        asked.append(url)
        raise NotFound(url, 404)

    await wordpress.open_history(
        CurrentFeed(found.url, found, ParsedFeed("rss20")), SiteAccess(fetch, reader.parse)
    )

    assert asked[0].startswith("https://rails.example/?rest_route=/wp/v2/posts&page=1&")


async def test_pages_that_are_too_large_are_read_in_smaller_parts(moon: BlogFeed, blog: Blog) -> None:
    moon.paging, moon.per_page = Paging.REST, 100
    async with Fetcher(SMALL) as fetcher:
        reader = Reader(fetcher)
        titles = await reader.titles(moon.url)

    assert list(dict.fromkeys(titles)) == ALL
    assert {"per_page=100", "per_page=20"} <= {
        part for seen in blog.requests for part in urlsplit(seen.path).query.split("&")
    }


async def test_a_post_that_is_too_large_by_itself_is_skipped_and_the_pages_grow_again(
    moon: BlogFeed, blog: Blog
) -> None:
    moon.paging = Paging.REST
    moon.posts = [huge(post) if post.id == "101" else post for post in moon.posts]
    async with Fetcher(replace(SMALL, max_body=200_000)) as fetcher:
        history = await Reader(fetcher).history(moon.url)
        assert history is not None
        found = await pages(history)

    titles = [entry.title for page in found for entry in page.entries]
    assert titles == [title for title in ALL if title != "Note 101"]
    assert sum(page.skipped for page in found) == 1
    assert "per_page=100" in blog.requests[-1].path


async def test_where_posts_are_taken_down_between_two_pages_none_is_missed(
    moon: BlogFeed, reader: Reader
) -> None:
    moon.paging = Paging.REST
    history = await reader.history(moon.url)
    assert history is not None
    first = await history.page("")
    for number in (250, 249, 200):
        moon.remove(str(number))

    rest: list[Entry] = []
    page = await history.page(first.cursor)
    while page.cursor:
        rest += page.entries
        page = await history.page(page.cursor)

    met = {entry.title for entry in (*first.entries, *rest, *page.entries)}
    assert met == set(ALL)


@pytest.mark.parametrize(
    "answer",
    [
        faults.status(400, body=b'{"code": "waf"}', content_type="application/json"),
        faults.status(404),
        faults.served(b"[]", "application/json"),
    ],
    ids=["400", "404", "empty"],
)
async def test_an_end_before_the_last_post_that_the_api_counts_is_an_error(
    moon: BlogFeed, reader: Reader, answer: Answer
) -> None:
    moon.paging = Paging.REST
    history = await reader.history(moon.url)
    assert history is not None
    second = (await history.page("")).cursor
    moon.next(answer)

    with pytest.raises(FetchError):
        await history.page(second)


async def test_where_the_last_page_is_taken_down_between_two_pages_the_history_ends(
    moon: BlogFeed, reader: Reader
) -> None:
    moon.paging = Paging.REST
    history = await reader.history(moon.url)
    assert history is not None
    third = (await history.page((await history.page("")).cursor)).cursor
    for number in range(100, 180):
        moon.remove(str(number))

    rest: list[Entry] = []
    while third:
        page = await history.page(third)
        rest, third = [*rest, *page.entries], page.cursor

    assert {entry.title for entry in rest} >= set(newest_first(*range(1, 51)))


async def test_pages_of_an_api_that_tells_its_total_now_and_then_are_each_read_once(
    moon: BlogFeed, reader: Reader
) -> None:
    moon.paging = Paging.REST
    live = await reader.live(moon.url)

    async def untold(url: str) -> Fetched:
        found = await reader.fetch(url)
        return found if "page=1&" in url else replace(found, total=None)

    history = await wordpress.open_history(live, SiteAccess(untold, reader.parse))

    assert history is not None
    assert [len(page.entries) for page in await pages(history)] == [100, 100, 50]


async def test_a_page_by_number_that_is_missing_once_is_no_end(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.PAGED
    history = await reader.history(moon.url)
    assert history is not None
    moon.next(faults.status(404))

    assert (await history.page("2")).entries


async def test_the_api_tells_how_many_posts_there_are(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.REST
    history = await reader.history(moon.url)

    assert history is not None
    assert (await history.page("")).total == 250


async def test_links_to_another_site_are_not_followed(blog: Blog, reader: Reader) -> None:
    blog.pages["/first"] = document("", "/second")
    blog.pages["/second"] = document("", "https://bank.example/feed?page=3", number=2)
    history = await reader.history(f"{blog.address}/first")
    assert history is not None
    second = await history.page((await history.page("")).cursor)

    assert [entry.title for entry in second.entries] == ["Post 2"]
    with pytest.raises(NoHistory, match=r"older posts are on another site, bank\.example"):
        await history.page(second.cursor)
    assert all("bank.example" not in url for url in reader.asked)


async def test_pages_that_answer_from_another_site_are_not_read(blog: Blog) -> None:
    away = Names({"moon.example": ["127.0.0.1"], "bank.example": ["127.0.0.1"]})
    moon, bank = (f"http://{host}:{blog.port}" for host in ("moon.example", "bank.example"))
    blog.pages["/first"] = document("", f"{moon}/second")
    blog.pages["/second"] = faults.redirect(f"{bank}/third")
    blog.pages["/third"] = document("", "", number=3)
    async with Fetcher(HERE, resolver=away) as fetcher:
        history = await Reader(fetcher).history(f"{moon}/first")
        assert history is not None
        with pytest.raises(NoHistory, match=r"older posts are on another site, bank\.example"):
            await history.page((await history.page("")).cursor)


@pytest.mark.parametrize("paging", [Paging.NEXT, Paging.PAGED, Paging.REST])
async def test_the_history_of_a_feed_that_has_moved_is_read_at_its_new_site(
    blog: Blog, moon: BlogFeed, paging: Paging
) -> None:
    moon.paging = paging
    away = Names({"moon.example": ["127.0.0.1"]})
    blog.pages["/old"] = follow_to(moon.url.replace("127.0.0.1", "moon.example"))
    async with Fetcher(HERE, resolver=away) as fetcher:
        titles = await Reader(fetcher).titles(f"{blog.address}/old")

    assert list(dict.fromkeys(titles)) == ALL


async def test_a_feed_whose_first_link_leads_elsewhere_is_not_read_along_links(
    blog: Blog, reader: Reader
) -> None:
    blog.pages["/first"] = document("", "https://bank.example/feed")
    live = await reader.live(f"{blog.address}/first")

    assert await linked.open_history(live, reader.ways()) is None


async def test_a_page_whose_name_leads_into_a_private_network_is_refused(blog: Blog, reader: Reader) -> None:
    older = f"https://moon.example:{blog.port}/second"
    found = Fetched("https://moon.example/first", b"")
    async with Fetcher(OUTSIDE, resolver=Names({"moon.example": ["127.0.0.1"]})) as fetcher:
        reader.fetcher = fetcher
        history = await linked.open_history(
            CurrentFeed(found.url, found, ParsedFeed("rss20", older=older)), reader.ways()
        )
        assert history is not None
        with pytest.raises(PrivateAddress):
            await history.page((await history.page("")).cursor)

    assert blog.requests == []


async def test_a_login_goes_along_to_pages_of_the_same_origin_and_is_not_stored(
    blog: Blog, reader: Reader
) -> None:
    blog.pages["/first"] = document("", "/second")
    blog.pages["/second"] = document("", "", number=2)
    history = await reader.history(f"http://ines:secret@127.0.0.1:{blog.port}/first")
    assert history is not None
    first = await history.page("")
    await history.page(first.cursor)

    assert "secret" not in first.cursor
    assert [seen.headers.get("Authorization") is not None for seen in blog.requests] == [True, True]


async def test_a_login_does_not_go_to_another_port(blog: Blog, reader: Reader) -> None:
    async with Blog() as other:
        other.pages["/second"] = document("", "", number=2)
        blog.pages["/first"] = document("", f"{other.address}/second")
        history = await reader.history(f"http://ines:secret@127.0.0.1:{blog.port}/first")
        assert history is not None
        await history.page((await history.page("")).cursor)

        assert [seen.headers.get("Authorization") for seen in other.requests] == [None]


async def test_a_blog_of_blogger_is_read_at_its_own_address() -> None:
    url = "https://moths.blogspot.com/feeds/posts/default"
    older = "http://www.blogger.com/feeds/8698702/posts/default?start-index=26&max-results=25"
    live = CurrentFeed(url, Fetched(url, b""), ParsedFeed("atom10", older=older))

    async def fetch(asked: str) -> Fetched:
        return Fetched(asked, b"")

    async def parse(_: Fetched) -> ParsedFeed:
        return ParsedFeed("atom10")

    history = await linked.open_history(live, SiteAccess(fetch, parse))

    assert history is not None
    assert (await history.page("")).cursor == f"{url}?start-index=26&max-results=25"


async def test_a_page_in_the_middle_that_fails_is_an_error_and_no_end(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.PAGED
    history = await reader.history(moon.url)
    assert history is not None
    moon.next(faults.status(503))

    with pytest.raises(SourceError):
        await history.page("2")


def follow_to(url: str) -> Answer:
    """A permanent redirect that keeps the query."""

    async def answer(request: web.Request, _doc: Document) -> web.StreamResponse:
        return web.Response(status=301, headers={"Location": f"{url}?{request.query_string}".rstrip("?")})

    return answer


def document(inside: str, older: str, number: int = 1) -> Answer:
    """An Atom feed with one post and a link to older ones."""
    link = f'<link rel="next" href="{older}"/>' if older else ""
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">'
        f"<title>Notes</title><id>x:notes</id>{inside}{link}"
        f"<entry><id>x:{number}</id><title>Post {number}</title></entry></feed>"
    )
    return faults.served(body.encode(), "application/atom+xml")
