"""The demo: blogs, the real bot, a simulated Discord, and a page that shows them, all on this machine.

It needs no token and, without `--feed`, no network.
"""

import asyncio
import logging
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import structlog

from bot import app, config
from bot.errors import FeedRelayError
from bot.sandbox import allotment, demo_text
from bot.sandbox.allotment import Allotment
from bot.sandbox.bot_process import BotProcess
from bot.sandbox.demo_config import config_text
from bot.sandbox.demo_text import Say
from bot.sandbox.discord import journal
from bot.sandbox.discord.interactions import ACKNOWLEDGE_TIMEOUT
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.blog_routes import BlogRoutes
from bot.sandbox.page.pictures import Pictures, fetch_limits
from bot.sandbox.page.relay_numbers import RelayNumbers
from bot.sandbox.page.server import PageServer
from bot.sandbox.page.trouble_routes import TroubleRoutes
from bot.sandbox.sites import post_journal, sample_blogs
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk
from bot.sandbox.troubles import Places, Troubles
from bot.source.http.fetch import Fetcher
from bot.stop import on_signals

ANSWER_TIMEOUT = ACKNOWLEDGE_TIMEOUT
"""Seconds for the bot's first answer to a command: as many as Discord gives it."""
FIRST_INTERVAL = 1.0
"""Seconds between the first posts."""
POST_INTERVAL = 20.0
"""Seconds between the others."""

_FOLLOWED = frozenset(follow.feed for follow in allotment.FOLLOWS)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who starts the demo can choose."""

    port: int = 0
    """The port of the page; 0: any free one."""
    seconds: float | None = None
    """None: until Ctrl-C."""
    feeds: tuple[str, ...] = ()
    """Real feeds, which are relayed into the sandbox."""
    keep: Path | None = None
    """The folder that keeps the database and the simulated Discord; None: a new one, deleted at the end."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The running parts of the demo."""

    blog: Blog
    desk: Desk
    discord: SandboxDiscord
    place: Allotment
    page: PageServer
    numbers: RelayNumbers
    troubles: Troubles
    bot: BotProcess


async def run(options: Options, say: Say, open_page: Callable[[str], bool]) -> None:
    """Run until SIGINT or SIGTERM, or for the given seconds. Raises FeedRelayError if it can't start.

    `open_page`: shows the page to the person, given its address; False: they can't see it, so that the messages are
    printed. `say`: prints a line.
    """
    stop = asyncio.Event()
    on_signals(stop.set)
    async with opened(options) as parts:
        say(f"The page of the demo: {parts.page.link}")
        printed = not await asyncio.to_thread(open_page, parts.page.link)
        if printed:
            demo_text.introduce(say, until_stopped=options.seconds is None)
        else:
            say("Press Ctrl-C to stop the demo.")
        await _run_until(stop, parts, options, say if printed else None)
        if printed:
            demo_text.summarise(parts.discord, parts.place.channels, say)


async def _run_until(stop: asyncio.Event, parts: Parts, options: Options, say: Say | None) -> None:
    """`say`: prints what happens; None: the person sees the page."""
    if options.seconds is not None:
        asyncio.get_running_loop().call_later(options.seconds, stop.set)
    await parts.bot.start()
    shown = [] if say is None else [demo_text.show(parts.discord, parts.place.channels, say)]
    tasks = [
        asyncio.create_task(each)
        for each in (
            _publish(parts.blog, parts.desk, say or (lambda _: None)),
            *shown,
            parts.numbers.run(),
            parts.troubles.run(),
            _report(parts),
            _fail_with(parts.bot),
        )
    ]
    for task in tasks:
        task.add_done_callback(lambda ended: stop.set() if _has_failed(ended) else None)
    try:
        await stop.wait()
    finally:
        await parts.bot.stop()
        await _end(tasks)


async def _fail_with(bot: BotProcess) -> None:
    await bot.failed.wait()
    raise FeedRelayError(f"The bot has stopped, so the demo stops, too. {bot.last_words}".strip())


async def _report(parts: Parts) -> None:
    """Report to the pages whenever the bot starts, stops or connects. A stopped bot's deferred responses fail."""
    reported: Json | None = None
    async with parts.discord.changed:  # else a change between a look and the wait would be missed
        while True:
            state = _bot_state(parts.bot, parts.discord)
            if not parts.bot.running:
                parts.discord.interactions.give_up_all()
            if state != reported:
                parts.page.live.send({"type": "bot", **state})
                reported = state
            await parts.discord.changed.wait()


