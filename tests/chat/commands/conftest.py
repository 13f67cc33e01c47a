"""Commands as people run them: the real discord.py against the simulated Discord, a real store, and a fake web."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.client import Chat
from bot.chat.services import Services, ServiceSettings
from bot.errors import NotFound, SourceError
from bot.model import Entry, FoundFeed, ParsedFeed, SiteBudget
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Channel, Guild, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.conftest import Opened

_MESSAGE = 4
"""The type of a response that is a message."""

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

NOT_A_MANAGER = (
    "You need the Manage Server permission for this; ask someone who has it. They can also let a role press the bot's"
    " buttons with `/server managers`."
)
"""The answer to a press by somebody without Manage Server, if no role may press buttons."""


@dataclass
class Web:
    """Sites and their feeds; all others are not found."""

    feeds: dict[str, ParsedFeed] = field(default_factory=dict)
    behind: dict[str, tuple[FoundFeed, ...]] = field(default_factory=dict)
    """What people paste, and the feeds behind it."""
    errors: dict[str, SourceError] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """While unset, sites don't respond."""

    def __post_init__(self) -> None:
        self.released.set()

    def add(self, url: str, title: str, *entries: Entry, pasted: str = "") -> str:
        self.feeds[url] = ParsedFeed(format="atom10", title=title, link=pasted, entries=entries)
        self.behind[pasted or url] = (FoundFeed(url, title),)
        return url

    def tear(self, url: str) -> None:
        self.feeds[url] = replace(self.feeds[url], torn=True)

    async def discover(self, pasted: str) -> tuple[FoundFeed, ...]:
        await self.released.wait()
        if pasted in self.errors:
            raise self.errors[pasted]
        if pasted not in self.behind:
            raise NotFound(pasted, 404)
        return self.behind[pasted]

    async def read(self, url: str) -> ParsedFeed:
        await self.released.wait()
        if url in self.errors:
            raise self.errors[url]
        return self.feeds[url]


def post(number: int, *tags: str, title: str = "") -> Entry:
    """Return a post of the garden blog; a higher number is newer."""
    return Entry(
        guid=f"post-{number}",
        link=f"https://garden.example/{number}",
        title=title or f"Bed {number}",
        content=f"<p>The beans of bed {number} climb.</p>",
        text=f"The beans of bed {number} climb.",
        tags=tags,
        published=NOW - timedelta(days=100 - number),
    )


@dataclass
class ServerFixture:
    """A server with an admin, a member and channels, and the bot's answers there."""

    discord: SandboxDiscord
    guild: Guild
    talk: Channel
    """The channel where commands are run."""
    news: Channel
    admin: User
    member: User

    async def run(
        self,
        command: str,
        options: Mapping[str, OptionValue] | None = None,
        *,
        user: User | None = None,
        force: bool = False,
    ) -> InteractionResponse:
        """Run a command and wait for its answer. `options`: "#news" and "#talk" are the channels."""
        channels = {"#news": self.news, "#talk": self.talk}
        chosen = {name: channels.get(str(value), value) for name, value in (options or {}).items()}
        answer = await self.discord.interact(
            self.guild, self.talk, user or self.admin, command, chosen, force=force
        )
        await self.discord.wait_for(lambda: answer.message)
        return answer

    async def reply_to(self, command: str, options: Mapping[str, OptionValue] | None = None) -> str:
        """Return what the admin reads after a command."""
        answer = await self.run(command, options)
        return text_of(answer.message)

    async def press(
        self,
        message: StoredMessage | None,
        wanted: str,
        *,
        user: User | None = None,
        values: tuple[str, ...] = (),
    ) -> InteractionResponse:
        """Press a button, or choose from a menu."""
        assert message is not None
        return await self.discord.press(message, wanted, user or self.admin, values=values)

    async def press_and_wait(
        self, message: StoredMessage | None, wanted: str, *, values: tuple[str, ...] = ()
    ) -> StoredMessage:
        """Press a button as the admin and return the changed message."""
        assert message is not None
        before = len(self.discord.message(message.channel_id, message.id).edits)
        answer = await self.press(message, wanted, values=values)
        await self.discord.wait_for(lambda: answer.message and len(answer.message.edits) > before)
        assert answer.message is not None
        return answer.message

    async def press_and_read(self, message: StoredMessage | None, wanted: str) -> str:
        """Press a button as the admin and return the answer; the message stays unchanged."""
        answer = await self.press(message, wanted)
        await self.discord.wait_for(lambda: answer.followups or answer.kind == _MESSAGE)
        return text_of(answer.followups[0] if answer.followups else answer.message)

    def seen_by(self, user: User) -> list[StoredMessage]:
        """Return the messages that only this person sees where commands are run."""
        found = self.discord.messages(self.talk.id, ephemeral=True)
        return [each for each in found if each.visible_to == user.id]

    @property
    def posts(self) -> tuple[StoredMessage, ...]:
        """Return the messages that everybody sees in the news channel."""
        return self.discord.messages(self.news.id)


