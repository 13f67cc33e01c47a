"""Redirects over real HTTP: followed, remembered if permanent, never into a private network."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.errors import PrivateAddress, TooManyRedirects
from bot.model import Fetched, NotModified, Validators
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Document, Post
from bot.source.http import ssrf_guard
from bot.source.http.fetch import Fetcher
from tests.source.fetching import LOOPBACK, PUBLIC_ONLY, FakeResolver, fetch_error

NAMES = {"old.example": ["127.0.0.1"], "new.example": ["127.0.0.1"], "www.old.example": ["127.0.0.1"]}


@pytest.fixture
def garden(blog: Blog) -> BlogFeed:
    feed = blog.feed("garden", hosts=["new.example"])
    feed.publish(Post("1", "Beans", "<p>They climb.</p>", datetime(2024, 3, 1, tzinfo=UTC)))
    return feed


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK, resolver=FakeResolver(NAMES)) as running:
        yield running


@pytest.mark.parametrize(
    ("status", "kept"), [(301, True), (308, True), (302, False), (303, False), (307, False)]
)
async def test_a_redirected_feed_is_fetched_from_its_new_address(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed, status: int, kept: bool
) -> None:
    blog.pages["/old"] = faults.redirect(garden.url, status)

    found = await fetcher.fetch(f"{blog.address}/old")

    assert isinstance(found, Fetched)
    assert found.url == garden.url
    assert found.moved_to == (garden.url if kept else "")


async def test_an_unchanged_feed_that_moved_reports_its_new_address(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    blog.pages["/old"] = faults.redirect(garden.url, 301)
    document = garden.document()

    found = await fetcher.fetch(f"{blog.address}/old", Validators(document.etag, document.last_modified))

    assert isinstance(found, NotModified)
    assert found.moved_to == garden.url


async def test_both_validators_are_sent_after_a_redirect_on_one_host(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    blog.pages["/old"] = faults.redirect(garden.url)

    await fetcher.fetch(f"{blog.address}/old", Validators('"one"', "yesterday"))

    assert blog.requests[-1].headers["If-None-Match"] == '"one"'
    assert blog.requests[-1].headers["If-Modified-Since"] == "yesterday"


async def test_only_the_etag_is_sent_to_another_host(fetcher: Fetcher, blog: Blog, garden: BlogFeed) -> None:
    blog.pages["/old"] = faults.redirect(f"http://new.example:{blog.port}/rss")

    await fetcher.fetch(f"http://old.example:{blog.port}/old", Validators('"one"', "yesterday"))

    assert blog.requests[-1].host.startswith("new.example")
    assert blog.requests[-1].headers["If-None-Match"] == '"one"'
    assert "If-Modified-Since" not in blog.requests[-1].headers
    assert garden.posts


async def test_a_login_is_not_sent_to_another_host(fetcher: Fetcher, blog: Blog, garden: BlogFeed) -> None:
    blog.pages["/old"] = faults.redirect(f"http://new.example:{blog.port}/rss")

    await fetcher.fetch(f"http://me:pw@old.example:{blog.port}/old")

    assert "Authorization" in blog.requests[0].headers
    assert "Authorization" not in blog.requests[1].headers
    assert garden.posts


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_cookie_that_a_redirect_to_the_same_address_sets_is_sent_back(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed, status: int
) -> None:
    garden.always(faults.cookie_wall(code=status))

    found = await fetcher.fetch(garden.url)

    assert isinstance(found, Fetched)
    assert (found.url, found.moved_to) == (garden.url, "")
    assert [seen.headers.get("Cookie") for seen in blog.requests] == [None, "seen=1"]


async def test_a_cookie_of_one_chain_is_not_sent_in_the_next(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    garden.always(faults.cookie_wall())
    await fetcher.fetch(garden.url)
    await fetcher.fetch(garden.url)

    assert [seen.headers.get("Cookie") for seen in blog.requests] == [None, "seen=1"] * 2


async def test_a_cookie_is_kept_over_a_detour(fetcher: Fetcher, blog: Blog, garden: BlogFeed) -> None:
    garden.always(faults.cookie_wall(to="/check"))
    blog.pages["/check"] = faults.redirect(garden.url)

    assert isinstance(await fetcher.fetch(garden.url), Fetched)
    assert [seen.headers.get("Cookie") for seen in blog.requests] == [None, "seen=1", "seen=1"]


@pytest.mark.parametrize("attributes", ["", "; Domain=new.example", "; Domain=example", "; Domain=.example"])
async def test_a_cookie_is_not_sent_to_another_host(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed, attributes: str
) -> None:
    blog.pages["/old"] = faults.status(
        302, {"Location": f"http://new.example:{blog.port}/rss", "Set-Cookie": f"seen=1; Path=/{attributes}"}
    )

    await fetcher.fetch(f"http://old.example:{blog.port}/old")

    assert blog.requests[-1].host.startswith("new.example")
    assert "Cookie" not in blog.requests[-1].headers
    assert garden.posts


async def test_a_cookie_that_never_comes_back_ends_in_a_loop(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    garden.always(faults.cookie_wall("seen=2"))

    with pytest.raises(TooManyRedirects):
        await fetcher.fetch(garden.url)

    assert len(blog.requests) == 2


async def test_ever_new_cookies_end_after_five_redirects(
    fetcher: Fetcher, blog: Blog, garden: BlogFeed
) -> None:
    async def answer(_request: web.Request, _document: Document) -> web.StreamResponse:
        return web.Response(
            status=302, headers={"Location": garden.url, "Set-Cookie": f"n={len(blog.requests)}; Path=/"}
        )

    garden.always(answer)
    with pytest.raises(TooManyRedirects):
        await fetcher.fetch(garden.url)

    assert len(blog.requests) == 6


async def test_a_redirect_loop_ends(fetcher: Fetcher, blog: Blog) -> None:
    blog.pages["/one"] = faults.redirect("/two")
    blog.pages["/two"] = faults.redirect("/one")

    with pytest.raises(TooManyRedirects):
        await fetcher.fetch(f"{blog.address}/one")

    assert len(blog.requests) == 2


async def test_an_endless_series_of_redirects_ends(fetcher: Fetcher, blog: Blog) -> None:
    for number in range(10):
        blog.pages[f"/{number}"] = faults.redirect(f"/{number + 1}", 301)

    with pytest.raises(TooManyRedirects):
        await fetcher.fetch(f"{blog.address}/0")

    assert len(blog.requests) == 6


async def test_the_body_of_a_redirect_is_not_read(fetcher: Fetcher, blog: Blog, garden: BlogFeed) -> None:
    blog.pages["/old"] = faults.status(301, {"Location": garden.url}, body=b"x" * 5_000_000)

    assert isinstance(await fetcher.fetch(f"{blog.address}/old"), Fetched)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "localhost.", "garden.localhost", "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - asked, not bound to
        "10.0.0.1", "[fe80::1]", "[fd00:ec2::254]",
    ],
)  # fmt: skip
async def test_a_private_address_is_refused_in_every_spelling(blog: Blog, host: str) -> None:
    names = FakeResolver({})

    found = await fetch_error(f"http://{host}:{blog.port}/garden/rss", PUBLIC_ONLY, names)

    assert isinstance(found, PrivateAddress)
    assert names.lookups == []
    assert blog.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "::ffff:7f00:1",
        "127.0.0.1,127.0.0.2",
        "127.0.0.1,::1",
    ],
)
async def test_a_name_that_resolves_to_a_private_address_is_refused(
    blog: Blog, garden: BlogFeed, answer: str
) -> None:
    found = await fetch_error(
        f"http://new.example:{blog.port}/rss", PUBLIC_ONLY, FakeResolver({"new.example": [answer]})
    )

    assert isinstance(found, PrivateAddress)
    assert blog.requests == []
    assert garden.posts


@pytest.fixture
def the_blog_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat 127.0.0.1 as public, and leave the rest of the guard unchanged."""
    is_public = ssrf_guard.is_public
    monkeypatch.setattr(
        ssrf_guard, "is_public", lambda address: str(address) == "127.0.0.1" or is_public(address)
    )


