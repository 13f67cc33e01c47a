"""A private PostgreSQL server for a test session: one for all workers, on a Unix socket, never run by root."""

import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from filelock import FileLock

from bot.store.place import ServerAddress
from bot.store.postgres.connection import Connection, connect
from bot.store.postgres.engine import PostgresEngine
from tests import postgres_guard
from tests.system_programs import find_program

_DEBIAN = "/usr/lib/postgresql"
_ENTRY = "current"
DEFAULTS = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "autovacuum=on",
    "shared_buffers=128MB",
    "max_wal_size=1GB",
)
"""PostgreSQL's own settings, for a private server: the shared one is quicker, but may lose data in a crash."""
_guards: list[subprocess.Popen[bytes]] = []
"""They outlive this process, which must not wait for them."""


def programs() -> Path:
    """Return the folder with PostgreSQL's programs, or skip the test."""
    debian = sorted(Path(_DEBIAN).glob("*/bin"), key=lambda folder: int(folder.parts[-2]), reverse=True)
    path = os.pathsep.join([*map(str, debian), os.environ.get("PATH", "")])
    initdb = find_program("initdb", package="postgresql", env={**os.environ, "PATH": path})
    return Path(initdb).resolve().parent


@cache
def server(session: Path) -> Path:
    """Return the folder with the socket of the session's server, which is started if none runs.

    `session`: a folder that the workers of a session share. The server ends after the last process that called this.
    """
    found = programs()
    with FileLock(session / "postgres.lock") as lock:
        running = session / _ENTRY
        if running.exists():
            folder = Path(running.read_text("utf-8"))
            if _join(folder) is not None:
                return folder
        folder, _, guard = _start(found, lock.lock_file)
        _guards.append(guard)
        running.write_text(str(folder), "utf-8")
        return folder


@contextmanager
def private_server(*settings: str) -> Iterator[Path]:
    """Yield the folder with the socket of a server with other settings, such as "fsync=on". It ends with the block."""
    with tempfile.NamedTemporaryFile() as lock:
        folder, place, guard = _start(programs(), lock.name, settings)
        try:
            yield folder
        finally:
            os.close(place)
            guard.wait()


def url(folder: Path, database: str) -> str:
    """Return the address of a database of the server."""
    return f"postgresql://{postgres_guard.USER}@/{database}?host={quote(str(folder), safe='')}"


def session_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the workers of this session share."""
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def _join(folder: Path) -> int | None:
    """Need the server until this file is closed, or this process ends; return None if the server is gone."""
    try:
        return os.open(
            folder / "users", os.O_WRONLY | os.O_NONBLOCK
        )  # the system closes it, however the process ends
    except OSError:
        return None


def _start(
    found: Path, lock: str, settings: Sequence[str] = ()
) -> tuple[Path, int, "subprocess.Popen[bytes]"]:
    """Return a new server's folder, the file that needs it, and its guard."""
    folder = Path(tempfile.mkdtemp(prefix="feed-relay-pg-"))
    folder.chmod(0o755)
    os.mkfifo(folder / "users")
    keep_open = os.open(folder / "users", os.O_RDONLY | os.O_NONBLOCK)
    try:
        place = _join(folder)
        assert place is not None
        command = [sys.executable, postgres_guard.__file__, str(folder), str(found), lock, *settings]
        guard = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
        assert guard.stdout is not None
        assert guard.stdout.readline(), "PostgreSQL did not start"
        guard.stdout.close()
    finally:
        os.close(keep_open)
    return folder, place, guard


_RESET = """
    SET session_replication_role = replica;
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
    {}
    INSERT INTO meta SELECT * FROM first_meta;
"""
_DELETES = """
    SELECT string_agg(format('DELETE FROM %I;', relname), ' ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'first_meta'
"""
_RESTARTS = """
    SELECT string_agg(format('SELECT setval(%L, 1, false);', oid::regclass), ' ') FROM pg_class WHERE relkind = 'S'
"""


class Databases:
    """Databases for the tests of one worker."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._folder = folder
        self._worker = worker
        self._count = 0
        self._clean: ServerAddress | None = None
        self._reset = ""

    async def new(self, options: str = "") -> ServerAddress:
        """Return a database without tables."""
        self._count += 1
        name = f"{self._worker}_{self._count}"
        async with connected(ServerAddress(url(self._folder, "postgres"))) as connection:
            await connection.execute(f"CREATE DATABASE {name} {options}")
        return ServerAddress(url(self._folder, name))

    async def drop(self, address: ServerAddress) -> None:
        """Remove a database, even if somebody is connected."""
        name = address.url.partition("@/")[2].partition("?")[0]
        async with connected(ServerAddress(url(self._folder, "postgres"))) as connection:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def clean(self) -> ServerAddress:
        """Return the worker's database as a first start makes it: a new one for each test would take much longer."""
        if self._clean is None:
            self._clean = await self.new()
            await (await PostgresEngine(self._clean).open(create=True)).database.close()
            async with connected(self._clean) as connection:
                await connection.execute("CREATE TABLE first_meta AS SELECT * FROM meta")
                deletes = await connection.fetchval(_DELETES)
                restarts = await connection.fetchval(_RESTARTS)
                self._reset = _RESET.format(deletes + restarts)
        async with connected(self._clean) as connection:
            await connection.execute(self._reset)
        return self._clean


@asynccontextmanager
async def connected(address: ServerAddress) -> AsyncIterator[Connection]:
    """Yield a connection."""
    connection = await connect(address)
    try:
        yield connection
    finally:
        await connection.close()
