"""Processes that claim at the same time lock sites and channels: nothing is claimed twice, and nothing out of order."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NoReturn, TypeVar

import pytest

from bot.model import (
    ChannelDeclaration,
    Delivery,
    FeedDeclaration,
    GatewayState,
    Heartbeat,
    PollResult,
    SiteBudget,
)
from bot.relay.backfill import Backfiller, BackfillRules
from bot.relay.publish import Publisher
from bot.store.backfills import Worker
from bot.store.database import Transaction
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.place import ServerAddress
from bot.store.postgres.database import PostgresDatabase
from bot.store.store import Store
from tests.postgres import connected
from tests.store.conftest import LEASE, MINUTE, NEWS, START, Services, post, site_of

T = TypeVar("T")

SITES = 6
FEEDS = 5
BUDGET = SiteBudget(max_concurrent=2, spacing=timedelta(0))
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def store(place: ServerAddress) -> AsyncIterator[Store]:
    async with await Store.open(place) as opened:
        yield opened


@pytest.fixture
async def services(store: Store) -> Services:
    return Services(store)


@pytest.fixture
async def other(place: ServerAddress, store: Store) -> AsyncIterator[Store]:  # noqa: ARG001 -- after the first one
    """Another process's store."""
    async with await Store.open(place) as opened:
        yield opened


async def follow_many(store: Store, sites: int = SITES, feeds: int = FEEDS) -> None:
    addresses = [f"https://site{site}.example/{feed}" for site in range(sites) for feed in range(feeds)]
    declared = [FeedDeclaration(url, channels=(NEWS,)) for url in addresses]
    await store.subscriptions.sync(declared, site_of, lambda _: BUDGET, START)


@asynccontextmanager
async def unfinished(store: Store, query: str, **values: object) -> AsyncIterator[list[int]]:
    """Run a query in a transaction that shares, and commit it at the end of the block; yield the ids of its rows."""
    begun: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
    may_end = asyncio.Event()

    async def work(tx: Transaction) -> None:
        found = await tx.rows(query, **values)  # type: ignore[arg-type]  # whatever the query needs
        begun.set_result([row["id"] for row in found])
        await may_end.wait()

    running = asyncio.create_task(store._db.transact(work, alone=False))
    try:
        yield await begun
    finally:
        may_end.set()
        await running


async def somebody_waits(place: ServerAddress) -> None:
    """Return when a transaction waits for a lock."""
    async with connected(place) as connection:
        while not await connection.fetchval(_WAITING):
            pass


async def test_a_site_from_which_another_process_claims_is_left_out(store: Store, other: Store) -> None:
    await follow_many(store)
    values = {"now": START, "lease": START + LEASE, "polling": (), "seat": 1}

    async with unfinished(store, "claim_feeds", limit=4, **values) as theirs:
        ours = await other.feeds.claim(START, LEASE, 100)

    assert len(theirs) == 4
    assert len(ours) == 2 * BUDGET.max_concurrent  # of the two sites that are left
    assert not set(theirs) & {feed.id for feed in ours}


async def test_a_channel_from_which_another_process_claims_is_left_out(
    services: Services, store: Store, other: Store
) -> None:
    await services.follow(NEWS, ChannelDeclaration(200))
    await services.poll()
    await services.poll(post(1), post(2))
    values = {"now": services.now, "lease": services.now + LEASE, "sending": ()}

    async with unfinished(store, "claim_deliveries", limit=1, **values) as theirs:
        ours = await other.outbox.claim(services.now, LEASE, 10)

    assert len(theirs) == len(ours) == 1
    assert theirs != [ours[0].id]
    assert await other.outbox.claim(services.now, LEASE, 10) == []


async def test_simultaneous_claims_get_each_feed_once_within_the_budgets(
    place: ServerAddress, store: Store
) -> None:
    await follow_many(store)
    databases = [PostgresDatabase(place) for _ in range(4)]
    pollers = [Feeds(database, store.feeds._entries) for database in databases]
    polled: list[int] = []
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def poll(feeds: Feeds) -> None:
        while len(polled) < SITES * FEEDS:
            claimed = await feeds.claim(START, LEASE, 3)
            running.update(feed.site for feed in claimed)
            most.update({site: max(running[site] - most[site], 0) for site in running})
            for feed in claimed:
                polled.append(feed.id)
                running[feed.site] -= 1
                await feeds.settle_unchanged(feed.id, PollResult(START + MINUTE), START)

    await together(poll, pollers)
    for database in databases:
        await database.close()

    assert sorted(polled) == sorted(set(polled))
    assert max(most.values()) <= BUDGET.max_concurrent


