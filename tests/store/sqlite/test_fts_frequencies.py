"""About how many posts FTS5 reads for a word."""

import pytest

from bot.search.query import parse_query
from bot.store.sqlite.fts_frequencies import Frequencies, words_to_look_up
from tests.store.conftest import NOW

WORDS = {"using": 60_000, "use": 100_000, "same": 50_000, "happy": 3_000, "garden": 2_000}


@pytest.mark.parametrize(
    ("typed", "posts"),
    [
        ('"using"', 60_000),
        ('"using same"', 110_000),
        ("same", 50_000 + 50_000),
        ("using", 60_000 + 100_000),
        ("happy", 3_000 + 3_000),
        ("gardens", 2_000),
        ("unheard", 0),
        ('"a garden"', 500_000 + 2_000),
    ],
)
def test_fts5_reads_the_posts_with_each_word_and_with_its_stem(typed: str, posts: int) -> None:
    (term,) = parse_query(typed, NOW).terms

    assert Frequencies(1_000_000, WORDS, languages=("english",)).posts_read(term) == posts


def test_no_posts_are_read_if_no_words_were_looked_up() -> None:
    (term,) = parse_query("garden", NOW).terms

    assert Frequencies(words=WORDS).posts_read(term) == 0


def test_the_searched_feeds_have_their_share_of_the_entries() -> None:
    assert Frequencies(1_000_000, searched_share=0.25).searched_count == 250_000


def test_feeds_without_a_new_post_are_not_assumed_to_be_empty() -> None:
    assert Frequencies(1_000_000, searched_share=0.0).searched_count == 500


def test_the_words_of_all_conditions_are_looked_up_with_their_stems_if_the_table_may_have_them() -> None:
    query = parse_query('moon "deep seas" 木 c (tulips OR rose) -(frost ice)', NOW)

    assert words_to_look_up([query, parse_query("dew", NOW)], ("english",)) == {
        *("moon", "deep", "seas", "tulips", "tulip", "rose", "frost", "ice", "dew")
    }
