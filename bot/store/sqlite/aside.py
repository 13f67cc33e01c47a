"""Set the full-text index aside before it is rebuilt; searches use it for posts that the new one lacks."""

from importlib import resources

from bot.store.sqlite.commits import SqliteTransaction
from bot.store.sqlite.database import SqliteDatabase
from bot.store.sqlite.migrate import statements


async def set_index_aside(database: SqliteDatabase) -> None:
    """See Indexing."""
    await database.rebuild(_exchange)


async def _exchange(tx: SqliteTransaction) -> None:
    (has,) = await tx.rows("has_documents")
    if has["now"] and not has["formerly"]:
        sql = resources.files("bot.store.sqlite") / "sql" / "set_aside.sql"
        for statement in statements(sql.read_text("utf-8")):
            await tx.execute(statement)
