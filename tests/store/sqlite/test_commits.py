"""Transactions that wait share a commit: none returns before it, and one that fails is alone."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.sqlite.commits import SqliteTransaction
from bot.store.sqlite.database import SqliteDatabase
from bot.store.store import Store

Work = Callable[[SqliteTransaction], Awaitable[str]]


class Crowd:
    """Transactions that wait behind one that is running, and so share the next commit."""

    def __init__(self, path: Path, opened: SqliteDatabase) -> None:
        self.path = path
        self.database = opened
        self._may_finish = threading.Event()
        self._first: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start a transaction that runs until `finish`."""
        loop, runs = asyncio.get_running_loop(), asyncio.Event()

        async def wait(_: SqliteTransaction) -> None:
            loop.call_soon_threadsafe(runs.set)
            self._may_finish.wait()

        self._first = asyncio.create_task(self.database.transact(wait))
        await runs.wait()

    async def finish(self, *works: Work) -> list[str | BaseException]:
        """Queue transactions behind the first one, end it, and return their results."""
        await self.begin()
        waiting = [asyncio.create_task(self.database.transact(work)) for work in works]
        await asyncio.sleep(0)
        self._may_finish.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    def guilds(self) -> list[int]:
        """The committed rows, as another process sees them."""
        with closing(sqlite3.connect(self.path)) as connection:
            return [row[0] for row in connection.execute("SELECT id FROM guild ORDER BY id")]


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path):
        pass
    opened = await SqliteDatabase.open(path)
    yield Crowd(path, opened)
    await opened.close()


def add(guild_id: int, *, and_then: str = "", error: Exception | None = None) -> Work:
    """Return a transaction that adds a guild, runs a statement, and may raise an error."""

    async def work(tx: SqliteTransaction) -> str:
        await tx.run("put_guild", id=guild_id)
        if and_then:
            await tx.execute(and_then)
        if error is not None:
            raise error
        return f"added {guild_id}"

    return work


async def test_transactions_that_wait_share_a_commit(crowd: Crowd) -> None:
    statements: list[str] = []
    await crowd.database._writer.set_trace_callback(statements.append)

    assert await crowd.finish(add(1), add(2), add(3)) == ["added 1", "added 2", "added 3"]

    assert statements.count("COMMIT") == 2
    assert crowd.guilds() == [1, 2, 3]


async def test_no_transaction_returns_before_the_commit(crowd: Crowd) -> None:
    found = []

    async def look_after(guild_id: int) -> None:
        await crowd.database.transact(add(guild_id))
        found.append(crowd.guilds())

    await crowd.begin()
    waiting = [asyncio.create_task(look_after(guild_id)) for guild_id in (1, 2)]
    await asyncio.sleep(0)
    crowd._may_finish.set()
    await asyncio.gather(*waiting)

    assert found == [[1, 2], [1, 2]]


async def test_a_failed_transaction_leaves_the_others_unchanged(crowd: Crowd) -> None:
    error = ZeroDivisionError()

    assert await crowd.finish(add(1), add(2, error=error), add(3)) == ["added 1", error, "added 3"]

    assert crowd.guilds() == [1, 3]


async def test_if_the_commit_fails_all_of_them_fail(crowd: Crowd) -> None:
    dangling = "INSERT INTO channel (id, guild_id) VALUES (9, 99)"  # nothing like it can be committed
    error = ZeroDivisionError()

    async def checked_at_the_commit(tx: SqliteTransaction) -> str:
        await tx.execute("PRAGMA defer_foreign_keys = ON")
        return await add(2, and_then=dangling)(tx)

    outcomes = await crowd.finish(add(1), checked_at_the_commit, add(3, error=error))

    assert [type(outcome) for outcome in outcomes] == [sqlite3.IntegrityError] * 2 + [ZeroDivisionError]
    assert crowd.guilds() == []
    assert await crowd.database.transact(add(4)) == "added 4"
    assert crowd.guilds() == [4]


async def test_if_sqlite_rolls_back_the_whole_transaction_all_of_them_fail(crowd: Crowd) -> None:
    """As it may do when the disk is full: https://www.sqlite.org/lang_transaction.html"""
    rolls_back = "INSERT OR ROLLBACK INTO guild (id) VALUES (2)"

    outcomes = await crowd.finish(add(1), add(2, and_then=rolls_back), add(3))

    assert [type(outcome) for outcome in outcomes] == [sqlite3.IntegrityError] * 3
    assert crowd.guilds() == []
    assert await crowd.database.transact(add(4)) == "added 4"


async def test_a_transaction_cancelled_before_its_start_does_not_run(crowd: Crowd) -> None:
    await crowd.begin()
    waiting = [asyncio.create_task(crowd.database.transact(add(guild_id))) for guild_id in (1, 2, 3)]
    await asyncio.sleep(0)

    waiting[1].cancel()
    crowd._may_finish.set()
    await asyncio.wait(waiting)

    assert waiting[1].cancelled()
    assert crowd.guilds() == [1, 3]


