"""Which words to leave out."""

from datetime import UTC, datetime

from bot.search.loosen import by_rarity, left_out, with_only, without_one, without_small_words
from bot.search.query import parse_query

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


def test_rarer_words_are_kept_longer() -> None:
    rarest = by_rarity(parse_query("red frost beans", NOW), {"red": 90, "frost": 2, "beans": 8})

    assert [term.bare for term in rarest] == ["frost", "beans", "red"]
    assert [[term.bare for term in kept] for kept in without_one(rarest)] == [
        ["frost", "beans"], ["frost", "red"], ["beans", "red"],
    ]  # fmt: skip


def test_phrases_tags_and_exclusions_are_kept_and_what_is_left_out_is_named() -> None:
    typed = parse_query('red "night sky" -moon tag:stars clim* beans', NOW)
    searched = with_only(typed, ())

    assert [term.written for term in searched.terms] == ['"night sky"', "-moon", "tag:stars", "clim*"]
    assert left_out(typed, searched) == ("red", "beans")
