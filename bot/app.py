"""Composition root: builds all parts, starts and stops them in order, and owns the clock."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

import bot
from bot.chat import session_begin
from bot.chat.client import Chat
from bot.chat.services import Services, ServiceSettings
from bot.chat.session_begin import (
    MAX_SESSIONS_PER_DAY,
    Sessions,
    processes_of,
    shards_of,
)
from bot.clock import Clock
from bot.config import Config
from bot.health import server as health_server
from bot.health.gauges import Gauges
from bot.health.monitor import Monitor
from bot.health.systemd import Systemd
from bot.health.vitals import Vitals
from bot.model import BackfillProgress, FoundFeed, ParsedFeed, Role, SiteBudget
from bot.relay import poll_schedule
from bot.relay.backfill import Backfiller, BackfillRules
from bot.relay.backups import BackupKeeper
from bot.relay.deliver import Deliverer
from bot.relay.look_through import LookThrough
from bot.relay.maintain import index, maintain
from bot.relay.notify import Notifier
from bot.relay.once import relay_once
from bot.relay.poll import Poller, PollRules
from bot.relay.publish import Publisher
from bot.relay.upkeep import Upkeeper
from bot.roles import REQUESTS_PER_SECOND, Part, take_back
from bot.schedule import Job, Schedule
from bot.source.discovery.discover import discover
from bot.source.formats.process import Parser
from bot.source.history.choose import history_sources
from bot.source.http.fetch import FetchLimits
from bot.source.http.rate_limit import rate_limited
from bot.source.tumblr.web import TumblrFetcher
from bot.start import login, prepare_store, read_config
from bot.stop import on_signals, unless
from bot.store.backfills import Worker
from bot.store.patience import MAX_ATTEMPTS, Patience
from bot.store.store import Queues, Store

log = structlog.get_logger(__name__)

CHECK_INTERVAL = timedelta(seconds=1)
"""How often the database is checked for due work."""
NOTIFY_INTERVAL = timedelta(seconds=5)
RECONCILE_INTERVAL = timedelta(seconds=30)
"""How long an event that the database could not take waits."""
BACKUP_INTERVAL = timedelta(minutes=1)
"""How often the bot checks whether a backup is due. The first check is one interval after the start."""
MAINTENANCE_INTERVAL = timedelta(hours=6)
TAKE_BACK_INTERVAL = timedelta(seconds=5)
LOOK_AGAIN_INTERVAL = timedelta(hours=1)
"""How long a process without a gateway relies on what it knows about a channel."""
STOP_TIMEOUT = 10.0
"""Seconds to wait for sends in progress when the bot stops."""


def clock() -> datetime:
    """Return this machine's time in aware UTC. Nothing else reads the clock."""
    return datetime.now(UTC)


