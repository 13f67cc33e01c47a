"""Tasks that still run after their results were stored, as they do briefly after a shared commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.store.database import Repository


@asynccontextmanager
async def still_running(
    repository: Repository, record: str, tick: Callable[[], Awaitable[int]]
) -> AsyncIterator[None]:
    """Start the tasks that are due. Inside the context, `record` has stored their results, but they haven't ended."""
    stored, may_end = asyncio.Semaphore(0), asyncio.Event()
    original = getattr(repository, record)

    async def record_and_wait(*values: object, **named: object) -> object:
        result = await original(*values, **named)
        stored.release()
        await may_end.wait()
        return result

    setattr(repository, record, record_and_wait)
    for _ in range(await tick()):
        await stored.acquire()
    setattr(repository, record, original)
    try:
        yield
    finally:
        may_end.set()
