"""The tasks that a queue runs: one for each claimed item."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from datetime import timedelta
from typing import Generic, TypeVar

import structlog

from bot import errors

log = structlog.get_logger(__name__)

TAKE_BACK_AFTER = timedelta(seconds=30)
"""A claim without a task is taken back after this time, long before its lease ends.

The server may have stored a claim whose answer was lost. And a process that no longer leads may claim until it notices
that, which takes it less than half of this time.
"""

Item = TypeVar("Item")


class Tasks(Generic[Item]):
    """The running tasks of one queue. An unexpected exception in a task is logged and doesn't affect the others."""

    def __init__(
        self,
        name: str,
        work: Callable[[Item], Awaitable[None]],
        log_fields: Callable[[Item], Mapping[str, object]],
        id_of: Callable[[Item], Hashable],
        on_end: Callable[[Item], None] = lambda _: None,
    ) -> None:
        """`name` says in the log what failed, and `log_fields` which item it was.

        `id_of` identifies an item, which never runs twice at a time. `on_end` is called when an item's task has ended.
        """
        self.store_error: errors.StoreError | None = None
        """The last error that kept a task from recording its result."""
        self._name = name
        self._not_recorded = f"{name} not recorded"
        self._failed = f"{name} failed unexpectedly"
        self._work = work
        self._log_fields = log_fields
        self._id_of = id_of
        self._on_end = on_end
        self._running: dict[asyncio.Task[None], Item] = {}

    @property
    def items(self) -> list[Item]:
        """The items of the running tasks.

        Claims must leave them out, also if the lease of one has ended while its task waits for the database. Otherwise
        the item would be claimed but not started, and would wait until the new lease ends.
        """
        return list(self._running.values())

    def room(self, limit: int) -> int:
        """Return how many more tasks may start if at most `limit` run at the same time."""
        return max(0, limit - len(self._running))

    def start(self, items: Iterable[Item]) -> int:
        """Start a task for each item that has none, and return how many."""
        busy = {self._id_of(item) for item in self._running.values()}
        free = [item for item in items if self._id_of(item) not in busy]
        for item in free:
            task = asyncio.create_task(self._run(item), name=self._name)
            self._running[task] = item
            task.add_done_callback(self._after_run)
        return len(free)

    async def wait_for_one(self, seconds: float) -> bool:
        """Wait until a running task ends, `seconds` at most. Return False if none runs.

        Raises StoreError if one could not record its result.
        """
        if not self._running:
            return False
        await asyncio.wait(self._running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        self._raise_store_error()
        return True

    async def drain(self, seconds: float | None = None) -> bool:
        """Wait for the running tasks. After `seconds` cancel the rest and return False."""
        while self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            if late:
                await self.cancel()
                return False
        return True

    async def finish(self) -> None:
        """Wait for the running tasks. Raises StoreError if one could not record its result."""
        await self.drain()
        self._raise_store_error()

    def abandon(self) -> None:
        """Cancel the running tasks without waiting for them."""
        for task in self._running:
            task.cancel()

    async def cancel(self) -> list[Item]:
        """Cancel the running tasks, wait until they have ended, and return their items."""
        cancelled = dict(self._running)
        for task in cancelled:
            task.cancel()
        await asyncio.gather(*cancelled, return_exceptions=True)
        return list(cancelled.values())

    def _raise_store_error(self) -> None:
        if self.store_error is not None:
            raise self.store_error

    def _after_run(self, task: asyncio.Task[None]) -> None:
        self._on_end(self._running.pop(task))

    async def _run(self, item: Item) -> None:
        try:
            await self._work(item)
        except errors.StoreError as error:
            self.store_error = error
            log.error(self._not_recorded, error=str(error), **self._log_fields(item))
        except Exception:
            log.exception(self._failed, **self._log_fields(item))
