"""About how many posts FTS5 reads for a word."""

import pytest

from bot.search.query import parse_query
from bot.store.sqlite.fts_frequencies import Frequencies, counted_words
from tests.store.conftest import NOW

POSTS = Frequencies(1_000_000, {"using": 60_000, "use": 100_000, "same": 50_000, "garden": 2_000})


@pytest.mark.parametrize(
    ("typed", "posts"),
    [
        ('"using"', 60_000),
        ('"using same"', 110_000),
        ("same", 50_000 + 50_000),
        ("using", 60_000 + 60_000 + 100_000),
        ("gardens", 2_000),
        ("unheard", 0),
        ('"a garden"', 500_000 + 2_000),
    ],
)
def test_a_term_reads_the_posts_with_its_words_and_with_their_stems(typed: str, posts: int) -> None:
    (term,) = parse_query(typed, NOW).terms

    assert POSTS.counted(term) == posts


@pytest.mark.parametrize(("share", "posts"), [(0.25, 250_000), (0.0, 500)])
def test_feeds_without_a_new_post_are_not_assumed_to_be_empty(share: float, posts: int) -> None:
    assert Frequencies(1_000_000, searched_share=share).searched_count == posts


def test_the_words_of_all_conditions_are_counted_with_their_stems() -> None:
    query = parse_query('moon "deep seas" (tulips OR rose) -(frost ice)', NOW)

    assert counted_words([query, parse_query("dew", NOW)], ("english",)) == {
        *("moon", "deep", "seas", "tulips", "tulip", "rose", "frost", "ice", "dew")
    }
