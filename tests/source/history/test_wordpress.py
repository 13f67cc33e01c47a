"""Histories from WordPress's REST API."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bot.errors import FetchError, NotFound
from bot.model import Entry, Fetched, ParsedFeed
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post, Responder
from bot.sandbox.sites.paging import Paging
from bot.source.history import wordpress
from bot.source.history.base import CurrentFeed, SiteAccess
from bot.source.history.choose import choose_history
from bot.source.http.fetch import Fetcher, FetchLimits
from tests.source.history.moon_blog import ALL, Reader, newest_first, note, pages

SMALL = FetchLimits(timedelta(seconds=20), max_body=40_000, allow_private_addresses=True)


def huge(post: Post) -> Post:
    return replace(post, html="<p>Beans.</p>" * 20_000)


async def test_an_api_that_sends_a_page_is_not_used(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.REST
    feed = await reader.current(moon.url)
    moon.next(faults.served(b"<!DOCTYPE html><title>Moon</title><p>Hello", "text/html"))

    history = await choose_history(feed, reader.access())

    assert history is None or history.kind != "wordpress"


async def test_an_api_with_other_posts_than_the_feed_is_not_used(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.REST
    feed = await reader.current(moon.url)
    moon.posts.clear()
    moon.publish(*(note(number) for number in range(900, 950)))

    assert await wordpress.open_history(feed, reader.access()) is None


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
async def test_only_the_main_feed_uses_the_api(reader: Reader, feed: str, is_main: bool) -> None:
    found = Fetched(
        f"https://rails.example{feed}", b"", link='<https://rails.example/wp-json/>; rel="https://api.w.org/"'
    )
    requested: list[str] = []

    async def fetch(url: str) -> Fetched:
        requested.append(url)
        raise NotFound(url, 404)

    parsed = ParsedFeed("rss20", link="https://rails.example/")
    await wordpress.open_history(CurrentFeed(found.url, found, parsed), SiteAccess(fetch, reader.parse))

    assert bool(requested) is is_main


async def test_a_blog_with_plain_permalinks_has_its_api_at_rest_route(reader: Reader) -> None:
    api = '<https://rails.example/?rest_route=/>; rel="https://api.w.org/"'
    found = Fetched("https://rails.example/?feed=rss2", b"", link=api)
    requested: list[str] = []

    async def fetch(url: str) -> Fetched:
        requested.append(url)
        raise NotFound(url, 404)

    await wordpress.open_history(
        CurrentFeed(found.url, found, ParsedFeed("rss20")), SiteAccess(fetch, reader.parse)
    )

    assert requested[0].startswith("https://rails.example/?rest_route=/wp/v2/posts&page=1&")


async def test_pages_over_the_size_cap_are_read_in_smaller_pages(moon: BlogFeed, blog: Blog) -> None:
    moon.paging, moon.per_page = Paging.REST, 100
    async with Fetcher(SMALL) as fetcher:
        reader = Reader(fetcher)
        titles = await reader.titles(moon.url)

    assert list(dict.fromkeys(titles)) == ALL
    assert {"per_page=100", "per_page=20"} <= {
        part for seen in blog.requests for part in urlsplit(seen.path).query.split("&")
    }


async def test_a_post_over_the_size_cap_is_skipped_and_pages_grow_again(moon: BlogFeed, blog: Blog) -> None:
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


async def test_no_post_is_missed_if_others_are_deleted_between_two_pages(
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
async def test_an_end_before_the_apis_total_is_an_error(
    moon: BlogFeed, reader: Reader, answer: Responder
) -> None:
    moon.paging = Paging.REST
    history = await reader.history(moon.url)
    assert history is not None
    second = (await history.page("")).cursor
    moon.next(answer)

    with pytest.raises(FetchError):
        await history.page(second)


async def test_the_history_ends_if_its_last_page_is_deleted_meanwhile(moon: BlogFeed, reader: Reader) -> None:
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


async def test_each_page_is_read_once_if_only_some_have_a_total(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.REST
    feed = await reader.current(moon.url)

    async def fetch_without_totals(url: str) -> Fetched:
        found = await reader.fetch(url)
        return found if "page=1&" in url else replace(found, total=None)

    history = await wordpress.open_history(feed, SiteAccess(fetch_without_totals, reader.parse))

    assert history is not None
    assert [len(page.entries) for page in await pages(history)] == [100, 100, 50]


async def test_the_api_reports_the_total(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.REST
    history = await reader.history(moon.url)

    assert history is not None
    assert (await history.page("")).total == 250
