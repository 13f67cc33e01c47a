"""How a site fails, over real HTTP."""

import asyncio

import aiohttp
import pytest

from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Responder


@pytest.mark.parametrize("answer", [faults.truncated(), faults.garbage(), faults.reset()])
async def test_a_connection_can_fail(
    client: aiohttp.ClientSession, garden: BlogFeed, answer: Responder
) -> None:
    garden.always(answer)

    with pytest.raises(aiohttp.ClientError):
        async with client.get(garden.url) as response:
            await response.read()


async def test_a_response_can_be_delayed(blog: Blog, client: aiohttp.ClientSession, garden: BlogFeed) -> None:
    released = asyncio.Event()
    garden.next(faults.hang(released))
    request = asyncio.ensure_future(client.get(garden.url))
    while not blog.requests:  # noqa: ASYNC110 - blogs don't announce requests
        await asyncio.sleep(0)
    pending = not request.done()

    released.set()
    async with await request as response:
        assert (pending, response.status) == (True, 200)


@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        (faults.html_page(), b"Beans climb"),
        (faults.challenge_page(), b"Just a moment"),
        (faults.consent_page(), b"Before you continue"),
        (faults.login_page(), b'type="password"'),
    ],
)
async def test_a_page_can_replace_the_feed(
    client: aiohttp.ClientSession, garden: BlogFeed, kind: Responder, mark: bytes
) -> None:
    garden.next(kind)

    async with client.get(garden.url) as response:
        assert response.content_type == "text/html"
        assert mark in await response.read()
