"""Reads all rows of a file, and fills a new one."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bot.store.copying import (
    FORGET_META,
    IDENTITIES,
    OnStep,
    Record,
    TableReader,
    TableWriter,
    batch_of,
    count_rows,
    select_rows,
)
from bot.store.sqlite import migrate
from bot.store.sqlite.compact import temporary_files
from bot.store.sqlite.database import BUSY_TIMEOUT, address, translated_errors
from bot.store.sqlite.files import complete_file

_FAST = (
    "PRAGMA synchronous = OFF",  # the file has no name until it is complete
    "PRAGMA cache_size = -32768",  # KB
)
_LEFT_OUT = "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
_STATISTICS = ("PRAGMA analysis_limit = 400", "ANALYZE")  # the limit of PRAGMA optimize
_STORED = 0
"""The value of `hidden`: https://www.sqlite.org/pragma.html#pragma_table_xinfo"""


class SqliteReader(TableReader):
    """Reads with its own connection, on other threads."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._path = path

    async def count(self, table: str) -> int:
        """See TableReader."""
        return await self._number(count_rows(table))

    async def columns(self, table: str) -> Sequence[str]:
        """See TableReader."""
        found = await self._run(f"SELECT name FROM pragma_table_xinfo('{table}') WHERE hidden = {_STORED}")  # noqa: S608 -- our tables
        return [str(name) for (name,) in found]

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncGenerator[Sequence[Record], None]:
        """See TableReader."""
        # Within `filling` of another file, an untranslated error would count as that file's.
        with translated_errors(self._path):
            cursor = await asyncio.to_thread(self._connection.execute, select_rows(table, columns))
            while batch := await asyncio.to_thread(cursor.fetchmany, batch_of(table)):
                yield batch

    async def last_ids(self) -> Mapping[str, int]:
        """See TableReader."""
        ids: dict[str, int] = {}
        for name in IDENTITIES:
            given = await self._number(f"SELECT max(seq) FROM sqlite_sequence WHERE name = '{name}'")  # noqa: S608 -- our tables
            ids[name] = max(given, await self._number(f"SELECT max(id) FROM {name}"))  # noqa: S608 -- our tables
        return ids

    async def _number(self, sql: str) -> int:
        ((found,),) = await self._run(sql)
        return found if isinstance(found, int) else 0

    async def _run(self, sql: str) -> Sequence[Record]:
        with translated_errors(self._path):
            return await asyncio.to_thread(lambda: self._connection.execute(sql).fetchall())


class SqliteWriter(SqliteReader, TableWriter):
    """Writes in one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: str, left_out: Sequence[str]) -> None:
        super().__init__(connection, path)
        self._left_out = left_out
        """The statements that make indexes and triggers."""

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Record]) -> None:
        """See TableWriter."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 -- our tables
        await asyncio.to_thread(self._insert, sql, rows)

    def _insert(self, sql: str, rows: Sequence[Record]) -> None:
        """Free the cursor on its own thread: freed during the next insert, it would break their common statement."""
        self._connection.executemany(sql, rows)

    async def set_last_ids(self, ids: Mapping[str, int]) -> None:
        """See TableWriter: only tables that never reuse an id remember their last one."""
        for (name,) in await self._run(_COUNTING):
            last = ids.get(str(name), 0)
            await self._run(f"DELETE FROM sqlite_sequence WHERE name = {name!r}")  # noqa: S608 -- our tables
            await self._run(f"INSERT INTO sqlite_sequence (name, seq) VALUES ({name!r}, {last})")  # noqa: S608 -- our tables

    async def complete(self, on_step: OnStep) -> None:
        """See TableWriter."""
        statements = (*self._left_out, *_STATISTICS)
        for number, statement in enumerate(statements):
            on_step(number, len(statements))
            await self._run(statement)


_COUNTING = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '% AUTOINCREMENT%'"


@asynccontextmanager
async def reading(path: Path) -> AsyncIterator[SqliteReader]:
    """Yield a reader of a file."""
    with (
        translated_errors(str(path)),
        closing(
            sqlite3.connect(address(path, "ro"), uri=True, timeout=BUSY_TIMEOUT, check_same_thread=False)
        ) as connection,
    ):
        yield SqliteReader(connection, str(path))


@asynccontextmanager
async def filling(path: Path) -> AsyncIterator[SqliteWriter]:
    """Yield a writer of a new file, which gets its name when the block ends. Raises FileExistsError and StoreError."""
    with complete_file(path) as part, translated_errors(str(path)):
        part.write_bytes(migrate.new_database())
        with (
            closing(sqlite3.connect(part, isolation_level=None, check_same_thread=False)) as connection,
            temporary_files(connection, path.parent),
        ):
            for pragma in _FAST:
                connection.execute(pragma)
            connection.execute("BEGIN")
            connection.execute(FORGET_META)
            yield SqliteWriter(connection, str(path), _leave_out(connection))
            connection.execute("COMMIT")


def _leave_out(connection: sqlite3.Connection) -> Sequence[str]:
    """Drop indexes and triggers, and return the statements that make them."""
    found = connection.execute(_LEFT_OUT).fetchall()
    for kind, name, _ in found:
        connection.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in found]
