"""SQL has one place, and each query one method."""

import re
from pathlib import Path

from bot.store import store
from bot.store.queries import SQL
from bot.store.sqlite import migrate

STORE = Path(store.__file__).parent


def test_each_query_is_run_by_exactly_one_method() -> None:
    code = "\n".join(file.read_text("utf-8") for file in STORE.rglob("*.py"))
    used = re.findall(r'SQL\["(\w+)"\]', code)

    assert sorted(used) == sorted(SQL)


def test_no_sql_stands_outside_the_store() -> None:
    words = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA|CREATE TABLE)\s')
    others = [file for file in STORE.parent.rglob("*.py") if STORE not in file.parents]

    assert [file.name for file in others if words.search(file.read_text("utf-8"))] == []


def test_migrations_are_numbered_without_gaps() -> None:
    versions = [step.version for step in migrate.migrations()]

    assert versions == list(range(1, len(versions) + 1))
