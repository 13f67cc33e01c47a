"""Opens, locks and maintains one SQLite file."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot import errors
from bot.model import Role
from bot.store.backfills import Worker
from bot.store.copying import TableReader, TableWriter
from bot.store.engine import NO_DATABASE, Engine, Member, Opened, Restored, Trial
from bot.store.sqlite import compact, copying, files, identify, lock, migrate, restore, trial
from bot.store.sqlite.backups import SqliteBackups
from bot.store.sqlite.database import SqliteDatabase
from bot.store.sqlite.fts_index import FtsIndex
from bot.store.sqlite.fts_match import FtsMatcher
from bot.store.words import IndexedWords

T = TypeVar("T")

_TAKEN = "this file exists already; choose another name."
_ONE_PROCESS = (
    "a file has one process; leave out --role, or set store.url to a PostgreSQL database (docs/scaling.md)."
)


class SqliteEngine(Engine):
    """The engine of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lock(self, worker: Worker) -> AbstractAsyncContextManager[object]:
        """See Engine."""
        return self._lock(worker)

    @asynccontextmanager
    async def _lock(self, worker: Worker) -> AsyncIterator[None]:
        with lock.lock(self._path, worker):
            yield

    def starting(self) -> AbstractAsyncContextManager[object]:
        """Raise StoreUnopenable: a file has one process."""
        raise errors.StoreUnopenable(str(self._path), _ONE_PROCESS)

    def join(
        self, role: Role, on_wake: Callable[[Sequence[str]], None]
    ) -> AbstractAsyncContextManager[Member]:
        """Raise StoreUnopenable: a file has one process."""
        del role, on_wake
        raise errors.StoreUnopenable(str(self._path), _ONE_PROCESS)

    def mending_command(self, folder: Path | None) -> str:
        """See Engine."""
        exposed = files.open_to_others(self._path, self.backups(folder).folder)
        return files.mending_command(exposed) if exposed else ""

    def backups(self, folder: Path | None) -> SqliteBackups:
        """See Engine."""
        return SqliteBackups(self._path, folder)

    async def open(self, *, create: bool) -> Opened:
        """See Engine."""
        path = files.locate(self._path)
        files.remove_parts(path)
        await asyncio.to_thread(_find_or_create, path, create=create)
        database = await SqliteDatabase.open(path)
        try:
            await migrate.migrate(database)
        except BaseException:
            await database.close()
            raise
        return _opened(database)

    async def open_current(self) -> Opened | None:
        """See Engine."""
        path = files.locate(self._path)
        files.check_writable(path)
        if path.exists() and await asyncio.to_thread(identify.version_of, path) == migrate.newest():
            return _opened(await SqliteDatabase.open(path))
        return None

    async def open_usable(self) -> Opened | None:
        """See Engine: no other version uses the file."""
        return await self.open_current()

    async def read(self, use: Callable[[Opened], Awaitable[T]], *, any_version: bool) -> T:
        """See Engine."""
        await self.check_exists()
        path = files.locate(self._path)
        unused = files.unused_state(path)
        try:
            result = await _read(path, use, any_version=any_version)
        except errors.StoreCorrupt:
            if files.unused_state(path) == unused:
                raise
        else:
            if unused is None or files.unused_state(path) == unused:
                return result
        return await _read(path, use, any_version=any_version)  # the bot started while its file was read

    async def schema_version(self) -> int:
        """See Engine."""
        return await asyncio.to_thread(identify.version_of, files.locate(self._path))

    async def check_exists(self) -> None:
        """See Engine."""
        path = files.locate(self._path)
        if not path.exists():
            raise errors.StoreUnopenable(str(path), NO_DATABASE)

    def reading(self) -> AbstractAsyncContextManager[TableReader]:
        """See Engine."""
        return copying.reading(files.locate(self._path))

    @asynccontextmanager
    async def filling(self) -> AsyncIterator[TableWriter]:
        """See Engine."""
        path = files.locate(self._path)
        if path.exists():
            raise errors.StoreUnopenable(str(path), _TAKEN)
        files.check_creatable(path)
        files.remove_parts(path)
        async with copying.filling(path) as writer:
            yield writer

    async def compact(self) -> None:
        """See Engine."""
        await asyncio.to_thread(compact.compact, files.locate(self._path))

    async def restore(self, copy: Path, now: datetime) -> Restored:
        """See Engine."""
        with (
            lock.lock(self._path, Worker.RUN, may_be_empty=True),
            lock.lock(self._path, Worker.CLI, may_be_empty=True),
        ):
            path = files.locate(self._path, may_be_empty=True)
            return await asyncio.to_thread(restore.restore, path, copy, now)

    async def size(self) -> int:
        """See Engine."""
        return self._path.stat().st_size if self._path.exists() else 0

    async def trial(self) -> Trial:
        """See Engine."""
        return await asyncio.to_thread(trial.trial, self._path)


def _opened(database: SqliteDatabase) -> Opened:
    words = IndexedWords(database)
    return Opened(database, FtsIndex(database), FtsMatcher(database, words), words)


async def _read(path: Path, use: Callable[[Opened], Awaitable[T]], *, any_version: bool) -> T:
    version = await asyncio.to_thread(identify.version_of, path)
    if version < migrate.newest() and not any_version:
        raise errors.StoreTooOld(str(path))
    database = await SqliteDatabase.open_read_only(path)
    try:
        return await use(_opened(database))
    finally:
        await database.close()


def _find_or_create(path: Path, *, create: bool) -> None:
    if path.exists():
        files.check_writable(path)
        identify.version_of(path, may_recover=True)
    elif create:
        migrate.create(path)
    else:
        raise errors.StoreUnopenable(str(path), NO_DATABASE)
