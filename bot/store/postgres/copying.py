"""Reads all rows of a database, and fills a new one: in one transaction, so a kill leaves nothing."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from bot import errors
from bot.store.copying import (
    FORGET_META,
    IDENTITIES,
    TABLES,
    OnStep,
    Record,
    TableReader,
    TableWriter,
    batch_of,
    count_rows,
    select_rows,
)
from bot.store.place import ServerAddress
from bot.store.postgres import migrate, versions
from bot.store.postgres.connection import NO_TIMEOUT, Connection, connect
from bot.store.postgres.locks import SCHEMA
from bot.store.postgres.steps import Program
from bot.store.postgres.trouble import translated_errors

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
_CONSTRAINTS = """
    SELECT c.relname AS table, o.conname AS name, pg_get_constraintdef(o.oid) AS definition
    FROM pg_constraint AS o JOIN pg_class AS c ON c.oid = o.conrelid
    WHERE o.contype IN ('f', 'u') AND c.relname = ANY($1::text[]) AND c.relnamespace = current_schema()::regnamespace
    ORDER BY o.contype, c.relname, o.conname
"""
"""References first: they are dropped before what they refer to."""
_INDEXES = """
    SELECT n.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index AS i JOIN pg_class AS n ON n.oid = i.indexrelid JOIN pg_class AS c ON c.oid = i.indrelid
    WHERE c.relname = ANY($1::text[]) AND c.relnamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid AND conrelid = i.indrelid)
    ORDER BY c.relname, n.relname
"""
_NO_LIMITS = """
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0;
    SET cursor_tuple_fraction = 1
"""
_LOCK = "SELECT pg_advisory_xact_lock($1, $2)"
_BROKEN = (
    "table {} of the other database has a row that refers to nothing, or breaks another rule; nothing was moved. "
    "Run `feed-relay db check` with that database."
)
_TAKEN = "this database has something already; empty it, or choose another one."


class PostgresReader(TableReader):
    """Reads within a transaction."""

    def __init__(self, connection: Connection, address: str) -> None:
        self._connection = connection
        self._address = address

    async def count(self, table: str) -> int:
        """See TableReader."""
        return int(await self._value(count_rows(table)))

    async def columns(self, table: str) -> Sequence[str]:
        """See TableReader."""
        with translated_errors(self._address):
            return [row["attname"] for row in await self._connection.fetch(_COLUMNS, table)]

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncGenerator[Sequence[Record], None]:
        """See TableReader."""
        with translated_errors(self._address):
            cursor = await self._connection.cursor(select_rows(table, columns))
            while batch := await cursor.fetch(batch_of(table), timeout=NO_TIMEOUT):
                yield [tuple(row) for row in batch]

    async def last_ids(self) -> Mapping[str, int]:
        """See TableReader."""
        return {
            table: await self._value(_LAST_ID.format(table), await self._sequence(table))
            for table in IDENTITIES
        }

    async def _sequence(self, table: str) -> str:
        return str(await self._value(_SEQUENCE, table))

    async def _value(self, sql: str, *values: object) -> Any:  # noqa: ANN401 -- of any type
        # Within `filling` of another database, an untranslated error would count as that database's.
        with translated_errors(self._address):
            return await self._connection.fetchval(sql, *values, timeout=NO_TIMEOUT)


class PostgresWriter(PostgresReader, TableWriter):
    """Writes within a transaction."""

    def __init__(self, connection: Connection, address: str, left_out: Sequence[str]) -> None:
        super().__init__(connection, address)
        self._left_out = left_out
        """The statements that make indexes and references."""

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Record]) -> None:
        """See TableWriter."""
        await self._connection.copy_records_to_table(table, records=rows, columns=columns)

    async def set_last_ids(self, ids: Mapping[str, int]) -> None:
        """See TableWriter."""
        for table in IDENTITIES:
            last = ids.get(table, 0)
            await self._connection.fetchval(_SET_LAST_ID, await self._sequence(table), max(last, 1), last > 0)

    async def complete(self, on_step: OnStep) -> None:
        """See TableWriter: https://www.postgresql.org/docs/current/populate.html."""
        triggers = (f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES)
        statements = (*self._left_out, *triggers, *(f"ANALYZE {table}" for table in TABLES))
        for number, statement in enumerate(statements):
            on_step(number, len(statements))
            await self._connection.execute(statement, timeout=NO_TIMEOUT)


@asynccontextmanager
async def reading(address: ServerAddress) -> AsyncIterator[PostgresReader]:
    """Yield a reader of a database."""
    connection = await connect(address, read_only=True)
    try:
        with translated_errors(str(address)):
            await _begin(connection)
            yield PostgresReader(connection, str(address))
    finally:
        connection.terminate()


@asynccontextmanager
async def filling(address: ServerAddress, program: Program) -> AsyncIterator[PostgresWriter]:
    """Yield a writer of an empty database. Raises StoreUnopenable for another one, and StoreError."""
    connection = await connect(address)
    try:
        with translated_errors(str(address)), _broken_rows(str(address)):
            await _begin(connection)
            # Wait until the server has ended the transaction of a move that was killed.
            await connection.fetchval(_LOCK, SCHEMA.group, SCHEMA.number, timeout=NO_TIMEOUT)
            if await versions.read(connection, address, program) is not None:
                raise errors.StoreUnopenable(str(address), _TAKEN)
            await migrate.make_tables(connection, program)
            await connection.execute(FORGET_META)
            yield PostgresWriter(connection, str(address), await _leave_out(connection))
            await connection.execute("COMMIT", timeout=NO_TIMEOUT)
    finally:
        connection.terminate()


@contextmanager
def _broken_rows(address: str) -> Iterator[None]:
    """Raise StoreUnopenable for a row that the schema forbids: damage, or another program's change."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise errors.StoreUnopenable(address, _BROKEN.format(error.table_name)) from None


async def _leave_out(connection: Connection) -> Sequence[str]:
    """Disable triggers, drop indexes and references, and return the statements that make these."""
    constraints = await connection.fetch(_CONSTRAINTS, list(TABLES))
    for row in constraints:
        await connection.execute(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
    indexes = await connection.fetch(_INDEXES, list(TABLES))
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    for table in TABLES:
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    added = [
        f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['definition']}" for row in constraints
    ]
    return [*(row["definition"] for row in indexes), *reversed(added)]


async def _begin(connection: Connection) -> None:
    """Begin a transaction that may take long."""
    await connection.execute(_NO_LIMITS)
    await connection.execute("BEGIN")
