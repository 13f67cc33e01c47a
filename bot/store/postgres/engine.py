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
from bot.store.engine import NO_DATABASE, Engine, Member, Opened, Restored, Trial
from bot.store.place import ServerAddress
from bot.store.postgres import copying, locks, member, migrate, versions
from bot.store.postgres.connection import NO_TIMEOUT, Connection, connect
from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.index import VectorIndex
from bot.store.postgres.match import VectorMatcher
from bot.store.postgres.steps import Program, this_program
from bot.store.postgres.trouble import translated_errors
from bot.store.postgres.versions import Versions
from bot.store.words import IndexedWords

T = TypeVar("T")

_NOT_UPDATED = "only earlier versions have run here; start a process of this one, which updates it."
_NOT_HERE = "a database on a server is restored with pg_restore; docs/scaling.md shows how."


class PostgresEngine(Engine):
    """The engine of a server."""

    def __init__(self, address: ServerAddress, program: Program | None = None) -> None:
        self._address = address
        self._program = program or this_program()

    def lock(self, worker: Worker) -> AbstractAsyncContextManager[object]:
        """See Engine."""
        return locks.hold(
            self._address,
            worker,
            lambda connection: versions.register(connection, self._address, self._program),
        )

    @asynccontextmanager
    async def starting(self) -> AsyncIterator[None]:
        """See Engine."""
        async with locks.starting(self._address):
            async with self._connected() as connection:
                if await self._versions(connection) is not None:
                    await migrate.migrate(connection, self._address, self._program, create=False)
            yield

    def join(
        self, role: Role, on_wake: Callable[[Sequence[str]], None]
    ) -> AbstractAsyncContextManager[Member]:
        """See Engine."""
        return member.join(self._address, role, on_wake, self._program)

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
            await migrate.migrate(connection, self._address, self._program, create=create)
        return self._opened()

    async def open_current(self) -> Opened | None:
        """See Engine."""
        async with self._connected() as connection:
            found = await self._versions(connection)
        if found is not None and found.schema > self._program.version:
            raise errors.StoreTooNew(str(self._address))
        return self._opened() if found is not None and found.schema == self._program.version else None

    async def open_usable(self) -> Opened | None:
        """See Engine."""
        async with self._connected() as connection:
            found = await self._versions(connection)
        return self._opened() if found is not None and found.schema >= self._program.oldest_schema else None

    async def read(self, use: Callable[[Opened], Awaitable[T]], *, any_version: bool) -> T:
        """See Engine."""
        if await self.schema_version() < self._program.oldest_schema and not any_version:
            raise errors.StoreTooOld(str(self._address), _NOT_UPDATED)
        opened = self._opened(read_only=True)
        try:
            return await use(opened)
        finally:
            await opened.database.close()

    async def schema_version(self) -> int:
        """See Engine."""
        async with self._connected() as connection:
            found = await self._versions(connection)
        if found is None:
            raise errors.StoreUnopenable(str(self._address), NO_DATABASE)
        return found.schema

    async def check_exists(self) -> None:
        """See Engine."""
        await self.schema_version()

    def reading(self) -> AbstractAsyncContextManager[TableReader]:
        """See Engine."""
        return copying.reading(self._address)

    def filling(self) -> AbstractAsyncContextManager[TableWriter]:
        """See Engine."""
        return copying.filling(self._address, self._program)

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
            if await self._versions(connection) is None:
                return 0
            return int(await connection.fetchval("SELECT pg_database_size(current_database())"))

    async def trial(self) -> Trial:
        """See Engine."""
        async with self._connected() as connection:
            found = await self._versions(connection)
            is_running = await locks.is_held(connection, Worker.RUN)
            due = found and await migrate.due_steps(connection, self._address, self._program, found)
        return Trial(exists=found is not None, is_running=is_running, is_old=bool(due))

    async def _versions(self, connection: Connection) -> Versions | None:
        return await versions.read(connection, self._address, self._program)

    def _opened(self, *, read_only: bool = False) -> Opened:
        database = PostgresDatabase(self._address, self._program, read_only=read_only)
        words = IndexedWords(database)
        return Opened(database, VectorIndex(database), VectorMatcher(database, words), words)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        connection = await connect(self._address)
        try:
            with translated_errors(str(self._address)):
                yield connection
        finally:
            connection.terminate()
