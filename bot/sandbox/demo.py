"""The demo: sample blogs, the real bot and a simulated Discord on this machine.

It needs no token and no network. It prints the messages that the simulated Discord received.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bot import app
from bot.config import Config
from bot.errors import FeedRelayError
from bot.sandbox.discord.models import Channel, Json, StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites import sample_blogs
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk

FIRST_INTERVAL = 1.0
"""Seconds between the first posts."""
POST_INTERVAL = 20.0
"""Seconds between the posts after them."""
SERVER = "The Allotment"

Say = Callable[[str], None]

_TITLES = {blog.name: blog.title for blog in sample_blogs.blogs()}


@dataclass(frozen=True, slots=True)
class Follow:
    """A channel of the demo's server and the feed that it follows."""

    channel: str
    kind: str
    feed: str
    style: str
    tags: tuple[str, ...] = ()

    def __str__(self) -> str:
        only = f", tagged {' or '.join(self.tags)}" if self.tags else ""
        name = f"#{self.channel}"
        return f"{name:<{_WIDTH}} {self.kind:<12}  {_TITLES[self.feed]}{only} ({self.style})"


FOLLOWS = (
    Follow("garden", "text", "garden", "card"),
    Follow("tulips", "text", "garden", "full", ("tulips", "chard")),
    Follow("astronomy", "announcement", "night-sky", "card", ("astronomy",)),
    Follow("workshop", "text", "slow-wheels", "compact"),
    Follow("rides", "forum", "slow-wheels", "card", ("routes",)),
    Follow("cuisine", "text", "petite-cuisine", "card"),
    Follow("wolken", "text", "wolkenbuch", "full"),
    Follow("sampo", "text", "asa-no-sampo", "card"),
    Follow("qahwa", "text", "qahwa-wa-kitab", "card"),
)
"""The remaining blog, Paper Boats, is there to be followed by whoever tries the bot."""
_FOLLOWED = tuple(dict.fromkeys(follow.feed for follow in FOLLOWS))


@dataclass(frozen=True, slots=True)
class _World:
    """What the bot runs between."""

    blog: Blog
    desk: Desk
    discord: SandboxDiscord
    channels: dict[str, Channel]


_WIDTH = max(len(follow.channel) for follow in FOLLOWS) + 1


async def run(*, port: int, seconds: float | None, say: Say) -> None:
    """Run until SIGINT or SIGTERM, or for `seconds`. Raises FeedRelayError if the port is taken.

    `port`: the port of the simulated Discord; 0: any free one. `say`: prints a line.
    """
    stop = asyncio.Event()
    async with _blogs_and_server(port) as world:
        _print_introduction(say, until_stopped=seconds is None)
        with tempfile.TemporaryDirectory(prefix="feed-relay-demo-") as folder:
            tasks = [
                asyncio.create_task(_publish(world.blog, world.desk, say)),
                asyncio.create_task(_show(world.discord, world.channels, say)),
            ]
            for task in tasks:
                task.add_done_callback(lambda ended: stop.set() if _has_failed(ended) else None)
            if seconds is not None:
                asyncio.get_running_loop().call_later(seconds, stop.set)
            try:
                await app.run(_config(world, Path(folder)), stop)
            finally:
                await _end(tasks)
        _print_summary(world.discord, world.channels, say)


