"""The archive and the figures that people look up."""

from datetime import timedelta

import pytest

from bot.model import ChannelDeclaration, DeliveryState, PollResult
from bot.store.store import Store
from tests.store.conftest import (
    GARDEN,
    GUILD,
    LEASE,
    START,
    Services,
    flood,
    post,
    subscribe,
    subscribed,
)


@pytest.fixture
async def archive(services: Services) -> Services:
    await services.follow(ChannelDeclaration(100))
    await services.poll(
        post(1, title="Tulips", text="Red along the wall.", tags=("Spring flowers",), authors=("Ines",)),
        post(2, title="Roses", text="50% off, said the_nursery.", tags=("summer",), authors=("Tomas",)),
        post(3, title="A quiet week", text="Nothing but rain on the tulips.", tags=()),
    )
    return services


async def test_feed_health_shows_the_last_and_the_next_poll(archive: Services) -> None:
    (health,) = await archive.store.archive.feeds()

    assert (health.url, health.name, health.subscriptions) == (GARDEN, "Garden", 1)
    assert len(await archive.store.archive.newest(health.id)) == 3
    assert (health.last_poll_at, health.last_new_at) == (START, START)
    assert health.next_poll_at == START + timedelta(minutes=1)


async def test_stats_count_feeds_entries_and_channels(archive: Services) -> None:
    stats = await archive.store.archive.stats()

    assert (stats.feeds, stats.entries, stats.subscriptions, stats.channels) == (1, 3, 1, 1)
    assert stats.bytes > 0


async def test_a_trace_shows_only_the_deliveries_to_the_guild_that_asks(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1, link="https://garden.example/2026/tulips"))
    await services.send_all()

    (trace,) = await services.store.archive.trace(
        "http://www.garden.example/2026/tulips/?utm_source=x", GUILD
    )

    assert (trace.feed_name, trace.entry.title) == ("Garden", "Post 1")
    assert [(found.channel_id, found.state, found.message_id) for found in trace.deliveries] == [
        (100, DeliveryState.SENT, 1001)
    ]
    assert await services.store.archive.trace("https://garden.example/2026/tulips", 8) == []


async def test_the_statuses_of_a_guilds_feeds_begin_with_problems(services: Services, store: Store) -> None:
    await subscribed(services)
    await services.poll()
    await flood(services)
    await subscribe(services, url="https://garden.example/other")
    claimed = await store.feeds.claim(services.now, LEASE, 10)
    (other,) = [feed for feed in claimed if feed.url.endswith("other")]
    await store.feeds.settle_failed(other.id, PollResult(services.now, error="Down."), services.now)

    feeds = await store.archive.worst_first(GUILD, [1, 2])
    statuses = await store.archive.statuses(GUILD, feeds, services.now)

    assert [(found.failures, found.held, found.posts_last_month) for found in statuses] == [
        (1, 0, 0),
        (0, 8, 8),
    ]
    assert await store.archive.worst_first(GUILD, [1, 2], [1]) == [2, 1]
    assert await store.archive.worst_first(8, [1, 2]) == []
    assert await store.archive.statuses(8, [1, 2], services.now) == []


async def test_recent_posts_are_found_by_title_or_address(services: Services) -> None:
    await subscribed(services)
    await services.poll(post(2), post(1))

    found = await services.store.archive.named([1], "post 1")

    assert [item.entry.title for item in found] == ["Post 1"]
    assert await services.store.archive.named([2], "post") == []
