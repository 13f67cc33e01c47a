"""Access to the database, for the commands that need one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from bot.store.store import Store

T = TypeVar("T")


def with_store(path: Path, use: Callable[[Store], Awaitable[T]]) -> T:
    """Open an existing database, and return what `use` returns. Raises StoreError if there is none."""

    async def run() -> T:
        async with await Store.open(path, create=False) as store:
            return await use(store)

    return asyncio.run(run())
