"""Composition root: builds store, HTTP session, chat and schedule; starts and stops them in order; owns the clock."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from bot import errors
from bot.chat.client import Chat
from bot.chat.services import Services, ServiceSettings
from bot.config import Config
from bot.model import BackfillProgress, FoundFeed, ParsedFeed, SiteBudget
from bot.relay import poll_schedule
from bot.relay.backfill import Backfiller, FillRules
from bot.relay.deliver import Deliverer, DeliverRules
from bot.relay.notify import Notifier
from bot.relay.poll import Poller, PollRules
from bot.schedule import Schedule, Tick
from bot.source.discovery.discover import discover
from bot.source.formats.process import Parser
from bot.source.history.choose import history_sources
from bot.source.http.fetch import FetchLimits
from bot.source.http.rate_limit import rate_limited
from bot.source.http.site import site_of
from bot.source.tumblr.web import TumblrFetcher
from bot.store.backfills import Worker
from bot.store.feeds import Feeds
from bot.store.sqlite.database import unopenable
from bot.store.store import Store

log = structlog.get_logger(__name__)

LOOK = timedelta(seconds=1)
"""How often the database is asked what is due."""
TELL = timedelta(seconds=5)
"""How often notices go out."""
MAINTAIN = timedelta(hours=6)
PRUNED_AT_ONCE = 500
"""Entries in one transaction, so that nothing else waits for long."""
REMEMBERED = timedelta(days=30)
"""How long subscriptions outlive their channel, or the bot's removal from their server."""
GRACE = 10.0
"""Seconds for the sends under way when the bot stops."""
LOGIN_PAUSE = 5.0
LONGEST_LOGIN_PAUSE = 300.0


