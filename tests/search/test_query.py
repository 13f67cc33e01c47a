"""Parsing what a person types."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Condition, Field, Term
from bot.search import query
from bot.search.dates import Writer
from bot.search.query import parse_query, parse_with_options
from bot.search.tokens import NO_POST, tag_token

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def terms(typed: str) -> tuple[Term, ...]:
    return parse_query(typed, NOW).terms


@pytest.mark.parametrize(
    ("typed", "words", "field", "is_exact", "is_excluded"),
    [
        ("Roses", ("roses",), Field.ANY, False, False),
        ('"night  garden"', ("night", "garden"), Field.ANY, True, False),
        ("“night garden”", ("night", "garden"), Field.ANY, True, False),
        ("-rain", ("rain",), Field.ANY, False, True),
        ('-"heavy rain"', ("heavy", "rain"), Field.ANY, True, True),
        ("title:roses", ("roses",), Field.TITLE, False, False),
        ("TITLE:roses", ("roses",), Field.TITLE, False, False),
        ("-title:roses", ("roses",), Field.TITLE, False, True),
        ('author:"Ines B."', ("ines", "b"), Field.AUTHOR, True, False),
        ('tag:"Space Opera"', (tag_token("space-opera"),), Field.TAG, True, False),
        ("#c++", (tag_token("c++"),), Field.TAG, False, False),
        ("tag:#c++", (tag_token("c++"),), Field.TAG, False, False),
        ("-tag:rain", (tag_token("rain"),), Field.TAG, False, True),
        ("state-of-the-art", ("state", "of", "the", "art"), Field.ANY, False, False),
        ('"unclosed phrase', ("unclosed", "phrase"), Field.ANY, True, False),
        ("before:breakfast", ("before", "breakfast"), Field.ANY, False, False),
        ("tag:", ("tag",), Field.ANY, False, False),
        ("https://garden.example/1", ("https", "garden", "example", "1"), Field.ANY, False, False),
    ],
)
def test_each_condition_becomes_one_term(
    typed: str, words: tuple[str, ...], field: Field, is_exact: bool, is_excluded: bool
) -> None:
    (term,) = terms(typed)

    assert (term.words, term.field, term.is_exact, term.is_excluded) == (words, field, is_exact, is_excluded)
    assert term.written == typed


def test_several_conditions_are_combined() -> None:
    found = parse_query('red "night garden" -rain tag:stars feed:"Garden Notes" after:2026-01 before:7d', NOW)

    assert [term.written for term in found.terms] == ["red", '"night garden"', "-rain", "tag:stars"]
    assert found.feeds == ("Garden Notes",)
    assert found.after == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.before == NOW - timedelta(days=7)


def _shape(conditions: Sequence[Condition]) -> str:
    """Return conditions in words: alternatives in brackets with |, others side by side."""
    return " ".join(_shape_of(each) for each in conditions)


def _shape_of(condition: Condition) -> str:
    sign = "-" * condition.is_excluded
    if isinstance(condition, Term):
        name = "" if condition.field is Field.ANY else f"{condition.field}:"
        return f"{sign}{name}{' '.join(condition.words)}{'*' * condition.is_prefix}"
    return f"{sign}({'|'.join(_shape(option) for option in condition.options)})"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("moon OR frost", "(moon|frost)"),
        ("moon | frost", "(moon|frost)"),
        ("moon|frost||ice", "(moon|frost|ice)"),
        ("beans moon OR frost", "beans (moon|frost)"),
        ("moon or frost", "moon or frost"),
        ("beans AND peas && corn", "beans peas corn"),
        ("(night sky) OR comet", "(night sky|comet)"),
        ("((moon OR frost) OR ice) beans", "beans (moon|frost|ice)"),
        ("beans (moon frost)", "beans moon frost"),
        ("-(moon OR frost) beans", "-moon -frost beans"),
        ("beans -(moon frost)", "beans -(moon frost)"),
        ("-(moon -frost)", "-(moon -frost)"),
        ("title:(moon OR frost)", "(title:moon|title:frost)"),
        ('"night sky" OR -rain', "(night sky|-rain)"),
        ("f(x) (moon OR g(x))", "f x (moon|g x)"),
        ("clim* OR bea*", "(clim*|bea*)"),
        ("*clim cl*mb cl*", "clim cl mb cl"),
        ('"night star*"', "night star*"),
        ("moon OR moon", "moon"),
        ("moon OR", "moon"),
        ("OR moon", "moon"),
        ("moon OR OR frost", "(moon|frost)"),
        ("((moon", "moon"),
        ("moon)) frost )", "moon frost"),
        ("() moon", "moon"),
        ("moon OR after:2026 OR", "moon"),
        ("OR", "or"),
        ("( | )", NO_POST),
        ("(" * 400 + "moon", "moon"),
        ("C++ OR c#", "(c \ue12b\ue12b|c \ue123)"),
    ],
)
def test_operators_are_read_as_people_mean_them(typed: str, meant: str) -> None:
    assert _shape(parse_query(typed, NOW).conditions) == meant


def test_a_thousand_alternatives_are_as_many_as_a_query_may_have() -> None:
    (either,) = parse_query(" OR ".join(f"w{number}" for number in range(1000)), NOW).either

    assert len(either.options) == query.MAX_TERMS
    assert either.written.startswith("w0 OR w1 OR ")


@pytest.mark.parametrize("typed", ["frost after:13 nov 2025 beans", 'frost beans after:"13.11.2025"'])
def test_a_date_in_a_query_may_have_several_words(typed: str) -> None:
    found = parse_query(typed, NOW)

    assert [term.bare for term in found.terms] == ["frost", "beans"]
    assert found.after == datetime(2025, 11, 13, tzinfo=UTC)


def test_on_a_day_is_from_its_beginning_to_its_end() -> None:
    found = parse_query("frost on:yesterday", NOW)

    assert (found.after, found.before) == (datetime(2026, 5, 3, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("frost -after:2026", "frost before:2026"),
        ("frost -before:last week", "frost after:last week"),
        ("-after:2026 frost -before:2025", "before:2026 frost after:2025"),
    ],
)
def test_a_minus_before_a_date_swaps_after_and_before(typed: str, same: str) -> None:
    found, other = parse_query(typed, NOW), parse_query(same, NOW)

    assert (found.after, found.before, found.terms) == (other.after, other.before, other.terms)


def test_a_minus_before_a_day_or_no_date_excludes_words() -> None:
    """All posts but those of one day can't be searched for."""
    found = parse_query("frost -on:2026-05-03 -after:rain", NOW)

    assert (found.after, found.before) == (None, None)
    assert [term.bare for term in found.terms if term.is_excluded] == ["on 2026-05-03", "after rain"]


