"""The SQLite database behind a store, for tests of what only SQLite does."""

from bot.store.sqlite.database import SqliteDatabase
from bot.store.store import Store


def sqlite_of(store: Store) -> SqliteDatabase:
    assert isinstance(store._db, SqliteDatabase)
    return store._db
