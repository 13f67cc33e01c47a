"""Repeats a call that a locked, full or unreachable database refused, until it succeeds.

The relay uses the store through this. Without it, a settlement that fails would block its channel until a lease ends,
and a poll that cannot be recorded would be repeated minutes later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import TypeVar

import structlog

from bot import errors
from bot.store.database import Database, Reader, Row, Transaction, Value

T = TypeVar("T")

log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds between two attempts while none succeeds."""

MAX_ATTEMPTS = 5
"""Attempts of a command that should end. If the database stays locked, it raises the error after half a minute."""


class Patience:
    """Repeats calls one at a time, so that other users of the database wait for at most one of them."""

    def __init__(self, limit: int | None = None) -> None:
        """`limit`: attempts for each call; None: until `end`."""
        self._limit = limit
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._failing = False
        """Whether the last attempt failed, so that the next one has to wait."""
        self._ended = asyncio.Event()
        self._is_over = False

    async def __call__(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return what `call` returns. Raises StoreError if repeating can't help, or once patience has ended."""
        try:
            return await call()
        except errors.StoreError as error:
            if self._ended.is_set() or not error.heals:
                raise
            return await self._repeat(call, error)

    def end(self) -> None:
        """Make each waiting call try a last time now, because the bot is stopping."""
        self._ended.set()

    async def _repeat(self, call: Callable[[], Awaitable[T]], error: errors.StoreError) -> T:
        self._begin(error)
        try:
            for attempts in count(1):
                async with self._turn:
                    if self._is_over or attempts == self._limit:
                        raise error
                    found = await self._attempt(call)
                if not isinstance(found, errors.StoreError):
                    return found
                error = found
            raise AssertionError("a call is repeated until it ends")
        finally:
            self._waiting -= 1
            if not self._waiting and not self._failing:
                log.info("database works again", effect="what waited has been written")

    def _begin(self, error: errors.StoreError) -> None:
        self._failing = True
        self._waiting += 1
        if self._waiting == 1:
            log.error("database fails", error=str(error), effect="what happens now is written once it works")

    async def _attempt(self, call: Callable[[], Awaitable[T]]) -> T | errors.StoreError:
        """Return what `call` returns, or the error if it failed and may succeed later."""
        if self._failing:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), PAUSE)
        try:
            result = await call()
        except errors.StoreError as error:
            self._failing = True
            self._is_over = self._ended.is_set()
            if not error.heals:
                raise
            return error
        self._failing = False
        return result


class PatientDatabase(Database):
    """A database whose transactions and reads are repeated until they succeed."""

    def __init__(self, database: Database, patience: Patience) -> None:
        self._db = database
        self._patience = patience

    async def transact(
        self,
        work: Callable[[Transaction], Awaitable[T]],
        *,
        alone: bool = True,
        long: bool = False,
        durable: bool = True,
    ) -> T:
        """See Database. `work` may run several times; only one of them is committed."""
        return await self._patience(lambda: self._db.transact(work, alone=alone, long=long, durable=durable))

    async def attempt(
        self, work: Callable[[Transaction], Awaitable[T]], *, alone: bool = True, durable: bool = True
    ) -> T:
        """See Database."""
        return await self._db.attempt(work, alone=alone, durable=durable)

    async def read(self, work: Callable[[Reader], Awaitable[T]]) -> T:
        """See Database."""
        return await self._patience(lambda: self._db.read(work))

    async def rows(self, query: str, /, **values: Value) -> Sequence[Row]:
        """See Reader."""
        return await self._patience(lambda: self._db.rows(query, **values))