def test_a_date_that_can_be_read_in_two_ways_is_noted() -> None:
    found = parse_with_options("frost", NOW, after="03/04/2025", writer=Writer("en-US"))

    (guess,) = found.guesses
    assert (guess.written, guess.day, guess.other) == ("03/04/2025", date(2025, 3, 4), date(2025, 4, 3))


@pytest.mark.parametrize(
    ("typed", "is_prefix"),
    [("red tul", True), ("red tu", False), ("red tul ", False), ('"red tul"', False), ("tag:tul", False),
     ("-tul", False), ("東", True), ("title:gar", True)],
)  # fmt: skip
def test_the_last_word_of_a_partial_query_is_a_prefix(typed: str, is_prefix: bool) -> None:
    assert parse_query(typed, NOW, is_partial=True).terms[-1].is_prefix is is_prefix


def test_no_word_is_a_prefix_if_a_partial_query_ends_with_a_date() -> None:
    assert not any(term.is_prefix for term in parse_query("tulips after:2026", NOW, is_partial=True).terms)


@pytest.mark.parametrize("typed", ["!!!", "-", '""', "…"])
def test_a_query_without_words_matches_no_post(typed: str) -> None:
    assert terms(typed)[0].words == (NO_POST,)


def test_an_empty_query_has_no_terms() -> None:
    assert terms("  ") == ()


@given(st.text(max_size=800) | st.text('a1 ()|OR*-":#', max_size=300), st.booleans())
def test_any_input_becomes_a_query_of_bounded_size(typed: str, is_partial: bool) -> None:
    found = parse_query(typed, NOW, is_partial=is_partial)

    assert len(found.wanted()) <= query.MAX_TERMS
    assert len(found.terms) <= query.MAX_TERMS
    assert all(0 < len(term.words) <= query.MAX_TERM_TOKENS for term in (*found.terms, *found.wanted()))
    assert found.has_conditions == bool(typed.strip())


def test_options_narrow_a_query() -> None:
    typed = "beans after:2020 tag:spring"

    found = parse_with_options(typed, NOW, tag='12" "spring"', after="2025-03", before="2026-01")

    assert (found.text, found.after, found.before) == (
        typed,
        datetime(2025, 3, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert [term.bare for term in found.terms] == ["beans", "spring", "12   spring"]
