"""The store: opened and upgraded here, used through its repositories. The only module that picks the engine."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Self, TypeVar

from bot import errors
from bot.model import Role
from bot.store.archive import Archive
from bot.store.backfills import Backfills, Worker
from bot.store.engine import Backups, Engine, Member, Opened, Restored, Trial
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
from bot.store.place import Place
from bot.store.recoveries import Recoveries
from bot.store.rekey import Rekeying
from bot.store.removals import Removals
from bot.store.search import Search
from bot.store.search_requests import SearchRequests
from bot.store.session_starts import SessionStarts
from bot.store.settings_changes import SettingsChanges
from bot.store.sqlite.database import engine_version
from bot.store.sqlite.engine import SqliteEngine
from bot.store.subscriptions import Subscriptions
from bot.store.transfer import Marks, OnProgress, transfer

T = TypeVar("T")

_TAKEN = "this file exists already; choose another name."
_NOT_INSTALLED = "PostgreSQL needs one more package: pip install 'feed-relay[postgres]'."


@dataclass(frozen=True, slots=True)
class Queues:
    """The repositories of the relay. They repeat calls while the database fails."""

    feeds: Feeds
    outbox: Outbox
    notices: Notices
    backfills: Backfills
    recoveries: Recoveries


class Store:
    """An open store. Every method raises StoreError for what an operator can repair."""

    def __init__(self, opened: Opened) -> None:
        database = opened.database
        self._db = database
        self.index = opened.index
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
        self.search = Search(database, opened.matcher, opened.words)
        self.backfills = Backfills(database, entries)
        self.search_requests = SearchRequests(database)
        self.heartbeats = Heartbeats(database)
        self.session_starts = SessionStarts(database)
        self.recoveries = Recoveries(database)

    def watch(self, on_commit: Callable[[float], None], on_search: Callable[[float], None]) -> None:
        """Report how many seconds each commit, and each query of a search, took."""
        self._db.on_commit, self._db.on_search = on_commit, on_search

    @staticmethod
    def lock(place: Place, worker: Worker) -> AbstractAsyncContextManager[object]:
        """Return a lock, held until exited. Entering raises StoreLocked if another process of this kind has it."""
        return engine_of(place).lock(worker)

    @staticmethod
    def mending_command(place: Place, backup_dir: Path | None = None) -> str:
        """Return the shell command that hides the database from other users; "" if it is hidden."""
        return engine_of(place).mending_command(backup_dir)

    @staticmethod
    def backups(place: Place, backup_dir: Path | None = None) -> Backups | None:
        """Return the daily backups, by default in a folder beside the database; None if the server makes its own."""
        return engine_of(place).backups(backup_dir)

    @classmethod
    async def open(cls, place: Place, *, create: bool = True) -> Self:
        """Open the database and bring it up to date. The caller has the lock. Raises StoreError.

        `create`: make the database if it does not exist.
        """
        opened = await engine_of(place).open(create=create)
        async with _closed_on_error(opened):
            await Marks(opened.database).check(str(place))
            await Rekeying(opened.database).finish()
            if not await opened.index.is_current():
                await opened.index.set_aside()
                await opened.index.renew()
        return cls(opened)

    @classmethod
    @asynccontextmanager
    async def join(
        cls, place: Place, role: Role, on_wake: Callable[[Sequence[str]], None]
    ) -> AsyncIterator[tuple["Store", Member]]:
        """Open the database as one of several processes, until the block ends.

        `on_wake` gets the names of jobs that other processes wake. Raises StoreLocked if a process uses the database
        alone, StoreTooOld if earlier versions must stop first, and StoreError.
        """
        engine = engine_of(place)
        async with AsyncExitStack() as stack:
            async with engine.starting():
                store = await stack.enter_async_context(await cls.open_beside(place, create=True))
                member = await stack.enter_async_context(engine.join(role, on_wake))
            yield store, member

    @classmethod
    async def open_beside(cls, place: Place, *, create: bool = False) -> Self:
        """Like `open`, for a command that writes while the bot may run. Changes the schema only if no bot runs.

        Raises StoreTooOld if one runs with the database of an earlier version, and StoreError.
        """
        opened = await engine_of(place).open_usable()
        if opened is not None:
            async with _closed_on_error(opened):
                await Marks(opened.database).check(str(place))
                if await _is_prepared(opened):
                    return cls(opened)
            await opened.database.close()
        try:
            async with cls.lock(place, Worker.RUN):
                return await cls.open(place, create=create)
        except errors.StoreLocked as running:
            raise errors.StoreTooOld(str(place)) from running

    @classmethod
    async def read(cls, place: Place, use: Callable[[Self], Awaitable[T]], *, any_version: bool = False) -> T:
        """Return what `use` returns with a store that only reads, even while the bot writes. Raises StoreError.

        `any_version`: also open a database that this version would have to update first.
        """

        async def use_prepared(opened: Opened) -> T:
            if not any_version and not await _is_prepared(opened):
                raise errors.StoreTooOld(str(place))
            return await use(cls(opened))

        return await engine_of(place).read(use_prepared, any_version=any_version)

    @classmethod
    async def compact(cls, place: Place) -> None:
        """Compress what is not compressed yet, and make the database as small as its contents.

        Raises StoreLocked if a bot or a backfill runs, StoreFull if the disk has too little room, and StoreError.
        """
        engine = engine_of(place)
        await engine.check_exists()
        async with cls.lock(place, Worker.RUN), cls.lock(place, Worker.CLI):
            opened = await engine.open_current()
            if opened is None:
                raise errors.StoreTooOld(str(place))
            await opened.database.close()
            async with await cls.open(place, create=False) as store:
                if await store.check():
                    raise errors.StoreCorrupt(str(place))
                await store.packing.finish()
            await engine.compact()

    @classmethod
    async def move(cls, source: Place, target: Place, on_progress: OnProgress) -> int:
        """Move a database to a new file or an empty database of a server. After a kill, it can be repeated.

        Returns about how many posts the bot must still index. Raises StoreLocked if a bot or a backfill runs,
        StoreUnopenable if something is at the target, and StoreError.
        """
        await engine_of(source).check_exists()
        async with AsyncExitStack() as stack:
            for place, worker in product((source, target), (Worker.RUN, Worker.CLI)):
                await stack.enter_async_context(cls.lock(place, worker))
            await transfer(engine_of(source), engine_of(target), (str(source), str(target)), on_progress)
            async with await cls.open(target, create=False) as store:
                return await store.index.lag()

    @staticmethod
    async def restore(place: Place, copy: Path, now: datetime) -> Restored:
        """Replace the database with a backup, and keep the former one beside it. After a kill, it can be repeated.

        Raises StoreLocked if a bot or a backfill runs, and StoreError if the backup is unusable; then nothing changes.
        """
        return await engine_of(place).restore(copy, now)

    @staticmethod
    async def size(place: Place) -> int:
        """Return the bytes of the database; 0 if there is none."""
        return await engine_of(place).size()

    @staticmethod
    async def trial(place: Place) -> Trial:
        """Try what `run` needs, without changing anything. Raises the StoreError that `run` would raise."""
        return await engine_of(place).trial()

    @staticmethod
    def engine() -> str:
        """Return the name and version of the engine."""
        return engine_version()

    @staticmethod
    async def schema_version(place: Place) -> int:
        """Return the number of the newest migration that a database has. Raises StoreError."""
        return await engine_of(place).schema_version()

    def queues(self, patience: Patience) -> Queues:
        """Return the repositories of the relay."""
        database = PatientDatabase(self._db, patience)
        entries = EntryWriter(self.index)
        return Queues(
            Feeds(database, entries),
            Outbox(database),
            Notices(database),
            Backfills(database, entries),
            Recoveries(database),
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
        """Refresh the planner's statistics, and tidy the files."""
        await self._db.maintain()


def engine_of(place: Place) -> Engine:
    """Return the engine of a database. Raises StoreUnopenable if it is not installed."""
    if isinstance(place, Path):
        return SqliteEngine(place)
    try:
        from bot.store.postgres.engine import PostgresEngine
    except ModuleNotFoundError:
        raise errors.StoreUnopenable(str(place), _NOT_INSTALLED) from None
    return PostgresEngine(place)


async def _is_prepared(opened: Opened) -> bool:
    """Return whether the entries have the keys and tokens of this version."""
    return await Rekeying(opened.database).is_finished() and await opened.index.is_current()


@asynccontextmanager
async def _closed_on_error(opened: Opened) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await opened.database.close()
        raise
