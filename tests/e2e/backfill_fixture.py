"""A blog with a long history, a bot that follows it, and `feed-relay backfill` as a process of its own."""

import re
import signal
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
from tests.e2e.bot_process import Process
from tests.e2e.kill_at_step import RECORD_PAGE

FIRST_POST_AT = datetime(2015, 3, 1, 9, tzinfo=UTC)


@dataclass
class BackfillFixture:
    """A blog, a Discord server, and the commands that run between them."""

    folder: Path
    blog: Blog
    feed: BlogFeed
    tumblr: Tumblr
    discord: SandboxDiscord
    channel: Channel

    async def call(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end. Return its exit status, negative for a signal, and its output."""
        status = await self.start(*arguments, output="output").wait()
        return status, self.output()

    def start(self, *arguments: str, output: str = "log") -> Process:
        """Start a command whose output goes to this file of the folder."""
        return self._start("tests.e2e.fast_bot", *arguments, output=output)

    def _start(self, *arguments: str, output: str) -> Process:
        return Process(*arguments, folder=self.folder, token=self.discord.token, output=self.folder / output)

    async def killed(self, *arguments: str, after: int, step: str = RECORD_PAGE) -> None:
        """Run a command that is killed after it has recorded `after` pages with new posts, or after another step."""
        module = ("tests.e2e.kill_at_step", "after", step, str(after))
        status = await self._start(*module, *arguments, output="output").wait()
        assert status == -signal.SIGKILL, self.output()

    def output(self) -> str:
        """Return what the commands have written."""
        return (self.folder / "output").read_text("utf-8")

    def received(self) -> list[str]:
        """Return the titles of the posts in the channel."""
        messages = self.discord.messages(self.channel.id)
        return [title for message in messages for title in re.findall(r"Note \d+", message.content)]

    async def archived(self) -> list[str]:
        """Return the titles of the posts in the archive."""
        async with await Store.open(self.folder / "feed-relay.db", create=False) as store:
            titles: list[str] = []
            before = None
            while True:  # a search finds a limited number of posts
                found = await store.search.find(Query(before=before), None, order=Order.NEWEST, limit=10_000)
                titles += [hit.title for hit in found.hits]
                if not found.is_more:
                    return titles
                before = found.hits[-1].published


def note(number: int) -> Post:
    """Return the post of this number; the higher, the newer."""
    return Post(
        id=str(number),
        title=f"Note {number}",
        html=f"<p>Note {number}: the moon rose over bed {number} while the beans slept.</p>",
        published=FIRST_POST_AT + timedelta(hours=number),
        tags=("moon", f"bed {number % 12}"),
        author="Ines",
    )


@asynccontextmanager
async def backfill_fixture(folder: Path, posts: int, form: str) -> AsyncIterator[BackfillFixture]:
    """A blog with this many posts, of which its feed shows the newest 20, and a config that follows it.

    The format "rss" means a blog on Tumblr.
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
            tumblr.add(feed)
        fixture = BackfillFixture(folder, blog, feed, tumblr, discord, channel)
        (folder / "config.toml").write_text(_config(fixture), "utf-8")
        yield fixture


def _config(fixture: BackfillFixture) -> str:
    return f"""
[discord]
api_url = "{fixture.discord.api_url}"
[tumblr]
api_key = "{fixture.tumblr.key}"
api_url = "{fixture.tumblr.address}"
[store]
path = "{fixture.folder / "feed-relay.db"}"
[polling]
interval = "1s"
minimum_interval = "1s"
allow_private_addresses = true
[[feeds]]
url = "{fixture.feed.url}"
name = "Moon"
[[feeds.channels]]
id = {fixture.channel.id}
"""