def _bot_state(bot: BotProcess, discord: SandboxDiscord) -> Json:
    return {"running": bot.running, "connected": discord.gateway.connected_shards > 0}


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
async def opened(options: Options, on_log: Callable[[Json], None] = lambda _: None) -> AsyncIterator[Parts]:
    """Serve everything except the bot, which isn't started. `on_log`: called with each line of its log."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_folder(options))
        blog = await stack.enter_async_context(_kept_blog(folder))
        discord = await stack.enter_async_context(
            SandboxDiscord(token=secrets.token_urlsafe(32), acknowledge_timeout=ANSWER_TIMEOUT)
        )
        place = stack.enter_context(_kept_place(folder, discord, options))
        desk = stack.enter_context(_kept_desk(folder, blog, options))
        own = (f"127.0.0.1:{blog.port}",)
        fetcher = await stack.enter_async_context(Fetcher(fetch_limits(*own, f"127.0.0.1:{discord.port}")))
        pictures = Pictures(fetcher, secrets.token_urlsafe(32))
        page = PageServer(discord, place.guild, place.viewers, pictures, options.port)
        parts = _connect(folder, blog, desk, discord, place, page, on_log)
        page.parts += [BlogRoutes(blog, desk, pictures, app.clock), TroubleRoutes(parts.troubles)]
        await stack.enter_async_context(_serving(page))
        _write_config(folder, blog, discord, place, own, options)
        yield parts


def _connect(
    folder: Path,
    blog: Blog,
    desk: Desk,
    discord: SandboxDiscord,
    place: Allotment,
    page: PageServer,
    on_log: Callable[[Json], None],
) -> Parts:
    """Add the bot, its numbers and the troubles, and send the page what changes."""
    numbers = RelayNumbers(folder / "feed-relay.db", app.clock, page.live.send)

    def note(line: Json) -> None:
        _on_log(line, numbers)
        on_log(line)

    bot = BotProcess(folder / "config.toml", note, discord.touch)
    page.live.greeting = lambda: {
        "relay": {"history": [each.json() for each in numbers.history]},
        "bot": _bot_state(bot, discord),
    }
    troubles = Troubles(
        Places(blog, desk, discord, place, bot, app.clock),
        lambda trouble: page.live.send({"type": "trouble", "trouble": trouble}),
    )
    desk.changed = lambda name: page.live.send({"type": "blog-changed", "blog": name})
    return Parts(blog, desk, discord, place, page, numbers, troubles, bot)


@contextmanager
def _folder(options: Options) -> Iterator[Path]:
    if options.keep is None:
        with tempfile.TemporaryDirectory(prefix="feed-relay-demo-") as folder:
            yield Path(folder)
        return
    try:
        options.keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FeedRelayError(
            f"{options.keep} can't be used ({error.strerror}). Choose another folder with --keep."
        ) from error
    yield options.keep.absolute()


@asynccontextmanager
async def _kept_blog(folder: Path) -> AsyncIterator[Blog]:
    """Serve the blogs on the port of the last run with this folder, because their addresses are in its database."""
    note = folder / "blogs.port"
    port = int(note.read_text("utf-8")) if note.exists() else 0
    blog = Blog(port)
    try:
        await blog.__aenter__()
    except OSError as error:
        raise FeedRelayError(
            f"Port {port} of the kept blogs is not available. Another demo may be using {folder}; end it first."
        ) from error
    try:
        note.write_text(str(blog.port), "utf-8")
        yield blog
    finally:
        await blog.__aexit__()


@contextmanager
def _kept_place(folder: Path, discord: SandboxDiscord, options: Options) -> Iterator[Allotment]:
    """Yield the server as the last run with this folder left it, and keep its changes."""
    path = folder / "discord.jsonl"
    try:
        journal.load(path, discord)
    except journal.UnreadableJournal as error:
        raise _other_version(path) from error
    place = allotment.build(discord, with_real=bool(options.feeds))
    if options.keep is None:
        yield place
        return
    writing = journal.Journal(path, discord)
    try:
        yield place
    finally:
        writing.close()


@contextmanager
def _kept_desk(folder: Path, blog: Blog, options: Options) -> Iterator[Desk]:
    """Yield the desk with the posts of the last run with this folder, and store new posts there."""
    desk = Desk(blog)
    desk.open(app.clock())
    if options.keep is None:
        yield desk
        return
    path = folder / "posts.jsonl"
    try:
        writing = post_journal.PostJournal(path, desk)
    except post_journal.UnreadablePosts as error:
        raise _other_version(path) from error
    try:
        yield desk
    finally:
        writing.close()


def _other_version(path: Path) -> FeedRelayError:
    return FeedRelayError(f"{path} was written by another version. Choose another folder with --keep.")


@asynccontextmanager
async def _serving(page: PageServer) -> AsyncIterator[None]:
    try:
        await page.__aenter__()
    except OSError as error:
        raise FeedRelayError(
            f"Port {page.port} is not available. Choose another with --port, or omit the option."
        ) from error
    try:
        yield
    finally:
        await page.__aexit__()


def _write_config(
    folder: Path,
    blog: Blog,
    discord: SandboxDiscord,
    place: Allotment,
    own: Sequence[str],
    options: Options,
) -> None:
    text = config_text(
        token=discord.token,
        api_url=discord.api_url,
        database=str(folder / "feed-relay.db"),
        own=own,
        feeds={name: feed.url for name, feed in blog.feeds.items()},
        real_feeds=options.feeds,
        channels=place.channels,
        real_channel=place.channels.get(allotment.REAL),
    )
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    config.load(path, {})  # a wrong address of `--feed` is reported before anything starts


def _on_log(line: Json, numbers: RelayNumbers) -> None:
    """Count a line of the bot's log, and repeat a warning as the demo's own."""
    numbers.on_log(line)
    level = logging.getLevelNamesMapping().get(str(line.get("level", "")).upper(), logging.INFO)
    if level >= logging.WARNING:
        fields = {name: value for name, value in line.items() if name not in {"event", "level", "timestamp"}}
        log.log(level, line.get("event"), **fields)


async def _publish(blog: Blog, desk: Desk, say: Say) -> None:
    """Publish one post after another, once each feed was requested, since earlier posts would be its baseline."""
    while len({request.path for request in blog.requests}) < len(_FOLLOWED):  # noqa: ASYNC110 - blogs don't announce requests
        await asyncio.sleep(FIRST_INTERVAL / 10)
    for number in count():
        await asyncio.sleep(FIRST_INTERVAL if number < sample_blogs.early() else POST_INTERVAL)
        written = desk.next_sample(app.clock())
        say(f"\n{written.blog.title} publishes: {written.headline}")
