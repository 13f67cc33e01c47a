"""`discover`."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.feed_documents import Post
from tests.cli.conftest import Cli


async def test_a_feed_is_listed_with_its_title(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_RELAY_POLLING__ALLOW_PRIVATE_ADDRESSES", "true")
    async with Blog() as blog:
        feed = blog.feed("garden", "Garden Notes")
        feed.publish(Post("1", "Leeks", "<p>Two rows.</p>", datetime(2026, 6, 1, tzinfo=UTC)))

        result = await asyncio.to_thread(cli, "discover", feed.url)

    assert (result.code, result.err) == (0, "")
    assert result.out == f"{feed.url}  Garden Notes\n"


async def test_an_address_without_a_feed_is_an_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_RELAY_POLLING__ALLOW_PRIVATE_ADDRESSES", "true")
    async with Blog() as blog:
        result = await asyncio.to_thread(cli, "discover", f"{blog.address}/nothing")

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("feed-relay: ")
    assert len(result.err.splitlines()) == 1
