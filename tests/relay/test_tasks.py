"""The tasks of a queue."""

import asyncio
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import LogCapture

from bot import errors
from bot.relay.tasks import Tasks


@pytest.fixture
def log() -> Iterator[LogCapture]:
    capture = LogCapture()
    structlog.configure(processors=[capture])
    yield capture
    structlog.reset_defaults()


def create_tasks(work: object) -> Tasks[int]:
    return Tasks("poll", work, lambda item: {"item": item}, lambda item: item)  # type: ignore[arg-type]  # each test's own work


async def forever(_: int) -> None:
    await asyncio.Event().wait()


async def test_running_tasks_count_towards_the_limit() -> None:
    tasks = create_tasks(forever)
    tasks.start([1, 2])

    assert (tasks.room(3), tasks.room(2), tasks.room(1)) == (1, 0, 0)
    assert tasks.items == [1, 2]
    await tasks.cancel()


async def test_a_finished_task_frees_its_room() -> None:
    done: list[int] = []

    async def work(item: int) -> None:
        done.append(item)

    tasks = create_tasks(work)
    tasks.start([1, 2])

    assert await tasks.drain()
    assert (done, tasks.room(1)) == ([1, 2], 1)


async def test_the_end_of_a_task_is_reported_once_its_room_is_free() -> None:
    rooms: list[tuple[int, int]] = []

    async def work(item: int) -> None:
        if item == 1:
            raise LookupError

    tasks = Tasks(
        "poll", work, lambda _: {}, lambda item: item, lambda item: rooms.append((item, tasks.room(2)))
    )
    tasks.start([1, 2])
    await tasks.drain()

    assert rooms == [(1, 1), (2, 2)]


async def test_a_wait_for_one_task_ends_with_the_first() -> None:
    async def work(item: int) -> None:
        if item == 1:
            await forever(item)
        if item == 2:
            raise errors.StoreFull("feed-relay.db")

    tasks = create_tasks(work)
    assert not await tasks.wait_for_one(60)
    tasks.start([1, 3])
    assert await tasks.wait_for_one(60)
    assert tasks.items == [1]

    tasks.start([2])
    with pytest.raises(errors.StoreFull):
        await tasks.wait_for_one(60)
    await tasks.cancel()


async def test_a_drain_waits_for_tasks_that_start_meanwhile() -> None:
    done: list[int] = []

    async def work(item: int) -> None:
        if item == 1:
            tasks.start([2])
        await asyncio.sleep(0)
        done.append(item)

    tasks = create_tasks(work)
    tasks.start([1])

    assert await tasks.drain()
    assert done == [1, 2]


async def test_a_drain_cancels_the_tasks_that_take_too_long() -> None:
    tasks = create_tasks(forever)
    tasks.start([1])

    assert not await tasks.drain(0)
    assert tasks.items == []


async def test_cancelled_tasks_give_their_items_back() -> None:
    tasks = create_tasks(forever)
    tasks.start([1, 2])

    assert await tasks.cancel() == [1, 2]
    assert tasks.items == []


async def test_an_unexpected_exception_is_logged_once_and_stops_no_other_task(log: LogCapture) -> None:
    done: list[int] = []

    async def work(item: int) -> None:
        done.append(1 // item)

    tasks = create_tasks(work)
    tasks.start([0, 1])
    await tasks.drain()

    (entry,) = log.entries
    assert (entry["event"], entry["item"], entry["exc_info"]) == ("poll failed unexpectedly", 0, True)
    assert done == [1]


async def test_an_error_of_the_store_is_one_sentence_in_the_log_and_is_kept(log: LogCapture) -> None:
    error = errors.StoreFull("feed-relay.db")

    async def work(_: int) -> None:
        raise error

    tasks = create_tasks(work)
    tasks.start([1])
    await tasks.drain()

    (entry,) = log.entries
    assert (entry["event"], entry["error"]) == ("poll not recorded", str(error))
    assert tasks.store_error is error
