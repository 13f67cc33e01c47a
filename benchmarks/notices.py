"""What admins read while feeds fail: 200 at once, one more the same day, one that comes and goes, and their recovery.

    python -m benchmarks.notices

Polls are recorded in a real database, and the real client sends to a Discord on this machine, while a clock is moved.
Prints every message with its time and place. Exits 1 if the first report of a problem or its end is missing, or if one
problem has more messages a day than allowed. Needs the development packages.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.chat.client import Chat
from bot.chat.services import Services
from bot.model import ChannelDeclaration, FeedDeclaration, FoundFeed, ParsedFeed, PollResult, SiteBudget
from bot.relay.notice_plan import DAY, MAX_PER_DAY
from bot.relay.notify import Notifier
from bot.sandbox.discord.models import Channel, Guild, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.conftest import shared_openapi

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FEEDS = 200
FAILURES = 3
"""Failed checks before a feed is reported."""
_BUDGET = SiteBudget(2, timedelta())
_DOWN = "The site can't be reached; it may be down."
_SLOW = "The site took longer than 30 seconds to answer."


@dataclass(frozen=True, slots=True)
class Received:
    """A message that admins got."""

    at: datetime
    place: str
    text: str


@dataclass
class Walk:
    """A bot in two servers, one of them with a channel for Community updates, and the clock."""

    discord: SandboxDiscord
    store: Store
    now: datetime = START
    received: list[Received] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    """The names of channels, by id."""
    writable: set[int] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def note_writable(self, channel_ids: Sequence[int]) -> None:
        """Record the channels where the bot can write."""
        self.writable.update(channel_ids)
        self.changed.set()

    async def know(self, channel_id: int) -> None:
        """Wait until the bot knows a channel."""
        while channel_id not in self.writable:
            self.changed.clear()
            await self.changed.wait()

    async def follow(self, names: Sequence[str], channel: Channel, admin: User) -> list[int]:
        """Follow feeds as an admin; return their ids."""
        found: list[int] = []
        for name in names:
            site = f"{name.lower().replace(' ', '-')}.example"
            done = await self.store.subscriptions.subscribe(
                FeedDeclaration(f"https://{site}/rss", name),
                ChannelDeclaration(channel.id),
                channel.guild_id,
                site=site,
                budget=_BUDGET,
                limit=10 * FEEDS,
                now=self.now,
                added_by=admin.id,
            )
            found += [done.followed.subscription.feed_id] if done.followed else []
        return found

    async def fail(self, feeds: Sequence[int], error: str) -> None:
        """Make these feeds fail often enough to be reported."""
        for feed_id in feeds:
            for _time in range(FAILURES):
                await self.store.feeds.settle_failed(feed_id, PollResult(self.now, error=error), self.now)

    async def recover(self, feeds: Sequence[int]) -> None:
        """Make these feeds readable again."""
        for feed_id in feeds:
            await self.store.feeds.settle_unchanged(feed_id, PollResult(self.now), self.now)

    async def wait(self, notifier: Notifier, span: timedelta) -> None:
        """Advance the clock, with a tick of the notifier each minute."""
        until = self.now + span
        while self.now < until:
            self.now += MINUTE
            while await notifier.tick():
                await notifier.drain()
            self._take_messages()

    def _take_messages(self) -> None:
        known = len(self.received)
        for message in self.discord.all_messages()[known:]:
            self.received.append(Received(self.now, self._place(message), _text(message)))

    def _place(self, message: StoredMessage) -> str:
        if message.channel_id in self.places:
            return self.places[message.channel_id]
        return f"direct message to {self.discord.channels[message.channel_id].name}"


def _text(message: StoredMessage) -> str:
    return "\n".join([message.content, *(str(each["description"]) for each in message.embeds)])


async def _no_web(_address: str) -> tuple[FoundFeed, ...]:
    raise NotImplementedError


async def _no_feed(_address: str) -> ParsedFeed:
    raise NotImplementedError


@asynccontextmanager
async def _connected(walk: Walk, wait_for: Channel) -> AsyncIterator[Notifier]:
    """Run the bot against the simulated Discord until it knows the channel, and until the walk ends."""
    services = Services(
        walk.store, _no_web, _no_feed, lambda _site: _BUDGET, lambda: walk.now, wake=lambda: None
    )
    discord = walk.discord
    chat = Chat(discord.token, api_url=discord.api_url, on_open=walk.note_writable, services=services)
    await chat.login()
    running = asyncio.create_task(chat.run())
    try:
        await walk.know(wait_for.id)
        yield Notifier(walk.store.notices, chat.sender, chat.open_direct, "walk", lambda: walk.now)
    finally:
        await chat.close()
        await running


def _add_server(walk: Walk, name: str, *channels: str) -> tuple[Guild, User, list[Channel]]:
    discord = walk.discord
    guild = discord.add_guild(name)
    admins = discord.add_role(guild.id, "gardeners", permissions=Permission.MANAGE_GUILD)
    admin = discord.add_member(guild.id, f"the admin of {name}", roles=(admins,))
    added = [discord.add_channel(guild.id, each) for each in channels]
    walk.places |= {each.id: f"#{each.name} of {name}" for each in added}
    return guild, admin, added


async def run(folder: Path, feeds: int = FEEDS) -> list[Received]:
    """Walk through it, and return every message."""
    async with (
        SandboxDiscord(openapi=shared_openapi()) as discord,
        await Store.open(folder / "feed-relay.db") as store,
    ):
        walk = Walk(discord, store)
        meadow, iris, (news, staff) = _add_server(walk, "Meadow", "news", "staff")
        discord.set_community(meadow.id, updates=staff)
        _orchard, rowan, (fruit,) = _add_server(walk, "Orchard", "fruit")
        async with _connected(walk, staff) as notifier:
            await walk.know(fruit.id)
            many = await walk.follow([f"Garden Notes {number}" for number in range(1, feeds + 1)], news, iris)
            late, fickle = await walk.follow(["Late Bloomer", "Fickle Weather"], news, iris)
            direct = await walk.follow(["Apple Diary", "Pear Diary"], fruit, rowan)
            await _act(walk, notifier, many, late, fickle, direct)
        return walk.received


async def _act(
    walk: Walk, notifier: Notifier, many: list[int], late: int, fickle: int, direct: list[int]
) -> None:
    await walk.fail([*many, *direct], _DOWN)
    await walk.wait(notifier, 3 * HOUR)
    await walk.fail([late], _SLOW)
    await walk.wait(notifier, HOUR)
    for _time in range(10):
        await walk.fail([fickle], _SLOW)
        await walk.wait(notifier, 10 * MINUTE)
        await walk.recover([fickle])
        await walk.wait(notifier, 10 * MINUTE)
    await walk.recover([*many, late, *direct])
    await walk.wait(notifier, 2 * DAY)


def problems(received: Sequence[Received], feeds: int = FEEDS) -> Iterator[str]:
    """Yield what is wrong with the messages."""
    names = [f"Garden Notes {number}" for number in range(1, feeds + 1)]
    for name in [*names, "Late Bloomer", "Fickle Weather", "Apple Diary", "Pear Diary"]:
        about = [each for each in received if re.search(rf"\b{name}\b(?! ?\d)", each.text)]
        if not about or "can't be read" not in about[0].text:
            yield f"{name}: its first failure isn't reported"
        if not about or "can be" not in about[-1].text:
            yield f"{name}: its recovery isn't reported"
        for first in about:
            day = [each for each in about if first.at <= each.at < first.at + DAY]
            if len(day) > MAX_PER_DAY:
                yield f"{name}: {len(day)} messages in the day from {first.at:%d %H:%M}"


def main() -> int:
    """Print the messages and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        received = asyncio.run(run(Path(folder)))
    for each in received:
        lines = each.text.replace("\n", "\n    ")
        print(f"{each.at:%a %H:%M}  {each.place}\n    {lines}\n")
    found = list(problems(received))
    print(f"{FEEDS + 4} feeds, {len(received)} messages, {len(found)} problems")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
