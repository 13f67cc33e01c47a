"""A repository's transaction happens completely or not at all, whatever happens to the task that waits for it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store.database import Repository, Transaction, Value, storable, transaction
from bot.store.sqlite import database, values
from bot.store.sqlite.database import SqliteDatabase
from bot.store.store import Store


class Counter(Repository):
    """A repository that writes in two steps."""

    def __init__(self, opened: SqliteDatabase) -> None:
        super().__init__(opened)
        self.is_between = asyncio.Event()
        self.may_finish = threading.Event()
        self._loop = asyncio.get_running_loop()

    @transaction
    async def write(self, tx: Transaction, up_to: int, *, fails: bool = False) -> str:
        """Write once, wait, write again; the docstring and the name stay those of the method."""
        await tx.run("set_unindexed", up_to=up_to)
        self._loop.call_soon_threadsafe(self.is_between.set)
        self.may_finish.wait()  # on the database's own thread, where transactions run
        if fails:
            raise ZeroDivisionError
        await tx.run("set_index_version", version=str(up_to))
        return "done"

    async def written(self) -> tuple[int, str]:
        """The committed values."""
        (lag,), (version,) = await self._db.rows("count_unindexed"), await self._db.rows("index_version")
        return lag["entries"], version["value"]


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path):
        pass
    opened = await SqliteDatabase.open(path)
    yield Counter(opened)
    await opened.close()


async def test_closing_waits_for_a_transaction_that_nobody_waits_for(
    tmp_path: Path, counter: Counter
) -> None:
    task = asyncio.create_task(counter.write(7))
    await counter.is_between.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    closing = asyncio.create_task(counter._db.close())  # type: ignore[attr-defined]  # SQLite's own
    await asyncio.sleep(0)
    counter.may_finish.set()
    await closing

    opened = await SqliteDatabase.open(tmp_path / "feed-relay.db")
    assert await Counter(opened).written() == (7, "7")
    await opened.close()


async def test_a_transaction_that_waits_for_another_can_be_cancelled(counter: Counter) -> None:
    first = asyncio.create_task(counter.write(7))
    await counter.is_between.wait()
    second = asyncio.create_task(counter.write(8))
    await asyncio.sleep(0)

    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    counter.may_finish.set()
    await first

    assert await counter.written() == (7, "7")


async def test_a_transaction_that_fails_changes_nothing(counter: Counter) -> None:
    before = await counter.written()
    counter.may_finish.set()

    with pytest.raises(ZeroDivisionError):
        await counter.write(7, fails=True)

    assert await counter.written() == before


async def test_readers_see_only_what_is_committed(counter: Counter) -> None:
    before = await counter.written()
    task = asyncio.create_task(counter.write(7))
    await counter.is_between.wait()

    assert await counter.written() == before

    counter.may_finish.set()
    assert await task == "done"
    assert await counter.written() == (7, "7")


def test_a_decorated_method_keeps_its_name_and_docstring() -> None:
    assert Counter.write.__name__ == "write"
    assert (Counter.write.__doc__ or "").startswith("Write once")


async def test_times_lengths_lists_and_broken_text_are_stored_as_documented(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SQL", {**values.SQL, "echo": "SELECT :value AS value"})

    async def stored(value: Value) -> object:
        (row,) = await counter._db.rows("echo", value=value)
        return row["value"]

    assert await stored(datetime(2026, 5, 4, 12, 0, 0, 5000, tzinfo=UTC)) == 1_777_896_000_005
    assert await stored(timedelta(seconds=1.5)) == 1500
    assert await stored((1, 2)) == "[1,2]"
    assert await stored("a\ud800b") == "a?b" == storable("a\ud800b")
    assert await stored(None) is None
    assert await stored(value=True) == 1