def _elapsed() -> float:
    """Return seconds of a clock that cannot be set. Where the system has one, it counts while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class App:
    """The parts of a running bot."""

    clock: Clock
    store: Store
    queues: Queues
    patience: Patience
    chat: Chat
    schedule: Schedule
    look_through: LookThrough
    poller: Poller
    deliverer: Deliverer
    publisher: Publisher
    upkeeper: Upkeeper
    notifier: Notifier
    backfiller: Backfiller
    backups: BackupKeeper
    vitals: Vitals
    monitor: Monitor
    part: Part
    retention: timedelta | None
    """How long texts are kept; None: forever."""


def jobs(app: App) -> tuple[Job, ...]:
    """Return the jobs in the order in which they stop: sends last."""
    index_some = partial(index, app.store, partial(app.schedule.wake, "index"))
    return app.part.jobs(
        (
            Job("poll", CHECK_INTERVAL, app.poller.tick, runs_at_start=True, finish=app.poller.stop),
            Job("backfill", CHECK_INTERVAL, app.backfiller.tick, finish=app.backfiller.stop),
            Job("take back", TAKE_BACK_INTERVAL, partial(_take_back, app)),
            Job("notify", NOTIFY_INTERVAL, app.notifier.tick),  # its sends end with the deliveries
            Job("index", MAINTENANCE_INTERVAL, partial(app.patience, index_some), runs_at_start=True),
            Job(
                "maintain",
                MAINTENANCE_INTERVAL,
                lambda: maintain(app.store, app.retention, app.clock()),
                stop_waits=False,
            ),
            Job("backup", BACKUP_INTERVAL, app.backups.tick, finish=app.backups.stop, stop_waits=False),
            Job("reconcile", RECONCILE_INTERVAL, app.chat.reconcile),
            Job("look again", LOOK_AGAIN_INTERVAL, app.chat.look_again),
            Job("upkeep", CHECK_INTERVAL, app.upkeeper.tick),
            Job("publish", CHECK_INTERVAL, app.publisher.tick),
            Job("deliver", CHECK_INTERVAL, app.deliverer.tick, finish=lambda: _finish_sends(app)),
        )
    )


async def run(config: Config, stop: asyncio.Event | None = None, role: Role | None = None) -> None:
    """Relay until SIGINT, SIGTERM or `stop`. Raises FeedRelayError if the bot cannot start.

    `role`: the role of this process if there are several; None: this is the only one.
    """
    async with (
        build(config, Patience(), role, with_commands=True) as app,
        _serve_health(app, config),
        app.monitor.beating(),
    ):
        await _relay_until(app, config, stop or asyncio.Event())


async def run_once(config: Config) -> None:
    """Poll every feed once, deliver what can be sent now, and copy the database if that is due."""
    async with build(config, Patience(MAX_ATTEMPTS), with_commands=False) as app:
        await app.chat.login()
        await _prepare_store(app, config)
        await app.look_through.run()
        await relay_once(app.store.feeds, app.poller, app.deliverer, app.publisher, app.upkeeper, app.clock)
        await app.backups.tick()


async def backfill(
    config: Config,
    feed_id: int,
    since: datetime | None,
    limit: int | None,
    on_progress: Callable[[BackfillProgress], None],
) -> BackfillProgress:
    """Read a feed's history into the archive. Works while the bot is running.

    A cancelled backfill continues when it is requested again.
    """
    clock = _start_clock()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Store.lock(config.store.place, Worker.CLI))
        store = await stack.enter_async_context(await Store.open_beside(config.store.place))
        fetcher = await stack.enter_async_context(_fetcher(config))
        parser = await stack.enter_async_context(Parser())
        await store.backfills.release(Worker.CLI)
        await store.backfills.request(feed_id, clock(), since, limit)
        try:
            queues = store.queues(Patience(MAX_ATTEMPTS))
            worker = _backfiller(config, queues, fetcher, parser, Worker.CLI, clock)
            return await worker.finish(feed_id, on_progress)
        except asyncio.CancelledError:
            await store.backfills.stop(feed_id)
            raise


@asynccontextmanager
async def build(
    config: Config, patience: Patience, role: Role | None = None, *, with_commands: bool
) -> AsyncIterator[App]:
    """Open all parts in the order of their dependencies, and close them in reverse order."""
    async with AsyncExitStack() as stack:
        schedule = Schedule()
        part = Part(role, schedule)
        store = await _open(stack, config, part)
        if command := Store.mending_command(config.store.place, config.store.backup_dir):
            log.warning("other users of this machine can read the database", mend_with=command)
        fetcher = await stack.enter_async_context(_fetcher(config))
        parser = await stack.enter_async_context(Parser(workers=_parsers(config)))
        clock = _start_clock()
        vitals = Vitals(bot.__version__, clock)
        store.watch(vitals.committed, vitals.searched)
        wake_send = partial(part.wake, "deliver", "publish")
        # Commands have a parser of their own, so that nobody waits behind a hundred polls.
        command_parser = (
            await stack.enter_async_context(Parser()) if with_commands and part.has_gateway else None
        )
        chat = _chat(config, store, patience, fetcher, command_parser, wake_send, clock, vitals, part)
        stack.push_async_callback(chat.close)
        instance = await store.outbox.instance()
        summary_length = config.posts.summary_length
        queues = store.queues(patience)
        rules = _poll_rules(config, ask_about_floods=with_commands)
        yield App(
            clock,
            store,
            queues,
            patience,
            chat,
            schedule,
            LookThrough(queues.recoveries, chat.sender, summary_length, clock),
            _poller(rules, queues, fetcher, parser, clock, vitals, schedule, wake_send, part),
            Deliverer(
                queues.outbox,
                chat.sender,
                summary_length,
                instance,
                clock,
                wake_send,
                vitals.settled,
                has_deputies=role is not None,
            ),
            Publisher(queues.outbox, chat.sender.publish, clock, wake_send),
            Upkeeper(queues.outbox, chat.sender, summary_length, clock, partial(schedule.wake, "upkeep")),
            Notifier(queues.notices, chat.sender, chat.open_direct, instance, clock),
            _backfiller(
                config,
                queues,
                fetcher,
                parser,
                Worker.RUN,
                clock,
                lambda delay: schedule.wake_in(delay, "backfill"),
            ),
            BackupKeeper(
                store, Store.backups(config.store.place, config.store.backup_dir), config.store.backups, clock
            ),
            vitals,
            Monitor(
                store,
                vitals,
                bot.__version__,
                clock,
                lambda: chat.is_connected or not part.has_gateway,
                schedule.late,
                Systemd(),
                lambda: part.name,
            ),
            part,
            config.archive.keep,
        )


async def _open(stack: AsyncExitStack, config: Config, part: Part) -> Store:
    """Open the database: for this process alone, or as one of several."""
    if part.role is None:
        await stack.enter_async_context(Store.lock(config.store.place, Worker.RUN))
        return await stack.enter_async_context(await Store.open(config.store.place))
    joined = Store.join(config.store.place, part.role, part.rung)
    store, part.member = await stack.enter_async_context(joined)
    return store


@asynccontextmanager
async def _serve_health(app: App, config: Config) -> AsyncIterator[None]:
    """Serve checks and metrics while the context is open, if the config gives a port."""
    if not config.http.port:
        yield
        return
    gauges = Gauges(app.vitals.registry, lambda: app.chat.gateway_latency)
    async with health_server.serve(config.http.host, config.http.port, app.monitor.observe, gauges):
        yield


def _start_clock() -> Clock:
    return Clock(clock(), _elapsed)


def _poller(
    rules: PollRules,
    queues: Queues,
    fetcher: TumblrFetcher,
    parser: Parser,
    clock: Clock,
    vitals: Vitals,
    schedule: Schedule,
    wake_send: Callable[[], None],
    part: Part,
) -> Poller:
    return Poller(
        queues.feeds,
        vitals.fetching(fetcher.fetch),
        vitals.parsing(parser.parse),
        rules,
        clock,
        random.random,
        wake_send,
        lambda delay: schedule.wake_in(delay, "poll"),
        vitals.recorded,
        vitals.failed,
        lambda: part.worker,
    )


def _backfiller(
    config: Config,
    queues: Queues,
    fetcher: TumblrFetcher,
    parser: Parser,
    worker: Worker,
    clock: Clock,
    tick_in: Callable[[timedelta], None] = lambda _: None,
) -> Backfiller:
    sources = history_sources(tumblr_key=bool(config.tumblr.api_key.get_secret_value()))
    rules = BackfillRules(config.polling.timeout, config.archive.keep)
    return Backfiller(
        queues.backfills,
        queues.feeds,
        fetcher.fetch,
        parser.parse,
        sources,
        worker,
        rules,
        clock,
        tick_in=tick_in,
    )


def _chat(
    config: Config,
    store: Store,
    patience: Patience,
    fetcher: TumblrFetcher,
    parser: Parser | None,
    wake: Callable[[], None],
    clock: Clock,
    vitals: Vitals,
    part: Part,
) -> Chat:
    """Return the chat, without commands if there is no parser for them."""
    return Chat(
        config.token(),
        api_url=config.discord.api_url,
        on_open=lambda channel_ids: patience(lambda: _reopen(store, wake, channel_ids, clock)),
        on_date=clock.follow,
        on_status=vitals.answered,
        services=_services(config, store, fetcher, parser, wake, clock) if parser else None,
        per_second=REQUESTS_PER_SECOND[part.role],
        sessions=_sessions(config, store, part, clock),
    )


def _sessions(config: Config, store: Store, part: Part, clock: Clock) -> Sessions:
    """Return what limits gateway sessions: a daily count and, if there are several processes, turns."""

    async def take_turn(bucket: int) -> None:
        if part.member is not None:
            await part.member.take_turn(bucket, session_begin.IDENTIFY_INTERVAL)

    return Sessions(
        count=lambda shard: store.session_starts.add(shard, MAX_SESSIONS_PER_DAY, clock()),
        take_turn=take_turn if part.role is not None else None,
        clock=clock,
        shards=lambda: shards_of(config.discord.shards, config.discord.shards_per_process, part.worker),
    )


def _services(
    config: Config,
    store: Store,
    fetcher: TumblrFetcher,
    parser: Parser,
    wake: Callable[[], None],
    clock: Clock,
) -> Services:
    budget = _budget(config)
    fetch_page = rate_limited(fetcher.fetch_page, lambda site: budget(site).spacing)

    async def discover_feeds(pasted: str) -> tuple[FoundFeed, ...]:
        return await discover(pasted, fetch_page, parser.parse)

    async def read_feed(url: str) -> ParsedFeed:
        return await parser.parse(await fetch_page(url))

    settings = ServiceSettings(
        summary_length=config.posts.summary_length,
        posts=config.post_settings(ask_about_floods=True),
        polling=config.poll_settings(),
        burst_limit=config.posts.burst_limit,
        max_subscriptions=config.discord.max_subscriptions,
        style=config.posts.style,
        has_tumblr_key=bool(config.tumblr.api_key.get_secret_value()),
        sync_guilds=config.discord.sync_guilds,
    )
    return Services(store, discover_feeds, read_feed, budget, clock, wake, settings)


def _fetcher(config: Config) -> TumblrFetcher:
    polling, key = config.polling, config.tumblr.api_key.get_secret_value()
    limits = FetchLimits(polling.timeout, polling.max_body, polling.allow_private_addresses)
    return TumblrFetcher(limits, polling.contact, key=key, api_url=config.tumblr.api_url)


def _parsers(config: Config) -> int:
    """Return how many parser processes may run: by default, one for each processor that this process may use."""
    if config.polling.parsers:
        return config.polling.parsers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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


async def _relay_until(app: App, config: Config, stop: asyncio.Event) -> None:
    on_signals(stop.set)
    if app.part.role is not Role.POLL and not await unless(stop, login(app.chat)):
        return
    if not await unless(stop, _prepare_store(app, config)):
        return
    gateway = asyncio.create_task(app.chat.run(receives=app.part.has_gateway), name="gateway")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    ended = asyncio.Event()
    for task in (gateway, stopped):
        task.add_done_callback(lambda _: ended.set())
    try:
        # Commands are answered meanwhile.
        if app.part.role is not None or await unless(ended, app.look_through.run()):
            app.schedule.start(jobs(app))
            log.info("relaying" if app.part.role is None else f"running as {app.part.name}")
            await _lead_until(ended, app)
    finally:
        app.patience.end()
        await app.store.hurry()
        await app.schedule.stop()
    log.info("stopping")
    stopped.cancel()
    await app.chat.close()
    await gateway


async def _finish_sends(app: App) -> None:
    """Finish what is being sent, and start nothing else."""
    app.chat.hurry()
    queues = (app.deliverer, app.publisher, app.upkeeper, app.notifier)
    finished = await asyncio.gather(*(queue.drain(STOP_TIMEOUT) for queue in queues))
    if not all(finished):
        log.warning("stopped during a send", next_start="checks whether the message arrived")


async def _prepare_store(app: App, config: Config) -> None:
    feeds, budget, member = config.declarations(), _budget(config), app.part.member
    if member is None:
        await app.patience(lambda: prepare_store(app.store, feeds, budget, app.clock()))
        return
    await member.sit(processes_of(config.discord.shards, config.discord.shards_per_process, app.part.role))
    if app.part.role is Role.POLL:
        await app.patience(lambda: read_config(app.store, feeds, budget, app.clock()))
        await app.patience(lambda: take_back(app.store.feeds, member, at_start=True))


async def _take_back(app: App) -> None:
    if app.part.member is not None:
        await take_back(app.store.feeds, app.part.member)


async def _lead_until(ended: asyncio.Event, app: App) -> None:
    """Wait until `ended`. A process with the role deliver leads meanwhile, whenever no other one does."""
    if app.part.role is not Role.DELIVER or app.part.member is None:
        await ended.wait()
    else:
        await unless(ended, app.part.member.lead(partial(_begin_to_lead, app), partial(_stop_leading, app)))


async def _begin_to_lead(app: App) -> None:
    """Release what the former leader had claimed, then look through restored channels. Raises StoreError."""
    await app.store.outbox.release(app.clock())
    await app.store.notices.release(app.clock())
    await app.look_through.run()
    app.schedule.wake_in(CHECK_INTERVAL, "index", "maintain")


def _stop_leading(app: App) -> None:
    """Cancel all sends, since another process may be sending now."""
    for queue in (app.deliverer, app.publisher, app.upkeeper, app.notifier):
        queue.abandon()


async def _reopen(store: Store, wake: Callable[[], None], channel_ids: Sequence[int], clock: Clock) -> None:
    """Send what waits for these channels: Discord says that the bot may write there."""
    for channel_id in await store.outbox.reopen(channel_ids, clock()):
        log.info("channel open again", channel=channel_id)
    wake()
