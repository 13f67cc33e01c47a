"""Connections to one SQLite file: one writer, readers apart, errors in our words.

Writes run one after the other, each in one transaction that is finished once it has begun, even if the task
that asked for it is cancelled.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot import errors

T = TypeVar("T")
Row = sqlite3.Row
Parameters = dict[str, Any] | Sequence[Any]
"""SQLite's own values, named or in order."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process before the database counts as locked."""

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # a claim that a power cut undoes would post twice
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 0",  # a damaged or cut file must be an error, not a SIGBUS
)

_ERRORS: dict[int, type[errors.StoreError]] = {
    sqlite3.SQLITE_BUSY: errors.StoreLocked,
    sqlite3.SQLITE_LOCKED: errors.StoreLocked,
    sqlite3.SQLITE_FULL: errors.StoreFull,
    sqlite3.SQLITE_READONLY: errors.StoreReadOnly,
    sqlite3.SQLITE_CORRUPT: errors.StoreCorrupt,
    sqlite3.SQLITE_NOTADB: errors.StoreCorrupt,
}
"""SQLite's primary result codes (https://www.sqlite.org/rescode.html) that an operator can do something about."""


def store_error(error: sqlite3.Error, path: str) -> errors.StoreError | None:
    """The error in our words; None for what only a bug can cause."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF
    if primary in _AMBIGUOUS:
        return unopenable(Path(path))
    kind = _ERRORS.get(primary)
    return kind(path) if kind else None


def unopenable(path: Path) -> errors.StoreError:
    """Why a file, or one beside it, cannot be opened or written, as far as the system tells."""
    folder = path.parent
    if not folder.is_dir():
        return errors.StoreUnopenable(
            str(path), "its folder is not there; create it, or mount the disk that holds it."
        )
    if hasattr(os, "statvfs"):
        disk = os.statvfs(folder)
        if disk.f_flag & os.ST_RDONLY:
            return errors.StoreReadOnly(str(path))
        if disk.f_bavail == 0 or disk.f_favail == 0 < disk.f_files:
            return errors.StoreFull(str(path))
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return errors.StoreReadOnly(str(path))
    return errors.StoreUnopenable(str(path))


_AMBIGUOUS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
"""Codes that SQLite gives for a full disk, a read-only one, a missing folder and more."""


class Writer:
    """The statements of one open transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement; how many rows it changed."""
        async with self._connection.execute(sql, parameters) as cursor:
            return cursor.rowcount

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> None:
        """Run one statement for each row of parameters."""
        if rows:
            await self._connection.executemany(sql, rows)

    async def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """What a SELECT or a RETURNING clause gives."""
        return list(await self._connection.execute_fetchall(sql, parameters))

    async def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row, or None."""
        return next(iter(await self.rows(sql, parameters)), None)


class Database:
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
        self._turn = asyncio.Lock()
        self._search_turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the file in WAL mode, creating it if need be; raises StoreError."""
        opened: list[aiosqlite.Connection] = []
        with translated(str(path)):
            try:
                for pragma in (
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA query_only = ON",
                    "PRAGMA query_only = ON",
                ):
                    opened.append(await _connect(path))
                    await opened[-1].execute_fetchall(pragma)
            except BaseException:
                for connection in opened:
                    await connection.close()
                raise
        return cls(str(path), *opened)

    async def close(self) -> None:
        """Wait for the write that has begun, then close."""
        async with self._turn, self._search_turn:
            await self._searcher.close()
            await self._reader.close()
            await self._writer.close()

    async def write(self, work: Callable[[Writer], Awaitable[T]]) -> T:
        """Run `work` in one transaction: all of it happens, or none. Raises StoreError."""
        return await asyncio.shield(asyncio.ensure_future(self._transaction(work)))

    async def read(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """What a SELECT gives, beside any write. Raises StoreError."""
        with translated(self.path):
            return list(await self._reader.execute_fetchall(sql, parameters))

    async def search(self, sql: str, parameters: Parameters, seconds: float) -> list[Row] | None:
        """As `read`, one search after another; None if it took longer than so many seconds and was ended."""
        async with self._search_turn:
            asked = asyncio.ensure_future(self._searcher.execute_fetchall(sql, parameters))
            try:
                await asyncio.wait({asked}, timeout=seconds)
            finally:
                await self._end(asked)
            with translated(self.path):
                try:
                    return list(asked.result())
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                        return None
                    raise

    async def _end(self, asked: "asyncio.Future[Iterable[Row]]") -> None:
        """Interrupt a search that has not ended yet."""
        if not asked.done():
            await self._searcher.interrupt()
            await asyncio.wait({asked})
        asked.exception()  # whoever was cancelled does not look at it

    async def maintain(self) -> None:
        """Refresh the planner's statistics and fold the write-ahead log into the file."""
        async with self._turn:
            with translated(self.path):
                await self._writer.execute_fetchall("PRAGMA optimize")
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def backup(self, target: Path) -> None:
        """Write a consistent, compact copy while work goes on; `target` must not exist yet."""
        with translated(str(target)):
            await self._reader.execute("PRAGMA query_only = OFF")  # VACUUM INTO counts as a write
            try:
                await self._reader.execute("VACUUM INTO ?", (str(target),))
            finally:
                await self._reader.execute("PRAGMA query_only = ON")

    async def _transaction(self, work: Callable[[Writer], Awaitable[T]]) -> T:
        async with self._turn, self._begun() as writer:
            return await work(writer)

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[Writer]:
        with translated(self.path):
            await self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield Writer(self._writer)
                await self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    await self._writer.execute("ROLLBACK")
                raise


class translated:  # noqa: N801 -- reads as a word in a `with` line, like contextlib's own
    """Turn SQLite's errors into ours; a bug of ours stays what it is."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            ours = store_error(error, self._path)
            if ours is not None:
                raise ours from error


async def _connect(path: Path) -> aiosqlite.Connection:
    # A connect that fails leaves aiosqlite's thread behind, which then answers an event loop that may be gone.
    sqlite3.connect(path).close()
    connection = await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT)
    try:
        connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            await connection.execute_fetchall(pragma)
    except BaseException:
        await connection.close()
        raise
    return connection
