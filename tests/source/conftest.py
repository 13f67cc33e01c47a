"""A blog for tests."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.sites.blog import Blog


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    async with Blog() as running:
        yield running
