"""The page's server for a simulated Discord without a bot, and a client that has the token."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import allotment
from bot.sandbox.allotment import Allotment
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.server import PageServer


@pytest.fixture
def place(sandbox_discord: SandboxDiscord) -> Allotment:
    return allotment.build(sandbox_discord)


@pytest.fixture
async def page(sandbox_discord: SandboxDiscord, place: Allotment) -> AsyncIterator[PageServer]:
    async with PageServer(sandbox_discord, place.guild, place.viewers) as server:
        yield server


@pytest.fixture
async def browser(page: PageServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that sends the token, as the page does."""
    headers = {"Authorization": f"Bearer {page.token}"}
    async with aiohttp.ClientSession(page.address, headers=headers) as session:
        yield session
