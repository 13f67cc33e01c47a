"""Parsing what a person types."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Field, Term
from bot.search import query
from bot.search.query import parse_date, parse_query, parse_with_options
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


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-05", datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)),
        ("2025-12", datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02-28", datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026/2/3", datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7), NOW),
        ("3W", NOW - timedelta(weeks=3), NOW),
        ("1y", NOW - timedelta(days=365), NOW),
        ("yesterday", datetime(2026, 5, 3, tzinfo=UTC), datetime(2026, 5, 4, tzinfo=UTC)),
    ],
)
def test_a_date_is_parsed_as_a_span_of_time(typed: str, start: datetime, end: datetime) -> None:
    assert parse_date(typed, NOW) == (start, end)


@pytest.mark.parametrize(
    "typed", ["", "spring", "2026-13", "2026-02-30", "9999-12-31", "0000", "9999y", "12-05-2026"]
)
def test_text_that_is_not_a_date_is_parsed_as_none(typed: str) -> None:
    assert parse_date(typed, NOW) is None


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


@given(st.text(max_size=800), st.booleans())
def test_any_input_becomes_a_query_of_bounded_size(typed: str, is_partial: bool) -> None:
    found = parse_query(typed, NOW, is_partial=is_partial)

    assert len(found.terms) <= query.MAX_TERMS
    assert all(0 < len(term.words) <= query.MAX_TERM_TOKENS for term in found.terms)
    assert bool(found.terms or found.feeds or found.after or found.before) == bool(typed.strip())


def test_options_narrow_a_query() -> None:
    typed = "beans after:2020 tag:spring"

    found = parse_with_options(typed, NOW, tag='12" "spring"', after="2025-03", before="2026-01")

    assert (found.text, found.after, found.before) == (
        typed,
        datetime(2025, 3, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert [term.bare for term in found.terms] == ["beans", "spring", "12   spring"]
