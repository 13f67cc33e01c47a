"""Builds the parts of a bot from its config and from what the parts share."""

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

import bot
from bot.chat.client import Chat
from bot.chat.services import Services, ServiceSettings
from bot.chat.session_begin import IDENTIFY_INTERVAL, MAX_SESSIONS_PER_DAY, Sessions, shards_of
from bot.clock import Clock
from bot.config import Config
from bot.health.monitor import Monitor
from bot.health.systemd import Systemd
from bot.health.vitals import Vitals
from bot.model import FoundFeed, ParsedFeed, SiteBudget
from bot.relay import poll_schedule
from bot.relay.backfill import Backfiller, BackfillRules
from bot.relay.backups import BackupKeeper
from bot.relay.deliver import Deliverer
from bot.relay.poll import Poller, PollRules
from bot.roles import REQUESTS_PER_SECOND, Part
from bot.schedule import Schedule
from bot.source.discovery.discover import discover
from bot.source.formats.process import Parser
from bot.source.history.choose import history_sources
from bot.source.http.fetch import FetchLimits
from bot.source.http.rate_limit import rate_limited
from bot.source.tumblr.web import TumblrFetcher
from bot.store.backfills import Worker
from bot.store.patience import Patience
from bot.store.store import Queues, Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shared:
    """What several parts of a bot need."""

    config: Config
    part: Part
    schedule: Schedule
    clock: Clock
    store: Store
    queues: Queues
    patience: Patience
    vitals: Vitals
    fetcher: TumblrFetcher
    parser: Parser

    def wake_send(self) -> None:
        """Send what is due now, in this process or another one."""
        self.part.wake("deliver", "publish")


def fetcher(config: Config) -> TumblrFetcher:
    """Return a fetcher, not open yet."""
    polling, key = config.polling, config.tumblr.api_key.get_secret_value()
    limits = FetchLimits(polling.timeout, polling.max_body, polling.allow_private_addresses)
    return TumblrFetcher(limits, polling.contact, key=key, api_url=config.tumblr.api_url)


def parser_processes(config: Config) -> int:
    """Return how many parser processes may run: by default, one for each processor that this process may use."""
    if config.polling.parsers:
        return config.polling.parsers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def budget(config: Config) -> Callable[[str], SiteBudget]:
    """Return a function that returns the budget of a site."""
    return partial(
        poll_schedule.budget, max_concurrent=config.polling.per_site, spacing=config.polling.site_spacing
    )


def poller(shared: Shared, *, ask_about_floods: bool) -> Poller:
    """Return the poller. `ask_about_floods`: hold floods until an admin decides."""
    config, vitals = shared.config, shared.vitals
    rules = PollRules(
        polling=config.poll_settings(),
        posts=config.post_settings(ask_about_floods=ask_about_floods),
        budget=budget(config),
        lease=config.polling.timeout + timedelta(minutes=5),
    )
    return Poller(
        shared.queues.feeds,
        vitals.fetching(shared.fetcher.fetch),
        vitals.parsing(shared.parser.parse),
        rules,
        shared.clock,
        random.random,
        shared.wake_send,
        lambda delay: shared.schedule.wake_in(delay, "poll"),
        vitals.recorded,
        vitals.failed,
        lambda: shared.part.seat,
    )


def deliverer(shared: Shared, chat: Chat, instance: str) -> Deliverer:
    """Return the deliverer. `instance`: the database's random name."""
    return Deliverer(
        shared.queues.outbox,
        chat.sender,
        shared.config.posts.summary_length,
        instance,
        shared.clock,
        shared.wake_send,
        shared.vitals.settled,
        has_deputies=shared.part.role is not None,
    )


def backfiller(
    config: Config,
    queues: Queues,
    fetcher: TumblrFetcher,
    parser: Parser,
    worker: Worker,
    clock: Clock,
    tick_in: Callable[[timedelta], None] = lambda _: None,
    seat: Callable[[], int] = lambda: 0,
) -> Backfiller:
    """Return the backfiller of a running bot, or of the command `backfill`: see `Backfiller`."""
    return Backfiller(
        queues.backfills,
        queues.feeds,
        fetcher.fetch,
        parser.parse,
        history_sources(tumblr_key=_has_tumblr_key(config)),
        worker,
        BackfillRules(config.polling.timeout, config.archive.keep),
        clock,
        tick_in=tick_in,
        seat=seat,
    )


def backup_keeper(shared: Shared) -> BackupKeeper:
    """Return what makes the daily backups."""
    store = shared.config.store
    return BackupKeeper(
        shared.store, Store.backups(store.place, store.backup_dir), store.backups, shared.clock
    )


def monitor(shared: Shared, chat: Chat) -> Monitor:
    """Return the monitor of this process."""
    part = shared.part
    return Monitor(
        shared.store,
        shared.vitals,
        bot.__version__,
        shared.clock,
        lambda: chat.is_connected or not part.has_gateway,
        shared.schedule.late,
        Systemd(),
        lambda: part.name,
    )


def chat(shared: Shared, command_parser: Parser | None) -> Chat:
    """Return the chat, without commands if there is no parser for them."""
    discord, clock = shared.config.discord, shared.clock
    return Chat(
        shared.config.token(),
        api_url=discord.api_url,
        on_open=lambda channel_ids: shared.patience(lambda: _reopen(shared, channel_ids)),
        on_date=clock.follow,
        on_status=shared.vitals.answered,
        services=_services(shared, command_parser) if command_parser else None,
        per_second=REQUESTS_PER_SECOND[shared.part.role],
        sessions=_sessions(shared),
    )


async def _reopen(shared: Shared, channel_ids: Sequence[int]) -> None:
    """Send what waits for these channels, because Discord reports that the bot may write there."""
    for channel_id in await shared.store.outbox.reopen(channel_ids, shared.clock()):
        log.info("channel open again", channel=channel_id)
    shared.wake_send()


def _sessions(shared: Shared) -> Sessions:
    """Return what limits gateway sessions: a daily count and, if there are several processes, turns."""
    discord, part, clock = shared.config.discord, shared.part, shared.clock

    async def take_turn(bucket: int) -> None:
        if part.member is not None:
            await part.member.take_turn(bucket, IDENTIFY_INTERVAL)

    return Sessions(
        count=lambda shard: shared.store.session_starts.add(shard, MAX_SESSIONS_PER_DAY, clock()),
        take_turn=take_turn if part.role is not None else None,
        clock=clock,
        shards=lambda: shards_of(discord.shards, discord.shards_per_process, part.seat),
    )


def _services(shared: Shared, parser: Parser) -> Services:
    config, site_budget = shared.config, budget(shared.config)
    fetch_page = rate_limited(shared.fetcher.fetch_page, lambda site: site_budget(site).spacing)

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
        has_tumblr_key=_has_tumblr_key(config),
        sync_guilds=config.discord.sync_guilds,
    )
    return Services(
        shared.store, discover_feeds, read_feed, site_budget, shared.clock, shared.wake_send, settings
    )


def _has_tumblr_key(config: Config) -> bool:
    return bool(config.tumblr.api_key.get_secret_value())