async def test_a_transaction_cancelled_after_its_start_is_committed(crowd: Crowd) -> None:
    loop, runs = asyncio.get_running_loop(), asyncio.Event()

    async def slow(tx: SqliteTransaction) -> str:
        await tx.run("put_guild", id=1)
        loop.call_soon_threadsafe(runs.set)
        crowd._may_finish.wait()
        return await add(2)(tx)

    task = asyncio.create_task(crowd.database.transact(slow))
    await runs.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    crowd._may_finish.set()
    await crowd.database.close()

    assert crowd.guilds() == [1, 2]


async def test_a_transaction_that_awaits_something_else_fails_and_changes_nothing(crowd: Crowd) -> None:
    async def sleeps(tx: SqliteTransaction) -> str:
        await add(1)(tx)
        await asyncio.sleep(0)
        return "never"

    with pytest.raises(RuntimeError, match="must wait for nothing but its statements"):
        await crowd.database.transact(sleeps)

    assert crowd.guilds() == []


async def test_waiting_transactions_are_committed_before_the_database_is_closed(crowd: Crowd) -> None:
    await crowd.begin()
    waiting = [asyncio.create_task(crowd.database.transact(add(guild_id))) for guild_id in range(1, 100)]
    await asyncio.sleep(0)
    closing_it = asyncio.create_task(crowd.database.close())
    await asyncio.sleep(0)
    crowd._may_finish.set()
    await closing_it

    assert [await task for task in waiting] == [f"added {guild_id}" for guild_id in range(1, 100)]
    assert len(crowd.guilds()) == 99


async def test_several_reads_see_the_same_moment(crowd: Crowd) -> None:
    async def read_twice(tx: SqliteTransaction) -> tuple[int, int]:
        before = await tx.execute("SELECT * FROM guild")
        with closing(sqlite3.connect(crowd.path)) as other, other:
            other.execute("INSERT INTO guild (id) VALUES (7)")
        return len(before), len(await tx.execute("SELECT * FROM guild"))

    assert await crowd.database.read(read_twice) == (0, 0)
    assert crowd.guilds() == [7]


async def test_short_transactions_come_before_long_ones_that_wait_longer(crowd: Crowd) -> None:
    done: list[str] = []
    statements: list[str] = []

    async def transact(work: Work, *, long: bool) -> None:
        done.append(await crowd.database.transact(work, long=long))

    await crowd.database._writer.set_trace_callback(statements.append)
    await crowd.begin()
    long = [asyncio.create_task(transact(add(number), long=True)) for number in range(2, 8)]
    await asyncio.sleep(0)
    short = asyncio.create_task(transact(add(1), long=False))
    await asyncio.sleep(0)
    crowd._may_finish.set()
    await asyncio.gather(short, *long)

    assert done == [f"added {number}" for number in range(1, 8)]
    assert statements.count("COMMIT") == 3


async def test_a_long_transaction_that_waits_can_be_cancelled(crowd: Crowd) -> None:
    await crowd.begin()
    waiting = [asyncio.create_task(crowd.database.transact(add(number), long=True)) for number in range(1, 7)]
    await asyncio.sleep(0)
    for task in waiting[:5]:
        task.cancel()
    crowd._may_finish.set()

    assert await waiting[5] == "added 6"
    assert crowd.guilds() == [6]


def add_last(*guild_ids: int, error: Exception | None = None) -> Work:
    """Return a transaction that adds guilds with its last statements."""

    async def work(tx: SqliteTransaction) -> str:
        await tx.run_last("put_guild", [{"id": guild_id} for guild_id in guild_ids])
        if error is not None:
            raise error
        return f"added {guild_ids}"

    return work


async def test_last_statements_of_all_transactions_follow_each_other(crowd: Crowd) -> None:
    statements: list[str] = []
    await crowd.database._writer.set_trace_callback(statements.append)

    await crowd.finish(add_last(1, 2), add(9), add_last(3))

    assert [each.split("(")[2][0] for each in statements if "INTO guild" in each] == ["9", "1", "2", "3"]
    assert crowd.guilds() == [1, 2, 3, 9]


async def test_last_statements_of_a_failed_transaction_are_left_out(crowd: Crowd) -> None:
    error = ZeroDivisionError()

    assert await crowd.finish(add_last(1, error=error), add_last(2)) == [error, "added (2,)"]

    assert crowd.guilds() == [2]


async def test_a_transaction_whose_last_statement_fails_leaves_the_others_unchanged(crowd: Crowd) -> None:
    async def work(tx: SqliteTransaction) -> str:
        await tx.run("put_guild", id=2)
        await tx.run_last("put_guild", [{"id": "no number"}])
        return "never"

    first, failed, last = await crowd.finish(add(1), work, add_last(3))

    assert (first, last) == ("added 1", "added (3,)")
    assert isinstance(failed, sqlite3.IntegrityError)
    assert crowd.guilds() == [1, 3]
