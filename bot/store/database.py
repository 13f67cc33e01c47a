"""The interface between repositories and an engine: named queries and transactions, without types of a driver."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Value = str | bytes | int | float | datetime | timedelta | Sequence[float] | Sequence[str] | None
"""What a query can be given. An engine stores times and lengths of time as milliseconds, and lists in its own way."""


class Row(Protocol):
    """One row of a result."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 -- the schema has the types
        """Return the value of a column, as stored."""


class Reader(Protocol):
    """Runs queries of `sql/queries.sql`, or of the engine's own file, by name."""

    async def rows(self, query: str, /, **values: Value) -> Sequence[Row]:
        """Return all rows of a SELECT, or of a RETURNING clause. Raises StoreError."""

    async def row(self, query: str, /, **values: Value) -> Row | None:
        """Return the first row, or None."""
        return next(iter(await self.rows(query, **values)), None)


class Transaction(Reader, Protocol):
    """An open transaction. It is committed when the work that received it returns, and rolled back if it raises."""

    async def run(self, query: str, /, **values: Value) -> int:
        """Run a statement and return how many rows it changed."""

    async def run_many(self, query: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """Run a statement once for each set of values."""

    async def run_last(self, query: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """Like `run_many`, but perhaps only before the commit, so nothing in the transaction may depend on it.

        An engine that commits several transactions at once runs the last statements of all of them together, in order.
        """
        await self.run_many(query, rows)


class Database(Reader, Protocol):
    """An open database. `rows` and `row` read outside of transactions, and see only committed data."""

    async def read(self, work: Callable[[Reader], Awaitable[T]]) -> T:
        """Run several queries at once; they see the same committed data. Raises StoreError."""

    async def transact(
        self,
        work: Callable[[Transaction], Awaitable[T]],
        *,
        alone: bool = True,
        long: bool = False,
        durable: bool = True,
    ) -> T:
        """Run `work` in one transaction: all of it happens, or none. Raises StoreError.

        `work` waits for nothing but its own statements. Once begun, a transaction is finished, even if the task that
        waits for it is cancelled. An engine may commit several at once; none returns before its commit.

        `alone`: no other transaction writes meanwhile. If False, others that aren't alone may write at the same time,
        so `work` must lock the rows that it decides about. `durable`: if False, a crash of the server may undo what it
        committed within the last second.
        """

    async def attempt(
        self, work: Callable[[Transaction], Awaitable[T]], *, alone: bool = True, durable: bool = True
    ) -> T:
        """Like `transact`, but never repeated: `work` depends on the current time, which would be stale by then."""
        return await self.transact(work, alone=alone, durable=durable)


class Repository:
    """The part of the store that serves one use."""

    def __init__(self, database: Database) -> None:
        self._db = database


D = TypeVar("D", bound=Repository)


def transaction(
    method: Callable[Concatenate[D, Transaction, P], Awaitable[T]],
) -> Callable[Concatenate[D, P], Coroutine[Any, Any, T]]:
    """Run a repository's method in one transaction, which it receives after `self`; callers leave it out.

    The contract is that of `Database.transact`: all or nothing, and finished once begun.
    """

    @wraps(method)
    async def run(self: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._db.transact(lambda tx: method(self, tx, *args, **kwargs))

    return run


def long_transaction(
    method: Callable[Concatenate[D, Transaction, P], Awaitable[T]],
) -> Callable[Concatenate[D, P], Coroutine[Any, Any, T]]:
    """Like `transaction`, for a method that writes posts: others that wait may come first."""

    @wraps(method)
    async def run(self: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._db.transact(lambda tx: method(self, tx, *args, **kwargs), long=True)

    return run


def attempt(
    method: Callable[Concatenate[D, Transaction, P], Awaitable[T]],
) -> Callable[Concatenate[D, P], Coroutine[Any, Any, T]]:
    """Like `transaction`, for a method that must see the current time, such as a claim: see `Database.attempt`."""

    @wraps(method)
    async def run(self: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._db.attempt(lambda tx: method(self, tx, *args, **kwargs))

    return run


def lane_attempt(
    method: Callable[Concatenate[D, Transaction, P], Awaitable[T]],
) -> Callable[Concatenate[D, P], Coroutine[Any, Any, T]]:
    """Like `attempt`, for a claim that locks its sites or channels, so that other processes may claim meanwhile."""

    @wraps(method)
    async def run(self: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._db.attempt(lambda tx: method(self, tx, *args, **kwargs), alone=False)

    return run


def storable(text: str) -> str:
    """Return text that UTF-8 can encode: a lone surrogate becomes "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