def clock() -> datetime:
    """Now, in aware UTC: the only place that reads the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """The parts of a running bot."""

    store: Store
    chat: Chat
    poller: Poller
    deliverer: Deliverer
    notifier: Notifier
    backfiller: Backfiller
    deliver: Tick
    keep: timedelta | None
    """How long bodies are kept; None: for ever."""


async def run(config: Config, stop: asyncio.Event | None = None) -> None:
    """Relay until SIGINT, SIGTERM or `stop`. Raises FeedRelayError for what keeps the bot from starting."""
    async with _built(config, answering=True) as app:
        await _sync(app.store, config)
        await _relay_until(app, stop or asyncio.Event())


async def run_once(config: Config) -> None:
    """Poll every feed once now, deliver what can be sent now; what has to wait stays in the outbox."""
    async with _built(config, answering=False) as app:
        await _sync(app.store, config)
        await _once(app)


async def backfill(
    config: Config,
    feed_id: int,
    since: datetime | None,
    most: int | None,
    told: Callable[[BackfillProgress], None],
) -> BackfillProgress:
    """Read a feed's history into the archive, beside a running bot too. Stopped by cancelling, it goes on when it is
    asked for again.
    """
    async with AsyncExitStack() as stack:
        busy = "a back-fill runs in another shell; wait for it, or stop it first."
        stack.enter_context(_alone(config.store.path, "backfill.lock", busy))
        store = await stack.enter_async_context(await Store.open(config.store.path, create=False))
        web = await stack.enter_async_context(_web(config))
        parser = await stack.enter_async_context(Parser())
        await store.backfills.release(Worker.CLI)
        await store.backfills.request(feed_id, clock(), since, most)
        try:
            return await _backfiller(config, store, web, parser, Worker.CLI).finish(feed_id, told)
        except asyncio.CancelledError:
            await store.backfills.stop(feed_id)
            raise


@asynccontextmanager
async def _built(config: Config, *, answering: bool) -> AsyncIterator[App]:
    """All parts, opened in the order that they need and closed in the other; `answering`: commands and buttons too."""
    async with AsyncExitStack() as stack:
        busy = "another feed-relay runs with this database; stop it first."
        stack.enter_context(_alone(config.store.path, "lock", busy))
        store = await stack.enter_async_context(await Store.open(config.store.path))
        web = await stack.enter_async_context(_web(config))
        parser = await stack.enter_async_context(Parser())
        asking = await stack.enter_async_context(Parser()) if answering else parser
        deliver = Tick("deliver", lambda: deliverer.tick())  # noqa: PLW0108 -- made below: each needs the other
        chat = Chat(
            config.token(),
            api_url=config.discord.api_url,
            on_open=lambda channel_ids: _reopen(store, deliver, channel_ids),
            services=_services(config, store, web, asking, deliver) if answering else None,
        )
        stack.push_async_callback(chat.close)
        instance = await store.outbox.instance()
        rules = DeliverRules(config.posts.summary_length)
        deliverer = Deliverer(store.outbox, chat.sender, rules, instance, clock, deliver.wake)
        poll_rules = _poll_rules(config, ask_about_floods=answering)
        poller = Poller(store.feeds, web.fetch, parser.parse, poll_rules, clock, random.random, deliver.wake)
        notifier = Notifier(store.notices, chat.sender, instance, clock)
        backfiller = _backfiller(config, store, web, parser, Worker.RUN)
        yield App(store, chat, poller, deliverer, notifier, backfiller, deliver, config.archive.keep)


def _backfiller(
    config: Config, store: Store, web: TumblrFetcher, parser: Parser, worker: Worker
) -> Backfiller:
    sources = history_sources(tumblr_key=bool(config.tumblr.api_key.get_secret_value()))
    rules = FillRules(config.polling.timeout, config.archive.keep)
    return Backfiller(store.backfills, store.feeds, web.fetch, parser.parse, sources, worker, rules, clock)


def _services(config: Config, store: Store, web: TumblrFetcher, parser: Parser, deliver: Tick) -> Services:
    """What commands may ask; a parser of their own, so that a person never waits behind a hundred polls."""

    budget = _budget(config)
    fetch_page = rate_limited(web.fetch_page, lambda site: budget(site).spacing)

    async def found(pasted: str) -> tuple[FoundFeed, ...]:
        return await discover(pasted, fetch_page, parser.parse)

    async def read_feed(url: str) -> ParsedFeed:
        return await parser.parse(await fetch_page(url))

    settings = ServiceSettings(
        summary_length=config.posts.summary_length,
        burst_limit=config.posts.burst_limit,
        max_subscriptions=config.discord.max_subscriptions,
        style=config.posts.style,
        sync_guilds=config.discord.sync_guilds,
    )
    return Services(store, found, read_feed, budget, clock, deliver.wake, settings)


def _web(config: Config) -> TumblrFetcher:
    """Not yet opened."""
    polling, key = config.polling, config.tumblr.api_key.get_secret_value()
    limits = FetchLimits(polling.timeout, polling.max_body, polling.allow_private_addresses)
    return TumblrFetcher(limits, polling.contact, key=key, api_url=config.tumblr.api_url)


def _poll_rules(config: Config, *, ask_about_floods: bool) -> PollRules:
    return PollRules(
        polling=config.poll_settings(),
        posts=config.post_settings(ask_about_floods=ask_about_floods),
        budget=_budget(config),
        lease=config.polling.timeout + timedelta(minutes=5),
    )


def _budget(config: Config) -> Callable[[str], SiteBudget]:
    return partial(
        poll_schedule.budget, max_concurrent=config.polling.per_site, spacing=config.polling.site_spacing
    )


@asynccontextmanager
async def _relaying(app: App) -> AsyncIterator[None]:
    """Poll and deliver; at the end stop polling, finish what is being sent, and no more."""
    schedule = Schedule()
    poll = Tick("poll", app.poller.tick)
    schedule.every(LOOK, poll)
    schedule.every(LOOK, app.deliver)
    notify = Tick("notify", app.notifier.tick)
    schedule.every(TELL, notify)
    fill = Tick("backfill", app.backfiller.tick)
    schedule.every(LOOK, fill)
    schedule.every(MAINTAIN, Tick("maintain", lambda: _maintain(app.store, app.keep)))
    index = Tick("index", lambda: _index(app.store, index))
    schedule.every(MAINTAIN, index)
    schedule.start()
    poll.wake()
    index.wake()
    try:
        yield
    finally:
        schedule.stop()
        await poll.stop()
        await notify.stop()
        await index.stop()
        await fill.stop()
        await app.backfiller.stop()
        await app.poller.stop()
        await app.deliver.stop()
        if not await app.deliverer.drain(GRACE):
            log.warning("stopped in the middle of a send", next_start="finds out whether the message stands")


async def _relay_until(app: App, stop: asyncio.Event) -> None:
    _on_signals(stop.set)
    if not await _login(app.chat, stop):
        return
    gateway = asyncio.create_task(app.chat.run(), name="gateway")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    async with _relaying(app):
        log.info("relaying")
        await asyncio.wait({gateway, stopped}, return_when=asyncio.FIRST_COMPLETED)
    log.info("stopping")
    stopped.cancel()
    await app.chat.close()
    await gateway


async def _login(chat: Chat, stop: asyncio.Event) -> bool:
    """Log in, however long Discord cannot be reached; False if the bot is stopped meanwhile. Raises LoginRefused."""
    pause = LOGIN_PAUSE
    while not stop.is_set():
        try:
            await chat.login()
        except errors.ChatUnreachable as error:
            log.warning("login put off", error=str(error), retry_in=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, LONGEST_LOGIN_PAUSE)
        else:
            return True
    return False


async def _once(app: App) -> None:
    await app.chat.login()
    await app.deliver.stop()
    await app.store.feeds.poll_all(clock())
    await _poll_what_waits(app.store.feeds, app.poller)
    while await app.deliverer.tick():
        await app.deliverer.drain()


async def _poll_what_waits(
    feeds: Feeds, poller: Poller, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Poll until no feed is due, at the pace that their sites allow."""
    while True:
        polled = await poller.tick()
        await poller.drain()
        waiting, first_at = await feeds.waiting(clock())
        if not waiting:
            break
        least = timedelta() if polled else LOOK  # a history may have the place of a feed that may start
        await sleep(max(least, first_at - clock()).total_seconds())
    for site, until in (await feeds.resting(clock())).items():
        log.warning("site rests", site=site, until=until.isoformat(timespec="seconds"))


