"""Connections to one SQLite file: one writer, and readers beside it. SQLite's errors become ours here."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot import errors
from bot.store import queries
from bot.store.database import Database, Transaction, Value, storable
from bot.store.rows import MILLISECOND, as_json, milliseconds
from bot.store.sqlite.files import complete_file, is_in_use, unopenable

T = TypeVar("T")

SQL: Mapping[str, str] = {**queries.COMMON, **queries.load("bot.store.sqlite", "sqlite.sql")}
"""All queries, by name."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process before the database counts as locked."""

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # a claim that a power cut undoes would post twice
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 0",  # a damaged or cut file must be an error, not a SIGBUS
)

_WAL = "PRAGMA journal_mode = WAL"
_HURRY = (
    "PRAGMA busy_timeout = 1000"  # so that a stop ends in time, although several jobs try to write once more
)
_NO_WAL = "PRAGMA journal_mode = DELETE"  # one file has everything
_READ_ONLY = "PRAGMA query_only = ON"

_ERRORS: dict[int, type[errors.StoreError]] = {
    sqlite3.SQLITE_BUSY: errors.StoreLocked,
    sqlite3.SQLITE_LOCKED: errors.StoreLocked,
    sqlite3.SQLITE_PROTOCOL: errors.StoreLocked,
    sqlite3.SQLITE_FULL: errors.StoreFull,
    sqlite3.SQLITE_NOLFS: errors.StoreFull,
    sqlite3.SQLITE_READONLY: errors.StoreReadOnly,
    sqlite3.SQLITE_CORRUPT: errors.StoreCorrupt,
    sqlite3.SQLITE_NOTADB: errors.StoreCorrupt,
}
"""SQLite's primary result codes (https://www.sqlite.org/rescode.html) that an operator can do something about."""

_AMBIGUOUS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
"""Codes that SQLite gives for a full disk, a read-only one, a missing folder and more."""

_SENTENCES = {
    sqlite3.SQLITE_IOERR: "the disk does not read or write the database; check its free space, quota and health.",
    sqlite3.SQLITE_READONLY_DBMOVED: "the file was moved or deleted; put it back, or restart the bot.",
}
"""What to do about codes that mean something other than the file's permissions."""


def store_error(error: sqlite3.Error, path: str) -> errors.StoreError | None:
    """Return our error for SQLite's; None for what only a bug can cause."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code in _SENTENCES:
        return errors.StoreUnopenable(path, _SENTENCES[code])
    primary = code & 0xFF
    if primary in _AMBIGUOUS:
        return unopenable(Path(path), _SENTENCES.get(primary, ""))
    kind = _ERRORS.get(primary)
    return kind(path) if kind else None


class SqliteTransaction(Transaction):
    """The statements of one open transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, query: str, /, **values: Value) -> int:
        """See Transaction."""
        async with self._connection.execute(SQL[query], _bound(values)) as cursor:
            return cursor.rowcount

    async def run_many(self, query: str, rows: Sequence[Mapping[str, Value]], /) -> None:
        """See Transaction."""
        if rows:
            await self._connection.executemany(SQL[query], [_bound(row) for row in rows])

    async def rows(self, query: str, /, **values: Value) -> Sequence[sqlite3.Row]:
        """See Reader."""
        return await self.execute(SQL[query], _bound(values))

    async def execute(self, sql: str, values: Mapping[str, Any] | None = None) -> Sequence[sqlite3.Row]:
        """Run a statement that has no name, such as one of a migration, and return its rows."""
        return list(await self._connection.execute_fetchall(sql, values or {}))


