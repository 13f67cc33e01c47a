"""Which terms rank hits."""

from collections.abc import Mapping

import pytest

from bot.search.query import parse_query
from bot.store.sqlite.fts_frequencies import Frequencies
from bot.store.sqlite.fts_terms import scoring_of
from tests.store.conftest import NOW

POSTS = {
    "the": 800_000,
    "of": 700_000,
    "use": 150_000,
    "using": 150_000,
    "system": 60_000,
    "garden": 2_000,
    "tulip": 300,
}
"""Posts with each word, as a large archive has them."""


def scored_by(
    typed: str,
    *,
    words: Mapping[str, int] = POSTS,
    has_many_feeds: bool = False,
    is_scoped: bool = False,
    entry_count: int = 1_000_000,
    searched_share: float = 1.0,
) -> str:
    """Return what ranks hits: its terms, in quotes if other forms of them don't count, "itself", or "nothing"."""
    query = parse_query(typed, NOW)
    frequencies = Frequencies(entry_count, words, searched_share)
    scoring = scoring_of(query, frequencies, is_scoped=is_scoped, has_many_feeds=has_many_feeds)
    if scoring is None:
        return "nothing"
    if not scoring.is_later:
        assert scoring.query is query
        return "itself"
    scored = scoring.query
    terms = [f'"{term.words[0]}"' if term.is_exact else " ".join(term.words) for term in scored.wanted()]
    return (" OR " if scored.either else " ").join(terms)


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("system use", "system"),
        ("the garden", "garden"),
        ("use of garden", "garden"),
        ("garden -the", "garden"),
        ("garden -(the of)", "garden"),
        ("tag:tulip the garden", "garden"),
        ('"tulip of the garden"', '"tulip" "garden"'),
        ("use OR tulip OR the", "tulip"),
        ("(tulip garden) OR (system tulip use) OR (system use garden)", "tulip OR garden"),
    ],
)
def test_the_rarest_terms_rank_if_bm25_would_count_too_many_posts(typed: str, terms: str) -> None:
    assert scored_by(typed) == terms


@pytest.mark.parametrize(
    "typed", ["tulip", "use", "system garden", "tag:tulip use", "garden OR tulip", "tag:tulip OR tag:garden"]
)
def test_the_query_itself_ranks_if_a_second_statement_would_save_little(typed: str) -> None:
    assert scored_by(typed) == "itself"


@pytest.mark.parametrize(("typed", "word"), [("use using", '"use"'), ("tag:tulip use using", '"use"')])
def test_a_very_frequent_word_ranks_without_its_other_forms(typed: str, word: str) -> None:
    assert scored_by(typed) == word


def test_other_forms_of_a_word_rank_if_the_word_itself_is_rare() -> None:
    assert scored_by("used of", words={"used": 20_000, "use": 400_000, "of": 700_000}) == "used"


@pytest.mark.parametrize("typed", ["garden tulip", "tulip garden -system"])
def test_hits_are_found_before_they_are_scored_if_there_may_be_only_one(typed: str) -> None:
    assert scored_by(typed) == "tulip garden"


@pytest.mark.parametrize("typed", ['"of the"', "gar*", "tag:tulip", "the tag:tulip"])
@pytest.mark.parametrize("entry_count", [0, 1_000_000])
def test_stop_words_prefixes_and_required_tags_rank_nothing(typed: str, entry_count: int) -> None:
    assert scored_by(typed, entry_count=entry_count) == "nothing"


@pytest.mark.parametrize("entry_count", [0, 1_000_000])
def test_an_unfinished_word_never_ranks(entry_count: int) -> None:
    assert scored_by("tulip gar*", entry_count=entry_count) == "tulip"


@pytest.mark.parametrize("typed", ["the garden", '"tulip of the garden"', "garden -the"])
def test_the_query_itself_ranks_if_no_words_were_looked_up(typed: str) -> None:
    assert scored_by(typed, entry_count=0) == "itself"


def test_bm25_may_count_fewer_posts_in_a_smaller_archive() -> None:
    words = {"use": 30_000, "using": 60_000}

    assert scored_by("use using", words=words) == "itself"
    assert scored_by("use using", words=words, entry_count=100_000) == "use"


@pytest.mark.parametrize(("typed", "terms"), [("castle OR planet", "castle OR planet"), ("planet", "planet")])
def test_every_hit_is_scored_in_a_smaller_archive(typed: str, terms: str) -> None:
    words = {"castle": 3_000, "planet": 12_000}

    assert scored_by(typed, words=words, entry_count=100_000, has_many_feeds=True) == terms


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("tulip", "tulip"),
        ("use", '"use"'),
        ("use system tulip", "tulip system"),
        ("garden OR tulip", "tulip OR garden"),
    ],
)
def test_a_second_statement_never_scores_the_whole_query(typed: str, terms: str) -> None:
    assert scored_by(typed, has_many_feeds=True) == terms


@pytest.mark.parametrize(("is_scoped", "ranks"), [(True, '"use" "system"'), (False, '"use"')])
def test_hits_in_few_posts_are_quickly_found_again(is_scoped: bool, ranks: str) -> None:
    words = {"use": 60_000, "system": 70_000, "of": 900_000}

    assert scored_by('"use of system"', words=words, is_scoped=is_scoped, searched_share=0.01) == ranks
