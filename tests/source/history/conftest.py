"""Fixtures for tests of histories."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.sites.blog import Blog, BlogFeed, GuidStyle
from bot.source.http.fetch import Fetcher
from tests.source.fetching import LOOPBACK
from tests.source.history.moon_blog import Reader, note


@pytest.fixture
def moon(blog: Blog) -> BlogFeed:
    feed = blog.feed("moon", "Moon Garden", "wordpress")
    feed.guid_style = GuidStyle.WORDPRESS
    feed.publish(*(note(number) for number in range(1, 251)))
    return feed


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with Fetcher(LOOPBACK) as fetcher:
        yield Reader(fetcher)