@pytest.mark.usefixtures("the_blog_is_public")
@pytest.mark.parametrize(
    "host", ["127.0.0.2", "127.2", "2130706434", "localhost", "inside.example", "[::1]", "10.0.0.1"]
)
@pytest.mark.parametrize("status", [301, 302])
async def test_a_redirect_into_a_private_network_is_refused(blog: Blog, host: str, status: int) -> None:
    blog.pages["/rss"] = faults.redirect(f"http://{host}:{blog.port}/secret", status)
    names = FakeResolver({"outside.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"]})

    found = await fetch_error(f"http://outside.example:{blog.port}/rss", PUBLIC_ONLY, names)

    assert isinstance(found, PrivateAddress)
    assert [seen.path for seen in blog.requests] == ["/rss"]


@pytest.mark.usefixtures("the_blog_is_public")
async def test_a_name_rebound_to_a_private_address_is_refused(blog: Blog, garden: BlogFeed) -> None:
    """DNS rebinding: the guard checks the address of the connection itself, not of an earlier lookup."""
    url, names = (
        f"http://new.example:{blog.port}/rss",
        FakeResolver({"new.example": ["127.0.0.1", "127.0.0.2"]}),
    )
    async with Fetcher(PUBLIC_ONLY, resolver=names) as fetcher:
        first = await fetcher.fetch(url)

    second = await fetch_error(url, PUBLIC_ONLY, names)

    assert isinstance(first, Fetched)
    assert isinstance(second, PrivateAddress)
    assert names.lookups == ["new.example", "new.example"]
    assert garden.posts


async def test_a_private_address_can_be_allowed(fetcher: Fetcher, garden: BlogFeed) -> None:
    assert isinstance(await fetcher.fetch(garden.url), Fetched)
