"""Pictures: fetched by the sandbox through the guard, checked, and served to the page."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.errors import TooLarge
from bot.sandbox.page.pictures import Pictures, fetch_limits, type_of
from bot.sandbox.page.server import PageServer
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog
from bot.source.http.fetch import Fetcher


@pytest.fixture
async def stranger(page: PageServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that shows a picture: it sends no token."""
    async with aiohttp.ClientSession(page.address) as session:
        yield session


def path(page: PageServer, url: str) -> str:
    return page._pictures.path(url)


async def test_a_picture_is_fetched_once(
    page: PageServer, blog: Blog, stranger: aiohttp.ClientSession
) -> None:
    url = blog.picture("tulips & more")

    answers = [await stranger.get(path(page, url)) for _ in range(2)]

    assert [(each.status, each.content_type) for each in answers] == [(200, "image/png")] * 2
    assert type_of(await answers[0].read()) == "image/png"
    assert len(blog.requests) == 1


async def test_only_signed_addresses_are_fetched(
    page: PageServer, blog: Blog, stranger: aiohttp.ClientSession
) -> None:
    signed = path(page, blog.picture("tulips"))

    changed = await stranger.get(signed.replace("tulips", "roses"))
    unsigned = await stranger.get("/picture/0", params={"url": blog.picture("roses")})

    assert (changed.status, unsigned.status) == (403, 403)
    assert not blog.requests


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/picture.png",
        "http://localhost:1/picture.png",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.1.1/logo.png",
        "file:///etc/passwd",
    ],
)
async def test_private_addresses_are_refused(
    page: PageServer, stranger: aiohttp.ClientSession, url: str
) -> None:
    answer = await stranger.get(path(page, url))

    assert answer.status == 502


async def test_a_redirect_to_a_private_address_is_refused(
    page: PageServer, blog: Blog, stranger: aiohttp.ClientSession
) -> None:
    async with Blog() as inside:
        blog.pages["/logo.png"] = faults.redirect(inside.picture("secret"))

        answer = await stranger.get(path(page, f"{blog.address}/logo.png"))

        assert answer.status == 502
        assert not inside.requests


async def test_only_pictures_are_served(
    page: PageServer, blog: Blog, stranger: aiohttp.ClientSession
) -> None:
    blog.pages["/page"] = faults.served(b"<script>alert(1)</script>", "image/png")
    blog.pages["/drawing"] = faults.served(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")

    answers = [await stranger.get(path(page, f"{blog.address}/{name}")) for name in ("page", "drawing")]

    assert [each.status for each in answers] == [415, 415]


async def test_a_picture_is_bounded(blog: Blog) -> None:
    blog.pages["/large"] = faults.bomb(20_000_000)
    async with Fetcher(fetch_limits(f"127.0.0.1:{blog.port}")) as fetcher:
        pictures = Pictures(fetcher, "key")

        with pytest.raises(TooLarge):
            await pictures._picture(f"{blog.address}/large")
