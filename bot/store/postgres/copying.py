"""Reads all rows of a database, and fills a new one: in one transaction, so a kill leaves nothing."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bot import errors
from bot.store.copying import BATCH, IDENTITIES, OWN_KEYS, TABLES, Record, TableReader, TableWriter
from bot.store.place import ServerAddress
from bot.store.postgres import migrate
from bot.store.postgres.connection import NO_TIMEOUT, Connection, connect
from bot.store.postgres.trouble import translated_errors

_OWN = ", ".join(f"'{key}'" for key in OWN_KEYS)
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass($1) AND attnum > 0 AND attgenerated = '' AND NOT attisdropped ORDER BY attnum
"""
_LAST_ID = """
    SELECT greatest(coalesce(max(t.id), 0), coalesce(pg_sequence_last_value(CAST(CAST($1 AS TEXT) AS REGCLASS)), 0))
    FROM {} AS t
"""
_SET_LAST_ID = "SELECT setval(CAST(CAST($1 AS TEXT) AS REGCLASS), $2, $3)"
_SEQUENCE = "SELECT pg_get_serial_sequence($1, 'id')"
_TAKEN = "this database has something already; empty it, or choose another one."


class PostgresReader(TableReader):
    """Reads within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def count(self, table: str) -> int:
        """See TableReader."""
        return int(await self._connection.fetchval(f"SELECT count(*) FROM {table} {_condition(table)}"))  # noqa: S608 -- our tables

    async def columns(self, table: str) -> Sequence[str]:
        """See TableReader."""
        return [row["attname"] for row in await self._connection.fetch(_COLUMNS, table)]

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Record]]:
        """See TableReader."""
        sql = f"SELECT {', '.join(columns)} FROM {table} {_condition(table)} ORDER BY {', '.join(TABLES[table])}"  # noqa: S608 -- our tables
        cursor = await self._connection.cursor(sql)
        while batch := await cursor.fetch(BATCH):
            yield [tuple(row) for row in batch]

    async def last_ids(self) -> Mapping[str, int]:
        """See TableReader."""
        return {
            table: await self._connection.fetchval(_LAST_ID.format(table), await self._sequence(table))
            for table in IDENTITIES
        }

    async def _sequence(self, table: str) -> str:
        return str(await self._connection.fetchval(_SEQUENCE, table))


class PostgresWriter(PostgresReader, TableWriter):
    """Writes within a transaction, without triggers."""

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Record]) -> None:
        """See TableWriter."""
        await self._connection.copy_records_to_table(table, records=rows, columns=columns)

    async def set_last_ids(self, ids: Mapping[str, int]) -> None:
        """See TableWriter."""
        for table in IDENTITIES:
            last = ids.get(table, 0)
            await self._connection.fetchval(_SET_LAST_ID, await self._sequence(table), max(last, 1), last > 0)


@asynccontextmanager
async def reading(address: ServerAddress) -> AsyncIterator[PostgresReader]:
    """Yield a reader of a database."""
    connection = await connect(address, read_only=True)
    try:
        with translated_errors(str(address)):
            await _begin(connection)
            yield PostgresReader(connection)
    finally:
        connection.terminate()


@asynccontextmanager
async def filling(address: ServerAddress) -> AsyncIterator[PostgresWriter]:
    """Yield a writer of an empty database. Raises StoreUnopenable for another one, and StoreError."""
    connection = await connect(address)
    try:
        with translated_errors(str(address)):
            if await migrate.version_of(connection, address) is not None:
                raise errors.StoreUnopenable(str(address), _TAKEN)
            await _begin(connection)
            await migrate.make_tables(connection)
            await connection.execute(f"DELETE FROM meta WHERE key NOT IN ({_OWN})")  # noqa: S608 -- our keys
            for table in TABLES:
                await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield PostgresWriter(connection)
            await connection.execute(
                "CLOSE ALL"
            )  # cursors that were read to their end, and forbid the next statements
            for table in TABLES:
                await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            await connection.execute("COMMIT", timeout=NO_TIMEOUT)
    finally:
        connection.terminate()


async def _begin(connection: Connection) -> None:
    """Begin a transaction that may take long."""
    await connection.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; BEGIN")


def _condition(table: str) -> str:
    return f"WHERE key NOT IN ({_OWN})" if table == "meta" else ""
