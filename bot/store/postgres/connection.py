"""Connections to the server: opened when they are needed, and opened again after they were lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol, cast

import asyncpg

from bot import errors
from bot.store.place import ServerAddress
from bot.store.postgres.trouble import BAD_ADDRESS, DRIVER_ERRORS, translated_errors

CONNECT_TIMEOUT = 10.0
"""Seconds."""
COMMAND_TIMEOUT = 60.0
"""Seconds without an answer after which a server counts as unreachable."""

NO_TIMEOUT = 7 * 86_400.0
"""No timeout, for queries that read or write whole tables. asyncpg would take None for its default."""

OLDEST, NEWEST = 14, 18
_WRONG_VERSION = "this is PostgreSQL {}; feed-relay works with versions {} to {}."
_WRONG_ENCODING = "this database stores {}; create one with: createdb --encoding=UTF8 --template=template0"

SETTINGS = {
    "application_name": "feed-relay",
    "lock_timeout": "5s",  # as long as the SQLite engine waits for another process
    "statement_timeout": "55s",
    "idle_in_transaction_session_timeout": "10s",  # a process that freezes in a transaction must not block the others
    "tcp_keepalives_idle": "30",
    "jit": "off",  # compiling takes longer than these queries
    "random_page_cost": "1.1",  # as on an SSD
}
_HURRIED = {"lock_timeout": "1s"}
_READ_ONLY = {"default_transaction_read_only": "on"}
_SEARCHING = {"plan_cache_mode": "force_custom_plan"}
"""How many posts have the words decides about the plan of a search; one for any words would read all posts."""


class Connection(Protocol):
    """What we use of asyncpg's connection, which has no types."""

    async def fetch(self, sql: str, *values: Any, timeout: float | None = ...) -> Sequence[Any]: ...  # noqa: ANN401, ASYNC109, D102 -- asyncpg's
    async def fetchval(self, sql: str, *values: Any, timeout: float | None = ...) -> Any: ...  # noqa: ANN401, ASYNC109, D102 -- asyncpg's
    async def execute(self, sql: str, *values: Any, timeout: float | None = ...) -> str: ...  # noqa: ANN401, ASYNC109, D102 -- asyncpg's
    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> None: ...  # noqa: D102 -- asyncpg's
    async def copy_records_to_table(  # noqa: D102 -- asyncpg's
        self, table: str, *, records: Sequence[Sequence[Any]], columns: Sequence[str]
    ) -> str: ...
    def cursor(self, sql: str) -> Any: ...  # noqa: ANN401, D102 -- asyncpg's
    async def prepare(self, sql: str) -> Any: ...  # noqa: ANN401, D102 -- asyncpg's
    async def reload_schema_state(self) -> None: ...  # noqa: D102 -- asyncpg's
    async def close(self, *, timeout: float | None = ...) -> None: ...  # noqa: ASYNC109, D102 -- asyncpg's
    def terminate(self) -> None: ...  # noqa: D102 -- asyncpg's
    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None: ...  # noqa: D102 -- asyncpg's
    def is_closed(self) -> bool: ...  # noqa: D102 -- asyncpg's
    def add_termination_listener(self, callback: Callable[[Any], None]) -> None: ...  # noqa: D102 -- asyncpg's


async def connect(
    address: ServerAddress, *, read_only: bool = False, hurried: bool = False, searches: bool = False
) -> Connection:
    """Return a new connection. Raises StoreError."""
    settings = {
        **SETTINGS,
        **(_READ_ONLY if read_only else {}),
        **(_HURRIED if hurried else {}),
        **(_SEARCHING if searches else {}),
    }
    with translated_errors(str(address)):
        opened = await _open(address)
        connection = cast("Connection", opened)
        try:
            _check_server(opened, str(address))
            await _set(connection, settings)
        except BaseException:
            opened.terminate()
            raise
        return connection


async def _open(address: ServerAddress) -> Any:  # noqa: ANN401 -- asyncpg's connection
    try:
        return await asyncpg.connect(address.url, timeout=CONNECT_TIMEOUT, command_timeout=COMMAND_TIMEOUT)
    except ValueError:  # a part of the address
        raise errors.StoreUnopenable(str(address), BAD_ADDRESS) from None


def _check_server(opened: Any, address: str) -> None:  # noqa: ANN401 -- asyncpg's connection
    """Raise StoreUnopenable for a version that is not tested, and for an encoding without some letters."""
    version = opened.get_server_version().major
    if not OLDEST <= version <= NEWEST:
        raise errors.StoreUnopenable(address, _WRONG_VERSION.format(version, OLDEST, NEWEST))
    encoding = opened.get_settings().server_encoding
    if encoding != "UTF8":
        raise errors.StoreUnopenable(address, _WRONG_ENCODING.format(encoding))


async def _set(connection: Connection, settings: dict[str, str]) -> None:
    """Not as startup parameters, which pgbouncer refuses."""
    await connection.fetch(
        "SELECT set_config(s.name, s.value, false) FROM unnest($1::text[], $2::text[]) AS s (name, value)",
        list(settings),
        list(settings.values()),
    )


class Link:
    """One connection, used by one task at a time."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self.users = 0
        """Tasks that have it or wait for it."""

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Connection]:
        """Yield the connection; if it was lost, open a new one. Raises StoreError."""
        self.users += 1
        try:
            async with self._turn:
                connection = await self.connection()
                try:
                    yield connection
                except errors.StoreUnreachable:
                    connection.terminate()  # asyncpg may not have noticed yet
                    raise
        finally:
            self.users -= 1

    async def connection(self) -> Connection:
        """Return the connection. The caller has the turn."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    async def close(self) -> None:
        """Wait until it is no longer used, then close it."""
        async with self._turn:
            if self._connection is not None:
                with suppress(*DRIVER_ERRORS):
                    await self._connection.close(timeout=CONNECT_TIMEOUT)
                self._connection = None
