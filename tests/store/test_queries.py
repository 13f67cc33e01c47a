"""SQL has one place, each query has a reason and one method, and drivers stay in their engine's folder."""

import ast
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import queries, store
from bot.store.sqlite import migrate
from bot.store.sqlite.values import SQL

STORE = Path(store.__file__).parent
METHODS = {"run", "run_many", "rows", "row", "search"}
ONLY_SQLITE = re.compile(
    r"\b(json_each|json_group_array|iif|rowid|MATCH|bm25|pragma_\w+|total_changes|IS NOT :\w+)\b",
    re.IGNORECASE,
)
DRIVERS = {"aiosqlite", "sqlite3", "asyncpg", "psycopg"}


def functions(tree: ast.AST) -> Iterator[ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef))


def queries_of(function: ast.AsyncFunctionDef) -> set[str]:
    """The names of the queries that a function runs."""
    return {
        str(call.args[0].value)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in METHODS
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def imported(file: Path) -> set[str]:
    """The top-level packages that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_each_query_is_run_by_exactly_one_method() -> None:
    trees = [ast.parse(file.read_text("utf-8")) for file in STORE.rglob("*.py")]
    users = Counter(name for tree in trees for function in functions(tree) for name in queries_of(function))

    assert users == dict.fromkeys(SQL, 1)


@pytest.mark.parametrize("name", SQL)
def test_each_query_has_a_reason(name: str) -> None:
    first_line = SQL[name].splitlines()[0]

    assert re.fullmatch(r"-- \S.{10,}", first_line)


@pytest.mark.parametrize("name", SQL)
def test_each_query_has_only_named_parameters(name: str) -> None:
    code = re.sub(r"--[^\n]*|'[^']*'", "", SQL[name])

    assert "?" not in code


def test_each_query_prepares_on_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(migrate.schema())
        for sql in SQL.values():
            parameters = dict.fromkeys(re.findall(r":(\w+)", sql))
            connection.execute(f"EXPLAIN {sql}", parameters)


def test_no_query_is_in_both_files() -> None:
    assert len(SQL) == len(queries.COMMON) + len(queries.load("bot.store.sqlite", "sqlite.sql"))


@pytest.mark.parametrize("name", queries.COMMON)
def test_the_common_queries_leave_out_what_only_sqlite_can_say(name: str) -> None:
    assert not ONLY_SQLITE.search(re.sub(r"--[^\n]*", "", queries.COMMON[name]))


def test_no_driver_is_imported_outside_its_engine_s_folder() -> None:
    others = [file for file in STORE.parent.rglob("*.py") if STORE / "sqlite" not in file.parents]

    assert [file.name for file in others if imported(file) & DRIVERS] == []


def test_no_sql_is_outside_the_store() -> None:
    words = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA|CREATE TABLE)\s')
    others = [file for file in STORE.parent.rglob("*.py") if STORE not in file.parents]

    assert [file.name for file in others if words.search(file.read_text("utf-8"))] == []


def test_migrations_are_numbered_without_gaps() -> None:
    versions = [step.version for step in migrate.migrations()]

    assert versions == list(range(1, len(versions) + 1))