def _has_failed(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is not None


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the tasks. Raises the exception of one that failed."""
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


@asynccontextmanager
async def _blogs_and_server(port: int) -> AsyncIterator[_World]:
    async with AsyncExitStack() as stack:
        blog = await stack.enter_async_context(Blog())
        discord = await stack.enter_async_context(_serving(SandboxDiscord(port=port)))
        guild = discord.add_guild(SERVER)
        channels = {
            follow.channel: discord.add_channel(guild.id, follow.channel, kind=follow.kind)
            for follow in FOLLOWS
        }
        desk = Desk(blog)
        desk.open(app.clock())
        yield _World(blog, desk, discord, channels)


@asynccontextmanager
async def _serving(discord: SandboxDiscord) -> AsyncIterator[SandboxDiscord]:
    try:
        await discord.start()
    except OSError as error:
        raise FeedRelayError(
            f"Port {discord.port} is not available. Choose another with --port, or omit the option."
        ) from error
    try:
        yield discord
    finally:
        await discord.stop()


def _config(world: _World, folder: Path) -> Config:
    return Config.model_validate(
        {
            "discord": {"token": world.discord.token, "api_url": world.discord.api_url},
            "store": {"path": folder / "feed-relay.db"},
            "polling": {
                "interval": "1s",
                "minimum_interval": "1s",
                "per_site": 3,
                "allow_private_addresses": True,
            },
            "feeds": [
                {
                    "url": world.blog.feeds[name].url,
                    "channels": [
                        {
                            "id": world.channels[follow.channel].id,
                            "tags": list(follow.tags),
                            "style": follow.style,
                        }
                        for follow in FOLLOWS
                        if follow.feed == name
                    ],
                }
                for name in _FOLLOWED
            ],
        }
    )


async def _publish(blog: Blog, desk: Desk, say: Say) -> None:
    """Publish one post after another, as soon as each feed was requested: posts before that are its baseline."""
    while len({request.path for request in blog.requests}) < len(_FOLLOWED):  # noqa: ASYNC110 - blogs don't announce requests
        await asyncio.sleep(FIRST_INTERVAL / 10)
    for number in count():
        await asyncio.sleep(FIRST_INTERVAL if number < len(sample_blogs.first()) else POST_INTERVAL)
        written = desk.next_sample(app.clock())
        say(f"\n{written.blog.title} publishes: {written.headline}")


async def _show(discord: SandboxDiscord, channels: dict[str, Channel], say: Say) -> None:
    """Print each message when it arrives, and when it is published."""
    shown: set[int] = set()
    published: set[int] = set()
    while True:
        for name, message in received(discord, channels):
            if message.id not in shown:
                shown.add(message.id)
                say("\n".join(describe(name, message)))
            if message.published and message.id not in published:
                published.add(message.id)
                say(f"\n  #{name}  published to the channels that follow this one")
        async with discord.changed:
            await discord.changed.wait()


def received(discord: SandboxDiscord, channels: dict[str, Channel]) -> list[tuple[str, StoredMessage]]:
    """Return the messages in the demo's channels and forum posts with the channel's name, oldest first."""
    names = {channel.id: name for name, channel in channels.items()}
    names |= {
        thread.id: f"{names[thread.parent_id]} / {thread.name}"
        for thread in discord.channels.values()
        if thread.parent_id in names
    }
    found = [
        (name, message) for channel_id, name in names.items() for message in discord.messages(channel_id)
    ]
    return sorted(found, key=lambda pair: pair[1].id)


def describe(name: str, message: StoredMessage) -> list[str]:
    """Return a message as lines of text: its content, then its embeds behind a bar."""
    lines = ["", f"  #{name}  {message.created_at:%H:%M:%S} UTC"]
    lines += [f"    {line}" for line in message.content.splitlines()]
    return lines + [f"    | {line}" for embed in message.embeds for line in _describe_embed(embed)]


def _describe_embed(embed: Json) -> list[str]:
    footer = (embed.get("footer") or {}).get("text")
    picture = (embed.get("image") or {}).get("url")
    title = embed.get("title")  # each picture after the first is an embed with only the same address
    parts = (title, embed.get("url") if title else None, embed.get("description"), footer)
    lines = "\n".join(str(part) for part in parts if part).splitlines()
    return [*lines, f"picture: {picture}"] if picture else lines


def _print_introduction(say: Say, *, until_stopped: bool) -> None:
    say(
        "Eight blogs, feed-relay and a simulated Discord are running on this machine. No token or network needed."
    )
    say(
        "The blogs' old posts are not sent to Discord. Each new post goes to the channels that follow its blog"
    )
    say(f"on the server {SERVER}:\n")
    for follow in FOLLOWS:
        say(f"  {follow}")
    if until_stopped:
        say("\nPress Ctrl-C to stop the demo.")


def _print_summary(discord: SandboxDiscord, channels: dict[str, Channel], say: Say) -> None:
    messages = received(discord, channels)
    pings = sum(bool(message.pings) for _, message in messages)
    counts = Counter(name.partition(" / ")[0] for name, _ in messages)
    say(f"\nMessages on {SERVER}:\n")
    for name in channels:
        say(f"  {'#' + name:<{_WIDTH}} {counts[name]} {'post' if counts[name] == 1 else 'posts'}")
    say(f"\n{len(messages)} messages in {len(counts)} channels, {pings} pings.")
