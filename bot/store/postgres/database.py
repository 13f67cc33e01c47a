"""Transactions and reads on a server.

Transactions run one after the other, also those of other processes: each begins with one advisory lock. So each sees
what the ones before have committed, as with SQLite, and the rules of the store need no second proof. Only claims, and
polls that bring nothing new, share that lock with each other: they lock sites and channels instead.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from bot import errors
from bot.store.database import Database, Reader, Row, Transaction, Value
from bot.store.place import ServerAddress
from bot.store.postgres.connection import NO_TIMEOUT, Connection, Link
from bot.store.postgres.locks import WRITE
from bot.store.postgres.steps import Program, this_program
from bot.store.postgres.trouble import DRIVER_ERRORS, is_lost, translated_errors
from bot.store.postgres.values import STATEMENTS, Stored
from bot.store.postgres.versions import connect_as

T = TypeVar("T")

_READERS = 2
_PAUSE = 1.0
"""Seconds between two attempts to learn how a commit ended."""
_BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({WRITE.group}, {WRITE.number})"
_BEGIN_BESIDE = _BEGIN.replace("xact_lock", "xact_lock_shared")
_WITHOUT_FLUSH = "; SET LOCAL synchronous_commit = off"
"""https://www.postgresql.org/docs/current/wal-async-commit.html"""
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_ID = "SELECT pg_current_xact_id_if_assigned()::text"
_STATUS = "SELECT pg_xact_status($1::text::xid8)"
_INVALID = "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid"
_TABLES = """
    SELECT format('%I', relname) AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""
_EVERYTHING = "SELECT sum(octet_length(CAST(t AS TEXT))) FROM {} AS t"
_OUTDATED = (
    asyncpg.InvalidCachedStatementError,
    # Of `claim_feeds`, which returns rows of a table: it changed while the transaction waited for its turn.
    asyncpg.DatatypeMismatchError,
    asyncpg.UndefinedColumnError,
)
"""What fails because the tables have changed."""
_DUMP = "this database is on a server; back it up with pg_dump (docs/scaling.md shows how)."


class PostgresTransaction(Transaction):
    """The statements of one open transaction."""

    def __init__(self, connection: Connection, address: str) -> None:
        self._connection = connection
        self._address = address

    async def run(self, query: str, /, **values: Value) -> int:
        """See Transaction."""
        statement = STATEMENTS[query]
        with translated_errors(self._address):
            status = await self._connection.execute(statement.sql, *statement.bound(values))
        return int(status.rpartition(" ")[2])  # "UPDATE 3"

    async def run_many(self, query: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """See Transaction."""
        if rows:
            statement = STATEMENTS[query]
            with translated_errors(self._address):
                await self._connection.executemany(statement.sql, [statement.bound(row) for row in rows])

    async def rows(self, query: str, /, **values: Value) -> Sequence[Row]:
        """See Reader."""
        statement = STATEMENTS[query]
        with translated_errors(self._address):
            return await self._connection.fetch(statement.sql, *statement.bound(values))

    async def execute(self, sql: str) -> None:
        """Run statements that have no name, such as those of a migration, however long they take."""
        with translated_errors(self._address):
            await self._connection.execute(f"SET LOCAL statement_timeout = 0; {sql}", timeout=NO_TIMEOUT)


Work = Callable[[PostgresTransaction], Awaitable[T]]


class PostgresDatabase(Database):
    """An open database of a server."""

    def __init__(
        self, address: ServerAddress, program: Program | None = None, *, read_only: bool = False
    ) -> None:
        self.address = address
        self._is_hurried = False
        self._connect = partial(connect_as, program or this_program(), address)
        self._writer = Link(lambda: self._connect(read_only=read_only, hurried=self._is_hurried))
        read = partial(self._connect, read_only=True)
        self._readers = [Link(read) for _ in range(_READERS)]
        self._searcher = Link(partial(read, searches=True))
        self._running: set[asyncio.Task[Any]] = set()
        """Transactions that have begun or wait."""
        self.on_commit: Callable[[float], None] = lambda _seconds: None
        self.on_search: Callable[[float], None] = lambda _seconds: None

    async def close(self) -> None:
        """See EngineDatabase."""
        while self._running:
            await asyncio.wait(self._running)
        for link in (self._writer, self._searcher, *self._readers):
            await link.close()

    async def transact(
        self, work: Work[T], *, alone: bool = True, long: bool = False, durable: bool = True
    ) -> T:
        """See Database. One that has not begun can be cancelled."""
        del long  # they run in their order
        begin = (_BEGIN if alone else _BEGIN_BESIDE) + ("" if durable else _WITHOUT_FLUSH)
        begun = asyncio.Event()
        running = asyncio.create_task(self._transact(work, begun, begin), name="transaction")
        self._running.add(running)
        running.add_done_callback(self._finished)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if not begun.is_set():
                running.cancel()
            raise

    def _finished(self, running: "asyncio.Task[Any]") -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()  # asyncio would report it as never retrieved, if the waiting task was cancelled

    async def _transact(self, work: Work[T], begun: asyncio.Event, begin: str) -> T:
        async with self._writer.use() as connection:
            begun.set()
            started = time.perf_counter()
            try:
                return await _twice(connection, lambda: self._commit(connection, work, begin))
            finally:
                self.on_commit(time.perf_counter() - started)

    async def _commit(self, connection: Connection, work: Work[T], begin: str) -> T:
        address = str(self.address)
        try:
            with translated_errors(address):
                await connection.execute(begin)
            result = await work(PostgresTransaction(connection, address))
            with translated_errors(address):
                transaction_id = await connection.fetchval(_ID)
        except BaseException:
            await _roll_back(connection)
            raise
        with translated_errors(address):
            await self._end(connection, transaction_id)
        return result

    async def _end(self, connection: Connection, transaction_id: str | None) -> None:
        """Commit. `transaction_id`: None if nothing was written."""
        try:
            await connection.execute("COMMIT")
        except Exception as error:
            if not is_lost(error) or (transaction_id and not await self._is_committed(transaction_id)):
                await _roll_back(connection)
                raise

    async def _is_committed(self, transaction_id: str) -> bool:
        """Return how a commit without an answer ended. Raises StoreUnreachable if the bot must stop."""
        while True:
            try:
                connection = await self._writer.connection()
                status = await connection.fetchval(_STATUS, transaction_id)
            except asyncpg.InvalidParameterValueError:  # a crash of the server lost even its id
                return False
            except (errors.StoreError, *DRIVER_ERRORS):
                if self._is_hurried:
                    raise errors.StoreUnreachable(str(self.address)) from None
            else:
                if status != "in progress":
                    return bool(status == "committed")
            await asyncio.sleep(_PAUSE)

    async def read(self, work: Callable[[Reader], Awaitable[T]]) -> T:
        """See Database."""
        async with self._reader().use() as connection:
            return await _twice(connection, lambda: self._read(connection, work))

    async def _read(self, connection: Connection, work: Callable[[Reader], Awaitable[T]]) -> T:
        address = str(self.address)
        try:
            with translated_errors(address):
                await connection.execute(_READ)
            return await work(PostgresTransaction(connection, address))
        finally:
            await _roll_back(connection)

    async def rows(self, query: str, /, **values: Value) -> Sequence[Row]:
        """See Reader."""
        statement = STATEMENTS[query]
        return await self.select(statement.sql, *statement.bound(values))

    async def select(self, sql: str, *values: object) -> Sequence[Row]:
        """Return the rows of a SELECT that has no name. Raises StoreError."""
        async with self._reader().use() as connection:
            with translated_errors(str(self.address)):
                return await connection.fetch(sql, *values)

    async def search(self, query: str, seconds: float, /, **values: Value) -> Sequence[Row] | None:
        """Like `rows`, one search after another; None if it was interrupted after `seconds`."""
        statement = STATEMENTS[query]
        async with self._searcher.use() as connection:
            started = time.perf_counter()
            try:
                with translated_errors(str(self.address)):
                    return await _fetch_within(connection, seconds, statement.sql, statement.bound(values))
            finally:
                self.on_search(time.perf_counter() - started)

    def _reader(self) -> Link:
        return min(self._readers, key=lambda link: link.users)

    async def hurry(self) -> None:
        """See EngineDatabase."""
        self._is_hurried = True

    async def check(self) -> list[str]:
        """See EngineDatabase. The server checks what it reads, with checksums if it was set up with them."""
        with translated_errors(str(self.address)):
            connection = await self._connect(read_only=True)
            try:
                return await _problems(connection)
            finally:
                connection.terminate()

    async def backup(self, target: Path) -> None:
        """Raise StoreUnopenable: the server's own tools do that."""
        del target
        raise errors.StoreUnopenable(str(self.address), _DUMP)

    async def maintain(self) -> None:
        """Do nothing: the server's autovacuum refreshes statistics and tidies up."""


