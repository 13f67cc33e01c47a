"""Expressions for FTS5, in the order and the groups in which it matches them quickest."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.search.query import parse_query
from bot.store.sqlite.fts_expression import Expressions
from tests.store.conftest import NOW

ROWS = {1: "apple bean", 2: "apple bean corn", 3: "corn dill", 4: "apple corn", 5: "bean dill"}


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE search USING fts5 (title, text, tags, author, stems)")
        connection.executemany("INSERT INTO search (rowid, text) VALUES (?, ?)", ROWS.items())
        yield connection


def expression_of(typed: str, feeds: frozenset[int] = frozenset(), **beginnings: list[str]) -> str:
    return Expressions(beginnings=beginnings).of(parse_query(typed, NOW), feeds)


def rows_of(index: sqlite3.Connection, expression: str) -> list[int]:
    return [row for (row,) in index.execute("SELECT rowid FROM search WHERE search MATCH ?", (expression,))]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("apple", [1, 2, 4]),
        ("apple bean", [1, 2]),
        ("corn bean apple", [2]),
        ("corn apple -bean", [4]),
        ("(apple OR dill) corn", [2, 3, 4]),
        ("apple (bean OR dill) (corn OR dill)", [2]),
    ],
)
def test_conditions_are_met_together(index: sqlite3.Connection, typed: str, rows: list[int]) -> None:
    assert rows_of(index, expression_of(typed)) == rows


def test_what_takes_most_to_match_is_asked_last() -> None:
    """Of a tag, words, alternatives and feeds."""
    expression = expression_of("(corn OR dill) apple tag:bean", frozenset({7}))
    places = [expression.index(word) for word in ("bean", "apple", "corn", "\ue0017")]

    assert places == sorted(places)


def test_a_third_condition_is_only_asked_about_what_meets_the_first_two() -> None:
    assert expression_of('"apple" "bean" "corn"') == ('(((("apple")) AND (("bean"))) NOT "") AND (("corn"))')


def test_many_possible_words_are_in_groups(index: sqlite3.Connection) -> None:
    """FTS5 compares the next post of all parts of an OR; it does not merge what a NOT separates."""
    words = [f"non{number}" for number in range(59)] + ["dill"]
    expression = expression_of("corn non*", non=words)

    assert expression.count('NOT ""') == 4  # of 62 parts, with the word itself and its stem
    assert rows_of(index, expression) == [3]
