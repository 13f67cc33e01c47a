"""The queries that PostgreSQL runs, with numbers in place of names, and how it stores what they are given."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import queries
from bot.store.database import Value, storable
from bot.store.rows import MILLISECOND, milliseconds

Stored = str | bytes | int | float | Sequence[float] | Sequence[str] | None
"""What asyncpg is given."""

_PART = re.compile(r"--[^\n]*|'(?:[^']|'')*'|::|:(?P<name>[a-z_]+)")
"""A comment, a text, a cast, or a parameter."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A query as PostgreSQL reads it."""

    sql: str
    names: tuple[str, ...]
    """Its parameters, in the order of their numbers."""

    def bound(self, values: Mapping[str, Value]) -> list[Stored]:
        """Return the parameters as PostgreSQL stores them. What the query has no use for is left out."""
        return [_stored(values[name]) for name in self.names]


def numbered(sql: str) -> Statement:
    """Replace each named parameter with its number."""
    names: list[str] = []

    def replace(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return Statement(_PART.sub(replace, sql), tuple(names))


SQL: Mapping[str, str] = {**queries.COMMON, **queries.load("bot.store.postgres", "postgres.sql")}
"""All queries, by name."""

STATEMENTS: Mapping[str, Statement] = {name: numbered(sql) for name, sql in SQL.items()}


def text(value: str) -> str:
    """Return a text that PostgreSQL can store: without U+0000, which it refuses, and without lone surrogates."""
    return storable(value).replace("\0", "")


def _stored(value: Value) -> Stored:
    match value:
        case str():
            return text(value)
        case datetime():
            return milliseconds(value)
        case timedelta():
            return value // MILLISECOND
        case bool():
            return int(value)
        case None | bytes() | int() | float():
            return value
        case _:
            return [text(item) if isinstance(item, str) else item for item in value]  # type: ignore[return-value]  # all are alike
