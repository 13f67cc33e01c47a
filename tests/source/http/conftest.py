"""Fixtures for tests of fetching."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.source.http.fetch import Fetcher
from tests.source.fetching import LOOPBACK

DAY = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def garden(blog: Blog) -> BlogFeed:
    feed = blog.feed("garden")
    feed.publish(Post("1", "Beans", "<p>They climb.</p>", DAY))
    return feed


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK, "https://relay.example/about") as running:
        yield running
