"""The real discord.py client against the simulated Discord."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import discord
import pytest
import yarl
from discord import app_commands

from bot.sandbox.discord.server import SandboxDiscord


class Bot(discord.AutoShardedClient):
    """A client that doesn't wait between shards or for late servers."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - passed on to discord.py
        super().__init__(
            intents=options.pop("intents", discord.Intents(guilds=True)),
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.tree = app_commands.CommandTree(self)
        self.seen: list[str] = []
        self.on_seen: Callable[[], object] = list

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Don't wait five seconds."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as discord.py has it
        self.seen.append(event)
        super().dispatch(event, *args, **kwargs)
        self.on_seen()


Login = Callable[..., Awaitable[Bot]]


@pytest.fixture
def _addresses(sandbox_discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", sandbox_discord.api_url)
    gateway = yarl.URL(sandbox_discord.gateway_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)


@pytest.fixture
async def bot(sandbox_discord: SandboxDiscord, _addresses: None) -> AsyncIterator[Bot]:
    """A client that is logged in, without the gateway."""
    async with Bot() as client:
        await client.login(sandbox_discord.token)
        yield client


@pytest.fixture
async def connect(sandbox_discord: SandboxDiscord, _addresses: None) -> AsyncIterator[Login]:
    """Return a function that connects a client to the gateway and waits until it has all its servers."""
    running: list[tuple[Bot, asyncio.Task[None]]] = []

    async def connected(**options: Any) -> Bot:  # noqa: ANN401 - passed on to discord.py
        client = Bot(**options)
        client.on_seen = sandbox_discord.touch
        running.append((client, asyncio.create_task(client.start(sandbox_discord.token))))
        await sandbox_discord.wait_for(lambda: "ready" in client.seen)
        await sandbox_discord.wait_for(lambda: not any(guild.unavailable for guild in client.guilds))
        return client

    yield connected
    for client, task in running:
        await client.close()
        await asyncio.wait([task])
