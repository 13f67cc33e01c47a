"""A server whose channel follows a blog: the bot is connected, the store is real, and tests record the posts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.chat.client import Chat
from bot.chat.services import Services
from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    FoundFeed,
    Hold,
    ParsedFeed,
    PostSettings,
    SiteBudget,
)
from bot.relay.notify import Notifier
from bot.sandbox.discord.models import Channel, Guild, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.conftest import Opened
from tests.store.conftest import GARDEN, post
from tests.store.conftest import Services as Journal

FLOOD = 8


async def _no_web(_address: str) -> tuple[FoundFeed, ...]:
    raise NotImplementedError


async def _no_feed(_address: str) -> ParsedFeed:
    raise NotImplementedError


@dataclass
class FollowedServer:
    """The server, its members and the bot's store."""

    discord: SandboxDiscord
    journal: Journal
    opened: Opened
    guild: Guild
    news: Channel
    admin: User
    other_admin: User
    member: User
    woken: list[int] = field(default_factory=list)
    """One entry per request to deliver."""

    @property
    def store(self) -> Store:
        return self.journal.store

    @property
    def services(self) -> Services:
        return Services(
            store=self.store,
            discover=_no_web,
            read_feed=_no_feed,
            budget=lambda _site: SiteBudget(2, timedelta()),
            clock=lambda: self.journal.now,
            wake=lambda: self.woken.append(1),
        )

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Chat]:
        """Run the bot until it is stopped; after that, another one may run."""
        discord = self.discord
        chat = Chat(
            discord.token,
            api_url=discord.api_url,
            on_open=self.opened.add,
            services=self.services,
            first_delay=0.01,
        )
        await chat.login()
        running = asyncio.create_task(chat.run())
        try:
            await self.opened.wait_for(self.news.id)
            yield chat
        finally:
            await chat.close()
            await running

    async def follow(self) -> None:
        """Follow the blog in the channel, and record its first document."""
        await self.store.subscriptions.subscribe(
            FeedDeclaration(GARDEN),
            ChannelDeclaration(self.news.id),
            self.guild.id,
            site="garden.example",
            budget=SiteBudget(2, timedelta()),
            limit=100,
            now=self.journal.now,
        )
        await self.journal.poll(post(0))

    async def suspended(self) -> str:
        """Return why the channel is suspended; "": it isn't."""
        (followed,) = await self.store.subscriptions.all()
        return followed.suspended

    async def publish(self, *numbers: int) -> None:
        """Record new posts."""
        settings = PostSettings(burst_limit=FLOOD - 1, ask_about_floods=True)
        await self.journal.poll(*(post(number) for number in numbers), settings=settings)

    async def announce(self, chat: Chat) -> StoredMessage:
        """Send the notices that are due; return the newest message with buttons."""
        notifier = Notifier(
            self.store.notices, chat.sender, chat.open_direct, "test", lambda: self.journal.now
        )
        while await notifier.tick():
            await notifier.drain()
        return [each for each in self.discord.messages(self.news.id) if each.components][-1]

    async def flood(self, chat: Chat) -> StoredMessage:
        """Record this many posts at once, so that they are held; return the message with the buttons."""
        await self.follow()
        await self.publish(*range(1, FLOOD + 1))
        return await self.announce(chat)

    async def hold(self, announced: StoredMessage) -> Hold | None:
        """Return the hold that the message's buttons are about."""
        found = hold_id(announced)
        return await self.store.holds.get(found)

    async def take_due_titles(self) -> list[str]:
        """Return the titles of due deliveries in order, and record them as sent."""
        return [title for _channel, title in await self.journal.send_all()]


def hold_id(announced: StoredMessage) -> int:
    """Return the hold in the buttons' custom ids."""
    custom_id: str = announced.components[0]["components"][0]["custom_id"]
    return int(custom_id.split(":")[1])


def create_followed_server(discord: SandboxDiscord, opened: Opened, journal: Journal) -> FollowedServer:
    """Return the server with its members, before the bot connects."""
    guild = discord.add_guild("FollowedServer")
    admins = discord.add_role(guild.id, "stewards", permissions=Permission.MANAGE_GUILD)
    return FollowedServer(
        discord,
        journal,
        opened,
        guild,
        news=discord.add_channel(guild.id, "news"),
        admin=discord.add_member(guild.id, "Iris", roles=(admins,)),
        other_admin=discord.add_member(guild.id, "Rowan", roles=(admins,)),
        member=discord.add_member(guild.id, "Basil"),
    )
