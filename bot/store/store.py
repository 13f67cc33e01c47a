"""The store: opened and upgraded here, used through its repositories. The only module that picks the engine."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot import errors
from bot.store.archive import Archive
from bot.store.backfills import Backfills, Worker
from bot.store.entries import EntryWriter
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.holds import Holds
from bot.store.notices import Notices
from bot.store.outbox import Outbox
from bot.store.patience import Patience, PatientDatabase
from bot.store.rekey import Rekeying
from bot.store.search import Search
from bot.store.search_requests import SearchRequests
from bot.store.sqlite import lock
from bot.store.sqlite.database import SqliteDatabase
from bot.store.sqlite.fts_index import FtsIndex
from bot.store.sqlite.fts_match import FtsMatcher
from bot.store.sqlite.migrate import migrate
from bot.store.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Queues:
    """The repositories of the relay, patient with a database that fails for a while."""

    feeds: Feeds
    outbox: Outbox
    notices: Notices
    backfills: Backfills


class Store:
    """An open store. Every method raises StoreError for what an operator can repair."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._db = database
        self.index = FtsIndex(database)
        entries = EntryWriter(self.index)
        self.feeds = Feeds(database, entries)
        self.subscriptions = Subscriptions(database, entries)
        self.outbox = Outbox(database)
        self.guilds = Guilds(database)
        self.holds = Holds(database)
        self.notices = Notices(database)
        self.archive = Archive(database, entries)
        self.search = Search(database, FtsMatcher(database))
        self.backfills = Backfills(database, entries)
        self.search_requests = SearchRequests(database)

    @staticmethod
    def lock(path: Path, worker: Worker) -> AbstractContextManager[object]:
        """Return a lock, held until exited. Raises StoreLocked if another process of this kind has it."""
        return lock.lock(path, worker)

    @classmethod
    async def open(cls, path: Path, *, create: bool = True) -> Self:
        """Open the file and bring its schema up to date; `create`: make the file if it does not exist."""
        if not create and not path.exists():
            raise errors.StoreUnopenable(
                str(path), "there is no database here yet; start `feed-relay run` first."
            )
        database = await SqliteDatabase.open(path)
        try:
            await migrate(database)
            store = cls(database)
            await Rekeying(database).finish()
            await store.index.renew()
        except BaseException:
            await database.close()
            raise
        return store

    def queues(self, patience: Patience) -> Queues:
        """Return repositories that repeat what the database could not take."""
        database = PatientDatabase(self._db, patience)
        entries = EntryWriter(self.index)
        return Queues(
            Feeds(database, entries), Outbox(database), Notices(database), Backfills(database, entries)
        )

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
        """Write a consistent, compact copy while others write. Raises StoreUnopenable if `target` exists."""
        if target.exists():
            raise errors.StoreUnopenable(str(target), "this file exists already; choose another name.")
        await self._db.backup(target)

    async def maintain(self) -> None:
        """Let the engine refresh its statistics and tidy its files."""
        await self._db.maintain()
