"""The page's server for a simulated Discord without a bot, and a client that has the token."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import allotment
from bot.sandbox.allotment import Allotment
from bot.sandbox.bot_process import BotProcess
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.blog_routes import BlogRoutes
from bot.sandbox.page.pictures import Pictures, fetch_limits
from bot.sandbox.page.server import PageServer
from bot.sandbox.page.trouble_routes import TroubleRoutes
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk
from bot.sandbox.troubles import Places, Troubles
from bot.source.http.fetch import Fetcher

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def place(sandbox_discord: SandboxDiscord) -> Allotment:
    return allotment.build(sandbox_discord)


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    async with Blog() as running:
        yield running


@pytest.fixture
def desk(blog: Blog) -> Desk:
    desk = Desk(blog)
    desk.open(NOW)
    return desk


@pytest.fixture
async def page(
    sandbox_discord: SandboxDiscord, place: Allotment, blog: Blog, desk: Desk, tmp_path: Path
) -> AsyncIterator[PageServer]:
    own = (f"127.0.0.1:{each.port}" for each in (blog, sandbox_discord))
    async with Fetcher(fetch_limits(*own)) as fetcher:
        pictures = Pictures(fetcher, "key")
        server = PageServer(sandbox_discord, place.guild, place.viewers, pictures)
        bot = BotProcess(tmp_path / "config.toml", lambda _: None)
        troubles = Troubles(Places(blog, desk, sandbox_discord, place, bot, lambda: NOW))
        server.parts += [BlogRoutes(blog, desk, pictures, lambda: NOW), TroubleRoutes(troubles)]
        async with server:
            yield server


@pytest.fixture
async def browser(page: PageServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that sends the token, as the page does."""
    headers = {"Authorization": f"Bearer {page.token}"}
    async with aiohttp.ClientSession(page.address, headers=headers) as session:
        yield session
