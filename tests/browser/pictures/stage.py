"""The parts of the demo as the pictures need them: nothing happens unless the script asks for it."""

import asyncio
import json
import os
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox import allotment, bot_process
from bot.sandbox.allotment import FOLLOWS, Allotment, Follow
from bot.sandbox.bot_process import BotProcess
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.blog_routes import BlogRoutes
from bot.sandbox.page.pictures import Pictures, fetch_limits
from bot.sandbox.page.relay_numbers import RelayNumbers
from bot.sandbox.page.server import PageServer
from bot.sandbox.page.trouble_routes import TroubleRoutes
from bot.sandbox.sites import sample_blogs
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk
from bot.sandbox.sites.drafts import Draft
from bot.sandbox.troubles import Places, Troubles
from bot.source.http.fetch import Fetcher
from tests.browser.pictures.names import PORT_VARIABLE, resolve_names, use_names
from tests.browser.pictures.story_time import StoryTime

TIMEOUT = 60.0
"""Seconds for anything that the bot is expected to do, also on a busy machine."""
INTERVAL = timedelta(minutes=10)
"""How often the bot checks feeds."""
FROM_FILE = "wolkenbuch"
"""The feed that the config file declares; the others are followed by commands, as an admin does it."""
FOLLOWED = frozenset({"garden", "tulips", "astronomy", "workshop", "cuisine", allotment.PRIVATE})
"""The channels that follow a feed."""
_WORK = """
SELECT EXISTS (SELECT 1 FROM feed WHERE leased_until IS NOT NULL)
    OR EXISTS (SELECT 1 FROM site WHERE first_due_at <= :now)
    OR EXISTS (SELECT 1 FROM delivery WHERE state IN ('pending', 'sending'))
    OR EXISTS (SELECT 1 FROM notice WHERE state = 'pending' AND due_at <= :now)
"""
"""Whether the bot has something to poll or to send."""
_CONFIG = """[discord]
token = {token}
api_url = {api_url}
[store]
path = {database}
[polling]
interval = "10m"
per_site = 3
allow_private_addresses = {own}
[[feeds]]
url = {feed}
[[feeds.channels]]
id = {channel}
style = "full"
"""


@dataclass
class Stage:
    """The running parts, and what happens among them."""

    time: StoryTime
    blog: Blog
    desk: Desk
    discord: SandboxDiscord
    place: Allotment
    page: PageServer
    numbers: RelayNumbers
    bot: BotProcess

    async def command(self, channel: str, command: str, /, **options: OptionValue) -> InteractionResponse:
        """Use a command as the server's owner. Only the owner sees the answer."""
        where = self.place.channels[channel]
        return await self.discord.interact(
            self.place.guild, where, self.discord.owner, command, options, timeout=TIMEOUT
        )

    async def follow(self, follow: Follow) -> None:
        """Follow a feed as an admin does it."""
        url, tags = self.blog.feeds[follow.feed].url, ", ".join(follow.tags)
        offer = await self.command(follow.channel, "feed add", url=url, style=follow.style, tags=tags)
        await self.discord.press(shown(offer), "Subscribe", self.discord.owner, timeout=TIMEOUT)
        await self.pass_time(timedelta())

    def publish(self, blog: str, draft: Draft) -> None:
        """Publish a post now. The bot sees it at its next check."""
        self.desk.write(blog, draft, self.time())

    async def pass_time(self, by: timedelta) -> None:
        """Jump, and wait until the bot has done what became due."""
        self.time.jump(by)
        async with asyncio.timeout(TIMEOUT):
            while await asyncio.to_thread(self._is_busy):  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.1)  # the bot's log, which is counted, comes a little later
        await self.numbers._take()

    def _is_busy(self) -> bool:
        now = int(self.time().timestamp() * 1000)
        with closing(sqlite3.connect(f"file:{self.numbers.database}?mode=ro", uri=True)) as database:
            (found,) = database.execute(_WORK, {"now": now}).fetchone()
        return bool(found)

    async def arrived(self, channel: str, words: str) -> StoredMessage:
        """Wait for a message with these words."""

        def found() -> StoredMessage | None:
            every = self.discord.stored.get(self.place.channels[channel].id, {}).values()
            return next((each for each in every if words in json.dumps(each.body, ensure_ascii=False)), None)

        await self.discord.wait_for(found, timeout=TIMEOUT)
        message = found()
        assert message is not None
        return message


