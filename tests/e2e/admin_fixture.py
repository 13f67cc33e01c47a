"""The bot as a process, a blog, a server, and people who run commands and press buttons."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.modal_data import Filled
from bot.sandbox.discord.models import Channel, Guild, Role, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from tests.e2e.bot_process import TIMEOUT, BotProcess
from tests.e2e.message_text import text_lines
from tests.e2e.relay_fixture import eventually

Admins = TypeVar("Admins", bound="AdminFixture")

_NUMBER = re.compile(r"\bPost (\d+)\b")


@dataclass(kw_only=True)
class AdminFixture(BotProcess):
    """The bot, a blog, and a server where a channel should follow the blog."""

    discord: SandboxDiscord
    blog: Blog
    feed: BlogFeed
    guild: Guild
    news: Channel
    office: Channel
    """Where admins run commands and read notices."""
    iris: User
    """An admin, like Rowan; Basil is a member, and Hazel one with the role of helpers."""
    rowan: User
    basil: User
    hazel: User
    helpers: Role
    transcript: list[str] = field(default_factory=list)
    """Everything that people did and read, line by line."""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(days=1))
    _published: int = 0

    def note(self, *lines: str) -> None:
        """Add lines to the transcript."""
        self.transcript += lines

    async def run(
        self,
        command: str,
        options: Mapping[str, OptionValue] | None = None,
        *,
        user: User | None = None,
        force: bool = False,
    ) -> InteractionResponse:
        """Run a command in the office and read the response."""
        person = user or self.iris
        shown = " ".join(f"{name}:{_typed(value)}" for name, value in (options or {}).items())
        self.note("", f"{person.name} > /{command} {shown}".rstrip())
        answer = await self.discord.interact(
            self.guild, self.office, person, command, options, force=force, timeout=TIMEOUT
        )
        await self.discord.wait_for(lambda: answer.message, timeout=TIMEOUT)
        self.read(answer.message)
        return answer

    def read(self, message: StoredMessage | None) -> str:
        """Add a message to the transcript and return its text."""
        if message is None:
            raise LookupError("there is no message")
        where = "" if message.ephemeral else f" in #{self.discord.channels[message.channel_id].name}"
        lines = text_lines(self.discord, self.current(message))
        self.note(*(f"    {line}" for line in (f"feed-relay{where}:", *lines)))
        return "\n".join(lines)

    def text(self, answer: InteractionResponse) -> str:
        """Return the text of a response."""
        return "" if answer.message is None else "\n".join(text_lines(self.discord, answer.message))

    async def press(
        self, message: StoredMessage | None, name: str, values: Sequence[str] = (), user: User | None = None
    ) -> InteractionResponse:
        """Press a button, or choose a menu's options by their labels, and read the changed message."""
        if message is None:
            raise LookupError("there is no message")
        presser, before = user or self.iris, self.current(message)
        self.note("", f"{presser.name} presses [{name}]{''.join(f' {value}' for value in values)}")
        chosen = tuple(_option(before, value) for value in values)
        answer = await self.discord.press(before, name, presser, values=chosen)
        await self.discord.wait_for(
            lambda: self.current(message) != before or answer.followups, timeout=TIMEOUT
        )
        self.read(message)
        return answer

    async def refused(self, message: StoredMessage | None, name: str, user: User) -> str:
        """Press a button without the permission for it, and return what the user reads."""
        if message is None:
            raise LookupError("there is no message")
        self.note("", f"{user.name} presses [{name}]")
        answer = await self.discord.press(self.current(message), name, user, timeout=TIMEOUT)
        await self.discord.wait_for(lambda: answer.message, timeout=TIMEOUT)
        return self.read(answer.message)

    async def fill_in(
        self,
        message: StoredMessage | None,
        button: str,
        values: Mapping[str, Filled],
        *,
        user: User | None = None,
    ) -> StoredMessage:
        """Press a button, fill in the form that it opens, and return the answer."""
        if message is None:
            raise LookupError("there is no message")
        presser = user or self.iris
        shown = ", ".join(f"{name}: {value}" for name, value in values.items())
        self.note("", f"{presser.name} presses [{button}] and fills in {shown}")
        form = await self.discord.press(message, button, presser, timeout=TIMEOUT)
        done = await self.discord.submit(form, values, timeout=TIMEOUT)
        await self.discord.wait_for(lambda: done.followups, timeout=TIMEOUT)
        return done.followups[0]

    def current(self, message: StoredMessage) -> StoredMessage:
        """Return the current state of a message."""
        return self.discord.stored[message.channel_id][message.id]

    def publish(self, *posts: Sequence[str]) -> list[int]:
        """Publish a post for each of these lists of tags. Return their numbers."""
        numbers = []
        for tags in posts:
            self._published += 1
            self.feed.publish(self._post(self._published, tuple(tags)))
            numbers.append(self._published)
            self.note(f"    published: Post {self._published} ({', '.join(tags) or 'no tags'})")
        return numbers

    def link(self, number: int) -> str:
        """Return the address of a post."""
        return f"{self.feed.base}/post/{number}/post-{number}"

    def _post(self, number: int, tags: tuple[str, ...]) -> Post:
        text = f"<p>Post {number}: the beans climbed past the second wire, and the water butt is full.</p>"
        published = self.started_at + timedelta(minutes=number)
        return Post(str(number), f"Post {number}", text, published, tags, "Ines", f"post-{number}")

    async def next_poll(self) -> None:
        """Wait until the feed's next document is recorded: the poll after it has started."""
        before = len(self.blog.requests)
        await eventually(lambda: len(self.blog.requests) >= before + 2)

    async def arrived(self, numbers: Sequence[int]) -> None:
        """Wait until these posts are in #news."""
        await self.discord.wait_for(lambda: set(numbers) <= set(self.posted()), timeout=TIMEOUT)

    def posted(self) -> list[int]:
        """Return the numbers of the posts in #news, in order, with repetitions."""
        found = []
        for message in self.discord.messages(self.news.id):
            headline = message.content if message.embeds else ""
            found += [int(number) for number in _NUMBER.findall(headline)]
        return found

    async def notice(self, part: str, *, after: int = 0) -> StoredMessage:
        """Wait for a message in the office with this text, newer than the message with this id, and return it."""
        await self.discord.wait_for(lambda: self._notices(part, after), timeout=TIMEOUT)
        return self._notices(part, after)[-1]

    def _notices(self, part: str, after: int) -> list[StoredMessage]:
        found = self.discord.messages(self.office.id)
        return [
            each for each in found if each.id > after and part in "\n".join(text_lines(self.discord, each))
        ]


