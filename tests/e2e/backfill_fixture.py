"""A blog with a long history, a bot that follows it, and `feed-relay backfill` as a process of its own."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model import Order, Query
from bot.sandbox.discord.models import Channel
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.sandbox.sites.tumblr import Tumblr
from bot.store.store import Store
from tests.e2e.bot_process import ROOT

BEGAN = datetime(2015, 3, 1, 9, tzinfo=UTC)


@dataclass
class Shelf:
    """The world of one back-fill."""

    folder: Path
    blog: Blog
    feed: BlogFeed
    tumblr: Tumblr
    discord: SandboxDiscord
    channel: Channel

    async def call(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end: its exit status, negative for a signal, and what it said."""
        process = await self.start(*arguments)
        out, _ = await asyncio.wait_for(process.communicate(), 90)
        return process.returncode or 0, out.decode()

    async def start(self, *arguments: str, kill_after: int = 0) -> asyncio.subprocess.Process:
        """Start a command; `kill_after`: it kills itself once so many pages are recorded."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.e2e.fast_backfill", str(kill_after)),
            *(*arguments, "--config", str(self.folder / "config.toml")),
            cwd=ROOT,
            env={**os.environ, "FEED_RELAY_DISCORD__TOKEN": self.discord.token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    async def killed(self, *arguments: str, after: int) -> None:
        """Run a command that dies as by `kill -9` once so many pages are recorded."""
        process = await self.start(*arguments, kill_after=after)
        out, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == -signal.SIGKILL, out.decode()

    def received(self) -> list[str]:
        """The titles of the posts that stand in the channel."""
        messages = self.discord.messages(self.channel.id)
        return [found for message in messages for found in re.findall(r"Note \d+", message.content)]

    async def archived(self) -> list[str]:
        """The titles of the posts in the archive."""
        async with await Store.open(self.folder / "feed-relay.db", create=False) as store:
            found = await store.search.find(Query(), None, order=Order.NEWEST, limit=10_000)
            return [hit.title for hit in found.hits]


def note(number: int) -> Post:
    """The post of this number; the higher, the newer."""
    return Post(
        id=str(number),
        title=f"Note {number}",
        html=f"<p>Note {number}: the moon stood over bed {number} while the beans slept.</p>",
        published=BEGAN + timedelta(hours=number),
        tags=("moon", f"bed {number % 12}"),
        author="Ines",
    )


@asynccontextmanager
async def shelf(folder: Path, posts: int, form: str) -> AsyncIterator[Shelf]:
    """A blog with so many posts, the last 20 of which stand in its feed, and a config that follows it. The form of
    Tumblr's feeds means a blog of Tumblr.
    """
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(SandboxDiscord())
        blog = await stack.enter_async_context(Blog())
        tumblr = await stack.enter_async_context(Tumblr())
        channel = discord.add_channel(discord.add_guild("The Observatory").id, "notes")
        feed = blog.feed("moon", "Moon Garden", form)
        feed.publish(*(note(number) for number in range(1, posts + 1)))
        if form == "rss":
            feed.move("https://moon.tumblr.com")
            tumblr.carry(feed)
        (folder / "config.toml").write_text(
            f"""
[discord]
api_url = "{discord.api_url}"
[tumblr]
api_key = "{tumblr.key}"
api_url = "{tumblr.address}"
[store]
path = "{folder / "feed-relay.db"}"
[polling]
interval = "1s"
minimum_interval = "1s"
allow_private_addresses = true
[[feeds]]
url = "{feed.url}"
name = "Moon"
[[feeds.channels]]
id = {channel.id}
""",
            "utf-8",
        )
        yield Shelf(folder, blog, feed, tumblr, discord, channel)
