"""Which terms rank hits."""

import pytest

from bot.search.query import parse_query
from bot.store.sqlite.fts_terms import Frequencies, counted_words, scored_query
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
    typed: str, *, is_scored_later: bool = False, entry_count: int = 1_000_000, searched_share: float = 1.0
) -> str:
    """Return what ranks hits of a query: its terms, "itself", or "nothing"."""
    query = parse_query(typed, NOW)
    posts = Frequencies(entry_count, POSTS, searched_share)
    found = scored_query(query, posts, is_scored_later=is_scored_later)
    if found is query:
        return "itself"
    if found is None:
        return "nothing"
    return (" OR " if found.either else " ").join(" ".join(term.words) for term in found.wanted())


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("system use", "system"),
        ("the garden", "garden"),
        ("use of garden", "garden"),
        ("garden -the", "garden"),
        ("garden -(the of)", "garden"),
        ("tag:tulip the garden", "garden"),
        ('"tulip of the garden"', "tulip garden"),
        ("use OR tulip OR the", "tulip"),
        ("(tulip garden) OR (system tulip use) OR (system use garden)", "tulip OR garden"),
    ],
)
def test_the_rarest_terms_rank_if_bm25_would_count_too_many_posts(typed: str, terms: str) -> None:
    assert scored_by(typed) == terms


@pytest.mark.parametrize(
    "typed", ["tulip", "use", "use using", "garden tulip", "tag:tulip use using", "tag:tulip OR tag:garden"]
)
def test_the_query_itself_ranks_if_a_second_statement_would_save_little(typed: str) -> None:
    assert scored_by(typed) == "itself"


@pytest.mark.parametrize("typed", ['"of the"', "gar*", "tag:tulip", "the tag:tulip"])
@pytest.mark.parametrize("entry_count", [100_000, 1_000_000])
def test_stop_words_prefixes_and_required_tags_rank_nothing(typed: str, entry_count: int) -> None:
    assert scored_by(typed, entry_count=entry_count) == "nothing"


@pytest.mark.parametrize("entry_count", [100_000, 1_000_000])
def test_an_unfinished_word_never_ranks(entry_count: int) -> None:
    assert scored_by("tulip gar*", entry_count=entry_count) == "tulip"


@pytest.mark.parametrize("typed", ["the garden", '"tulip of the garden"', "garden -the"])
def test_any_query_ranks_a_small_archive(typed: str) -> None:
    assert scored_by(typed, entry_count=100_000) == "itself"
    assert counted_words(parse_query(typed, NOW), 100_000) == set()


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("tulip", "tulip"),
        ("use", "use"),
        ("use system tulip", "tulip"),
        ("garden OR tulip", "tulip OR garden"),
    ],
)
def test_a_second_statement_never_scores_the_whole_query(typed: str, terms: str) -> None:
    assert scored_by(typed, is_scored_later=True) == terms


@pytest.mark.parametrize(("share", "ranks"), [(1.0, "use"), (0.001, "itself")])
def test_the_query_itself_ranks_if_the_hits_of_few_feeds_are_all_over_the_archive(
    share: float, ranks: str
) -> None:
    assert scored_by("use of", searched_share=share) == ranks


def test_the_words_of_all_conditions_are_counted() -> None:
    query = parse_query('moon "deep sea" (tulip OR rose) -(frost ice)', NOW)

    assert counted_words(query, 1_000_000) == {"moon", "deep", "sea", "tulip", "rose", "frost", "ice"}
