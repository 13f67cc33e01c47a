"""SQL has one place, each query has a reason and one method, and drivers stay in their engine's folder."""

import ast
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from bot.store import queries, store
from bot.store.place import ServerAddress
from bot.store.postgres import values as postgres_values
from bot.store.postgres.engine import PostgresEngine
from bot.store.postgres.steps import this_program
from bot.store.sqlite import migrate
from bot.store.sqlite import values as sqlite_values
from tests.postgres import Databases, connected

STORE = Path(store.__file__).parent
ENGINES = {"sqlite": sqlite_values.SQL, "postgres": postgres_values.SQL}
EVERY_QUERY = [(engine, name) for engine, queries_of_engine in ENGINES.items() for name in queries_of_engine]
METHODS = {"run", "run_many", "run_last", "rows", "row", "search"}
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


@pytest.mark.parametrize("engine", ENGINES)
def test_each_query_is_run_by_exactly_one_method(engine: str) -> None:
    others = [STORE / other for other in ENGINES if other != engine]
    files = [file for file in STORE.rglob("*.py") if not any(other in file.parents for other in others)]
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    users = Counter(name for tree in trees for function in functions(tree) for name in queries_of(function))

    assert users == dict.fromkeys(ENGINES[engine], 1)


@pytest.mark.parametrize(("engine", "name"), EVERY_QUERY)
def test_each_query_has_a_reason(engine: str, name: str) -> None:
    first_line = ENGINES[engine][name].splitlines()[0]

    assert re.fullmatch(r"-- \S.{10,}", first_line)


@pytest.mark.parametrize(("engine", "name"), EVERY_QUERY)
def test_each_query_has_only_named_parameters(engine: str, name: str) -> None:
    code = re.sub(r"--[^\n]*|'[^']*'", "", ENGINES[engine][name])

    assert not re.search(r"\?|\$\d", code)


def depends_on_columns(sql: str) -> bool:
    """Whether a column that a newer version added could hide another value, or be taken for another column."""
    code = re.sub(r"--[^\n]*", "", sql)
    stars = [found.start() for found in re.finditer(r"\b[a-z]\.\*", code)]
    is_first = [re.search(r"SELECT (DISTINCT )?$", code[:place]) for place in stars]
    return len(stars) > 1 or not all(is_first) or bool(re.search(r"INSERT INTO \w+ (?!\()", code))


def test_no_query_depends_on_which_columns_a_table_has() -> None:
    assert depends_on_columns("SELECT a.id, b.* FROM a JOIN b")
    assert depends_on_columns("INSERT INTO a SELECT * FROM b")
    assert [name for engine, name in EVERY_QUERY if depends_on_columns(ENGINES[engine][name])] == []


def test_each_query_prepares_on_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(migrate.schema())
        for sql in sqlite_values.SQL.values():
            parameters = dict.fromkeys(re.findall(r":(\w+)", sql))
            connection.execute(f"EXPLAIN {sql}", parameters)


async def test_each_query_prepares_on_postgres(postgres: Databases) -> None:
    refused: dict[str, str] = {}
    async with connected(await postgres.clean()) as connection:
        for name, statement in postgres_values.STATEMENTS.items():
            try:
                await connection.prepare(statement.sql)
            except asyncpg.PostgresError as error:
                refused[name] = str(error)

    assert refused == {}


def test_both_engines_have_the_same_queries_besides_those_about_how_their_indexes_read_and_write() -> None:
    only_sqlite = {
        "set_usermerge",
        "merge_index",
        "total_changes",
        "have_hits",
        "sample_hits",
        "hits",
        "scores",
        "close_hits",
        "posts_of",
    }
    only_postgres = {"find"}

    assert set(sqlite_values.SQL) - only_sqlite == set(postgres_values.SQL) - only_postgres


async def columns_of_postgres(address: ServerAddress) -> set[str]:
    async with connected(address) as connection:
        found = await connection.fetch("""
            SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE c.relkind IN ('r', 'v') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
        """)
    return {name for (name,) in found}


async def test_both_engines_have_the_same_tables_and_columns(postgres: Databases) -> None:
    """Only the full-text index has a form of its own in each."""
    address = await postgres.new()
    await (await PostgresEngine(address).open(create=True)).database.close()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(migrate.schema())
        columns = connection.execute("""
            SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
            WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite%'
        """).fetchall()
    index = re.compile(r"(former_)?search(_data|_idx|_docsize|_config|_content)?\.")

    in_sqlite = {name for (name,) in columns if not index.match(name)}
    assert in_sqlite == {name for name in await columns_of_postgres(address) if not index.match(name)}
    assert this_program().version == migrate.newest()


def test_no_query_is_in_both_files() -> None:
    for engine, sql in ENGINES.items():
        assert len(sql) == len(queries.COMMON) + len(queries.load(f"bot.store.{engine}", f"{engine}.sql"))


@pytest.mark.parametrize("name", queries.COMMON)
def test_the_common_queries_leave_out_what_only_sqlite_can_say(name: str) -> None:
    assert not ONLY_SQLITE.search(re.sub(r"--[^\n]*", "", queries.COMMON[name]))


def test_no_driver_is_imported_outside_its_engines_folder() -> None:
    engines = {STORE / engine for engine in ENGINES}
    others = [file for file in STORE.parent.rglob("*.py") if engines.isdisjoint(file.parents)]

    assert [file.name for file in others if imported(file) & DRIVERS] == []


def test_no_sql_is_outside_the_store() -> None:
    words = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA|CREATE TABLE)\s')
    others = [file for file in STORE.parent.rglob("*.py") if STORE not in file.parents]

    assert [file.name for file in others if words.search(file.read_text("utf-8"))] == []


def test_migrations_are_numbered_without_gaps() -> None:
    versions = [step.version for step in migrate.migrations()]

    assert versions == list(range(1, len(versions) + 1))
