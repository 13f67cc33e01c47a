"""Histories along links, on the same site only and without secrets in cursors."""

from datetime import timedelta

import pytest

from bot.errors import NoHistory, PrivateAddress
from bot.model import Fetched, ParsedFeed
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, Responder
from bot.source.history import linked
from bot.source.history.base import CurrentFeed, SiteAccess
from bot.source.http.fetch import Fetcher, FetchLimits
from tests.source.fetching import LOOPBACK, FakeResolver
from tests.source.history.moon_blog import Reader

PUBLIC_ONLY = FetchLimits(timedelta(seconds=20), max_body=1_000_000)


async def test_a_feed_that_calls_itself_complete_has_no_history(blog: Blog, reader: Reader) -> None:
    blog.pages["/whole"] = document("<fh:complete/>", "/whole?page=2")

    assert await reader.history(f"{blog.address}/whole") is None
    assert all("page=2" not in url for url in reader.requested)


async def test_links_to_another_site_are_not_followed(blog: Blog, reader: Reader) -> None:
    blog.pages["/first"] = document("", "/second")
    blog.pages["/second"] = document("", "https://bank.example/feed?page=3", number=2)
    history = await reader.history(f"{blog.address}/first")
    assert history is not None
    second = await history.page((await history.page("")).cursor)

    assert [entry.title for entry in second.entries] == ["Post 2"]
    with pytest.raises(NoHistory, match=r"older posts are on another site, bank\.example"):
        await history.page(second.cursor)
    assert all("bank.example" not in url for url in reader.requested)


async def test_pages_that_redirect_to_another_site_are_not_read(blog: Blog) -> None:
    away = FakeResolver({"moon.example": ["127.0.0.1"], "bank.example": ["127.0.0.1"]})
    moon, bank = (f"http://{host}:{blog.port}" for host in ("moon.example", "bank.example"))
    blog.pages["/first"] = document("", f"{moon}/second")
    blog.pages["/second"] = faults.redirect(f"{bank}/third")
    blog.pages["/third"] = document("", "", number=3)
    async with Fetcher(LOOPBACK, resolver=away) as fetcher:
        history = await Reader(fetcher).history(f"{moon}/first")
        assert history is not None
        with pytest.raises(NoHistory, match=r"older posts are on another site, bank\.example"):
            await history.page((await history.page("")).cursor)


async def test_a_link_to_another_site_is_not_a_history(blog: Blog, reader: Reader) -> None:
    blog.pages["/first"] = document("", "https://bank.example/feed")
    feed = await reader.current(f"{blog.address}/first")

    assert await linked.open_history(feed, reader.access()) is None


async def test_a_page_whose_host_is_private_is_refused(blog: Blog, reader: Reader) -> None:
    older = f"https://moon.example:{blog.port}/second"
    found = Fetched("https://moon.example/first", b"")
    async with Fetcher(PUBLIC_ONLY, resolver=FakeResolver({"moon.example": ["127.0.0.1"]})) as fetcher:
        reader.fetcher = fetcher
        history = await linked.open_history(
            CurrentFeed(found.url, found, ParsedFeed("rss20", older=older)), reader.access()
        )
        assert history is not None
        with pytest.raises(PrivateAddress):
            await history.page((await history.page("")).cursor)

    assert blog.requests == []


async def test_a_login_is_sent_to_pages_of_the_same_origin_but_not_stored(blog: Blog, reader: Reader) -> None:
    blog.pages["/first"] = document("", "/second")
    blog.pages["/second"] = document("", "", number=2)
    history = await reader.history(f"http://ines:secret@127.0.0.1:{blog.port}/first")
    assert history is not None
    first = await history.page("")
    await history.page(first.cursor)

    assert "secret" not in first.cursor
    assert [seen.headers.get("Authorization") is not None for seen in blog.requests] == [True, True]


async def test_a_login_is_not_sent_to_another_port(blog: Blog, reader: Reader) -> None:
    async with Blog() as other:
        other.pages["/second"] = document("", "", number=2)
        blog.pages["/first"] = document("", f"{other.address}/second")
        history = await reader.history(f"http://ines:secret@127.0.0.1:{blog.port}/first")
        assert history is not None
        await history.page((await history.page("")).cursor)

        assert [seen.headers.get("Authorization") for seen in other.requests] == [None]


async def test_a_blogger_history_is_read_at_the_blogs_own_address() -> None:
    url = "https://moths.blogspot.com/feeds/posts/default"
    older = "http://www.blogger.com/feeds/8698702/posts/default?start-index=26&max-results=25"
    feed = CurrentFeed(url, Fetched(url, b""), ParsedFeed("atom10", older=older))

    async def fetch(url: str) -> Fetched:
        return Fetched(url, b"")

    async def parse(_: Fetched) -> ParsedFeed:
        return ParsedFeed("atom10")

    history = await linked.open_history(feed, SiteAccess(fetch, parse))

    assert history is not None
    assert (await history.page("")).cursor == f"{url}?start-index=26&max-results=25"


def document(inside: str, older: str, number: int = 1) -> Responder:
    """Answer with an Atom feed that has one post and a link to older ones."""
    link = f'<link rel="next" href="{older}"/>' if older else ""
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">'
        f"<title>Notes</title><id>x:notes</id>{inside}{link}"
        f"<entry><id>x:{number}</id><title>Post {number}</title></entry></feed>"
    )
    return faults.served(body.encode(), "application/atom+xml")
