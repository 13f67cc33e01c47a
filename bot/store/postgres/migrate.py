"""Numbered SQL files bring a database to today's schema, each in one transaction.

Versions have the numbers of the SQLite engine's. The first database on a server had version 27, so the folder has later
ones only. A migration is never edited once shipped.
"""

from dataclasses import dataclass
from importlib import resources

from bot import errors
from bot.store.place import ServerAddress
from bot.store.postgres.connection import NO_TIMEOUT, Connection
from bot.store.postgres.locks import SCHEMA

_SQL = resources.files("bot.store.postgres") / "sql"
_FIRST = 27

_FOREIGN = "this is some other program's database; create one for feed-relay, and change store.url."
_NONE_YET = "there is no database here yet; start `feed-relay run` first."

_TABLES = (
    "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)
_HAS_META = "SELECT to_regclass('meta') IS NOT NULL"
_VERSION = "SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'schema'"
_SET_VERSION = """
    INSERT INTO meta (key, value) VALUES ('schema', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
_NAME_INSTANCE = "INSERT INTO meta (key, value) VALUES ('instance', left(md5(gen_random_uuid()::text), 8))"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    version: int
    sql: str


def migrations() -> tuple[Migration, ...]:
    """Return all steps after the first version, in order, without gaps."""
    files = sorted((_SQL / "migrations").iterdir(), key=lambda file: file.name)
    return tuple(
        Migration(int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql")
    )


def newest() -> int:
    """Return the version that this program uses."""
    return max([_FIRST, *(step.version for step in migrations())])


def schema() -> str:
    """Return the SQL that makes a new database."""
    return (_SQL / "schema.sql").read_text("utf-8")


async def version_of(connection: Connection, address: ServerAddress) -> int | None:
    """Return the database's version; None if it is empty. Raises StoreError if it is another program's, or newer."""
    if not await connection.fetchval(_HAS_META):
        if await connection.fetchval(_TABLES):
            raise errors.StoreCorrupt(str(address), _FOREIGN)
        return None
    version = await connection.fetchval(_VERSION)
    if version is None:
        raise errors.StoreCorrupt(str(address), _FOREIGN)
    if version > newest():
        raise errors.StoreTooNew(str(address))
    return int(version)


async def migrate(connection: Connection, address: ServerAddress, *, create: bool) -> None:
    """Bring the database to today's schema. Raises StoreUnopenable if it is empty and not `create`."""
    await connection.execute("SET statement_timeout = 0")
    await connection.fetchval("SELECT pg_advisory_lock($1, $2)", SCHEMA.group, SCHEMA.number)
    version = await version_of(connection, address)
    if version is None and not create:
        raise errors.StoreUnopenable(str(address), _NONE_YET)
    for step in _steps_after(version):
        await connection.execute("BEGIN")
        await _apply(connection, step)
        await connection.execute("COMMIT")


def _steps_after(version: int | None) -> list[Migration]:
    if version is None:
        return [Migration(newest(), schema())]
    return [step for step in migrations() if step.version > version]


async def make_tables(connection: Connection) -> None:
    """Make an empty database, within the caller's transaction."""
    await _apply(connection, Migration(newest(), schema()))


async def _apply(connection: Connection, step: Migration) -> None:
    await connection.execute(step.sql, timeout=NO_TIMEOUT)
    if not await connection.fetchval("SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'instance')"):
        await connection.execute(_NAME_INSTANCE)
    await connection.execute(_SET_VERSION, str(step.version))
