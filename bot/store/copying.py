"""Copies one database to another: every row except those of the full-text index, which is rebuilt."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Protocol

Cell = str | bytes | int | None
Record = Sequence[Cell]

_BATCH = 1000
"""Rows at a time."""
_LARGE = {"entry": 200, "feed_items": 200}
"""The same, for tables with rows of 100 KB and more."""

OnStep = Callable[[int, int], None]
"""Called with how many steps are done, and the total."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "meta": ("key",),
    "site": ("domain",),
    "feed": ("id",),
    "feed_items": ("feed_id",),
    "feed_address": ("url",),
    "entry": ("id",),
    "tag": ("entry_id", "folded"),
    "feed_tag": ("feed_id", "folded", "tag"),
    "seen": ("feed_id", "key", "entry_id"),
    "guild": ("id",),
    "channel": ("id",),
    "subscription": ("id",),
    "settings_change": ("id",),
    "hold": ("id",),
    "delivery": ("id",),
    "removal": ("id",),
    "removed_subscription": ("id",),
    "removed_delivery": ("delivery_id",),
    "posted_feed": ("channel_id", "feed_id"),
    "publication": ("delivery_id",),
    "upkeep": ("delivery_id", "kind"),
    "notice": ("id",),
    "backfill": ("feed_id",),
    "search_request": ("id",),
    "feed_import": ("id",),
    "imported_feed": ("import_id", "feed_id"),
    "session_start": ("started_at", "shard"),
    "recovery": ("channel_id",),
    "found_message": ("message_id",),
}
"""The tables with their keys, each after those that it refers to."""

IDENTITIES = tuple(
    table
    for table, key in TABLES.items()
    if key == ("id",) and table not in ("guild", "channel", "removed_subscription")
)
"""The tables whose ids the database gives; those of the others come from Discord, or from another table."""

LEFT_OUT = frozenset(
    {"document", "search", "former_document", "former_search", "word", "feed_language", "heartbeat"}
)
"""The full-text index, and what running processes say about themselves."""

OWN_KEYS = ("schema", "works with", "index version", "unindexed", "moved to", "unfinished move", "backups")
"""Keys of `meta` that belong to one database."""

_OWN = ", ".join(f"'{key}'" for key in OWN_KEYS)
FORGET_META = f"DELETE FROM meta WHERE key NOT IN ({_OWN})"  # noqa: S608 -- our keys
"""Removes what a new database has in `meta`, and what is copied instead."""


class TableReader(Protocol):
    """Reads a database that no process changes."""

    async def count(self, table: str) -> int:
        """Return the number of rows."""

    async def columns(self, table: str) -> Sequence[str]:
        """Return the columns that are stored, and not computed."""

    def rows(self, table: str, columns: Sequence[str]) -> AsyncGenerator[Sequence[Record], None]:
        """Yield all rows in the order of the key, in batches of `batch_of`; of `meta`, without OWN_KEYS."""

    async def last_ids(self) -> Mapping[str, int]:
        """Return the last id that each table has assigned, even if its row was deleted."""


class TableWriter(TableReader, Protocol):
    """Fills a new database, which has only primary keys until it is completed. It appears when the block ends."""

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Record]) -> None:
        """Add rows exactly as they are, without triggers."""

    async def set_last_ids(self, ids: Mapping[str, int]) -> None:
        """Make each table continue with higher ids than these."""

    async def complete(self, on_step: OnStep) -> None:
        """Add indexes, references, triggers and the planner's statistics, which is quicker when all rows are there."""


async def copy(source: TableReader, target: TableWriter, on_rows: Callable[[int], None]) -> None:
    """Copy all tables. `on_rows`: gets the number of rows of each step."""
    for table in TABLES:
        columns = await source.columns(table)
        async with aclosing(_read_ahead(source, table, columns)) as batches:
            async for batch in batches:
                await target.insert(table, columns, _portable(batch))
                on_rows(len(batch))
    await target.set_last_ids(await source.last_ids())


async def first_difference(
    source: TableReader, target: TableReader, on_rows: Callable[[int], None]
) -> str | None:
    """Compare every row; return the first table that differs."""
    for table in TABLES:
        columns = await source.columns(table)
        if await source.count(table) != await target.count(table):
            return table
        async with (
            aclosing(_read_ahead(source, table, columns)) as ours,
            aclosing(_read_ahead(target, table, columns)) as theirs,
        ):
            async for batch in ours:
                copied = await _next(theirs) or ()
                if batch != copied and _portable(batch) != _portable(copied):
                    return table
                on_rows(len(batch))
    return None


def batch_of(table: str) -> int:
    """Return how many rows of a table are read at a time."""
    return _LARGE.get(table, _BATCH)


def count_rows(table: str) -> str:
    """Return the query for the number of rows that are copied."""
    return f"SELECT count(*) FROM {table} {_condition(table)}"  # noqa: S608 -- our tables


def select_rows(table: str, columns: Sequence[str]) -> str:
    """Return the query for the rows that are copied, in the order of the key."""
    return f"SELECT {', '.join(columns)} FROM {table} {_condition(table)} ORDER BY {', '.join(TABLES[table])}"  # noqa: S608 -- our tables


def _condition(table: str) -> str:
    return f"WHERE key NOT IN ({_OWN})" if table == "meta" else ""


async def total(source: TableReader) -> int:
    """Return how many rows are copied."""
    return sum([await source.count(table) for table in TABLES])


async def _read_ahead(
    reader: TableReader, table: str, columns: Sequence[str]
) -> AsyncGenerator[Sequence[Record], None]:
    """Yield batches, and read the next one while one is used."""
    async with aclosing(reader.rows(table, columns)) as batches:
        coming = asyncio.create_task(_next(batches))
        try:
            while batch := await coming:
                coming = asyncio.create_task(_next(batches))
                yield batch
        finally:
            coming.cancel()
            await asyncio.wait({coming})


async def _next(batches: AsyncGenerator[Sequence[Record], None]) -> Sequence[Record] | None:
    """Return the next batch; None after the last one."""
    return await anext(batches, None)


def _portable(batch: Sequence[Record]) -> Sequence[Record]:
    """Return rows as both engines can store them: PostgreSQL refuses U+0000."""
    if not any("\0" in cell for row in batch for cell in row if isinstance(cell, str)):
        return batch
    return [tuple(cell.replace("\0", "") if isinstance(cell, str) else cell for cell in row) for row in batch]
