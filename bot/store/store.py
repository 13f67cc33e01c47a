"""The store: one SQLite file, opened, brought up to date, and asked through small doors."""

from pathlib import Path
from typing import Self

from bot import errors
from bot.store.archive import Archive
from bot.store.backfills import Backfills
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.holds import Holds
from bot.store.notices import Notices
from bot.store.outbox import Outbox
from bot.store.search import Search
from bot.store.search_requests import SearchRequests
from bot.store.sqlite.database import Database
from bot.store.sqlite.fts_index import Index
from bot.store.sqlite.migrate import migrate
from bot.store.subscriptions import Subscriptions


class Store:
    """An open store. Every method raises StoreError for what an operator can mend."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.feeds = Feeds(database)
        self.subscriptions = Subscriptions(database)
        self.outbox = Outbox(database)
        self.guilds = Guilds(database)
        self.holds = Holds(database)
        self.notices = Notices(database)
        self.archive = Archive(database)
        self.index = Index(database)
        self.search = Search(database)
        self.backfills = Backfills(database)
        self.search_requests = SearchRequests(database)

    @classmethod
    async def open(cls, path: Path, *, create: bool = True) -> Self:
        """Open the file and bring its schema up to date; `create`: make it if it is not there."""
        if not create and not path.exists():
            raise errors.StoreUnopenable(
                str(path), "there is no database here yet; start `feed-relay run` first."
            )
        database = await Database.open(path)
        try:
            await migrate(database)
            store = cls(database)
            await store.index.renew()
        except BaseException:
            await database.close()
            raise
        return store

    async def close(self) -> None:
        """Finish the write that has begun, then close."""
        await self._db.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def check(self) -> list[str]:
        """What is wrong with the file, a line each; empty: nothing. Reads all of it."""
        try:
            found = [row[0] for row in await self._db.read("PRAGMA integrity_check(20)")]
            broken = await self._db.read("PRAGMA foreign_key_check")
        except errors.StoreCorrupt as damage:
            return [str(damage)]
        problems = [] if found == ["ok"] else found
        return [*problems, *(f"{row['table']} row {row['rowid']} refers to nothing" for row in broken[:20])]

    async def backup(self, target: Path) -> None:
        """Write a consistent, compact copy while work goes on. Refuses to overwrite."""
        if target.exists():
            raise errors.StoreUnopenable(str(target), "this file exists already; choose another name.")
        await self._db.backup(target)

    async def maintain(self) -> None:
        """Let SQLite refresh its statistics and fold the write-ahead log into the file."""
        await self._db.maintain()
