"""What people ask the store."""

from datetime import timedelta

import pytest

from bot.model import ChannelDeclaration
from bot.store.archive import Search
from tests.store.conftest import GARDEN, MINUTE, START, Desk, post


@pytest.fixture
async def archive(desk: Desk) -> Desk:
    await desk.follow(ChannelDeclaration(100))
    await desk.poll(
        post(1, title="Tulips", text="Red along the wall.", tags=("Spring flowers",), authors=("Ines",)),
        post(2, title="Roses", text="50% off, said the_nursery.", tags=("summer",), authors=("Tomas",)),
        post(3, title="A quiet week", text="Nothing but rain on the tulips.", tags=()),
    )
    return desk


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        (Search(("tulips",)), ["A quiet week", "Tulips"]),
        (Search(("tulips", "rain")), ["A quiet week"]),
        (Search(("INES",)), ["Tulips"]),
        (Search(("spring",)), ["Tulips"]),
        (Search(("50%",)), ["Roses"]),
        (Search(("the_nursery",)), ["Roses"]),
        (Search(("_",)), ["Roses"]),
        (Search(("orchids",)), []),
        (Search(), ["A quiet week", "Roses", "Tulips"]),
        (Search(limit=1), ["A quiet week"]),
        (Search(tag="spring-flowers"), ["Tulips"]),
        (Search(feed="garden"), ["A quiet week", "Roses", "Tulips"]),
        (Search(feed=GARDEN), ["A quiet week", "Roses", "Tulips"]),
        (Search(feed="elsewhere"), []),
        (Search(after=START + 2 * MINUTE), ["A quiet week", "Roses"]),
        (Search(before=START + 2 * MINUTE), ["Tulips"]),
    ],
)
async def test_a_search_finds_entries_that_have_every_word_newest_first(
    archive: Desk, search: Search, titles: list[str]
) -> None:
    assert [hit.title for hit in await archive.store.archive.search(search)] == titles


async def test_the_health_of_a_feed_tells_when_it_was_polled_and_when_it_will_be(archive: Desk) -> None:
    (health,) = await archive.store.archive.feeds()

    assert (health.url, health.name, health.entries, health.subscriptions) == (GARDEN, "Garden", 3, 1)
    assert (health.last_poll_at, health.last_new_at) == (START, START)
    assert health.next_poll_at == START + timedelta(minutes=1)


async def test_stats_count_what_is_there(archive: Desk) -> None:
    stats = await archive.store.archive.stats()

    assert (stats.feeds, stats.entries, stats.subscriptions, stats.channels) == (1, 3, 1, 1)
    assert stats.bytes > 0
