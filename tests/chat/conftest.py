"""A real discord.py client against the simulated Discord."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.chat.client import Chat
from bot.model import Message, Outcome
from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.server import SandboxDiscord


class Opened:
    """The channels that the chat reported as writable."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self._changed = asyncio.Condition()

    async def add(self, ids: Sequence[int]) -> None:
        async with self._changed:
            self.ids.extend(ids)
            self._changed.notify_all()

    async def wait_for(self, channel_id: int) -> None:
        """Wait until the channel was reported; then it can be waited for again."""
        async with asyncio.timeout(60), self._changed:
            await self._changed.wait_for(lambda: channel_id in self.ids)
            self.ids = [each for each in self.ids if each != channel_id]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """The bot's log entries; without a configuration, structlog renders slow tracebacks with local variables."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
async def unused_chat(sandbox_discord: SandboxDiscord, opened: Opened) -> AsyncIterator[Chat]:
    """A chat that isn't logged in yet and restarts its gateway after short delays."""
    chat = Chat(
        sandbox_discord.token,
        api_url=sandbox_discord.api_url,
        on_open=opened.add,
        first_delay=0.01,
        timeout=60,
    )
    yield chat
    sandbox_discord.faults.clear()
    await chat.close()


@pytest.fixture
async def chat(unused_chat: Chat) -> Chat:
    """A chat that is logged in, without a gateway."""
    await unused_chat.login()
    return unused_chat


@pytest.fixture
async def listening(chat: Chat) -> AsyncIterator[Chat]:
    """A chat that is logged in and whose gateway runs."""
    running = asyncio.create_task(chat.run())
    yield chat
    await chat.close()
    await running


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("FollowedServer")


@pytest.fixture
def channel(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(guild.id, "news")


async def send(chat: Chat, channel: Channel) -> Outcome:
    return await chat.sender.send(channel.id, Message(content="Roses"), nonce="test-1")


def gateway_moved_to(url: str) -> dict[str, Any]:
    """Return a fault that changes the gateway's address."""
    limits = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return {"status": 200, "body": json.dumps({"url": url, "shards": 1, "session_start_limit": limits})}
