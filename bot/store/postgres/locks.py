"""Advisory locks, which the server frees when the connection of their holder ends for any reason.

https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import structlog

from bot import errors
from bot.store.backfills import Worker
from bot.store.place import ServerAddress
from bot.store.postgres.connection import CONNECT_TIMEOUT, Connection, connect
from bot.store.postgres.trouble import DRIVER_ERRORS, translated_errors

log = structlog.get_logger(__name__)

GROUP = 0x66656564
""""feed" in ASCII; distinguishes our locks from those of other programs in the database."""
WAIT = 3.0
"""Seconds until a lock counts as held by another: the server may notice the end of a process only a moment later."""
_PAUSE = 1.0
"""Seconds between two attempts to take a lock again."""
_PROBE_INTERVAL = 5.0
"""Seconds between two checks whether the connection still works."""
_TRY_PAUSE = 0.1
"""The same, if each attempt is a query of its own."""
LOCK = "SELECT pg_advisory_lock($1, $2)"
SHARE = "SELECT pg_advisory_lock_shared($1, $2)"
TRY = "SELECT pg_try_advisory_lock($1, $2)"
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
"""After a network failure, the server may keep the former connection for minutes."""
_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND objsubid = 2 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""


@dataclass(frozen=True, slots=True)
class Lock:
    """The numbers of an advisory lock."""

    number: int
    group: int = GROUP


WRITE = Lock(1)
"""Held by the one transaction that writes."""
SCHEMA = Lock(2)
"""Held while the schema is made or changed."""

RUNNING = Lock(3)
"""Held while the bot runs, shared if it runs as several processes."""
STARTING = Lock(5)
"""Held while one of several processes starts, since it may have to create the tables."""
RUN_TAKEN = "another feed-relay runs with this database; stop it first."

_LOCKS = {
    Worker.RUN: (RUNNING, RUN_TAKEN),
    Worker.CLI: (Lock(4), "a backfill runs in another shell; wait for it, or stop it first."),
}


async def is_held(connection: Connection, worker: Worker) -> bool:
    """Return whether a process has the lock of this kind of worker."""
    lock, _ = _LOCKS[worker]
    return bool(await connection.fetchval(_HELD, lock.group, lock.number))


async def take(connection: Connection, lock: Lock) -> None:
    """Take a lock as soon as it is free.

    The connection is idle meanwhile: CREATE INDEX CONCURRENTLY waits for queries, so none may wait for its process.
    """
    while not await connection.fetchval(TRY, lock.group, lock.number):  # noqa: ASYNC110 -- another process has it
        await asyncio.sleep(_TRY_PAUSE)


Register = Callable[[Connection], Awaitable[None]]
"""See `versions.register`."""


@asynccontextmanager
async def hold(address: ServerAddress, worker: Worker, register: Register) -> AsyncIterator[None]:
    """Hold the lock of this kind of worker. Raises StoreLocked if another process has it, or StoreError.

    If its connection is lost, the lock is taken again. If another process was quicker, or a newer version has changed
    the database meanwhile, this process is asked to stop.
    """
    name = f"feed-relay {secrets.token_hex(4)}"
    take_lock = partial(_take, address, worker, name, register)
    holder = _Holder(take_lock, await take_lock())
    keeping = asyncio.create_task(holder.keep(), name="keep lock")
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        await free(holder.connection)


async def _take(address: ServerAddress, worker: Worker, name: str, register: Register) -> Connection:
    """Return a connection with the lock. `name`: the connection's name; a former connection of this name is ended."""
    lock, sentence = _LOCKS[worker]
    connection = await connect(address)
    try:
        with translated_errors(str(address)):
            await connection.fetch(END, name)
            await connection.fetch("SELECT set_config('application_name', $1, false)", name)
            await register(connection)
            await connection.execute(f"SET lock_timeout = {int(WAIT * 1000)}")
            await connection.execute(LOCK, lock.group, lock.number)
    except errors.StoreLocked:
        await connection.close(timeout=CONNECT_TIMEOUT)
        raise errors.StoreLocked(str(address), sentence) from None
    except BaseException:
        connection.terminate()
        raise
    return connection


class _Holder:
    """Holds a lock with the connection that it belongs to."""

    def __init__(self, take_lock: Callable[[], Awaitable[Connection]], connection: Connection) -> None:
        self._take_lock = take_lock
        self.connection = connection

    async def keep(self) -> None:
        """Take the lock again whenever its connection is lost."""
        while True:
            await _until_lost(self.connection)
            self.connection.terminate()
            try:
                self.connection = await _take_again(self._take_lock)
            except (errors.StoreLocked, errors.StoreTooNew) as error:
                log.error("another process took over the database", error=str(error), effect="this one stops")
                os.kill(os.getpid(), signal.SIGTERM)
                return


async def _until_lost(connection: Connection) -> None:
    """Return when the server no longer answers."""
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    while not connection.is_closed():
        with suppress(TimeoutError):
            await asyncio.wait_for(lost.wait(), _PROBE_INTERVAL)
        try:
            await connection.fetchval("SELECT 1", timeout=_PROBE_INTERVAL)
        except DRIVER_ERRORS:
            return


async def free(connection: Connection) -> None:
    """Free the lock at once: the server may notice the end of a connection only later."""
    try:
        await connection.execute("SELECT pg_advisory_unlock_all()", timeout=CONNECT_TIMEOUT)
        await connection.close(timeout=CONNECT_TIMEOUT)
    except DRIVER_ERRORS:
        connection.terminate()


async def _take_again(take_lock: Callable[[], Awaitable[Connection]]) -> Connection:
    """Take the lock as soon as the server answers."""
    while True:
        try:
            return await take_lock()
        except (errors.StoreLocked, errors.StoreTooNew):
            raise
        except errors.StoreError:
            await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def starting(address: ServerAddress) -> AsyncIterator[None]:
    """Hold the lock for the start of one of several processes, one at a time. Raises StoreError."""
    connection = await connect(address)
    try:
        with translated_errors(str(address)):
            await take(connection, STARTING)
        yield
    finally:
        await free(connection)