def admin_fixture(folder: Path, *, openapi: Path | None = None) -> AbstractAsyncContextManager[AdminFixture]:
    """The bot isn't in the server yet, and isn't running."""
    return admins_of(AdminFixture, folder, openapi=openapi)


@asynccontextmanager
async def admins_of(
    kind: type[Admins], folder: Path, *, openapi: Path | None = None
) -> AsyncIterator[Admins]:
    """Like `admin_fixture`, with a subclass that also watches them."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(SandboxDiscord(openapi=openapi, acknowledge_timeout=60.0))
        blog = await stack.enter_async_context(Blog())
        guild = discord.add_guild("The Garden Club", has_bot=False)
        admins = discord.add_role(guild.id, "wardens", permissions=Permission.MANAGE_GUILD)
        helpers = discord.add_role(guild.id, "helpers", mentionable=True)
        fixture = kind(
            folder=folder,
            token=discord.token,
            discord=discord,
            blog=blog,
            feed=blog.feed("garden", "Garden Notes", "wordpress"),
            guild=guild,
            news=discord.add_channel(guild.id, "news"),
            office=discord.add_channel(guild.id, "office"),
            iris=discord.add_member(guild.id, "Iris", roles=(admins,)),
            rowan=discord.add_member(guild.id, "Rowan", roles=(admins,)),
            basil=discord.add_member(guild.id, "Basil"),
            hazel=discord.add_member(guild.id, "Hazel", roles=(helpers,)),
            helpers=helpers,
        )
        fixture.feed.length = 60
        (folder / "config.toml").write_text(_config(discord), "utf-8")
        try:
            yield fixture
        finally:
            await fixture.close()


def _config(discord: SandboxDiscord) -> str:
    return f"""
[discord]
api_url = "{discord.api_url}"

[polling]
interval = "1s"
minimum_interval = "1s"
allow_private_addresses = true
"""


def _typed(value: OptionValue) -> str:
    if isinstance(value, Channel):
        return f"#{value.name}"
    return value.name if hasattr(value, "name") else str(value)


def _option(message: StoredMessage, label: str) -> str:
    """Return the value of a menu's option."""
    for row in message.components:
        for each in row.get("components", ()):
            for option in each.get("options", ()):
                if option["label"] == label:
                    return str(option["value"])
    raise LookupError(f"no menu has the option {label!r}")
