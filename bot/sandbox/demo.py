"""The whole bot, live, on this machine: three blogs, the real relay and Discord client, and a stand-in for Discord.

Needs no token and no network. What is shown is what the stand-in received.
"""

import asyncio
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot import app
from bot.config import Config
from bot.sandbox import samples
from bot.sandbox.blog import Blog
from bot.sandbox.discord import SandboxDiscord
from bot.sandbox.records import Channel, StoredMessage

PACE = 1.5
"""Seconds between posts."""

Say = Callable[[str], None]

_FORMS = {"garden": "rss", "night-sky": "atom", "slow-wheels": "json"}
_TITLES = {"garden": "Garden Notes", "night-sky": "Night Sky", "slow-wheels": "Slow Wheels"}


@dataclass(frozen=True, slots=True)
class Follow:
    """A channel of the demo's server and what it follows."""

    channel: str
    kind: str
    feed: str
    style: str
    tags: tuple[str, ...] = ()

    def __str__(self) -> str:
        only = f", only posts tagged {' or '.join(self.tags)}" if self.tags else ""
        return f"#{self.channel} follows {_TITLES[self.feed]} ({self.style}{only})"


FOLLOWS = (
    Follow("garden", "text", "garden", "card"),
    Follow("tulips", "text", "garden", "full", ("tulips", "chard")),
    Follow("astronomy", "announcement", "night-sky", "card", ("astronomy",)),
    Follow("workshop", "text", "slow-wheels", "compact"),
    Follow("rides", "forum", "slow-wheels", "card", ("routes",)),
)


async def run(*, port: int, seconds: float | None, say: Say) -> None:
    """Run until SIGINT, SIGTERM or so many seconds have passed. `port`: of the stand-in, 0 for any."""
    stop = asyncio.Event()
    async with _world(port) as (blog, discord, channels):
        _introduce(say)
        with tempfile.TemporaryDirectory(prefix="feed-relay-demo-") as folder:
            helpers = [
                asyncio.create_task(_publish(blog, say)),
                asyncio.create_task(_show(discord, channels, say)),
            ]
            if seconds is not None:
                asyncio.get_running_loop().call_later(seconds, stop.set)
            try:
                await app.run(_config(blog, discord, channels, Path(folder)), stop)
            finally:
                for task in helpers:
                    task.cancel()
                await asyncio.gather(*helpers, return_exceptions=True)
        _conclude(discord, channels, say)


@asynccontextmanager
async def _world(port: int) -> AsyncIterator[tuple[Blog, SandboxDiscord, dict[str, Channel]]]:
    async with AsyncExitStack() as stack:
        blog = await stack.enter_async_context(Blog())
        discord = await stack.enter_async_context(SandboxDiscord(port=port))
        guild = discord.add_guild("The Allotment")
        channels = {
            follow.channel: discord.add_channel(guild.id, follow.channel, kind=follow.kind)
            for follow in FOLLOWS
        }
        for name, form in _FORMS.items():
            blog.feed(name, _TITLES[name], form)
        for number, sample in enumerate(samples.old_posts()):
            blog.feeds[sample.feed].publish(sample.post(number, app.clock() - timedelta(days=1)))
        yield blog, discord, channels


def _config(blog: Blog, discord: SandboxDiscord, channels: dict[str, Channel], folder: Path) -> Config:
    return Config.model_validate(
        {
            "discord": {"token": discord.token, "api_url": discord.api_url},
            "store": {"path": folder / "feed-relay.db"},
            "polling": {
                "interval": "1s",
                "minimum_interval": "1s",
                "per_site": 3,
                "allow_private_addresses": True,
            },
            "feeds": [
                {
                    "url": blog.feeds[name].url,
                    "channels": [
                        {"id": channels[follow.channel].id, "tags": list(follow.tags), "style": follow.style}
                        for follow in FOLLOWS
                        if follow.feed == name
                    ],
                }
                for name in _FORMS
            ],
        }
    )


async def _publish(blog: Blog, say: Say) -> None:
    """Publish a post at a time, once every feed was read: what stood there before is its baseline."""
    waiting = deque(enumerate(samples.new_posts(blog.picture), start=100))
    while waiting:
        await asyncio.sleep(PACE)
        if len({request.path for request in blog.requests}) < len(_FORMS):
            continue
        number, sample = waiting.popleft()
        say(f"\n{_TITLES[sample.feed]} publishes: {sample.title or 'three photos without a title'}")
        blog.feeds[sample.feed].publish(sample.post(number, app.clock()))
    await asyncio.sleep(PACE * 2)
    say("\nEvery post is published. Ctrl-C ends the demo.")


async def _show(discord: SandboxDiscord, channels: dict[str, Channel], say: Say) -> None:
    """Tell of each message when it arrives."""
    shown: set[int] = set()
    while True:
        for name, message in received(discord, channels):
            if message.id not in shown:
                shown.add(message.id)
                say("\n".join(describe(name, message)))
        async with discord.changed:
            await discord.changed.wait_for(lambda: len(received(discord, channels)) > len(shown))


def received(discord: SandboxDiscord, channels: dict[str, Channel]) -> list[tuple[str, StoredMessage]]:
    """The messages that stand in the demo's channels and in the posts of its forums, by channel name."""
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
    """A message in lines of text: its content, then each embed behind a bar."""
    published = ", published to followers" if message.published else ""
    lines = [f"  #{name}  {message.created_at:%H:%M:%S} UTC{published}", f"    {message.content}"]
    for embed in message.embeds:
        footer = embed.get("footer") or {}
        parts = (embed.get("title"), embed.get("url"), embed.get("description"), footer.get("text"))
        picture = (embed.get("image") or {}).get("url")
        told = "\n".join(str(part) for part in (*parts, f"picture: {picture}" if picture else None) if part)
        lines += [f"    | {line}" for line in told.splitlines()]
    return lines


def _introduce(say: Say) -> None:
    say("A blog, feed-relay and a stand-in for Discord run on this machine. In the server The Allotment:")
    for follow in FOLLOWS:
        say(f"  {follow}")


def _conclude(discord: SandboxDiscord, channels: dict[str, Channel], say: Say) -> None:
    messages = received(discord, channels)
    pings = sum(bool(message.pings) for _, message in messages)
    reached = {name.partition(" / ")[0] for name, _ in messages}
    say(f"\n{len(messages)} messages in {len(reached)} channels, {pings} pings.")
