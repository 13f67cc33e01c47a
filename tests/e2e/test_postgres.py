"""With PostgreSQL, too, each post arrives once and in order, even if the bot is killed or loses its connections."""

from pathlib import Path

from bot.store.place import ServerAddress
from tests.e2e.relay_fixture import (
    RelayFixture,
    baseline,
    beside,
    eventually,
    kill_often,
    publish,
    relay_fixture,
)
from tests.postgres import Databases, connected

_END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


async def test_kills_at_random_moments_lose_nothing_and_post_nothing_twice(
    tmp_path: Path, postgres: Databases
) -> None:
    async with relay_fixture(tmp_path, seed=2, database=await postgres.new()) as fixture:
        await fixture.start()
        await baseline(fixture)

        await beside(publish(fixture, 25, pace=0.1), kill_often(fixture, 4))
        await fixture.settled()

        assert fixture.differences() == []
        assert fixture.kills == 4


async def test_lost_connections_lose_nothing_and_post_nothing_twice(
    tmp_path: Path, postgres: Databases
) -> None:
    database = await postgres.new()
    async with relay_fixture(tmp_path, seed=5, database=database) as fixture:
        await fixture.start()
        await baseline(fixture)

        await beside(publish(fixture, 25, pace=0.1), cut_often(fixture, database, 6))
        await fixture.settled()
        status = await fixture.stop()

        assert fixture.differences() == []
        assert status == 0
        assert "Traceback" not in fixture.log()
        assert "never retrieved" not in fixture.log()


async def cut_often(fixture: RelayFixture, database: ServerAddress, times: int) -> None:
    """Make the server end all of the bot's connections, each time after a random number of its requests."""
    async with connected(database) as connection:
        for _ in range(times):
            last = fixture.activity() + fixture.chance.randint(0, 40)
            await eventually(lambda last=last: fixture.activity() >= last)  # type: ignore[misc] # mypy can't infer it
            await connection.fetch(_END_ALL)
