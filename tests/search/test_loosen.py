"""Which words to leave out."""

from datetime import UTC, datetime

import pytest

from bot.search.loosen import (
    by_rarity,
    is_question,
    left_out,
    loose_terms,
    sets_of_words,
    with_any,
    with_only,
    without_question_words,
    without_small_words,
)
from bot.search.query import parse_query
from bot.search.relax import with_text

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def test_small_words_are_left_out_unless_there_are_no_others() -> None:
    typed = parse_query('what is the "who" of beans -the tag:was', NOW)

    assert [term.written for term in without_small_words(typed).terms] == [
        '"who"',
        "beans",
        "-the",
        "tag:was",
    ]
    assert without_small_words(parse_query("to be or not", NOW)) == parse_query("to be or not", NOW)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("how do I use beans with frost?", ["beans", "frost?"]),
        ("wie kann ich Bohnen am besten verwenden", ["Bohnen"]),
        ("comment utiliser haricots avec gel", ["haricots", "gel"]),
        ("como posso usar feijões com geada", ["feijões", "geada"]),
        ("как использовать бобы с морозом", ["бобы", "морозом"]),
        ("hur använder jag bönor med frost", ["bönor", "frost"]),
        ("كيف أستخدم الفول مع الصقيع", ["الفول", "الصقيع"]),
    ],
)
def test_a_question_searches_for_its_other_words(typed: str, kept: list[str]) -> None:
    assert [term.bare for term in without_question_words(parse_query(typed, NOW)).terms] == kept


@pytest.mark.parametrize("typed", ["find beans", "best use beans", "how do I use it", '"how do I use beans"'])
def test_question_words_are_kept_in_a_short_search_or_if_there_are_no_others(typed: str) -> None:
    query = parse_query(typed, NOW)

    assert without_question_words(query) == without_small_words(query)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("how do I grow beans", True),
        ("what’s the difference between frost and ice", True),
        ("wie pflanze ich die Bohnen", True),
        ("как я посадить это фасоль", True),
        ("the garden in the rain", True),
        ("how grow beans", False),  # too short
        ("grow the red beans", False),  # one small word may be a name
        ("die hard at christmas", False),  # "die" is small in German, "at" in English
        ("to be or not to be", False),  # nothing else to search for
        ('"how do I" grow beans', False),  # a phrase is searched for as written
        ("title:how title:do title:i title:grow", False),
    ],
)
def test_a_question_has_several_small_words_of_one_language(typed: str, expected: bool) -> None:
    assert is_question(parse_query(typed, NOW)) is expected


def test_as_few_words_as_possible_are_left_out_the_most_common_first() -> None:
    rarest = by_rarity(parse_query("red frost beans", NOW), {"red": 90, "frost": 2, "beans": 8})

    assert [term.bare for term in rarest] == ["frost", "beans", "red"]
    assert [[[term.bare for term in each] for each in sets] for sets in sets_of_words(rarest)] == [
        [["frost", "beans", "red"]],
        [["frost", "beans"], ["frost", "red"], ["beans", "red"]],
        [["frost"]],
    ]  # fmt: skip


def test_few_sets_of_many_words_are_tried() -> None:
    many = by_rarity(parse_query("one two three four five six seven eight nine ten", NOW), {})

    assert sum(map(len, sets_of_words(many))) <= 40
    assert list(sets_of_words(())) == []


def test_a_search_for_one_of_several_sets_of_words_can_be_typed() -> None:
    typed = parse_query("tag:stars red frost beans moss", NOW)
    red, frost, beans, _moss = loose_terms(typed)
    searched = with_text(with_any(typed, [(frost, red), (red, beans)]))

    assert searched.text == "tag:stars ((red frost) OR (red beans))"
    assert parse_query(searched.text, NOW).either[0].options == searched.either[0].options
    assert left_out(typed, searched) == ("moss",)


def test_phrases_tags_and_exclusions_are_kept_and_what_is_left_out_is_named() -> None:
    typed = parse_query('red "night sky" -moon tag:stars clim* beans', NOW)
    searched = with_only(typed, ())

    assert [term.written for term in searched.terms] == ['"night sky"', "-moon", "tag:stars", "clim*"]
    assert left_out(typed, searched) == ("red", "beans")
