"""The choice of a history, over real HTTP. Every post is read by whichever source the site supports."""

import pytest
from aiohttp import web

from bot.errors import RateLimited, ServerError
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Document, Responder
from bot.sandbox.sites.paging import Paging
from bot.source.history.choose import choose_history
from bot.source.http.fetch import Fetcher
from tests.source.fetching import LOOPBACK, FakeResolver
from tests.source.history.moon_blog import ALL, Reader

API = "/moon/wp-json/wp/v2/posts"


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
async def test_every_post_is_read_by_the_source_that_the_site_supports(
    moon: BlogFeed, reader: Reader, form: str, paging: Paging, kind: str
) -> None:
    moon.form, moon.paging = form, paging
    history = await reader.history(moon.url)

    assert history is not None
    assert history.kind == kind
    assert list(dict.fromkeys(await reader.titles(moon.url))) == ALL


async def test_a_feed_without_older_posts_has_no_history(moon: BlogFeed, reader: Reader) -> None:
    assert await reader.history(moon.url) is None
    assert len(reader.requested) == 3  # the feed, the default address of an API, a second page


@pytest.mark.parametrize("answer", [faults.status(503), faults.status(429)])
async def test_a_temporary_failure_does_not_select_a_worse_source(
    moon: BlogFeed, reader: Reader, answer: Responder
) -> None:
    moon.paging = Paging.REST
    feed = await reader.current(moon.url)
    moon.next(answer)

    with pytest.raises((ServerError, RateLimited)):
        await choose_history(feed, reader.access())


@pytest.mark.parametrize("paging", [Paging.NEXT, Paging.PAGED, Paging.REST])
async def test_the_history_of_a_feed_that_moved_is_read_at_its_new_site(
    blog: Blog, moon: BlogFeed, paging: Paging
) -> None:
    moon.paging = paging
    away = FakeResolver({"moon.example": ["127.0.0.1"]})
    blog.pages["/old"] = redirect_to(moon.url.replace("127.0.0.1", "moon.example"))
    async with Fetcher(LOOPBACK, resolver=away) as fetcher:
        titles = await Reader(fetcher).titles(f"{blog.address}/old")

    assert list(dict.fromkeys(titles)) == ALL


def redirect_to(url: str) -> Responder:
    """Answer with a permanent redirect that keeps the query."""

    async def answer(request: web.Request, _doc: Document) -> web.StreamResponse:
        return web.Response(status=301, headers={"Location": f"{url}?{request.query_string}".rstrip("?")})

    return answer
