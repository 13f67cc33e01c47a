"""`discover`: the feeds behind an address."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.feed_documents import Post
from tests.cli.conftest import Cli


async def test_a_blog_leads_to_its_feed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_RELAY_POLLING__ALLOW_PRIVATE_ADDRESSES", "true")
    async with Blog() as blog:
        feed = blog.feed("garden", "Garden Notes")
        feed.publish(Post("1", "Leeks", "<p>Two rows.</p>", datetime(2026, 6, 1, tzinfo=UTC)))

        of_feed = await asyncio.to_thread(cli, "discover", feed.url)

    assert (of_feed.code, of_feed.err) == (0, "")
    assert of_feed.out == f"{feed.url}  Garden Notes\n"


async def test_an_address_without_a_feed_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_RELAY_POLLING__ALLOW_PRIVATE_ADDRESSES", "true")
    async with Blog() as blog:
        ended = await asyncio.to_thread(cli, "discover", f"{blog.address}/nothing")

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("feed-relay: ")
    assert len(ended.err.splitlines()) == 1
