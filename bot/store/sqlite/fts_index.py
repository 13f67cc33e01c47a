"""The full-text index of SQLite: what only FTS5 needs."""

from bot.store.database import Transaction, transaction
from bot.store.indexing import Indexing
from bot.store.sqlite.aside import set_index_aside
from bot.store.sqlite.database import SqliteDatabase

_MERGED = 2
"""A merge that had work changes at least this many rows: https://www.sqlite.org/fts5.html#the_merge_command"""


class FtsIndex(Indexing):
    """Keeps the b-trees of the index few."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self._sqlite = database

    async def set_aside(self) -> None:
        """See Indexing."""
        await set_index_aside(self._sqlite)

    async def _clear_within(self, tx: Transaction) -> None:
        await super()._clear_within(tx)
        await tx.run("set_usermerge")

    @transaction
    async def merge(self, tx: Transaction) -> bool:
        """See Indexing. Without it, a search looks each word up in about a dozen b-trees."""
        before = await _changes(tx)
        await tx.run("merge_index")
        return await _changes(tx) - before >= _MERGED


async def _changes(tx: Transaction) -> int:
    (row,) = await tx.rows("total_changes")
    return int(row["changes"])