async def _twice(connection: Connection, run: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction, and repeat it if it did not know yet that the tables have changed.

    A newer process may change them. asyncpg prepares statements again, but can't repeat the transaction.
    """
    try:
        return await run()
    except _OUTDATED:
        await connection.reload_schema_state()
        return await run()


async def _fetch_within(
    connection: Connection, seconds: float, sql: str, values: Sequence[Stored]
) -> Sequence[Row] | None:
    """Return the rows; None if the query was interrupted."""
    try:
        return await connection.fetch(sql, *values, timeout=seconds)
    except TimeoutError:
        return None


async def _problems(connection: Connection) -> list[str]:
    await connection.execute("SET statement_timeout = 0")
    found = [f"index {row['name']} is not valid; run REINDEX" for row in await connection.fetch(_INVALID)]
    for (name,) in await connection.fetch(_TABLES):
        try:
            await connection.fetch(_EVERYTHING.format(name), timeout=NO_TIMEOUT)
        except asyncpg.PostgresError as damage:
            found.append(f"table {name}: {damage}")
    return found


async def _roll_back(connection: Connection) -> None:
    """End the transaction, whatever state it is in; a connection that does not answer is given up."""
    if connection.is_closed():
        return
    try:
        await connection.execute("ROLLBACK")
    except DRIVER_ERRORS:
        connection.terminate()
