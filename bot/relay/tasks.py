"""The tasks that a queue runs: one for each claimed item."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

import structlog

from bot import errors

log = structlog.get_logger(__name__)

Item = TypeVar("Item")


class Tasks(Generic[Item]):
    """The running tasks of one queue. An unexpected exception in a task is logged and doesn't affect the others."""

    def __init__(
        self,
        name: str,
        work: Callable[[Item], Awaitable[None]],
        log_fields: Callable[[Item], Mapping[str, object]],
    ) -> None:
        """`name` says in the log what failed, and `log_fields` which item it was."""
        self.store_error: errors.StoreError | None = None
        """The last error that kept a task from recording its result."""
        self._name = name
        self._not_recorded = f"{name} not recorded"
        self._failed = f"{name} failed unexpectedly"
        self._work = work
        self._log_fields = log_fields
        self._running: dict[asyncio.Task[None], Item] = {}

    @property
    def items(self) -> list[Item]:
        """The items of the running tasks."""
        return list(self._running.values())

    def room(self, limit: int) -> int:
        """Return how many more tasks may start if at most `limit` run at the same time."""
        return max(0, limit - len(self._running))

    def start(self, items: Iterable[Item]) -> None:
        """Start a task for each item."""
        for item in items:
            task = asyncio.create_task(self._run(item), name=self._name)
            self._running[task] = item
            task.add_done_callback(self._running.pop)

    async def drain(self, seconds: float | None = None) -> bool:
        """Wait for the running tasks. After `seconds` cancel the rest and return False."""
        while self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            if late:
                await self.cancel()
                return False
        return True

    async def cancel(self) -> list[Item]:
        """Cancel the running tasks, wait until they have ended, and return their items."""
        cancelled = dict(self._running)
        for task in cancelled:
            task.cancel()
        await asyncio.gather(*cancelled, return_exceptions=True)
        return list(cancelled.values())

    async def _run(self, item: Item) -> None:
        try:
            await self._work(item)
        except errors.StoreError as error:
            self.store_error = error
            log.error(self._not_recorded, error=str(error), **self._log_fields(item))
        except Exception:
            log.exception(self._failed, **self._log_fields(item))
