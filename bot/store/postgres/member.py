"""One of several processes that share a database: its seat, how the others wake it, and when it leads.

One connection holds all its locks, and the server frees them when that connection ends for any reason. A frozen process
keeps its connection, so a process that waits for a lock ends the connection of a holder that was silent for too long.
"""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from bot import errors
from bot.model import Role
from bot.store.place import ServerAddress
from bot.store.postgres.connection import CONNECT_TIMEOUT, Connection
from bot.store.postgres.locks import END, GROUP, LOCK, RUN_TAKEN, RUNNING, SHARE, TRY, Lock, free
from bot.store.postgres.steps import Program, this_program
from bot.store.postgres.trouble import DRIVER_ERRORS, translated_errors
from bot.store.postgres.versions import connect_as

log = structlog.get_logger(__name__)

PROBE_INTERVAL = 3.0
"""Seconds between two signs of life."""
SILENCE = 9.0
"""Seconds without a sign of life after which a process that waits for a lock ends the connection of its holder."""
_PAUSE = 1.0
"""Seconds between two attempts to get a lock."""
_TURN_PAUSE = 0.1
_GATHER_TIME = 0.02
"""Seconds for which wake-ups are collected, to be sent as one."""
_CHANNEL = "feed_relay"
_MAX_SEATS = 1_000

_SEATS = {role: GROUP + number for number, role in enumerate(Role, start=1)}
"""The lock group of each role. Each of its processes holds one lock of the group: its seat."""
_TURNS = GROUP + 10
LEADER = Lock(6)

_UNLOCK = "SELECT pg_advisory_unlock($1, $2)"
_PREPARED_FOR = "SELECT string_agg(value, ' ' ORDER BY key) FROM meta WHERE key IN ('keys', 'index version')"
"""Which keys and tokens the posts have."""
_HOLDERS = """
    SELECT {} FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objsubid = 2 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_TAKEN_SEATS = _HOLDERS.format("CAST(l.objid AS BIGINT)")
_END_SILENT = (
    _HOLDERS.format("pg_terminate_backend(a.pid)")
    + """
    AND l.objid = ANY(CAST($2 AS BIGINT[])) AND a.state = 'idle'
    AND a.state_change < clock_timestamp() - make_interval(secs => $3)
