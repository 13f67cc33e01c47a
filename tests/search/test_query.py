"""What a person typed, understood."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Field, Term
from bot.search import query
from bot.search.query import narrow, parse, parse_date
from bot.search.tokens import NOTHING, whole_tag

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def terms(typed: str) -> tuple[Term, ...]:
    return parse(typed, NOW).terms


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
        ('tag:"Space Opera"', (whole_tag("space-opera"),), Field.TAG, True, False),
        ("#c++", (whole_tag("c++"),), Field.TAG, False, False),
        ("tag:#c++", (whole_tag("c++"),), Field.TAG, False, False),
        ("-tag:rain", (whole_tag("rain"),), Field.TAG, False, True),
        ("state-of-the-art", ("state", "of", "the", "art"), Field.ANY, False, False),
        ('"unclosed phrase', ("unclosed", "phrase"), Field.ANY, True, False),
        ("before:breakfast", ("before", "breakfast"), Field.ANY, False, False),
        ("tag:", ("tag",), Field.ANY, False, False),
        ("https://garden.example/1", ("https", "garden", "example", "1"), Field.ANY, False, False),
    ],
)
def test_each_piece_is_one_condition(
    typed: str, words: tuple[str, ...], field: Field, is_exact: bool, is_excluded: bool
) -> None:
    (term,) = terms(typed)

    assert (term.words, term.field, term.is_exact, term.is_excluded) == (words, field, is_exact, is_excluded)
    assert term.written == typed


def test_several_pieces_must_all_hold() -> None:
    found = parse('red "night garden" -rain tag:stars feed:"Garden Notes" after:2026-01 before:7d', NOW)

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
def test_a_date_is_a_span_of_time(typed: str, start: datetime, end: datetime) -> None:
    assert parse_date(typed, NOW) == (start, end)


@pytest.mark.parametrize(
    "typed", ["", "spring", "2026-13", "2026-02-30", "9999-12-31", "0000", "9999y", "12-05-2026"]
)
def test_what_is_no_date_is_none(typed: str) -> None:
    assert parse_date(typed, NOW) is None


@pytest.mark.parametrize(
    ("typed", "is_prefix"),
    [("red tul", True), ("red tu", False), ("red tul ", False), ('"red tul"', False), ("tag:tul", False),
     ("-tul", False), ("東", True), ("title:gar", True)],
)  # fmt: skip
def test_while_typing_the_last_word_may_go_on(typed: str, is_prefix: bool) -> None:
    assert parse(typed, NOW, typing=True).terms[-1].is_prefix is is_prefix


def test_a_date_that_is_typed_last_lets_no_word_go_on() -> None:
    assert not any(term.is_prefix for term in parse("tulips after:2026", NOW, typing=True).terms)


@pytest.mark.parametrize("typed", ["!!!", "-", '""', "…"])
def test_what_has_no_word_finds_nothing(typed: str) -> None:
    assert terms(typed)[0].words == (NOTHING,)


def test_nothing_typed_is_no_condition() -> None:
    assert terms("  ") == ()


@given(st.text(max_size=800), st.booleans())
def test_no_input_is_an_error_and_none_runs_away(typed: str, typing: bool) -> None:
    found = parse(typed, NOW, typing=typing)

    assert len(found.terms) <= query.MOST_TERMS
    assert all(0 < len(term.words) <= query.MOST_WORDS for term in found.terms)
    assert bool(found.terms or found.feeds or found.after or found.before) == bool(typed.strip())


def test_options_narrow_what_is_typed() -> None:
    query = narrow("beans after:2020 tag:spring", NOW, tag='12" "spring"', after="2025-03", before="2026-01")

    assert (query.text, query.after, query.before) == (
        "beans after:2020 tag:spring",
        datetime(2025, 3, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert [term.bare for term in query.terms] == ["beans", "spring", "12   spring"]
