"""Expressions for FTS5, in the order and the groups in which it matches them quickest."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.model import Query
from bot.search.query import parse_query
from bot.store.sqlite.fts_expression import Expressions, with_words_before_phrases
from bot.store.sqlite.fts_frequencies import Frequencies
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
def test_every_hit_meets_all_conditions(index: sqlite3.Connection, typed: str, rows: list[int]) -> None:
    assert rows_of(index, expression_of(typed)) == rows


def test_tags_come_before_feeds_then_words_then_phrases_and_alternatives() -> None:
    expression = expression_of('(corn OR dill) "long grain" apple tag:bean', frozenset({7}))
    places = [expression.index(word) for word in ("bean", "\ue0017", "apple", "long grain", "corn")]

    assert places == sorted(places)


@pytest.mark.parametrize(
    ("share", "order"),
    [(0.001, ["\ue0017", "dill", "apple", "corn"]), (0.2, ["dill", "apple", "\ue0017", "corn"])],
)
def test_rarer_words_and_feeds_come_first(share: float, order: list[str]) -> None:
    frequencies = Frequencies(1_000_000, {"corn": 300_000, "dill": 5_000, "apple": 50_000}, share)
    expression = Expressions(frequencies=frequencies).of(parse_query("corn apple dill", NOW), {7})
    places = [expression.index(f'"{word}"') for word in order]

    assert places == sorted(places)


def test_a_third_condition_is_checked_only_in_posts_that_meet_the_first_two() -> None:
    assert expression_of('"apple" "bean" "corn"') == ('(((("apple")) AND (("bean"))) NOT "") AND (("corn"))')


def test_many_possible_words_are_in_groups(index: sqlite3.Connection) -> None:
    """FTS5 compares the next post of all parts of an OR; it does not merge what a NOT separates."""
    words = [f"non{number}" for number in range(59)] + ["dill"]
    expression = expression_of("corn non*", non=words)

    assert expression.count('NOT ""') == 4  # of 62 parts, with the word itself and its stem
    assert rows_of(index, expression) == [3]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('"the colour of the sea"', ["colour", "sea"]),
        ('title:"colour of the sea" moon', ["colour", "sea", "moon"]),
        ('"the sea"', []),
        ('"deep sea"', []),
        ('moon -"colour of the sea"', ["moon"]),
    ],
)
def test_a_phrase_is_preceded_by_its_words_that_are_not_small_if_there_are_two(
    typed: str, words: list[str]
) -> None:
    before = parse_query(typed, NOW).terms
    after = with_words_before_phrases(parse_query(typed, NOW)).terms

    assert after[-len(before) :] == before
    assert [term.words[0] for term in after if len(term.words) == 1] == words
    assert {term.field for term in after if term.words == ("sea",)} <= {before[0].field}


def test_one_word_that_is_not_small_can_precede_a_phrase() -> None:
    after = with_words_before_phrases(parse_query('"the sea"', NOW), min_words=1)

    assert [term.words for term in after.terms] == [("sea",), ("the", "sea")]


def test_sqlite_can_read_an_expression_of_very_many_conditions(index: sqlite3.Connection) -> None:
    terms = tuple(term for number in range(200) for term in parse_query(f"apple{number}", NOW).terms)
    brackets = parse_query("(" * 12 + "corn" + ")" * 12, NOW)

    assert rows_of(index, Expressions().of(Query(terms=terms, either=brackets.either), range(500))) == []