"""
)


class PostgresMember:
    """See Member."""

    def __init__(
        self,
        address: ServerAddress,
        role: Role,
        on_wake: Callable[[Sequence[str]], None],
        program: Program | None = None,
    ) -> None:
        self.seat = 0
        self.is_leading = False
        self._address = address
        self._program = program or this_program()
        self._role = role
        self._on_wake = on_wake
        self._on_lost: Callable[[], None] = lambda: None
        self._name = f"feed-relay {role} {os.getpid()} {secrets.token_hex(4)}"
        self._prepared_for = ""
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        """Guards the connection, which runs one query at a time."""
        self._turns: dict[int, asyncio.Lock] = {}
        self._to_wake: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waking: asyncio.Task[None] | None = None

    async def take_seat(self, seats: int | None) -> int:
        """See Member."""
        numbers = range(1, (seats or _MAX_SEATS) + 1)
        while not self.seat:
            for number in numbers:
                if await self._try(Lock(number, _SEATS[self._role])):
                    self.seat = number
                    return number
            await self._end_silent(_SEATS[self._role], numbers)
            await asyncio.sleep(_PAUSE)
        return self.seat

    async def seats(self) -> list[int]:
        """See Member."""
        return [row[0] for row in await self._ask(_TAKEN_SEATS, _SEATS[self._role])]

    def wake(self, *names: str) -> None:
        """See Member."""
        self._to_wake.update(names)
        if self._waking is None or self._waking.done():
            self._waking = self._start(self._notify(), "wake others")

    async def take_turn(self, number: int, seconds: float) -> None:
        """See Member."""
        own = self._turns.setdefault(number, asyncio.Lock())
        await own.acquire()
        try:
            while not await self._try_turn(number):  # noqa: ASYNC110 -- another process has it
                await asyncio.sleep(_TURN_PAUSE)
        except BaseException:
            own.release()
            raise
        self._start(self._end_turn(number, own, seconds), "end turn")

    async def lead(self, on_lead: Callable[[], Awaitable[None]], on_lost: Callable[[], None]) -> None:
        """See Member."""
        self._on_lost = on_lost
        while True:
            with suppress(errors.StoreError):
                await self._try_to_lead(on_lead)
            await asyncio.sleep(_PAUSE)

    async def _try_to_lead(self, on_lead: Callable[[], Awaitable[None]]) -> None:
        if self.is_leading:
            return
        if not await self._try(LEADER):
            await self._end_silent(LEADER.group, [LEADER.number])
            return
        held_by = self._connection
        try:
            await on_lead()
        except BaseException:
            await self._ask(_UNLOCK, LEADER.group, LEADER.number)
            raise
        if held_by is self._connection and held_by is not None and not held_by.is_closed():
            self.is_leading = True
            log.info("leading", process=f"{self._role} {self.seat}")

    async def connect(self) -> None:
        """Connect, and take this process's locks again. Raises StoreLocked if another process has one now.

        Raises StoreTooNew if a newer version changed the database while the connection was lost.
        """
        connection = await connect_as(self._program, self._address)
        try:
            with translated_errors(str(self._address)):
                await self._prepare(connection)
        except errors.StoreLocked:
            await connection.close(timeout=CONNECT_TIMEOUT)
            raise errors.StoreLocked(str(self._address), RUN_TAKEN) from None
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        connection.add_termination_listener(self._lost)

    async def _prepare(self, connection: Connection) -> None:
        await connection.fetch(END, self._name)
        await connection.fetch("SELECT set_config('application_name', $1, false)", self._name)
        # Both wait briefly: the server may still have to end the former connection.
        await connection.fetch(SHARE, RUNNING.group, RUNNING.number)
        await self._check_posts(connection)
        if self.seat:
            await connection.fetch(LOCK, _SEATS[self._role], self.seat)
        await connection.add_listener(_CHANNEL, self._heard)

    async def _check_posts(self, connection: Connection) -> None:
        """Raise StoreTooNew if another version prepared the posts for itself while the connection was lost."""
        prepared_for = await connection.fetchval(_PREPARED_FOR) or ""
        if self._prepared_for not in ("", prepared_for):
            raise errors.StoreTooNew(str(self._address))
        self._prepared_for = prepared_for

    async def keep(self) -> None:
        """Send signs of life, and reconnect whenever the connection is lost."""
        while True:
            try:
                await self._ask("SELECT 1")
                await asyncio.sleep(PROBE_INTERVAL)
            except (errors.StoreLocked, errors.StoreTooNew) as error:
                log.error("another process took over", error=str(error), effect="this one stops")
                os.kill(os.getpid(), signal.SIGTERM)
                return
            except errors.StoreError:
                await asyncio.sleep(_PAUSE)

    async def close(self) -> None:
        """Free all locks, and close the connection."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        connection, self._connection = self._connection, None
        if connection is not None:
            await free(connection)

    def _lost(self, connection: Any) -> None:  # noqa: ANN401 -- asyncpg's connection
        """Stop leading at once: another process may lead now."""
        if connection is self._connection and self.is_leading:
            self.is_leading = False
            log.warning("no longer leading", process=f"{self._role} {self.seat}")
            self._on_lost()

    def _heard(self, _connection: object, _pid: int, _channel: str, names: str) -> None:
        self._on_wake(names.split())

    async def _try(self, lock: Lock) -> bool:
        ((taken,),) = await self._ask(TRY, lock.group, lock.number)
        return bool(taken)

    async def _try_turn(self, number: int) -> bool:
        try:
            return await self._try(Lock(number, _TURNS))
        except errors.StoreError:  # the turn comes when the database is back
            return False

    async def _end_silent(self, group: int, numbers: Sequence[int]) -> None:
        if await self._ask(_END_SILENT, group, list(numbers), SILENCE):
            log.warning("a process that no longer answers lost its locks", role=str(self._role))

    async def _ask(self, sql: str, *values: object) -> Sequence[Any]:
        """Run a query and return its rows. Raises StoreError; the next call reconnects."""
        async with self._turn:
            if self._connection is None or self._connection.is_closed():
                await self.connect()
            connection = self._connection
            assert connection is not None  # noqa: S101 -- for mypy: `connect` has just set it
            try:
                with translated_errors(str(self._address)):
                    return await connection.fetch(sql, *values, timeout=CONNECT_TIMEOUT)
            except (*DRIVER_ERRORS, TimeoutError, errors.StoreUnreachable):
                self._lost(connection)
                connection.terminate()
                raise errors.StoreUnreachable(str(self._address)) from None

    async def _notify(self) -> None:
        while self._to_wake:
            names, self._to_wake = " ".join(sorted(self._to_wake)), set()
            with suppress(errors.StoreError):  # the others check once a second anyway
                await self._ask("SELECT pg_notify($1, $2)", _CHANNEL, names)
            await asyncio.sleep(_GATHER_TIME)

    async def _end_turn(self, number: int, own: asyncio.Lock, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            with suppress(errors.StoreError):
                await self._ask(_UNLOCK, _TURNS, number)
        finally:
            own.release()

    def _start(self, work: Any, name: str) -> "asyncio.Task[None]":  # noqa: ANN401 -- any coroutine
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


@asynccontextmanager
async def join(
    address: ServerAddress,
    role: Role,
    on_wake: Callable[[Sequence[str]], None],
    program: Program | None = None,
) -> AsyncIterator[PostgresMember]:
    """Be one of the processes that share the database until the block ends."""
    member = PostgresMember(address, role, on_wake, program)
    await member.connect()
    keeping = asyncio.create_task(member.keep(), name="keep membership")
    try:
        yield member
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        await member.close()
