"""Sessions at the gateway: each shard has one process, they begin in turns, and not too often."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.session_begin import Sessions, Shards, foreign_guilds, processes_of, shards_of
from bot.errors import StoreUnreachable
from bot.model import Role

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(("shards", "per_process"), [(1, 1), (16, 4), (10, 4), (3, 8), (5, 0)])
def test_each_shard_has_one_process(shards: int, per_process: int) -> None:
    processes = processes_of(shards, per_process, Role.GATEWAY)
    assert processes is not None

    found = [shards_of(shards, per_process, seat) for seat in range(1, processes + 1)]

    assert [shard for each in found if each is not None for shard in each.ids] == list(range(shards))


def test_without_a_number_of_shards_discord_recommends_one_and_one_process_has_all() -> None:
    assert shards_of(0, 0, 1) is None
    assert processes_of(0, 0, Role.GATEWAY) == 1
    assert processes_of(0, 0, Role.POLL) is None


def test_the_only_process_has_all_shards() -> None:
    assert shards_of(4, 2, 0) == Shards([0, 1, 2, 3], 4)


def test_another_process_gets_the_events_of_other_shards_guilds() -> None:
    guilds = {shard << 22 for shard in range(4)}

    assert foreign_guilds(Shards([0, 1], 4), guilds) == {2 << 22, 3 << 22}
    assert foreign_guilds(None, guilds) == set()


async def test_a_session_waits_for_its_turn_and_is_counted() -> None:
    happened: list[object] = []

    async def count(shard: int) -> None:
        happened.append(("counted", shard))

    async def take_turn(bucket: int) -> None:
        happened.append(("turn", bucket))

    await Sessions(count, lambda: NOW, take_turn=take_turn).begin(5, max_concurrency=4)

    assert happened == [("turn", 1), ("counted", 5)]


async def test_after_the_daily_maximum_no_session_begins_until_the_next_may() -> None:
    async def count(_: int) -> datetime:
        return NOW + timedelta(minutes=10)

    sessions = Sessions(count, lambda: NOW)
    beginning = asyncio.create_task(sessions.begin(0, 1))
    await sessions.over.wait()

    assert not beginning.done()
    beginning.cancel()
    assert sessions.seconds_left() == 600
    assert not sessions.over.is_set()
    assert sessions.seconds_left() == 0


async def test_a_database_outage_stops_no_session() -> None:
    async def count(_: int) -> datetime:
        raise StoreUnreachable("postgresql://db.example/relay")

    await Sessions(count, lambda: NOW).begin(0, 1)
