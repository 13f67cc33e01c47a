"""`/search` end to end: the real discord.py against the sandbox Discord, until the reply is there."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.search_archive import SCOPES, follow
from benchmarks.search_typed import TypedQuery
from benchmarks.tables import head, line, spread
from benchmarks.texts.posts import NOW
from bot.chat.client import Chat
from bot.chat.services import Services
from bot.errors import NotFound
from bot.model import FoundFeed, ParsedFeed, SiteBudget
from bot.sandbox.discord.models import Channel, Guild, User
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store

_MAX_QUERIES = 50
"""Queries per class in each server."""
_TIMEOUT = 30.0


async def measure(path: Path, queries: Mapping[str, Mapping[str, Sequence[TypedQuery]]]) -> None:
    """Search in one server per scope. Unfinished words are searched as complete ones."""
    async with SandboxDiscord() as discord, await Store.open(path) as store:
        servers = {scope: _Server(discord, scope) for scope in SCOPES}
        await follow(store, {server.channel.id: SCOPES[scope] for scope, server in servers.items()})
        async with _running_bot(discord, store):
            for scope, server in servers.items():
                print(f"\n## `/search` end to end, in a server that follows: {scope}")
                head("class", "p50 ms", "p95", "p99", "max")
                for kind, own in queries[scope].items():
                    line(kind, spread([await server.search(query) for query in own[:_MAX_QUERIES]]))


class _Server:
    """A server with a channel and a member."""

    def __init__(self, discord: SandboxDiscord, name: str) -> None:
        self._discord = discord
        self.guild: Guild = discord.add_guild(name)
        self.channel: Channel = discord.add_channel(self.guild.id, "news")
        self.member: User = discord.add_member(self.guild.id, "Basil")

    async def search(self, query: TypedQuery) -> float:
        """Return the seconds until a page of results is there."""
        discord, began = self._discord, self._discord.monotonic()
        answer = await discord.interact(
            self.guild, self.channel, self.member, "search", {"query": query.typed}, timeout=_TIMEOUT
        )
        await discord.wait_for(lambda: answer.message, timeout=_TIMEOUT)
        return discord.monotonic() - began


@asynccontextmanager
async def _running_bot(discord: SandboxDiscord, store: Store) -> AsyncIterator[None]:
    """Run the bot."""
    services = Services(
        store=store,
        discover=_nowhere,
        read_feed=_nothing,
        budget=lambda _site: SiteBudget(2, timedelta()),
        clock=lambda: NOW,
        wake=lambda: None,
    )
    arrived = asyncio.Event()

    async def opened(_channels: Sequence[int]) -> None:
        arrived.set()

    chat = Chat(discord.token, api_url=discord.api_url, on_open=opened, services=services, timeout=_TIMEOUT)
    await chat.login()
    running = asyncio.create_task(chat.run())
    await arrived.wait()
    await discord.wait_for(
        lambda: [each for each in discord.calls("register") if each.status], timeout=_TIMEOUT
    )
    try:
        yield
    finally:
        await chat.close()
        await running


async def _nowhere(pasted: str) -> tuple[FoundFeed, ...]:
    raise NotFound(pasted, 404)


async def _nothing(url: str) -> ParsedFeed:
    raise NotFound(url, 404)
