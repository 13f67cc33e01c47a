"""Opens, locks and maintains one database of a server."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot import errors
from bot.model import Role
from bot.store.backfills import Worker
from bot.store.copying import TableReader, TableWriter
from bot.store.engine import Engine, Member, Opened, Restored, Trial
from bot.store.place import ServerAddress
from bot.store.postgres import copying, locks, member, migrate
from bot.store.postgres.connection import NO_TIMEOUT, Connection, connect
from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.index import VectorIndex
from bot.store.postgres.match import VectorMatcher
from bot.store.postgres.trouble import translated_errors
from bot.store.words import IndexedWords

T = TypeVar("T")

_NOT_HERE = "a database on a server is restored with pg_restore; docs/scaling.md shows how."
_NONE_YET = "there is no database here yet; start `feed-relay run` first."


class PostgresEngine(Engine):
    """The engine of a server."""

    def __init__(self, address: ServerAddress) -> None:
        self._address = address

    def lock(self, worker: Worker) -> AbstractAsyncContextManager[object]:
        """See Engine."""
        return locks.hold(self._address, worker)

    def starting(self) -> AbstractAsyncContextManager[object]:
        """See Engine."""
        return locks.starting(self._address)

    def join(
        self, role: Role, on_wake: Callable[[Sequence[str]], None]
    ) -> AbstractAsyncContextManager[Member]:
        """See Engine."""
        return member.join(self._address, role, on_wake)

    def mending_command(self, folder: Path | None) -> str:
        """See Engine: the server decides who may read."""
        del folder
        return ""

    def backups(self, folder: Path | None) -> None:
        """See Engine: `pg_dump` makes them."""
        del folder

    async def open(self, *, create: bool) -> Opened:
        """See Engine."""
        async with self._connected() as connection:
            await migrate.migrate(connection, self._address, create=create)
        return _opened(PostgresDatabase(self._address))

    async def open_current(self) -> Opened | None:
        """See Engine."""
        async with self._connected() as connection:
            version = await migrate.version_of(connection, self._address)
        return _opened(PostgresDatabase(self._address)) if version == migrate.newest() else None

    async def read(self, use: Callable[[Opened], Awaitable[T]], *, any_version: bool) -> T:
        """See Engine."""
        if await self.schema_version() < migrate.newest() and not any_version:
            raise errors.StoreTooOld(str(self._address))
        database = PostgresDatabase(self._address, read_only=True)
        try:
            return await use(_opened(database))
        finally:
            await database.close()

    async def schema_version(self) -> int:
        """See Engine."""
        async with self._connected() as connection:
            version = await migrate.version_of(connection, self._address)
        if version is None:
            raise errors.StoreUnopenable(str(self._address), _NONE_YET)
        return version

    async def check_exists(self) -> None:
        """See Engine."""
        await self.schema_version()

    def reading(self) -> AbstractAsyncContextManager[TableReader]:
        """See Engine."""
        return copying.reading(self._address)

    def filling(self) -> AbstractAsyncContextManager[TableWriter]:
        """See Engine."""
        return copying.filling(self._address)

    async def compact(self) -> None:
        """See Engine."""
        async with self._connected() as connection:
            await connection.execute("SET statement_timeout = 0")
            await connection.execute("VACUUM (FULL, ANALYZE)", timeout=NO_TIMEOUT)

    async def restore(self, copy: Path, now: datetime) -> Restored:  # noqa: ARG002 -- see Engine
        """See Engine: the server's own tools do it."""
        raise errors.StoreUnopenable(str(self._address), _NOT_HERE)

    async def size(self) -> int:
        """See Engine."""
        async with self._connected() as connection:
            if await migrate.version_of(connection, self._address) is None:
                return 0
            return int(await connection.fetchval("SELECT pg_database_size(current_database())"))

    async def trial(self) -> Trial:
        """See Engine."""
        async with self._connected() as connection:
            version = await migrate.version_of(connection, self._address)
            is_running = await locks.is_held(connection, Worker.RUN)
        is_old = version is not None and version < migrate.newest()
        if is_old and is_running:
            raise errors.StoreTooOld(str(self._address))
        return Trial(exists=version is not None, is_running=is_running, is_old=is_old)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        connection = await connect(self._address)
        try:
            with translated_errors(str(self._address)):
                yield connection
        finally:
            connection.terminate()


def _opened(database: PostgresDatabase) -> Opened:
    words = IndexedWords(database)
    return Opened(database, VectorIndex(database), VectorMatcher(database, words), words)
