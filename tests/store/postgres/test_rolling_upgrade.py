"""A newer version replaces an older one process by process: older ones work until what they need is removed."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest

from bot import errors
from bot.model import Role
from bot.store import copying, transfer
from bot.store.backfills import Worker
from bot.store.place import ServerAddress
from bot.store.postgres import member, migrate, versions
from bot.store.postgres.connection import Connection
from bot.store.postgres.engine import PostgresEngine
from bot.store.postgres.locks import WRITE
from bot.store.postgres.member import PostgresMember
from bot.store.postgres.steps import Migration, Program, due, read_step, this_program
from bot.store.postgres.values import STATEMENTS
from bot.store.sqlite.engine import SqliteEngine
from bot.store.store import Store
from tests.newer_program import expanded, newer, with_steps
from tests.postgres import Databases, connected
from tests.store.conftest import GARDEN, NEWS, Services, post
from tests.store.postgres.proxy import proxied

T = TypeVar("T")

OLD = this_program()
NEWER = newer()
REPLACING = with_steps("-- replace\nALTER TABLE feed RENAME COLUMN title TO heading;\n")
INDEXING = with_steps(
    "-- expand outside a transaction: the table is large\n"
    "DROP INDEX CONCURRENTLY IF EXISTS entry_guid;\nCREATE INDEX CONCURRENTLY entry_guid ON entry (guid);\n"
)
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_BEGIN = "SET idle_in_transaction_session_timeout = 0; BEGIN"
_CHANGE_BACK = """
    DO $$ DECLARE added RECORD; BEGIN
        FOR added IN
            SELECT attrelid::regclass AS table, attname AS column FROM pg_attribute
            WHERE attname LIKE 'newer%' AND attnum > 0
        LOOP
            EXECUTE format('ALTER TABLE %s DROP COLUMN %I', added.table, added.column);
        END LOOP;
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'feed'::regclass AND attname = 'heading') THEN
            ALTER TABLE feed RENAME COLUMN heading TO title;
        END IF;
        DROP INDEX IF EXISTS entry_guid;
    END $$