def shown(answer: InteractionResponse) -> StoredMessage:
    """Return what the bot showed."""
    assert answer.message is not None
    return answer.message


@asynccontextmanager
async def running_stage() -> AsyncIterator[Stage]:
    """Run the bot in the demo's server, with feeds that were followed and posts that arrived this morning."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="feed-relay-pictures-")))
        stage = await _assemble(stack, folder)
        await stage.bot.start()
        stack.push_async_callback(stage.bot.stop)
        await stage.discord.wait_for(lambda: _is_ready(stage.discord), timeout=TIMEOUT)
        await _prepare(stage)
        yield stage


def _is_ready(discord: SandboxDiscord) -> bool:
    return discord.gateway.connected_shards > 0 and bool(discord.commands[None])


async def _assemble(stack: AsyncExitStack, folder: Path) -> Stage:
    time = StoryTime.create(folder / "time")
    bot_process.MODULE = "tests.browser.pictures.still_bot"
    use_names()
    blog = await stack.enter_async_context(Blog())
    os.environ[PORT_VARIABLE] = str(blog.port)
    resolve_names(blog.port)
    discord = await stack.enter_async_context(
        SandboxDiscord(token=secrets.token_urlsafe(32), clock=time, acknowledge_timeout=TIMEOUT)
    )
    place = allotment.build(discord)
    desk = Desk(blog)
    desk.open(time())
    fetcher = await stack.enter_async_context(Fetcher(fetch_limits(f"127.0.0.1:{blog.port}")))
    pictures = Pictures(fetcher, secrets.token_urlsafe(32))
    page = PageServer(discord, place.guild, place.viewers, pictures)
    numbers = RelayNumbers(folder / "feed-relay.db", time, page.live.send)
    bot = BotProcess(folder / "config.toml", numbers.on_log)
    troubles = Troubles(Places(blog, desk, discord, place, bot, time))
    page.parts += [BlogRoutes(blog, desk, pictures, time), TroubleRoutes(troubles)]
    page.live.greeting = lambda: {
        "relay": {"history": [numbers._now.json()]},
        "bot": {"running": True, "connected": True},
    }
    desk.changed = lambda name: page.live.send({"type": "blog-changed", "blog": name})
    await stack.enter_async_context(page)
    _write_config(folder, blog, discord, place)
    return Stage(time, blog, desk, discord, place, page, numbers, bot)


def _write_config(folder: Path, blog: Blog, discord: SandboxDiscord, place: Allotment) -> None:
    text = _CONFIG.format(
        token=json.dumps(discord.token),
        api_url=json.dumps(discord.api_url),
        database=json.dumps(str(folder / "feed-relay.db")),
        own=json.dumps([f"127.0.0.1:{blog.port}"]),
        feed=json.dumps(blog.feeds[FROM_FILE].url),
        channel=place.channels["wolken"].id,
    )
    (folder / "config.toml").write_text(text, "utf-8")


async def _prepare(stage: Stage) -> None:
    """Follow the feeds, and let the first posts arrive one after the other."""
    for follow in FOLLOWS:
        if follow.channel in FOLLOWED:
            await stage.follow(follow)
    for name, draft in sample_blogs.first():
        stage.publish(name, draft)
        await stage.pass_time(INTERVAL + timedelta(minutes=1))
    await stage.pass_time(timedelta(minutes=3))