async def _sync(store: Store, config: Config) -> None:
    """The database follows the config; whatever an earlier process had claimed is free again."""
    budget = _budget(config)
    await store.feeds.set_budgets(budget)
    synced = await store.subscriptions.sync(config.declarations(), site_of, budget, clock())
    await store.feeds.release()
    await store.outbox.release(clock())
    if lag := await store.index.lag():
        log.info("indexing", posts=lag, until_then="a search does not find the oldest of them")
    await store.backfills.release(Worker.RUN)
    log.info("config read", feeds=len(config.feeds), subscriptions_added=synced.added, ended=synced.ended)


async def _reopen(store: Store, deliver: Tick, channel_ids: Sequence[int]) -> None:
    """Discord says that the bot can write there; what waited is sent."""
    for channel_id in await store.outbox.reopen(channel_ids, clock()):
        log.info("channel open again", channel=channel_id)
    deliver.wake()


async def _index(store: Store, tick: Tick) -> None:
    """Index some of what is not indexed yet, or tidy the index. The rest in further runs: others write between them."""
    if await store.index.catch_up() or await store.index.merge():
        tick.wake()


async def _maintain(store: Store, keep: timedelta | None) -> None:
    """Forget what has been gone for long, and keep the file in shape."""
    now = clock()
    if keep is not None:
        while await store.index.prune(now - keep, now, PRUNED_AT_ONCE) == PRUNED_AT_ONCE:
            pass
    forgotten = await store.guilds.forget(now - REMEMBERED, now)
    if forgotten:
        log.info("subscriptions forgotten", subscriptions=forgotten)
    await store.maintain()


def _alone(path: Path, ending: str, busy: str) -> FileLock:
    """One process a database and kind of work: the lock is the system's, so that a crash frees it. `busy`: what is said
    where another process has it.
    """
    if path.is_dir():
        raise errors.StoreUnopenable(str(path), "this is a folder; set store.path to a file in it.")
    if not path.parent.is_dir():  # FileLock would create it
        raise unopenable(path)
    lock = FileLock(f"{path}.{ending}")
    try:
        lock.acquire(blocking=False)
    except Timeout as taken:
        raise errors.StoreLocked(str(path), busy) from taken
    except OSError as refused:
        raise unopenable(path) from refused
    return lock


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            return
