"""Which versions of the program may use a database: what it says itself, and which ones are connected.

Each connection that reads or writes tables holds a shared lock with the number of its program's version. A step that
excludes versions first takes their locks, so none of them is connected, and none can connect before the step is done.
"""

from dataclasses import dataclass

from bot import errors
from bot.store.place import ServerAddress
from bot.store.postgres.connection import Connection, connect
from bot.store.postgres.locks import GROUP, SHARE
from bot.store.postgres.steps import Program
from bot.store.postgres.trouble import translated_errors

_GROUP = GROUP + 20
"""The lock group whose numbers are versions."""

_FOREIGN = "this is some other program's database; create one for feed-relay, and change store.url."
_TABLES = (
    "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)
_HAS_META = "SELECT to_regclass('meta') IS NOT NULL"
_READ = "SELECT key, value FROM meta WHERE key IN ('schema', 'works with')"
_EXCLUDE = """
    SELECT coalesce(bool_and(pg_try_advisory_xact_lock($1, version)), true)
    FROM unnest(CAST($2 AS INTEGER[])) AS excluded (version)
"""
_OLDEST = """
    SELECT CAST(min(objid::bigint) AS INTEGER) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = $1 AND objsubid = 2 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True, slots=True)
class Versions:
    """What a database says about itself."""

    schema: int
    """The number of its newest step."""
    works_from: int
    """The earliest version whose programs work with it."""


async def read(connection: Connection, address: ServerAddress, program: Program) -> Versions | None:
    """Return the versions of a database; None if it is empty.

    Raises StoreTooNew if this program is too old for it, and StoreCorrupt if it is another program's.
    """
    if not await connection.fetchval(_HAS_META):
        if await connection.fetchval(_TABLES):
            raise errors.StoreCorrupt(str(address), _FOREIGN)
        return None
    found = {row["key"]: int(row["value"]) for row in await connection.fetch(_READ)}
    if "schema" not in found:
        raise errors.StoreCorrupt(str(address), _FOREIGN)
    versions = Versions(found["schema"], found.get("works with", found["schema"]))
    if program.version < min(versions.schema, versions.works_from):
        raise errors.StoreTooNew(str(address))
    return versions


async def connect_as(
    program: Program,
    address: ServerAddress,
    *,
    read_only: bool = False,
    hurried: bool = False,
    searches: bool = False,
) -> Connection:
    """Return a new, registered connection. Raises StoreTooNew, and StoreError."""
    connection = await connect(address, read_only=read_only, hurried=hurried, searches=searches)
    try:
        with translated_errors(str(address)):
            await register(connection, address, program)
    except BaseException:
        connection.terminate()
        raise
    return connection


async def register(connection: Connection, address: ServerAddress, program: Program) -> None:
    """Keep steps that exclude this program waiting for the connection's end. Raises StoreTooNew if one was taken."""
    await connection.fetch(SHARE, _GROUP, program.version)
    await read(connection, address, program)


async def oldest_connected(connection: Connection) -> int | None:
    """Return the earliest version of the connected programs; None: none is."""
    found = await connection.fetchval(_OLDEST, _GROUP)
    return None if found is None else int(found)


async def exclude(connection: Connection, versions: list[int]) -> bool:
    """Keep programs of these versions from connecting until the transaction ends. Return False if one is connected."""
    return bool(await connection.fetchval(_EXCLUDE, _GROUP, versions))
