"""With several processes, too, each post arrives once and in order, whichever process is lost."""

import signal
from collections.abc import Sequence
from pathlib import Path

from bot.store.place import ServerAddress
from bot.store.postgres.engine import PostgresEngine
from bot.store.store import Store
from tests.e2e.crew import EVERYONE, GATEWAYS, POLLERS, Crew, crew
from tests.e2e.relay_fixture import baseline, beside, eventually, publish, publish_one
from tests.newer_program import expanded, newer
from tests.postgres import Databases, connected

NEWER = "tests.e2e.newer_bot"
_END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


async def test_other_processes_take_over_from_each_kind_that_is_killed(
    tmp_path: Path, postgres: Databases
) -> None:
    async with crew(tmp_path, await postgres.new(), seed=2, names=(*EVERYONE, "gateway c")) as made:
        fixture = made.fixture
        await baseline(fixture)
        await eventually(lambda: fixture.discord.gateway.identified == len(GATEWAYS))
        idle = next(name for name in (*GATEWAYS, "gateway c") if "running as" not in made.log(name))

        await beside(publish(fixture, 25, pace=0.1), kill_one_of_each(made, spared=idle))
        await fixture.settled()
        await made.logs(idle, "running as gateway")

        assert fixture.differences() == []


async def kill_one_of_each(made: Crew, spared: str) -> None:
    leader = await made.leader()
    await eventually(lambda: made.fixture.backlog() > 0)
    await made.end(leader, by=signal.SIGKILL)
    await made.end(POLLERS[0], by=signal.SIGKILL)
    await made.end(next(name for name in GATEWAYS if name != spared), by=signal.SIGKILL)
    await made.leader(leader)


async def test_a_frozen_deliverer_that_wakes_up_posts_nothing_twice(
    tmp_path: Path, postgres: Databases
) -> None:
    async with crew(tmp_path, await postgres.new(), seed=3) as made:
        fixture = made.fixture
        await baseline(fixture)

        await beside(publish(fixture, 25, pace=0.1), freeze_the_leader(made))
        publish_one(fixture, "night-sky", tags=())
        await fixture.settled()

        assert fixture.differences() == []


async def freeze_the_leader(made: Crew) -> None:
    """Freeze the leading deliverer until another one leads."""
    leader = await made.leader()
    await eventually(lambda: made.fixture.backlog() > 0)
    made.processes[leader].send_signal(signal.SIGSTOP)
    await made.leader(leader)
    made.processes[leader].send_signal(signal.SIGCONT)
    await made.logs(leader, "no longer leading")


async def test_a_poll_process_whose_clock_is_an_hour_ahead_delays_nothing(
    tmp_path: Path, postgres: Databases
) -> None:
    async with crew(
        tmp_path, await postgres.new(), seed=4, names=("deliver a", "gateway a", "gateway b")
    ) as made:
        made.start("poll a", ahead=3600)
        await baseline(made.fixture)

        await publish(made.fixture, 4)
        await made.fixture.settled()

        assert made.fixture.differences() == []
        assert "clock corrected" in made.log("poll a")


async def test_poll_processes_wait_until_the_channels_of_a_restored_database_were_read(
    tmp_path: Path, postgres: Databases
) -> None:
    database = await postgres.new()
    async with await Store.open(database), connected(database) as connection:
        await connection.execute("INSERT INTO meta (key, value) VALUES ('restored', '1777900000000')")
    async with crew(tmp_path, database, names=("poll a",)) as made:
        fixture = made.fixture
        await made.logs("poll a", "database restored")
        fixture.discord.faults.next("history", hang=True)
        made.start("deliver a")
        await eventually(lambda: fixture.discord.faults.hanging > 0)
        assert [request for blog in fixture.blogs.values() for request in blog.requests] == []
        fixture.discord.faults.release()

        await baseline(fixture)

        log = made.log("deliver a")
        assert log.count("channel looked through") == len(fixture.channels)


async def test_cut_connections_of_all_processes_lose_nothing_and_post_nothing_twice(
    tmp_path: Path, postgres: Databases
) -> None:
    database = await postgres.new()
    async with crew(tmp_path, database, seed=5) as made:
        fixture = made.fixture
        await baseline(fixture)

        await beside(publish(fixture, 25, pace=0.1), cut_often(made, database, 5))
        await fixture.settled()
        shards = {each.shard for each in fixture.discord.gateway.sessions.values() if each.connection}
        statuses = await made.end(*EVERYONE)

        assert fixture.differences() == []
        assert shards == {(0, 2), (1, 2)}
        assert statuses == [0] * len(EVERYONE)
        assert not any("Traceback" in made.log(name) for name in EVERYONE)


async def cut_often(made: Crew, database: ServerAddress, times: int) -> None:
    async with connected(database) as connection:
        for _ in range(times):
            last = made.fixture.activity() + made.fixture.chance.randint(0, 40)
            await eventually(lambda last=last: made.fixture.activity() >= last)  # type: ignore[misc] # mypy can't infer it
            await connection.fetch(_END_ALL)


async def test_a_newer_version_replaces_an_older_one_process_by_process(
    tmp_path: Path, postgres: Databases
) -> None:
    database = await postgres.new()
    engine = PostgresEngine(database, newer())
    *others, last = names = ("deliver a", *POLLERS)
    async with crew(tmp_path, database, seed=6, names=names) as made:
        fixture = made.fixture
        await baseline(fixture)

        await beside(publish(fixture, 25, pace=0.1), upgrade(made, others))
        assert await engine.schema_version() == expanded()
        assert await made.end(last) == [0]
        made.start(f"{last}2", module=NEWER)
        await made.logs(f"{last}2", "running as poll")
        publish_one(fixture, "night-sky", tags=())
        await fixture.settled()

        assert fixture.differences() == []
        assert await engine.schema_version() == newer().version
        assert not any("Traceback" in made.log(name) for name in (*names, *made.processes))


async def upgrade(made: Crew, names: Sequence[str]) -> None:
    """Start a newer process for each, and then end it."""
    for name in names:
        made.start(f"{name}2", module=NEWER)
        await made.logs(f"{name}2", "running as")
        assert await made.end(name) == [0]