async def test_claims_at_the_same_time_keep_the_order_in_each_channel(
    services: Services, place: ServerAddress
) -> None:
    channels = [ChannelDeclaration(number) for number in (100, 200, 300)]
    await services.follow(*channels)
    await services.poll()
    await services.poll(*(post(number) for number in range(8)))
    databases = [PostgresDatabase(place) for _ in range(3)]
    sent: list[Delivery] = []

    async def deliver(outbox: Outbox) -> None:
        sender = Services(services.store, services.now)
        while len(sent) < 8 * len(channels):
            for delivery in await outbox.claim(services.now, LEASE, 2):
                sent.append(delivery)
                await sender.settle(delivery)

    await together(deliver, [Outbox(database) for database in databases])
    for database in databases:
        await database.close()

    for channel in channels:
        titles = [each.entry.title for each in sent if each.channel_id == channel.channel_id]
        assert titles == [f"Post {number}" for number in range(8)]


async def test_two_simultaneous_polls_of_a_site_keep_its_due_time_correct(
    place: ServerAddress, store: Store, other: Store
) -> None:
    """The second one must see what the first one wrote, although it began before the first one's commit."""
    await follow_many(store, sites=1, feeds=2)
    first, second = await store.feeds.claim(START, LEASE, 2)
    soon = {"id": first.id, "error": "", "ended": False, "next_poll_at": START + MINUTE, "now": START}

    async with unfinished(store, "record_failure", parse_time=None, lease=None, **soon):
        settling = asyncio.create_task(
            other.feeds.settle_unchanged(second.id, PollResult(START + 3 * MINUTE), START)
        )
        await somebody_waits(place)
    await settling

    assert await store.feeds.next_poll(START) == START + MINUTE


async def test_a_poll_that_took_too_long_can_end_while_its_feed_is_claimed_again(
    store: Store, other: Store
) -> None:
    await follow_many(store, sites=1, feeds=1)
    (feed,) = await store.feeds.claim(START, LEASE, 1)
    late = START + 2 * LEASE
    values = {"id": feed.id, "error": "", "ended": False, "next_poll_at": late + MINUTE, "now": late}

    async with unfinished(store, "record_failure", parse_time=None, lease=None, **values):
        claimed = await other.feeds.claim(late, LEASE, 1)

    assert claimed == []
    assert [again.id for again in await other.feeds.claim(late + MINUTE, LEASE, 1)] == [feed.id]


async def test_a_transaction_without_the_shared_lock_waits_for_those_with_it(
    place: ServerAddress, store: Store, other: Store
) -> None:
    await follow_many(store, sites=1, feeds=1)
    values = {"now": START, "lease": START + LEASE, "polling": (), "limit": 1, "seat": 1}

    async with unfinished(store, "claim_feeds", **values):
        releasing = asyncio.create_task(other.feeds.release())
        await somebody_waits(place)
    await releasing

    assert len(await store.feeds.claim(START, LEASE, 1)) == 1


async def test_a_process_without_due_work_does_not_wait_for_others(store: Store, other: Store) -> None:
    await follow_many(store, sites=1, feeds=1)
    values = {"now": START, "lease": START + LEASE, "polling": (), "limit": 1, "seat": 1}
    heartbeat = Heartbeat("poll 2", "1", START, START, GatewayState.CONNECTING, None, None)
    publisher = Publisher(other.outbox, unexpected, lambda: START, lambda: None)
    backfiller = Backfiller(
        other.backfills, other.feeds, unexpected, unexpected, (), Worker.RUN, BackfillRules(), lambda: START
    )

    async with unfinished(store, "claim_feeds", **values):
        await other.heartbeats.beat(heartbeat)
        started = [await publisher.tick(), await backfiller.tick(), await other.outbox.has_upkeep(START)]

    assert not any(started)
    assert await store.heartbeats.all() == [heartbeat]


async def unexpected(*_: object) -> NoReturn:
    raise AssertionError("nothing is due")


async def together(work: Callable[[T], Awaitable[None]], each: list[T]) -> None:
    await asyncio.gather(*map(work, each))
