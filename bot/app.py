"""Composition root: builds all parts, starts and stops them in order, and owns the clock."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

import bot
from bot import parts
from bot.chat.client import Chat
from bot.chat.session_begin import processes_of
from bot.clock import Clock
from bot.config import Config
from bot.errors import ChatUnreachable
from bot.health import server as health_server
from bot.health.gauges import Gauges
from bot.health.monitor import Monitor
from bot.health.vitals import Vitals
from bot.model import BackfillProgress, Role
from bot.parts import Shared
from bot.relay.backfill import Backfiller
from bot.relay.backups import BackupKeeper
from bot.relay.deliver import Deliverer
from bot.relay.look_through import LookThrough
from bot.relay.maintain import index, maintain
from bot.relay.notify import Notifier
from bot.relay.once import relay_once
from bot.relay.poll import Poller
from bot.relay.publish import Publisher
from bot.relay.upkeep import Upkeeper
from bot.roles import Part, take_back
from bot.schedule import Job, Schedule
from bot.source.formats.process import Parser
from bot.start import ask_time, login, prepare_store, read_config
from bot.stop import on_signals, unless
from bot.store.backfills import Worker
from bot.store.patience import MAX_ATTEMPTS, Patience
from bot.store.store import Store

log = structlog.get_logger(__name__)

CHECK_INTERVAL = timedelta(seconds=1)
"""How often the database is checked for due work."""
NOTIFY_INTERVAL = timedelta(seconds=5)
RECONCILE_INTERVAL = timedelta(seconds=30)
"""How often events that could not be stored are tried again."""
BACKUP_INTERVAL = timedelta(minutes=1)
"""How often the bot checks whether a backup is due. The first check is one interval after the start."""
MAINTENANCE_INTERVAL = timedelta(hours=6)
TAKE_BACK_INTERVAL = timedelta(seconds=5)
ASK_TIME_INTERVAL = timedelta(minutes=5)
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

    shared: Shared
    chat: Chat
    look_through: LookThrough
    poller: Poller
    deliverer: Deliverer
    publisher: Publisher
    upkeeper: Upkeeper
    notifier: Notifier
    backfiller: Backfiller
    backups: BackupKeeper
    monitor: Monitor


def jobs(app: App) -> tuple[Job, ...]:
    """Return the jobs in the order in which they stop: sends last."""
    shared = app.shared
    index_some = partial(index, shared.store, partial(shared.schedule.wake, "index"))
    return shared.part.jobs(
        (
            Job("poll", CHECK_INTERVAL, app.poller.tick, runs_at_start=True, finish=app.poller.stop),
            Job("backfill", CHECK_INTERVAL, app.backfiller.tick, finish=app.backfiller.stop),
            Job("ask time", ASK_TIME_INTERVAL, partial(_ask_time, app.chat)),
            Job("take back", TAKE_BACK_INTERVAL, partial(_take_back, app)),
            Job("take back sends", TAKE_BACK_INTERVAL, app.deliverer.take_back),
            Job("notify", NOTIFY_INTERVAL, app.notifier.tick),  # its sends end with the deliveries
            Job("index", MAINTENANCE_INTERVAL, partial(shared.patience, index_some), runs_at_start=True),
            Job(
                "maintain",
                MAINTENANCE_INTERVAL,
                lambda: maintain(shared.store, shared.config.archive.keep, shared.clock()),
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
        _serve_health(app),
        app.monitor.beating(),
    ):
        await _relay_until(app, stop or asyncio.Event())


async def run_once(config: Config) -> None:
    """Poll every feed once, deliver what can be sent now, and copy the database if that is due."""
    async with build(config, Patience(MAX_ATTEMPTS), with_commands=False) as app:
        await app.chat.login()
        await _prepare_store(app.shared)
        await app.look_through.run()
        feeds, clock = app.shared.store.feeds, app.shared.clock
        await relay_once(feeds, app.poller, app.deliverer, app.publisher, app.upkeeper, clock)
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
        fetcher = await stack.enter_async_context(parts.fetcher(config))
        parser = await stack.enter_async_context(Parser())
        await store.backfills.release(Worker.CLI)
        await store.backfills.request(feed_id, clock(), since, limit)
        try:
            queues = store.queues(Patience(MAX_ATTEMPTS))
            worker = parts.backfiller(config, queues, fetcher, parser, Worker.CLI, clock)
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
        shared = await _open_shared(stack, config, patience, role)
        # Commands have a parser of their own, so that they don't wait for a hundred polls.
        has_commands = with_commands and shared.part.has_gateway
        command_parser = await stack.enter_async_context(Parser()) if has_commands else None
        chat = parts.chat(shared, command_parser)
        stack.push_async_callback(chat.close)
        instance = await shared.store.outbox.instance()
        yield _assemble(shared, chat, instance, ask_about_floods=with_commands)


async def _open_shared(
    stack: AsyncExitStack, config: Config, patience: Patience, role: Role | None
) -> Shared:
    schedule = Schedule()
    part = Part(role, schedule)
    store = await _open_store(stack, config, part)
    if command := Store.mending_command(config.store.place, config.store.backup_dir):
        log.warning("other users of this machine can read the database", mend_with=command)
    fetcher = await stack.enter_async_context(parts.fetcher(config))
    parser = await stack.enter_async_context(Parser(workers=parts.parser_processes(config)))
    clock = _start_clock()
    vitals = Vitals(bot.__version__, clock)
    store.watch(vitals.committed, vitals.searched)
    queues = store.queues(patience)
    return Shared(config, part, schedule, clock, store, queues, patience, vitals, fetcher, parser)


async def _open_store(stack: AsyncExitStack, config: Config, part: Part) -> Store:
    """Open the database: for this process alone, or as one of several."""
    if part.role is None:
        await stack.enter_async_context(Store.lock(config.store.place, Worker.RUN))
        return await stack.enter_async_context(await Store.open(config.store.place))
    joined = Store.join(config.store.place, part.role, part.woken)
    store, part.member = await stack.enter_async_context(joined)
    return store


def _assemble(shared: Shared, chat: Chat, instance: str, *, ask_about_floods: bool) -> App:
    config, queues, clock, schedule = shared.config, shared.queues, shared.clock, shared.schedule
    summary_length, wake_in = config.posts.summary_length, schedule.wake_in
    return App(
        shared=shared,
        chat=chat,
        look_through=LookThrough(queues.recoveries, chat.sender, summary_length, clock),
        poller=parts.poller(shared, ask_about_floods=ask_about_floods),
        deliverer=parts.deliverer(shared, chat, instance),
        publisher=Publisher(queues.outbox, chat.sender.publish, clock, shared.wake_send),
        upkeeper=Upkeeper(
            queues.outbox, chat.sender, summary_length, clock, partial(schedule.wake, "upkeep")
        ),
        notifier=Notifier(queues.notices, chat.sender, chat.open_direct, instance, clock),
        backfiller=parts.backfiller(
            config,
            queues,
            shared.fetcher,
            shared.parser,
            Worker.RUN,
            clock,
            lambda delay: wake_in(delay, "backfill"),
            lambda: shared.part.seat,
        ),
        backups=parts.backup_keeper(shared),
        monitor=parts.monitor(shared, chat),
    )


@asynccontextmanager
async def _serve_health(app: App) -> AsyncIterator[None]:
    """Serve checks and metrics while the context is open, if the config gives a port."""
    http = app.shared.config.http
    if not http.port:
        yield
        return
    gauges = Gauges(app.shared.vitals.registry, lambda: app.chat.gateway_latency)
    async with health_server.serve(http.host, http.port, app.monitor.observe, gauges):
        yield


def _start_clock() -> Clock:
    return Clock(clock(), _elapsed)


async def _relay_until(app: App, stop: asyncio.Event) -> None:
    shared, part = app.shared, app.shared.part
    on_signals(stop.set)
    if not await unless(stop, ask_time(app.chat) if part.role is Role.POLL else login(app.chat)):
        return
    if not await unless(stop, _prepare_store(shared)):
        return
    gateway = asyncio.create_task(app.chat.run(receives=part.has_gateway), name="gateway")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    ended = asyncio.Event()
    for task in (gateway, stopped):
        task.add_done_callback(lambda _: ended.set())
    try:
        # Commands are answered meanwhile.
        if await unless(ended, _recover(app)):
            shared.schedule.start(jobs(app))
            log.info("relaying" if part.role is None else f"running as {part.name}")
            await _lead_until(ended, app)
    finally:
        shared.patience.end()
        await shared.store.hurry()
        await shared.schedule.stop()
    log.info("stopping")
    stopped.cancel()
    await app.chat.close()
    await gateway


async def _recover(app: App) -> None:
    """Read the channels of a restored database, or wait until another process has, before anything is polled."""
    if app.shared.part.role is None:
        await app.look_through.run()
    elif app.shared.part.role is Role.POLL:
        await app.look_through.wait()


async def _finish_sends(app: App) -> None:
    """Finish what is being sent, and start nothing else."""
    app.chat.hurry()
    queues = (app.deliverer, app.publisher, app.upkeeper, app.notifier)
    finished = await asyncio.gather(*(queue.drain(STOP_TIMEOUT) for queue in queues))
    if not all(finished):
        log.warning("stopped during a send", next_start="checks whether the message arrived")


async def _prepare_store(shared: Shared) -> None:
    config, store, part, member = shared.config, shared.store, shared.part, shared.part.member
    if member is None:
        feeds, budget = config.declarations(), parts.budget(config)
        await shared.patience(lambda: prepare_store(store, feeds, budget, shared.clock()))
        return
    await member.take_seat(processes_of(config.discord.shards, config.discord.shards_per_process, part.role))
    if part.role is Role.POLL:
        await shared.patience(lambda: _read_config(shared))
        await shared.patience(lambda: take_back(store.feeds, member, at_start=True))


async def _read_config(shared: Shared) -> None:
    config = shared.config
    await read_config(shared.store, config.declarations(), parts.budget(config), shared.clock())


async def _ask_time(chat: Chat) -> None:
    with suppress(ChatUnreachable):  # the clock was right at the start; the next call may reach Discord
        await chat.ask_time()


async def _take_back(app: App) -> None:
    await app.poller.take_back()
    await app.backfiller.take_back()
    if (member := app.shared.part.member) is not None:
        await take_back(app.shared.store.feeds, member)


async def _lead_until(ended: asyncio.Event, app: App) -> None:
    """Wait until `ended`. A process with the role deliver leads meanwhile, whenever no other one does."""
    part = app.shared.part
    if part.role is not Role.DELIVER or part.member is None:
        await ended.wait()
    else:
        await unless(ended, part.member.lead(partial(_begin_to_lead, app), partial(_stop_leading, app)))


async def _begin_to_lead(app: App) -> None:
    """Release what the former leader had claimed, then look through restored channels. Raises StoreError."""
    store, now = app.shared.store, app.shared.clock
    await store.outbox.release(now())
    await store.notices.release(now())
    if await store.recoveries.are_due():
        await _read_config(app.shared)  # it may name channels that the backup doesn't know
    await app.look_through.run()
    app.shared.schedule.wake_in(CHECK_INTERVAL, "index", "maintain")


def _stop_leading(app: App) -> None:
    """Cancel all sends, since another process may be sending now."""
    for queue in (app.deliverer, app.publisher, app.upkeeper, app.notifier):
        queue.abandon()
