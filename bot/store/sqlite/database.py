"""Connections to one SQLite file: one writer, and readers beside it. SQLite's errors become ours here."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot import errors
from bot.store.database import Database, Value
from bot.store.sqlite import commits, snapshot
from bot.store.sqlite.commits import Outcome, Work
from bot.store.sqlite.files import complete_file, is_in_use, unopenable
from bot.store.sqlite.values import SQL, bound

P = TypeVar("P")
T = TypeVar("T")

_Waiting = tuple[Work[Any], "asyncio.Future[Any]"]
"""A transaction that has not begun, with where its result goes."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process before the database counts as locked."""

MAX_TOGETHER = 64
"""Transactions that share a commit, so that the first one does not wait long."""

MAX_LONG_TOGETHER = 4
"""Long ones among them. Each may take 30 ms, and a command should not wait for all that wait."""

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # a claim that a power cut undoes would post twice
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 0",  # a damaged or cut file must be an error, not a SIGBUS
)

_WAL = "PRAGMA journal_mode = WAL"
_HURRY = (
    "PRAGMA busy_timeout = 1000"  # a stop must end in time, and several jobs make a last attempt to write
)
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

_UNDECODABLE = "Could not decode to UTF-8"
"""How Python begins its error for a damaged text, which has no code."""


def store_error(error: sqlite3.Error, path: str) -> errors.StoreError | None:
    """Return our error for SQLite's; None for what only a bug can cause."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return errors.StoreCorrupt(path) if str(error).startswith(_UNDECODABLE) else None
    if code in _SENTENCES:
        return errors.StoreUnopenable(path, _SENTENCES[code])
    primary = code & 0xFF
    if primary in _AMBIGUOUS:
        return unopenable(Path(path), _SENTENCES.get(primary, ""))
    kind = _ERRORS.get(primary)
    return kind(path) if kind else None


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
        self._waiting: list[_Waiting] = []
        """Transactions that have not begun."""
        self._waiting_long: list[_Waiting] = []
        """The long ones."""
        self._committing: asyncio.Task[None] | None = None
        self._search_lock = asyncio.Lock()
        self.on_commit: Callable[[float], None] = lambda _seconds: None
        self.on_search: Callable[[float], None] = lambda _seconds: None

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
        """Wait for the transactions that have begun or wait, then close."""
        while self._committing is not None:
            await asyncio.wait({self._committing})
        async with self._search_lock:
            await self._searcher.close()
            await self._reader.close()
            await self._writer.close()

    async def transact(
        self, work: Work[T], *, alone: bool = True, long: bool = False, durable: bool = True
    ) -> T:
        """See Database. Transactions that wait share the next commit; one that has not begun can be cancelled."""
        del alone, durable  # a file has one writer, and a commit costs little if many share it
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._waiting_long if long else self._waiting).append((work, result))
        if self._committing is None:
            self._start_committing()
        return await result

    async def rebuild(self, work: Work[T]) -> T:
        """Like `transact`, but with foreign keys off, so that tables can be replaced; `work` checks them at its end."""
        await self._writer.execute("PRAGMA foreign_keys = OFF")
        try:
            outcome: Outcome[T] = (await _call(self._writer, commits.commit, [work]))[0]
        finally:
            await self._writer.execute("PRAGMA foreign_keys = ON")
        with translated_errors(self.path):
            return outcome.get()

    async def read(self, work: Work[T]) -> T:
        """See Database."""
        with translated_errors(self.path):
            return await _call(self._reader, commits.read, work)

    async def rows(self, query: str, /, **values: Value) -> Sequence[sqlite3.Row]:
        """See Reader."""
        return await self.select(SQL[query], bound(values))

    async def select(self, sql: str, values: Mapping[str, Any] | None = None) -> Sequence[sqlite3.Row]:
        """Return the rows of a SELECT or PRAGMA that has no name. Raises StoreError."""
        with translated_errors(self.path):
            return list(await self._reader.execute_fetchall(sql, values or {}))

    async def search(self, query: str, seconds: float, /, **values: Value) -> Sequence[sqlite3.Row] | None:
        """Like `rows`, one search after another; None if it was interrupted after `seconds`."""
        async with self._search_lock:
            started = time.perf_counter()
            search = asyncio.ensure_future(self._searcher.execute_fetchall(SQL[query], bound(values)))
            try:
                await asyncio.wait({search}, timeout=seconds)
            finally:
                await self._interrupt(search)
            self.on_search(time.perf_counter() - started)
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
            found = [row[0] for row in await self.select("PRAGMA integrity_check(20)")]
            dangling = await self.select("PRAGMA foreign_key_check")
        except errors.StoreCorrupt as damage:
            return [str(damage)]
        problems = [] if found == ["ok"] else found
        return [*problems, *(f"{row['table']} row {row['rowid']} refers to nothing" for row in dangling[:20])]

    async def hurry(self) -> None:
        """From now on, wait only briefly for other processes that write."""
        await self._writer.execute_fetchall(_HURRY)

    async def maintain(self) -> None:
        """Refresh the planner's statistics and copy the write-ahead log into the file."""
        with translated_errors(self.path):
            await self._writer.execute_fetchall("PRAGMA optimize")
            await _call(self._writer, _truncate_log, None)

    async def backup(self, target: Path) -> None:
        """Write a consistent copy while others write. Raises FileExistsError if `target` exists."""
        if target.exists():
            raise FileExistsError(target)
        with complete_file(target) as part, translated_errors(str(target)):
            await asyncio.to_thread(snapshot.copy, address(Path(self.path), "ro"), part)

    def _start_committing(self) -> None:
        self._committing = asyncio.create_task(self._commit_waiting(), name="commit")
        self._committing.add_done_callback(self._after_commits)

    async def _commit_waiting(self) -> None:
        """Commit what waits, together, until nothing does."""
        while begun := self._take_waiting():
            works, results = [work for work, _ in begun], [result for _, result in begun]
            started = time.perf_counter()
            try:
                outcomes = await _call(self._writer, commits.commit, works)
            except BaseException as error:  # noqa: BLE001 -- for those who wait: the database is closed, or the program ends
                outcomes = [Outcome(error=error)] * len(works)
            self.on_commit(time.perf_counter() - started)
            for result, outcome in zip(results, outcomes, strict=True):
                self._report(result, outcome)

    def _take_waiting(self) -> list[_Waiting]:
        """Return what shares the next commit: long transactions come last, so that all of the short ones are done."""
        taken = self._waiting[:MAX_TOGETHER] + self._waiting_long[:MAX_LONG_TOGETHER]
        del self._waiting[:MAX_TOGETHER], self._waiting_long[:MAX_LONG_TOGETHER]
        return [each for each in taken if not each[1].done()]

    def _report(self, result: "asyncio.Future[Any]", outcome: Outcome[Any]) -> None:
        """Let a transaction's caller continue, unless it was cancelled meanwhile."""
        if result.done():
            return
        try:
            with translated_errors(self.path):
                value = outcome.get()
        except BaseException as error:  # noqa: BLE001 -- the caller raises it
            result.set_exception(error)
        else:
            result.set_result(value)

    def _after_commits(self, _: "asyncio.Task[None]") -> None:
        self._committing = None
        if self._waiting or self._waiting_long:
            self._start_committing()


