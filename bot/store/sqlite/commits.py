"""Transactions that share a commit: each is a savepoint, so that one which fails leaves the others as they are.

All of this runs on the database's own thread.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar, cast

from bot.store.database import Transaction, Value
from bot.store.sqlite.values import SQL, bound

T = TypeVar("T")

Statement = tuple[str, Mapping[str, Any]]
"""SQL with its values."""


class SqliteTransaction(Transaction):
    """The statements of one open transaction. None of them waits, so a whole transaction is one call of the thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.last: list[Statement] = []
        """What `run_last` was given."""

    async def run(self, query: str, /, **values: Value) -> int:
        """See Transaction."""
        return self._connection.execute(SQL[query], bound(values)).rowcount

    async def run_many(self, query: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """See Transaction."""
        if rows:
            self._connection.executemany(SQL[query], [bound(row) for row in rows])

    async def run_last(self, query: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """See Transaction."""
        self.last += [(SQL[query], bound(row)) for row in rows]

    async def rows(self, query: str, /, **values: Value) -> Sequence[sqlite3.Row]:
        """See Reader."""
        return await self.execute(SQL[query], bound(values))

    async def execute(self, sql: str, values: Mapping[str, Any] | None = None) -> Sequence[sqlite3.Row]:
        """Run a statement that has no name, such as one of a migration, and return its rows."""
        return self._connection.execute(sql, values or {}).fetchall()


Work = Callable[[SqliteTransaction], Awaitable[T]]
"""What a transaction does. It waits for nothing but its statements."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The result of a transaction, or its error."""

    result: T | None = None
    last: Sequence[Statement] = ()
    """Its last statements, which run before the commit."""
    error: BaseException | None = None
    """None: it is committed."""

    def get(self) -> T:
        """Return the result, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("T", self.result)


def commit(connection: sqlite3.Connection, works: Sequence[Work[Any]]) -> list[Outcome[Any]]:
    """Run transactions one after the other and commit those that succeed; if that fails, none of them happened.

    If their last statements fail, each transaction runs again and is committed alone.
    """
    outcomes: list[Outcome[Any]] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes += (_in_savepoint(connection, work) for work in works)
        if not _run_last(connection, outcomes):
            return [outcome for work in works for outcome in commit(connection, [work])]
        connection.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 -- it is raised again where the transaction was asked for
        _roll_back(connection)
        failed = [outcome if outcome.error else Outcome(error=error) for outcome in outcomes]
        return failed + [Outcome(error=error)] * (len(works) - len(failed))
    return outcomes


def read(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Return what `work` reads, all from the same moment."""
    connection.execute("BEGIN")
    try:
        return _finish(work, SqliteTransaction(connection))
    finally:
        connection.execute("ROLLBACK")


def _run_last(connection: sqlite3.Connection, outcomes: Sequence[Outcome[Any]]) -> bool:
    """Run the last statements of all transactions. If some fail, roll everything back and return False.

    Raises their error if there is only one transaction.
    """
    last = (statement for outcome in outcomes for statement in outcome.last)
    try:
        for sql, statements in groupby(last, itemgetter(0)):
            connection.executemany(sql, [values for _, values in statements])
    except sqlite3.Error:
        if len(outcomes) == 1:
            raise
        _roll_back(connection)
        return False
    return True


def _roll_back(connection: sqlite3.Connection) -> None:
    """Roll back the open transaction, unless SQLite has done that."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _in_savepoint(connection: sqlite3.Connection, work: Work[T]) -> Outcome[T]:
    """Run one transaction. Raises if SQLite has rolled back all of them, as it may if the disk is full."""
    transaction = SqliteTransaction(connection)
    connection.execute("SAVEPOINT work")
    try:
        outcome = Outcome(_finish(work, transaction), transaction.last)
    except BaseException as error:
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO work")
        outcome = Outcome(error=error)
    connection.execute("RELEASE work")
    return outcome


def _finish(work: Work[T], transaction: SqliteTransaction) -> T:
    steps = work(transaction).__await__()
    try:
        next(steps)
    except StopIteration as finished:
        return finished.value  # type: ignore[no-any-return]  # what `work` returns
    raise RuntimeError("a transaction must wait for nothing but its statements")
