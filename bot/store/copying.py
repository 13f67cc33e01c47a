"""Copies one database to another: every row except those of the full-text index, which is rebuilt."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Protocol

Cell = str | bytes | int | None
Record = Sequence[Cell]

BATCH = 500
"""Rows at a time."""

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

OWN_KEYS = ("schema", "index version", "unindexed", "moved to", "unfinished move", "backups")
"""Keys of `meta` that belong to one database."""


class TableReader(Protocol):
    """Reads a database that no process changes."""

    async def count(self, table: str) -> int:
        """Return the number of rows."""

    async def columns(self, table: str) -> Sequence[str]:
        """Return the columns that are stored, and not computed."""

    def rows(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Record]]:
        """Yield all rows in the order of the key, in batches of BATCH; of `meta`, without OWN_KEYS."""

    async def last_ids(self) -> Mapping[str, int]:
        """Return the last id that each table has assigned, even if its row was deleted."""


class TableWriter(TableReader, Protocol):
    """Fills a new database. It appears when it is complete."""

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Record]) -> None:
        """Add rows exactly as they are, without triggers."""

    async def set_last_ids(self, ids: Mapping[str, int]) -> None:
        """Make each table continue with higher ids than these."""


async def copy(source: TableReader, target: TableWriter, on_rows: Callable[[int], None]) -> None:
    """Copy all tables. `on_rows`: gets the number of rows of each step."""
    for table in TABLES:
        columns = await source.columns(table)
        async with aclosing(source.rows(table, columns)) as batches:  # type: ignore[type-var]  # a generator
            async for batch in batches:
                await target.insert(table, columns, [_portable(row) for row in batch])
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
        ours = source.rows(table, columns)
        theirs = target.rows(table, columns)
        async with aclosing(ours), aclosing(theirs):  # type: ignore[type-var]  # generators
            async for batch in ours:
                copied = await anext(theirs, ())
                if [_portable(row) for row in batch] != [_portable(row) for row in copied]:
                    return table
                on_rows(len(batch))
    return None


async def total(source: TableReader) -> int:
    """Return how many rows are copied."""
    return sum([await source.count(table) for table in TABLES])


def _portable(row: Record) -> tuple[Cell, ...]:
    """Return a row as both engines can store it: PostgreSQL refuses U+0000."""
    return tuple(cell.replace("\0", "") if isinstance(cell, str) else cell for cell in row)