def text_of(message: StoredMessage | None) -> str:
    """Return a message's content and embeds as text."""
    assert message is not None
    parts = [message.content]
    for embed in message.embeds:
        parts += [
            embed.get("title", ""),
            embed.get("description", ""),
            embed.get("footer", {}).get("text", ""),
        ]
    return "\n".join(part for part in parts if part)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "feed-relay.db") as opened:
        yield opened


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings()


@pytest.fixture
def woken() -> list[datetime]:
    """Times of requests to deliver."""
    return []


@pytest.fixture
def now() -> list[datetime]:
    """Times; the clock shows the last one."""
    return [NOW]


@pytest.fixture
def services(
    store: Store, web: Web, settings: ServiceSettings, woken: list[datetime], now: list[datetime]
) -> Services:
    return Services(
        store=store,
        discover=web.discover,
        read_feed=web.read,
        budget=lambda _site: SiteBudget(2, timedelta()),
        clock=lambda: now[-1],
        wake=lambda: woken.append(NOW),
        settings=settings,
    )


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("FollowedServer")


@pytest.fixture
def server(sandbox_discord: SandboxDiscord, guild: Guild) -> ServerFixture:
    """A server created before the bot connects, so that the bot knows all of it."""
    admins = sandbox_discord.add_role(guild.id, "gardeners", permissions=Permission.MANAGE_GUILD)
    return ServerFixture(
        sandbox_discord,
        guild,
        talk=sandbox_discord.add_channel(guild.id, "talk"),
        news=sandbox_discord.add_channel(guild.id, "news"),
        admin=sandbox_discord.add_member(guild.id, "Iris", roles=(admins,)),
        member=sandbox_discord.add_member(guild.id, "Basil"),
    )


@asynccontextmanager
async def run_chat(
    discord: SandboxDiscord, services: Services, opened: Opened, server: ServerFixture
) -> AsyncIterator[Chat]:
    """Run the bot."""
    opened.ids.clear()  # an earlier run may have reported its channels twice
    own = Opened()  # ... and may still report them now

    async def add(ids: Sequence[int]) -> None:
        await opened.add(ids)
        await own.add(ids)

    chat = Chat(
        discord.token,
        api_url=discord.api_url,
        on_open=add,
        services=services,
        first_delay=0.01,
        timeout=60,
    )
    await chat.login()
    running = asyncio.create_task(chat.run())
    await own.wait_for(server.news.id)
    await opened.wait_for(server.news.id)
    try:
        yield chat
    finally:
        await chat.close()
        await running


@pytest.fixture
async def running_chat(
    sandbox_discord: SandboxDiscord, server: ServerFixture, services: Services, opened: Opened
) -> AsyncIterator[Chat]:
    """A running bot that knows the server and has registered its commands."""
    async with run_chat(sandbox_discord, services, opened, server) as chat:
        await sandbox_discord.wait_for(
            lambda: [each for each in sandbox_discord.calls("register") if each.status]
        )
        yield chat
