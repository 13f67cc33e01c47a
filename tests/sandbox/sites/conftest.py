"""A blog with one feed, and an HTTP client."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.sandbox.sites.blog import Blog, BlogFeed, Post

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def post(number: int, title: str) -> Post:
    return Post(
        str(number),
        title,
        f"<p>{title} climb &amp; bloom.</p>",
        NOON + timedelta(hours=number),
        ("garden",),
    )


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    async with Blog() as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def garden(blog: Blog) -> BlogFeed:
    feed = blog.feed("garden", title="A garden & more")
    feed.publish(post(1, "Beans"), post(2, "Peas"), post(3, "Roses"))
    return feed
