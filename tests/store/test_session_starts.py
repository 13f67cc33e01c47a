"""Sessions at Discord's gateway are counted for a day, over all processes."""

from datetime import timedelta

from bot.store.store import Store
from tests.store.conftest import START

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


async def test_no_more_sessions_than_the_limit_begin_within_a_day(store: Store) -> None:
    began = [await store.session_starts.add(shard, 2, START + shard * MINUTE) for shard in range(3)]

    assert began == [None, None, START + DAY]


async def test_a_day_later_the_next_session_may_begin(store: Store) -> None:
    await store.session_starts.add(0, 1, START)

    assert await store.session_starts.add(0, 1, START + DAY - MINUTE) == START + DAY
    assert await store.session_starts.add(0, 1, START + DAY) is None


async def test_a_clock_that_was_set_back_makes_no_session_count_for_longer(store: Store) -> None:
    await store.session_starts.add(0, 1, START + 30 * DAY)

    assert await store.session_starts.add(0, 1, START) is None