class SqliteDatabase(Database):
    """An open database file."""

    def __init__(
        self,
        path: str,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        searcher: aiosqlite.Connection,
    ) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._searcher = searcher
        self._write_lock = asyncio.Lock()
        self._search_lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open an existing file, in WAL mode. Raises StoreError."""
        return await cls._open(path, "rw", (_WAL, _READ_ONLY, _READ_ONLY))

    @classmethod
    async def open_read_only(cls, path: Path) -> Self:
        """Open an existing file; every write raises StoreReadOnly. Raises StoreError.

        A file that nobody has open is read without SQLite's own files beside it. If somebody opens it meanwhile, what
        was read may be wrong.
        """
        return await cls._open(path, "ro", (_READ_ONLY, _READ_ONLY, _READ_ONLY))

    @classmethod
    async def _open(cls, path: Path, mode: str, pragmas: Sequence[str]) -> Self:
        where = address(path, mode)
        async with AsyncExitStack() as stack:
            with translated_errors(str(path)):
                opened = [await _connect(stack, where, pragma) for pragma in pragmas]
            stack.pop_all()
        return cls(str(path), *opened)

    async def close(self) -> None:
        """Wait for the transaction that has begun, then close."""
        async with self._write_lock, self._search_lock:
            await self._searcher.close()
            await self._reader.close()
            await self._writer.close()

    async def transact(self, work: Callable[[SqliteTransaction], Awaitable[T]]) -> T:
        """See Database. Transactions run one after the other; one that has not begun can be cancelled."""
        await self._write_lock.acquire()
        running = asyncio.ensure_future(self._transact(work))
        running.add_done_callback(self._after_transaction)
        return await asyncio.shield(running)

    async def rebuild(self, work: Callable[[SqliteTransaction], Awaitable[T]]) -> T:
        """Like `transact`, but foreign keys are off, so that tables can be replaced; `work` checks them at its end."""
        async with self._write_lock:
            await self._writer.execute("PRAGMA foreign_keys = OFF")
            try:
                async with self._open_transaction() as tx:
                    return await work(tx)
            finally:
                await self._writer.execute("PRAGMA foreign_keys = ON")

    async def rows(self, query: str, /, **values: Value) -> Sequence[sqlite3.Row]:
        """See Reader."""
        return await self.read(SQL[query], _bound(values))

    async def read(self, sql: str, values: Mapping[str, Any] | None = None) -> Sequence[sqlite3.Row]:
        """Return the rows of a SELECT or PRAGMA that has no name. Raises StoreError."""
        with translated_errors(self.path):
            return list(await self._reader.execute_fetchall(sql, values or {}))

    async def search(self, query: str, seconds: float, /, **values: Value) -> Sequence[sqlite3.Row] | None:
        """Like `rows`, one search after another; None if it was interrupted after `seconds`."""
        async with self._search_lock:
            search = asyncio.ensure_future(self._searcher.execute_fetchall(SQL[query], _bound(values)))
            try:
                await asyncio.wait({search}, timeout=seconds)
            finally:
                await self._interrupt(search)
            with translated_errors(self.path):
                try:
                    return list(search.result())
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                        return None
                    raise

    async def _interrupt(self, search: "asyncio.Future[Iterable[sqlite3.Row]]") -> None:
        if not search.done():
            await self._searcher.interrupt()
            await asyncio.wait({search})
        search.exception()  # asyncio would report it as never retrieved, because the waiting task was cancelled

    async def check(self) -> list[str]:
        """Return what is wrong with the file, a line each. Reads all of it."""
        try:
            found = [row[0] for row in await self.read("PRAGMA integrity_check(20)")]
            dangling = await self.read("PRAGMA foreign_key_check")
        except errors.StoreCorrupt as damage:
            return [str(damage)]
        problems = [] if found == ["ok"] else found
        return [*problems, *(f"{row['table']} row {row['rowid']} refers to nothing" for row in dangling[:20])]

    async def hurry(self) -> None:
        """From now on, wait only shortly for other processes that write."""
        await self._writer.execute_fetchall(_HURRY)

    async def maintain(self) -> None:
        """Refresh the planner's statistics and copy the write-ahead log into the file."""
        async with self._write_lock:
            with translated_errors(self.path):
                await self._writer.execute_fetchall("PRAGMA optimize")
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def backup(self, target: Path) -> None:
        """Write a consistent copy while others write. Raises FileExistsError if `target` exists.

        Not with VACUUM INTO, which fails for generated columns if the file is opened to be read only.
        """
        if target.exists():
            raise FileExistsError(target)
        with (
            complete_file(target) as part,
            translated_errors(str(target)),
            closing(sqlite3.connect(part, check_same_thread=False)) as copy,
        ):
            await self._reader.backup(copy)
            await asyncio.to_thread(lambda: copy.execute(_NO_WAL).fetchall())

    async def _transact(self, work: Callable[[SqliteTransaction], Awaitable[T]]) -> T:
        async with self._open_transaction() as tx:
            return await work(tx)

    def _after_transaction(self, ended: "asyncio.Task[T]") -> None:
        self._write_lock.release()
        if not ended.cancelled():
            ended.exception()  # asyncio would report it as never retrieved, if the waiting task was cancelled

    @asynccontextmanager
    async def _open_transaction(self) -> AsyncIterator[SqliteTransaction]:
        with translated_errors(self.path):
            await self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(self._writer)
                await self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    await self._writer.execute("ROLLBACK")
                raise


@contextmanager
def translated_errors(path: str) -> Iterator[None]:
    """Turn SQLite's errors into ours; errors that only a bug can cause pass unchanged."""
    try:
        yield
    except sqlite3.Error as error:
        ours = store_error(error, path)
        if ours is None:
            raise
        raise ours from error


def address(path: Path, mode: str) -> str:
    """Return the URI that opens a file; `mode`: "rw" or "ro"."""
    unused = "&immutable=1" if mode == "ro" and not is_in_use(path) else ""
    return f"{path.absolute().as_uri()}?mode={mode}{unused}"


def _bound(values: Mapping[str, Value]) -> dict[str, str | int | float | None]:
    return {name: _stored(value) for name, value in values.items()}


def _stored(value: Value) -> str | int | float | None:
    match value:
        case str():
            return storable(value)
        case datetime():
            return milliseconds(value)
        case timedelta():
            return value // MILLISECOND
        case None | int() | float():
            return value
        case _:
            return storable(as_json(list(value)))


async def _connect(stack: AsyncExitStack, where: str, pragma: str) -> aiosqlite.Connection:
    # A connect that fails leaves aiosqlite's thread behind, which then answers an event loop that may be gone.
    sqlite3.connect(where, uri=True).close()
    connecting = aiosqlite.connect(where, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT)
    connection = await stack.enter_async_context(connecting)
    connection.row_factory = sqlite3.Row
    for each in (*_PRAGMAS, pragma):
        await connection.execute_fetchall(each)
    return connection
