"""The full-text index of PostgreSQL: its vectors are made by the server, and it has nothing to merge."""

from bot.store.indexing import Indexing
from bot.store.postgres.database import PostgresDatabase, PostgresTransaction

_EXCHANGE = "; ".join(
    f"ALTER TABLE {table} RENAME TO lifted; ALTER TABLE former_{table} RENAME TO {table}; "
    f"ALTER TABLE lifted RENAME TO former_{table}"
    for table in ("search", "document")
)


class VectorIndex(Indexing):
    """Keeps the index up to date."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._postgres = database

    async def set_aside(self) -> None:
        """See Indexing."""
        await self._postgres.transact(_exchange)


async def _exchange(tx: PostgresTransaction) -> None:
    (has,) = await tx.rows("has_documents")
    if has["now"] and not has["formerly"]:
        await tx.execute(_EXCHANGE)
