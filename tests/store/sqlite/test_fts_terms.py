"""Which terms rank hits."""

from collections.abc import Collection, Mapping

import pytest

from bot.search.query import parse_query
from bot.store.sqlite.fts_terms import ranking_terms, with_words_of_phrases
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


class SizeOfWords:
    """Posts with each word, as a large archive has them."""

    async def known(self, words: Collection[str]) -> Mapping[str, int]:
        return {word: POSTS[word] for word in words if word in POSTS}


async def ranked_by(typed: str, *, is_apart: bool = False, entries: int = 1_000_000) -> str:
    """Return what ranks hits of a query: its terms, "itself", or "nothing"."""
    query = parse_query(typed, NOW)
    found = await ranking_terms(query, SizeOfWords(), entries, is_apart=is_apart)
    if found is query:
        return "itself"
    if found is None:
        return "nothing"
    return (" OR " if found.either else " ").join(" ".join(term.words) for term in found.wanted())


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("tulip", "itself"),
        ("use", "itself"),
        ("garden tulip", "itself"),
        ("system use", "system"),
        ("use using", "itself"),
        ("the garden", "garden"),
        ("use of garden", "garden"),
        ("garden -the", "garden"),
        ('"tulip of the garden"', "tulip garden"),
        ('"of the"', "nothing"),
        ("gar*", "nothing"),
        ("tulip gar*", "tulip"),
        ("tag:tulip", "nothing"),
        ("tag:tulip OR tag:garden", "itself"),
        ("use OR tulip OR the", "tulip"),
        ("(tulip garden) OR (system tulip use) OR (system use garden)", "tulip OR garden"),
    ],
)
async def test_the_rarest_terms_rank_if_bm25_would_count_too_many_posts(typed: str, terms: str) -> None:
    assert await ranked_by(typed) == terms


@pytest.mark.parametrize(
    ("typed", "terms"),
    [("the garden", "itself"), ('"tulip of the garden"', "itself"), ("tulip gar*", "tulip")],
)
async def test_a_small_archive_is_ranked_by_all_terms(typed: str, terms: str) -> None:
    assert await ranked_by(typed, entries=100_000) == terms


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("tulip", "tulip"),
        ("use", "use"),
        ("use system tulip", "tulip"),
        ("garden OR tulip", "tulip OR garden"),
    ],
)
async def test_what_is_scored_after_it_was_found_is_never_scored_by_the_whole_query(
    typed: str, terms: str
) -> None:
    assert await ranked_by(typed, is_apart=True) == terms


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
def test_a_phrase_is_found_by_its_rarer_words_if_there_are_two(typed: str, words: list[str]) -> None:
    query = with_words_of_phrases(parse_query(typed, NOW))

    assert [term.words[0] for term in query.terms if len(term.words) == 1] == words
