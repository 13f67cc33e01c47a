"""A transaction happens completely, once, or not at all, wherever the connection breaks."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from bot import errors
from bot.store.database import Reader, Transaction
from bot.store.place import ServerAddress
from bot.store.postgres import database as database_module
from bot.store.postgres.database import PostgresDatabase, PostgresTransaction
from bot.store.postgres.values import STATEMENTS, Statement
from tests.postgres import Databases, connected
from tests.store.postgres.proxy import Proxy, proxied

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


async def write(tx: Transaction) -> str:
    """Write two things that belong together, which a repetition would write twice."""
    for number in (1, 2):
        await tx.rows("add_import", guild_id=number, channel_id=1, user_id=1, now=NOW)
    return "done"


async def written(place: ServerAddress) -> int:
    async with connected(place) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM feed_import"))


class Nth:
    """Says yes once: to the nth thing that is sent."""

    def __init__(self, number: int, what: bytes = b"") -> None:
        self._number = number
        self._what = what
        self.has_happened = False

    def __call__(self, sent: bytes) -> bool:
        if self.has_happened or self._what not in sent:
            return False
        self._number -= 1
        self.has_happened = self._number < 0
        return self.has_happened


def before(proxy: Proxy, rule: Callable[[bytes], bool]) -> None:
    proxy.cuts_before = rule


def after(proxy: Proxy, rule: Callable[[bytes], bool]) -> None:
    proxy.cuts_after = rule


@pytest.mark.parametrize("cuts", [before, after])
async def test_a_connection_that_is_cut_at_any_statement_leaves_all_or_nothing(
    place: ServerAddress, tmp_path: Path, cuts: Callable[[Proxy, Nth], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_PAUSE", 0.0)
    async with proxied(place, tmp_path) as (proxy, address):
        database = PostgresDatabase(address)
        await database.transact(write)  # connected, and its statements are prepared
        expected = 2
        for number in count():
            cuts(proxy, cut := Nth(number))
            try:
                assert await database.transact(write) == "done"
                expected += 2
            except errors.StoreUnreachable:
                pass
            assert await written(place) == expected
            if not cut.has_happened:
                break
        await database.close()

    assert number >= 5  # BEGIN, two statements, the id, COMMIT


async def test_a_commit_whose_answer_is_lost_is_not_repeated(
    place: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_PAUSE", 0.0)
    async with proxied(place, tmp_path) as (proxy, address):
        database = PostgresDatabase(address)
        proxy.cuts_after = Nth(0, b"COMMIT")

        assert await database.transact(write) == "done"
        await database.close()

    assert await written(place) == 2


async def test_a_commit_that_did_not_arrive_is_reported(
    place: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_PAUSE", 0.0)
    async with proxied(place, tmp_path) as (proxy, address):
        database = PostgresDatabase(address)
        proxy.cuts_before = Nth(0, b"COMMIT")

        with pytest.raises(errors.StoreUnreachable):
            await database.transact(write)
        assert await written(place) == 0
        assert await database.transact(write) == "done"
        await database.close()


async def test_a_commit_that_a_crash_of_the_server_lost_with_its_id_is_none(
    database: PostgresDatabase,
) -> None:
    assert not await database._is_committed("999999999999")


async def test_only_a_transaction_that_may_be_lost_does_not_wait_for_the_disk(postgres: Databases) -> None:
    address = await postgres.new()
    async with connected(address) as connection:
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    database = PostgresDatabase(address)

    async def setting(tx: PostgresTransaction) -> str:
        return str(await tx._connection.fetchval("SHOW synchronous_commit"))

    assert await database.transact(setting, alone=False, durable=False) == "off"
    assert await database.transact(setting, alone=False) == "on"
    await database.close()


async def test_a_read_on_a_lost_connection_is_reported_and_the_next_one_works(
    place: ServerAddress, tmp_path: Path
) -> None:
    async with proxied(place, tmp_path) as (proxy, address):
        database = PostgresDatabase(address)
        await database.rows("sites")
        proxy.cuts_before = Nth(0)

        with pytest.raises(errors.StoreUnreachable):
            await database.rows("sites")
        assert await database.rows("sites") == []
        await database.close()


@pytest.mark.parametrize("run", ["transact", "read"])
async def test_tables_that_a_newer_process_changed_disturb_no_transaction(
    database: PostgresDatabase, place: ServerAddress, run: str
) -> None:
    async def work(reader: Reader) -> int:
        return len(await reader.rows("search_request", token=1))

    assert await getattr(database, run)(work) == 0  # its statement is prepared
    async with connected(place) as connection:
        await connection.execute("ALTER TABLE search_request ADD COLUMN newer BIGINT")
        try:
            assert await getattr(database, run)(work) == 0
        finally:
            await connection.execute("ALTER TABLE search_request DROP COLUMN newer")


async def test_a_transaction_that_fails_changes_nothing(
    database: PostgresDatabase, place: ServerAddress
) -> None:
    async def fail(tx: Transaction) -> None:
        await write(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.transact(fail)

    assert await written(place) == 0


async def test_a_transaction_is_finished_even_if_nobody_waits_for_it(
    database: PostgresDatabase, place: ServerAddress
) -> None:
    is_between, may_finish = asyncio.Event(), asyncio.Event()

    async def work(tx: Transaction) -> None:
        is_between.set()
        await may_finish.wait()
        await write(tx)

    task = asyncio.create_task(database.transact(work))
    await is_between.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    closing = asyncio.create_task(database.close())
    may_finish.set()
    await closing

    assert await written(place) == 2


async def test_a_transaction_that_waits_for_another_can_be_cancelled(
    database: PostgresDatabase, place: ServerAddress
) -> None:
    is_between, may_finish = asyncio.Event(), asyncio.Event()

    async def work(tx: Transaction) -> None:
        await write(tx)
        is_between.set()
        await may_finish.wait()

    first = asyncio.create_task(database.transact(work))
    await is_between.wait()
    second = asyncio.create_task(database.transact(write))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert await written(place) == 0  # readers see only what is committed
    may_finish.set()
    await first

    assert await written(place) == 2


async def test_transactions_of_two_processes_run_one_after_the_other(
    database: PostgresDatabase, place: ServerAddress
) -> None:
    other, order = PostgresDatabase(place), list[str]()
    is_between, may_finish = asyncio.Event(), asyncio.Event()

    async def first(tx: Transaction) -> None:
        is_between.set()
        await may_finish.wait()
        await write(tx)
        order.append("first")

    async def second(tx: Transaction) -> None:
        order.append("second")
        await write(tx)

    one = asyncio.create_task(database.transact(first))
    await is_between.wait()
    two = asyncio.create_task(other.transact(second))
    may_finish.set()
    await asyncio.gather(one, two)
    await other.close()

    assert order == ["first", "second"]


async def test_a_store_that_only_reads_reports_a_write(place: ServerAddress) -> None:
    database = PostgresDatabase(place, read_only=True)

    with pytest.raises(errors.StoreReadOnly):
        await database.transact(write)
    await database.close()


async def test_a_query_that_takes_too_long_is_interrupted(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Statement("SELECT pg_sleep(600)", ())
    monkeypatch.setattr(database_module, "STATEMENTS", {**STATEMENTS, "slow": slow})

    assert await database.search("slow", 0.05) is None
    assert await database.search("sites", 60) == []


async def test_a_sound_database_has_no_problems(database: PostgresDatabase) -> None:
    assert await database.check() == []
