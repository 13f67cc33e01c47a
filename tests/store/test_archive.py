"""What people ask the store."""

from datetime import timedelta

import pytest

from bot.model import ChannelDeclaration
from tests.store.conftest import GARDEN, START, Services, post


@pytest.fixture
async def archive(services: Services) -> Services:
    await services.follow(ChannelDeclaration(100))
    await services.poll(
        post(1, title="Tulips", text="Red along the wall.", tags=("Spring flowers",), authors=("Ines",)),
        post(2, title="Roses", text="50% off, said the_nursery.", tags=("summer",), authors=("Tomas",)),
        post(3, title="A quiet week", text="Nothing but rain on the tulips.", tags=()),
    )
    return services


async def test_the_health_of_a_feed_tells_when_it_was_polled_and_when_it_will_be(archive: Services) -> None:
    (health,) = await archive.store.archive.feeds()

    assert (health.url, health.name, health.entries, health.subscriptions) == (GARDEN, "Garden", 3, 1)
    assert (health.last_poll_at, health.last_new_at) == (START, START)
    assert health.next_poll_at == START + timedelta(minutes=1)


async def test_stats_count_what_is_there(archive: Services) -> None:
    stats = await archive.store.archive.stats()

    assert (stats.feeds, stats.entries, stats.subscriptions, stats.channels) == (1, 3, 1, 1)
    assert stats.bytes > 0
