"""The real process with a database that another program locks, or on a disk that is full."""

import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.e2e.relay_fixture import RelayFixture, baseline, beside, eventually, publish, relay_fixture

MODULE = "tests.e2e.impatient_bot"
TIMES = 4


async def test_locks_by_another_program_lose_nothing_and_post_nothing_twice(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=4) as fixture:
        fixture.module = MODULE
        await fixture.start()
        await baseline(fixture)

        await beside(publish(fixture, 40), lock_often(fixture))
        await fixture.settled()

        assert fixture.differences() == []


async def test_a_kill_during_a_lock_loses_nothing_and_posts_nothing_twice(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=5) as fixture:
        fixture.module = MODULE
        await fixture.start()
        await baseline(fixture)

        await beside(publish(fixture, 40), lock_often(fixture, kill=True))
        await fixture.settled()

        assert fixture.differences() == []
        assert fixture.kills == TIMES


async def test_a_full_disk_loses_nothing_and_posts_nothing_twice(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=6) as fixture:
        fixture.module = MODULE
        await fixture.start()
        await baseline(fixture)

        await beside(publish(fixture, 40), fill_often(fixture))
        await fixture.settled()

        assert fixture.differences() == []


async def test_a_start_during_a_lock_waits_for_its_end(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=8) as fixture:
        fixture.module = MODULE
        await fixture.start()
        await baseline(fixture)
        await fixture.stop()

        with closing(sqlite3.connect(fixture.folder / "feed-relay.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            seen = noticed(fixture)
            await fixture.start()
            await eventually(seen)
        await publish(fixture, 3)
        await fixture.settled()

        assert fixture.differences() == []


async def test_sigterm_during_a_lock_ends_the_bot_and_the_next_start_posts_the_rest_once(
    tmp_path: Path,
) -> None:
    async with relay_fixture(tmp_path, seed=9) as fixture:
        fixture.module = MODULE
        await fixture.start()
        await baseline(fixture)

        with closing(sqlite3.connect(fixture.folder / "feed-relay.db", isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout = 60000")
            other.execute("BEGIN IMMEDIATE")
            seen = noticed(fixture)
            await publish(fixture, 5)
            await eventually(seen)
            status = await fixture.stop()
        await fixture.start()
        await fixture.settled()

        assert status == 0
        assert "never retrieved" not in fixture.log()
        assert fixture.differences() == []


async def lock_often(fixture: RelayFixture, *, kill: bool = False) -> None:
    """Take the database's write lock at random moments, and keep it until the bot has noticed."""
    for _ in range(TIMES):
        await some_requests(fixture)
        with closing(sqlite3.connect(fixture.folder / "feed-relay.db", isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout = 60000")
            other.execute("BEGIN IMMEDIATE")
            await eventually(noticed(fixture))
            if kill:
                await fixture.kill()
        if kill:
            await fixture.start()


async def fill_often(fixture: RelayFixture) -> None:
    """Keep the bot's files from growing at random moments, until the bot has noticed."""
    for _ in range(TIMES):
        await some_requests(fixture)
        was = resource.prlimit(fixture.pid, resource.RLIMIT_FSIZE)
        size = (fixture.folder / "log").stat().st_size + 20_000
        resource.prlimit(fixture.pid, resource.RLIMIT_FSIZE, (size, was[1]))
        await eventually(noticed(fixture))
        resource.prlimit(fixture.pid, resource.RLIMIT_FSIZE, was)


def noticed(fixture: RelayFixture) -> Callable[[], bool]:
    """Return a function that returns whether the bot has logged a failure of the database since now."""
    before = failures(fixture)
    return lambda: failures(fixture) > before


def failures(fixture: RelayFixture) -> int:
    log = fixture.log()
    return log.count("database fails") + log.count("tick failed")


async def some_requests(fixture: RelayFixture) -> None:
    last = fixture.activity() + fixture.chance.randint(0, 40)
    await eventually(lambda: fixture.activity() >= last)
