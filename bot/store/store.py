"""The store: opened and upgraded here, used through its repositories. The only module that picks the engine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from bot import errors
from bot.store.archive import Archive
from bot.store.backfills import Backfills, Worker
from bot.store.entries import EntryWriter
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.heartbeats import Heartbeats
from bot.store.holds import Holds
from bot.store.imports import Imports
from bot.store.moves import Moves
from bot.store.notices import Notices
from bot.store.outbox import Outbox
from bot.store.packing import Packing
from bot.store.patience import Patience, PatientDatabase
from bot.store.rekey import Rekeying
from bot.store.removals import Removals
from bot.store.search import Search
from bot.store.search_requests import SearchRequests
from bot.store.settings_changes import SettingsChanges
from bot.store.sqlite import compact, files, identify, lock, migrate, trial
from bot.store.sqlite.aside import set_index_aside
from bot.store.sqlite.database import SqliteDatabase, engine_version
from bot.store.sqlite.fts_index import FtsIndex
from bot.store.sqlite.fts_match import FtsMatcher
from bot.store.sqlite.fts_words import FtsWords
from bot.store.subscriptions import Subscriptions

T = TypeVar("T")

_TAKEN = "this file exists already; choose another name."
_NONE_YET = "there is no database here yet; start `feed-relay run` first."


@dataclass(frozen=True, slots=True)
class Queues:
    """The repositories of the relay. They repeat calls while the database fails."""

    feeds: Feeds
    outbox: Outbox
    notices: Notices
    backfills: Backfills


class Store:
    """An open store. Every method raises StoreError for what an operator can repair."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._db = database
        self.index = FtsIndex(database)
        self.packing = Packing(database)
        entries = EntryWriter(self.index)
        self.feeds = Feeds(database, entries)
        self.subscriptions = Subscriptions(database, entries)
        self.settings_changes = SettingsChanges(database)
        self.imports = Imports(database)
        self.moves = Moves(database, entries)
        self.removals = Removals(database)
        self.outbox = Outbox(database)
        self.guilds = Guilds(database)
        self.holds = Holds(database)
        self.notices = Notices(database)
        self.archive = Archive(database, entries)
        self.search = Search(database, FtsMatcher(database), FtsWords(database))
        self.backfills = Backfills(database, entries)
        self.search_requests = SearchRequests(database)
        self.heartbeats = Heartbeats(database)

    def watch(self, on_commit: Callable[[float], None], on_search: Callable[[float], None]) -> None:
        """Report how many seconds each commit, and each query of a search, took."""
        self._db.on_commit, self._db.on_search = on_commit, on_search

    @staticmethod
    def lock(path: Path, worker: Worker) -> AbstractContextManager[object]:
        """Return a lock, held until exited. Raises StoreLocked if another process of this kind has it."""
        return lock.lock(path, worker)

    @staticmethod
    def mending_command(path: Path) -> str:
        """Return the shell command that hides the database from other users; "" if it is hidden."""
        exposed = files.open_to_others(path)
        return files.mending_command(exposed) if exposed else ""

    @classmethod
    async def open(cls, path: Path, *, create: bool = True) -> Self:
        """Open the file and bring its schema up to date. The caller has the lock. Raises StoreError.

        `create`: make the file if it does not exist.
        """
        path = files.locate(path)
        files.remove_parts(path)
        await asyncio.to_thread(_find_or_create, path, create=create)
        database = await SqliteDatabase.open(path)
        async with _closed_on_error(database):
            await migrate.migrate(database)
            await Rekeying(database).finish()
            store = cls(database)
            if not await store.index.is_current():
                await set_index_aside(database)
                await store.index.renew()
        return store

    @classmethod
    async def open_beside(cls, path: Path, *, create: bool = False) -> Self:
        """Like `open`, for a command that writes while the bot may run. Changes the schema only if no bot runs.

        Raises StoreTooOld if one runs with the database of an earlier version, and StoreError.
        """
        path = files.locate(path)
        files.check_writable(path)
        if path.exists() and await asyncio.to_thread(identify.version_of, path) == migrate.newest():
            database = await SqliteDatabase.open(path)
            async with _closed_on_error(database):
                if await _is_prepared(database):
                    return cls(database)
            await database.close()
        try:
            with cls.lock(path, Worker.RUN):
                return await cls.open(path, create=create)
        except errors.StoreLocked as running:
            raise errors.StoreTooOld(str(path)) from running

    @classmethod
    async def read(cls, path: Path, use: Callable[[Self], Awaitable[T]], *, any_version: bool = False) -> T:
        """Return what `use` returns with a store that only reads, even while the bot writes. Raises StoreError.

        `any_version`: also open a database that this version would have to update first.
        """
        path = files.locate(path)
        if not path.exists():
            raise errors.StoreUnopenable(str(path), _NONE_YET)
        unused = files.unused_state(path)
        try:
            result = await cls._read(path, use, any_version=any_version)
        except errors.StoreCorrupt:
            if files.unused_state(path) == unused:
                raise
        else:
            if unused is None or files.unused_state(path) == unused:
                return result
        return await cls._read(path, use, any_version=any_version)  # the bot started while its file was read

    @classmethod
    async def _read(cls, path: Path, use: Callable[[Self], Awaitable[T]], *, any_version: bool) -> T:
        version = await asyncio.to_thread(identify.version_of, path)
        if version < migrate.newest() and not any_version:
            raise errors.StoreTooOld(str(path))
        database = await SqliteDatabase.open_read_only(path)
        async with cls(database) as store:
            if not any_version and not await _is_prepared(database):
                raise errors.StoreTooOld(str(path))
            return await use(store)

    @classmethod
    async def compact(cls, path: Path) -> None:
        """Compress what is not compressed yet, and make the file as small as its contents.

        Raises StoreLocked if a bot or a backfill runs, StoreFull if the disk has too little room, and StoreError.
        """
        path = files.locate(path)
        if not path.exists():
            raise errors.StoreUnopenable(str(path), _NONE_YET)
        with cls.lock(path, Worker.RUN), cls.lock(path, Worker.CLI):
            if await asyncio.to_thread(identify.version_of, path) < migrate.newest():
                raise errors.StoreTooOld(str(path))
            async with await cls.open(path, create=False) as store:
                if await store.check():
                    raise errors.StoreCorrupt(str(path))
                await store.packing.finish()
            await asyncio.to_thread(compact.compact, path)

    @staticmethod
    async def trial(path: Path) -> trial.Trial:
        """Try what `run` needs, without changing anything. Raises the StoreError that `run` would raise."""
        return await asyncio.to_thread(trial.trial, path)

    @staticmethod
    def engine() -> str:
        """Return the name and version of the engine."""
        return engine_version()

    @staticmethod
    def schema_version(path: Path) -> int:
        """Return the number of the newest migration that a database has. Raises StoreError."""
        return identify.version_of(files.locate(path))

    def queues(self, patience: Patience) -> Queues:
        """Return the repositories of the relay."""
        database = PatientDatabase(self._db, patience)
        entries = EntryWriter(self.index)
        return Queues(
            Feeds(database, entries), Outbox(database), Notices(database), Backfills(database, entries)
        )

    async def hurry(self) -> None:
        """Wait only shortly for a locked database from now on: the bot is stopping."""
        await self._db.hurry()

    async def close(self) -> None:
        """Finish the transaction that has begun, then close."""
        await self._db.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def check(self) -> list[str]:
        """Return what is wrong with the database, a line each; empty: nothing. Reads all of it."""
        return await self._db.check()

    async def backup(self, target: Path) -> None:
        """Write a consistent copy while others write. Raises StoreUnopenable if `target` exists."""
        try:
            await self._db.backup(target)
        except FileExistsError:
            raise errors.StoreUnopenable(str(target), _TAKEN) from None

    async def maintain(self) -> None:
        """Let the engine refresh its statistics and tidy its files."""
        await self._db.maintain()


def _find_or_create(path: Path, *, create: bool) -> None:
    if path.exists():
        files.check_writable(path)
        identify.version_of(path, may_recover=True)
    elif create:
        migrate.create(path)
    else:
        raise errors.StoreUnopenable(str(path), _NONE_YET)


async def _is_prepared(database: SqliteDatabase) -> bool:
    """Return whether the entries have the keys and tokens of this version."""
    return await Rekeying(database).is_finished() and await FtsIndex(database).is_current()


@asynccontextmanager
async def _closed_on_error(database: SqliteDatabase) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await database.close()
        raise
