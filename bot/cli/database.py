"""Access to the database, for the commands that need one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.store.place import Place
from bot.store.store import Store

T = TypeVar("T")


def read_store(place: Place, use: Callable[[Store], Awaitable[T]], *, any_version: bool = False) -> T:
    """Return what `use` returns with an existing database, which is not changed. Raises StoreError if there is none.

    `any_version`: also for a database that the bot would have to update first.
    """

    async def run() -> T:
        return await Store.read(place, use, any_version=any_version)

    return asyncio.run(run())