"""
_IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'entry_guid'::regclass"
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member, "_PAUSE", 0.01)
    monkeypatch.setattr(migrate, "_PAUSE", 0.0)


@pytest.fixture
async def place(postgres: Databases) -> AsyncIterator[ServerAddress]:
    """A database of the older version. What a test changes about its tables is changed back."""
    place = await postgres.clean()
    yield place
    async with connected(place) as connection:
        await connection.execute(_CHANGE_BACK)


@asynccontextmanager
async def process(
    place: ServerAddress, program: Program, role: Role = Role.POLL
) -> AsyncIterator[tuple[Services, PostgresMember]]:
    """A process of a version, which starts as `Store.join` does it."""
    engine = PostgresEngine(place, program)
    async with AsyncExitStack() as stack:
        async with engine.starting():
            opened = await engine.open_usable()
            assert opened is not None
            store = await stack.enter_async_context(Store(opened))
            one = await stack.enter_async_context(member.join(place, role, _ignore, program))
        yield Services(store), one


def _ignore(names: Sequence[str]) -> None:
    del names


async def start(place: ServerAddress, program: Program) -> None:
    async with process(place, program):
        pass


async def reconnected(work: Callable[[], Awaitable[T]]) -> T:
    """Work as ticks do: one that finds its connection lost does nothing, and the next one opens another."""
    while True:
        with suppress(errors.StoreUnreachable):
            return await work()


async def waiting(connection: Connection, count: int = 1) -> None:
    """Wait until so many queries wait for a lock."""
    while await connection.fetchval(_WAITING) < count:  # noqa: ASYNC110 -- the server doesn't announce it
        await asyncio.sleep(0.01)


async def relay(services: Services, number: int) -> list[str]:
    """Poll a new post, and send what is due. Return the titles."""
    await services.poll(*(post(each, text="Beans.") for each in range(number + 1)))
    return [title for _, title in await services.send_all()]


async def test_an_older_process_works_on_while_a_newer_one_extends_the_database(place: ServerAddress) -> None:
    async with process(place, OLD) as (older, _):
        await older.follow(NEWS)
        await older.poll(post(0))
        assert await relay(older, 1) == ["Post 1"]  # its statements are prepared
        async with process(place, NEWER) as (younger, _):
            assert await Store.schema_version(place) == expanded()

            assert await relay(older, 2) == ["Post 2"]
            younger.now = older.now
            assert await relay(younger, 3) == ["Post 3"]
        older.now = younger.now

        assert await relay(older, 4) == ["Post 4"]


@pytest.mark.parametrize("change", ["ADD COLUMN newer_still BIGINT", "DROP COLUMN newer"])
async def test_a_claim_that_waits_while_its_table_changes_succeeds(place: ServerAddress, change: str) -> None:
    async with process(place, OLD) as (older, _), connected(place) as connection, connected(place) as other:
        await connection.execute("ALTER TABLE feed ADD COLUMN newer BIGINT")
        await older.follow(NEWS)
        for _poll in range(6):  # the server makes a general plan after five
            await older.poll(post(0))
        await connection.execute(f"{_BEGIN}; SELECT pg_advisory_xact_lock({WRITE.group}, {WRITE.number})")
        claiming = asyncio.create_task(older.claim_feed())
        await waiting(other)
        await connection.execute(f"ALTER TABLE feed {change}; COMMIT")

        assert (await claiming).url == GARDEN


async def test_each_query_works_with_tables_that_have_more_columns(place: ServerAddress) -> None:
    await start(place, OLD)
    async with process(place, OLD), connected(place) as connection:
        await start(place, NEWER)
        for statement in STATEMENTS.values():
            await connection.prepare(statement.sql)


async def test_a_removed_subscription_comes_back_although_only_its_table_has_more_columns(
    place: ServerAddress,
) -> None:
    program = with_steps("-- expand\nALTER TABLE subscription ADD COLUMN newer BIGINT NOT NULL DEFAULT 7;\n")
    async with process(place, OLD) as (older, _):
        await older.follow(NEWS)
        async with connected(place) as connection:
            await start(place, program)
            await connection.execute("UPDATE subscription SET origin = 'discord'")
            await connection.execute("INSERT INTO guild (id) VALUES (7)")
            await connection.execute("UPDATE channel SET guild_id = 7")
        (subscription,) = await older.store.subscriptions.all()

        removal = await older.store.removals.remove(subscription.subscription.id, older.now)
        assert removal is not None
        await older.store.removals.restore(removal.id, lambda *_: (), 10, older.now)

        assert len(await older.store.subscriptions.all()) == 1


async def test_an_older_process_reconnects_and_another_one_starts_in_a_database_that_was_extended(
    place: ServerAddress,
) -> None:
    async with process(place, OLD) as (older, one):
        await older.follow(NEWS)
        await start(place, NEWER)
        async with connected(place) as connection:
            await connection.fetch(_END_OTHERS)

        await reconnected(one.seats)
        await reconnected(older.store.subscriptions.all)
        await reconnected(lambda: older.poll(post(0)))
        async with process(place, OLD) as (another, _):
            assert len(await another.store.subscriptions.all()) == 1


async def test_what_older_processes_use_is_removed_at_the_first_start_without_them(
    place: ServerAddress,
) -> None:
    async with process(place, OLD) as (_, older):
        await start(place, NEWER)
        assert await Store.schema_version(place) == expanded()
        await older.close()

    await start(place, NEWER)

    assert await PostgresEngine(place, NEWER).schema_version() == NEWER.version
    for refused in (start(place, OLD), older.connect(), Store.schema_version(place), Store.open(place)):
        with pytest.raises(errors.StoreTooNew, match="install that version"):
            await refused


async def test_a_second_upgrade_removes_what_only_versions_before_the_first_one_use(
    place: ServerAddress,
) -> None:
    async with process(place, NEWER), process(place, newer(2)):
        pass
    async with process(place, NEWER) as (services, _):
        await services.follow(NEWS)

        await start(place, newer(2))  # nothing to do
        await services.poll(post(0))
        assert await relay(services, 1) == ["Post 1"]

    assert await PostgresEngine(place, newer(2)).schema_version() == expanded(2)


async def test_an_older_process_that_starts_right_before_a_step_is_not_cut_off(
    place: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_: Connection) -> None:
        """Answer as if the older process had connected a moment later."""

    async with process(place, OLD):
        monkeypatch.setattr(versions, "oldest_connected", nobody)
        with pytest.raises(errors.StoreTooOld, match="stop all of them"):
            await start(place, REPLACING)
        await start(place, NEWER)
        assert await Store.schema_version(place) == expanded()


async def test_an_older_process_that_starts_during_a_step_waits_for_it_and_is_refused(
    place: ServerAddress,
) -> None:
    async with connected(place) as connection, connected(place) as other:
        await connection.execute(_BEGIN)
        assert await versions.exclude(connection, [OLD.version])
        starting = asyncio.create_task(start(place, OLD))
        await waiting(other)
        await connection.execute("UPDATE meta SET value = '9001' WHERE key IN ('schema', 'works with')")
        await connection.execute("COMMIT")

        with pytest.raises(errors.StoreTooNew):
            await starting


async def test_a_version_that_older_ones_cannot_work_beside_is_refused_and_changes_nothing(
    place: ServerAddress,
) -> None:
    async with process(place, OLD) as (older, _):
        for refused in (start(place, REPLACING), PostgresEngine(place, REPLACING).trial()):
            with pytest.raises(errors.StoreTooOld, match="stop all of them, then start this one"):
                await refused
        await older.follow(NEWS)
        await older.poll(post(0))
        trial = await PostgresEngine(place, NEWER).trial()
        assert (trial.is_running, trial.is_old) == (True, True)

    await start(place, REPLACING)
    with pytest.raises(errors.StoreTooNew):
        await start(place, OLD)


async def test_a_step_waits_only_briefly_for_a_table_that_is_in_use(
    place: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start_beside_a_dump() -> None:
        async with connected(place) as dump:
            await dump.execute(f"{_BEGIN}; LOCK TABLE feed IN ACCESS SHARE MODE")
            with monkeypatch.context() as hurried:
                hurried.setattr(migrate, "LOCK_TIMEOUT", 0.01)
                hurried.setattr(migrate, "MAX_ATTEMPTS", 2)
                hurried.setattr(migrate, "MAX_OPTIONAL_ATTEMPTS", 1)
                await start(place, NEWER)

    async with process(place, OLD) as (older, _):
        with pytest.raises(errors.StoreLocked, match="pg_dump"):
            await start_beside_a_dump()
        await older.follow(NEWS)
        await older.poll(post(0))
        await start(place, NEWER)
        assert await Store.schema_version(place) == expanded()

    await start_beside_a_dump()  # what can wait doesn't delay the start
    assert await Store.schema_version(place) == expanded()
    await start(place, NEWER)
    assert await PostgresEngine(place, NEWER).schema_version() == NEWER.version


async def test_an_index_is_made_while_older_processes_write_and_newer_ones_wait_for_their_start(
    place: ServerAddress,
) -> None:
    """CREATE INDEX CONCURRENTLY waits for each query and transaction that began before."""
    async with process(place, OLD) as (older, _), connected(place) as reader, connected(place) as other:
        await older.follow(NEWS)
        await reader.execute(f"{_BEGIN} ISOLATION LEVEL REPEATABLE READ")
        await reader.fetchval("SELECT count(*) FROM entry")
        starts = [asyncio.create_task(start(place, INDEXING)) for _ in range(2)]
        await waiting(other)
        await older.poll(post(0))
        assert await relay(older, 1) == ["Post 1"]
        await reader.execute("COMMIT")
        await asyncio.gather(*starts)

        assert await other.fetchval(_IS_VALID)
        assert await Store.schema_version(place) == INDEXING.version


async def test_an_index_whose_making_was_interrupted_is_made_at_the_next_start(place: ServerAddress) -> None:
    async with connected(place) as reader, connected(place) as other:
        await reader.execute(f"{_BEGIN} ISOLATION LEVEL REPEATABLE READ")
        await reader.fetchval("SELECT count(*) FROM entry")
        interrupted = asyncio.create_task(start(place, INDEXING))
        await waiting(other)
        await other.fetch(f"{_END_OTHERS} AND query LIKE '%CREATE INDEX%'")
        with pytest.raises(errors.StoreUnreachable):
            await interrupted
        await reader.execute("COMMIT")
        assert not await other.fetchval(_IS_VALID)

        await start(place, INDEXING)
        assert await other.fetchval(_IS_VALID)


async def test_a_command_of_either_version_reads_what_it_can_use(place: ServerAddress) -> None:
    async def read(program: Program) -> int:
        engine = PostgresEngine(place, program)
        return (await engine.read(lambda opened: Store(opened).archive.stats(), any_version=False)).entries

    assert await read(OLD) == 0
    with pytest.raises(errors.StoreTooOld, match="start a process of this one"):
        await read(NEWER)
    async with process(place, OLD):
        await start(place, NEWER)

    assert await read(NEWER) == await read(OLD) == 0


async def test_a_database_of_another_schema_is_not_moved(place: ServerAddress, tmp_path: Path) -> None:
    target = tmp_path / "moved.db"

    async def move(program: Program) -> None:
        engines = (PostgresEngine(place, program), SqliteEngine(target))
        await transfer.transfer(*engines, (str(place), str(target)), lambda *_: None)

    async with process(place, OLD):
        await start(place, NEWER)
    with pytest.raises(errors.StoreTooNew):
        await move(OLD)
    with pytest.raises(errors.StoreTooOld):
        await move(NEWER)  # its contract step waits

    assert not target.exists()


async def test_the_versions_of_a_database_are_not_copied(place: ServerAddress) -> None:
    async with PostgresEngine(place).reading() as reader:
        keys = [key async for rows in reader.rows("meta", ["key"]) for (key,) in rows]

    assert {"schema", "works with"} <= set(copying.OWN_KEYS)
    assert "instance" in keys
    assert not set(keys) & set(copying.OWN_KEYS)


async def test_a_process_that_was_alone_stops_if_a_newer_version_changed_the_database(
    place: ServerAddress, tmp_path: Path, killed: asyncio.Queue[int]
) -> None:
    async with proxied(place, tmp_path) as (proxy, address), Store.lock(address, Worker.RUN):
        proxy.refuses = True
        proxy.cut()
        await start(place, REPLACING)
        proxy.refuses = False

        assert await killed.get() == signal.SIGTERM


async def test_a_process_does_not_come_back_to_posts_that_another_version_prepared_for_itself(
    place: ServerAddress,
) -> None:
    async with await Store.open(place):
        pass
    async with process(place, OLD) as (_, older), connected(place) as connection:
        await connection.execute("UPDATE meta SET value = 'other keys' WHERE key = 'keys'")

        with pytest.raises(errors.StoreTooNew):
            await older.connect()


EXPAND, CONTRACT, REPLACE = (
    Migration(28, ""),
    Migration(29, "", works_from=28, can_wait=True),
    Migration(29, "", works_from=29),
)


@pytest.mark.parametrize(
    ("steps", "oldest", "expected"),
    [
        ([EXPAND, CONTRACT], None, [EXPAND, CONTRACT]),
        ([EXPAND, CONTRACT], 27, [EXPAND]),
        ([EXPAND, CONTRACT], 28, [EXPAND, CONTRACT]),
        ([CONTRACT], 27, []),
        ([EXPAND, REPLACE], 28, None),
        ([EXPAND, REPLACE], 29, [EXPAND, REPLACE]),
        ([EXPAND, REPLACE], None, [EXPAND, REPLACE]),
        ([CONTRACT, Migration(30, "")], 27, None),  # steps are taken in their order
        ([], 27, []),
    ],
)
def test_the_versions_that_run_decide_which_steps_are_due(
    steps: list[Migration], oldest: int | None, expected: list[Migration] | None
) -> None:
    assert due(steps, oldest) == expected


def test_the_first_line_of_a_step_says_what_it_is() -> None:
    assert read_step(28, "-- expand\n") == Migration(28, "-- expand\n")
    assert not read_step(28, "-- expand outside a transaction: it is large\n").is_transaction
    contract = read_step(29, "-- contract 28: nobody reads it\n")
    assert (contract.works_from, contract.can_wait) == (28, True)
    replacing = read_step(29, "-- replace\n")
    assert (replacing.works_from, replacing.can_wait) == (29, False)
    for wrong in ("", "-- contract\n", "-- expanded\n", "ALTER TABLE feed ADD COLUMN x BIGINT;\n-- expand\n"):
        with pytest.raises(ValueError, match="the first line of step 28"):
            read_step(28, wrong)
