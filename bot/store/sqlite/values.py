"""The queries that SQLite runs, and how it stores what they are given."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.store import queries
from bot.store.database import Value, storable
from bot.store.rows import MILLISECOND, as_json, milliseconds

SQL: Mapping[str, str] = {**queries.COMMON, **queries.load("bot.store.sqlite", "sqlite.sql")}
"""All queries, by name."""


def bound(values: Mapping[str, Value]) -> dict[str, str | bytes | int | float | None]:
    """Return a query's parameters as SQLite stores them."""
    return {name: _stored(value) for name, value in values.items()}


def _stored(value: Value) -> str | bytes | int | float | None:
    match value:
        case str():
            return storable(value)
        case datetime():
            return milliseconds(value)
        case timedelta():
            return value // MILLISECOND
        case None | bytes() | int() | float():
            return value
        case _:
            return storable(as_json(list(value)))
