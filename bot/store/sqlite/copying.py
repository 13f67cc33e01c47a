"""Reads all rows of a file, and fills a new one."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bot.store.copying import BATCH, IDENTITIES, OWN_KEYS, TABLES, Record, TableReader, TableWriter
from bot.store.sqlite import migrate
from bot.store.sqlite.database import BUSY_TIMEOUT, address, translated_errors
from bot.store.sqlite.files import complete_file

_OWN = ", ".join(f"'{key}'" for key in OWN_KEYS)
_STORED = 0
"""The value of `hidden`: https://www.sqlite.org/pragma.html#pragma_table_xinfo"""


class SqliteReader(TableReader):
    """Reads with its own connection, on other threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def count(self, table: str) -> int:
        """See TableReader."""
        return await self._number(f"SELECT count(*) FROM {table} {_condition(table)}")  # noqa: S608 -- our tables

    async def columns(self, table: str) -> Sequence[str]:
        """See TableReader."""
        found = await self._run(f"SELECT name FROM pragma_table_xinfo('{table}') WHERE hidden = {_STORED}")  # noqa: S608 -- our tables
        return [str(name) for (name,) in found]

    async def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Record]]:
        """See TableReader."""
        sql = f"SELECT {', '.join(columns)} FROM {table} {_condition(table)} ORDER BY {', '.join(TABLES[table])}"  # noqa: S608 -- our tables
        cursor = await asyncio.to_thread(self._connection.execute, sql)
        while batch := await asyncio.to_thread(cursor.fetchmany, BATCH):
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
        return await asyncio.to_thread(lambda: self._connection.execute(sql).fetchall())


class SqliteWriter(SqliteReader, TableWriter):
    """Writes in one transaction, without triggers."""

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Record]) -> None:
        """See TableWriter."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 -- our tables
        await asyncio.to_thread(self._connection.executemany, sql, rows)

    async def set_last_ids(self, ids: Mapping[str, int]) -> None:
        """See TableWriter: only tables that never reuse an id remember their last one."""
        for (name,) in await self._run(_COUNTING):
            last = ids.get(str(name), 0)
            await self._run(f"DELETE FROM sqlite_sequence WHERE name = {name!r}")  # noqa: S608 -- our tables
            await self._run(f"INSERT INTO sqlite_sequence (name, seq) VALUES ({name!r}, {last})")  # noqa: S608 -- our tables


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
        yield SqliteReader(connection)


@asynccontextmanager
async def filling(path: Path) -> AsyncIterator[SqliteWriter]:
    """Yield a writer of a new file, which gets its name when the block ends. Raises FileExistsError and StoreError."""
    with complete_file(path) as part, translated_errors(str(path)):
        part.write_bytes(migrate.new_database())
        with closing(sqlite3.connect(part, isolation_level=None, check_same_thread=False)) as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall()
            connection.execute("PRAGMA synchronous = OFF")  # the file has no name until it is complete
            connection.execute("BEGIN")
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(f"DELETE FROM meta WHERE key NOT IN ({_OWN})")  # noqa: S608 -- our keys
            yield SqliteWriter(connection)
            for _, sql in triggers:
                connection.execute(sql)
            connection.execute("COMMIT")


def _condition(table: str) -> str:
    return f"WHERE key NOT IN ({_OWN})" if table == "meta" else ""