def engine_version() -> str:
    """Return the version of SQLite that this Python uses."""
    return f"SQLite {sqlite3.sqlite_version}"


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


async def _call(
    connection: aiosqlite.Connection, call: Callable[[sqlite3.Connection, P], T], argument: P
) -> T:
    """Call a function with SQLite's own connection, on its thread: once for a whole transaction."""
    raw = connection._conn  # noqa: SLF001 -- the public methods change threads at every statement
    execute: Callable[..., Awaitable[T]] = connection._execute  # noqa: SLF001 -- the only way to run more on that thread
    result: T = await execute(call, raw, argument)
    return result


def _truncate_log(connection: sqlite3.Connection, _: None) -> None:
    """Empty the write-ahead log, unless something still reads from it, such as a backup; writes never wait for that."""
    ((timeout,),) = connection.execute("PRAGMA busy_timeout").fetchall()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout}")


async def _connect(stack: AsyncExitStack, where: str, pragma: str) -> aiosqlite.Connection:
    # A connect that fails leaves aiosqlite's thread behind, which then answers an event loop that may be gone.
    sqlite3.connect(where, uri=True).close()
    connecting = aiosqlite.connect(where, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT)
    connection = await stack.enter_async_context(connecting)
    connection.row_factory = sqlite3.Row
    for each in (*_PRAGMAS, pragma):
        await connection.execute_fetchall(each)
    return connection
