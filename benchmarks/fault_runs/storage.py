"""Where the bot keeps its data, and what can happen to it there: a file on a small disk, or a database on a server."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from bot import errors
from bot.store.place import ServerAddress
from bot.store.postgres.connection import Connection
from bot.store.postgres.locks import WRITE
from bot.store.postgres.member import LEADER
from bot.store.postgres.trouble import DRIVER_ERRORS
from tests.postgres import connected
from tests.store.postgres.proxy import Proxy, proxied

_PAGE_SIZE = 4096
_END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = $1 AND backend_type = 'client backend'
"""
_WAITING = "SELECT 1 FROM subscription WHERE baseline_due = 1 LIMIT 1"
_LEADER_NAME = """
    SELECT a.application_name FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.granted AND a.datname = current_database()
"""


class Storage(Protocol):
    """One database."""

    @property
    def setting(self) -> str:
        """The line of the config that names it."""

    async def has_baselines(self) -> bool:
        """Return whether the bot has recorded the baseline of each feed."""

    async def lock(self, seconds: float) -> None:
        """Lock the database from another program."""

    async def fail(self, seconds: float) -> None:
        """Make writes to the database fail."""


@dataclass(frozen=True, slots=True)
class FileStorage(Storage):
    """A file."""

    disk: Path
    """Its folder."""
    limited: bool
    """Whether the disk has a size, so that it can be full."""

    @property
    def path(self) -> Path:
        """The file."""
        return self.disk / "feed-relay.db"

    async def copy(self, target: Path) -> None:
        """Copy it while it is in use."""

        def write() -> None:
            with (
                closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30.0)) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)

        await asyncio.to_thread(write)

    @property
    def setting(self) -> str:
        """See Storage."""
        return f'path = "{self.path}"'

    async def has_baselines(self) -> bool:
        """See Storage."""
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30.0)) as connection:
            return connection.execute(_WAITING).fetchone() is None

    async def lock(self, seconds: float) -> None:
        """See Storage."""

        def hold() -> None:
            with closing(sqlite3.connect(self.path, timeout=2.0, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                asyncio.run_coroutine_threadsafe(asyncio.sleep(seconds), loop).result()
                connection.execute("ROLLBACK")

        loop = asyncio.get_running_loop()
        with suppress(sqlite3.Error):  # the disk may be full
            await asyncio.to_thread(hold)

    async def fail(self, seconds: float) -> None:
        """Let the disk be full."""
        if not self.limited:
            return
        filler = self.disk / f"filler-{uuid4()}"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(_PAGE_SIZE)):
                pass
        await asyncio.sleep(seconds)
        filler.unlink()


@dataclass(frozen=True, slots=True)
class ServerStorage(Storage):
    """A database of a server."""

    address: ServerAddress
    disturbed: ServerAddress
    """The address that the bot uses, which leads through the proxy."""
    proxy: Proxy
    _one_outage: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def setting(self) -> str:
        """See Storage."""
        return f'url = "{self.disturbed.url}"'

    async def leader(self) -> str:
        """Return the name of the process that sends, as the server knows it; "" if none does."""
        with suppress(errors.StoreError, *DRIVER_ERRORS):  # it may be away
            async with connected(self.address) as connection:
                return await connection.fetchval(_LEADER_NAME, LEADER.group, LEADER.number) or ""
        return ""

    async def has_baselines(self) -> bool:
        """See Storage."""
        async with connected(self.address) as connection:
            return not await connection.fetch(_WAITING)

    async def lock(self, seconds: float) -> None:
        """See Storage."""
        with suppress(errors.StoreError, *DRIVER_ERRORS):  # it may be away
            async with connected(self.address) as connection:
                await connection.execute("SET lock_timeout = 0; BEGIN")
                await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", WRITE.group, WRITE.number)
                await asyncio.sleep(seconds)

    async def fail(self, seconds: float) -> None:
        """Let nobody connect, and end all connections."""
        name = self.address.url.partition("@/")[2].partition("?")[0]
        async with self._one_outage, self._maintenance() as connection:
            await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            try:
                await connection.fetch(_END_ALL, name)
                await asyncio.sleep(seconds)
            finally:
                await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    @asynccontextmanager
    async def _maintenance(self) -> AsyncIterator[Connection]:
        """Yield a connection to another database of the server."""
        before, _, rest = self.address.url.partition("@/")
        async with connected(ServerAddress(f"{before}@/postgres?{rest.partition('?')[2]}")) as connection:
            yield connection


@asynccontextmanager
async def server_storage(address: ServerAddress, folder: Path) -> AsyncIterator[ServerStorage]:
    """Yield a database whose connections can be disturbed. `folder`: where the bot's socket is."""
    async with proxied(address, folder) as (proxy, disturbed):
        yield ServerStorage(address, disturbed, proxy)
