"""The order of hits: scores, dates, words that are close together, and several documents of one post."""

from bot.store.sqlite.fts_rank import Hits, best_first

YEAR = 8 * 31_557_600
"""In document ids."""
NEWEST = 60 * YEAR


def hits(*found: tuple[int, int, int, int], is_posted: bool = False) -> Hits:
    """Return hits of feed 1, newest first: each with its document's id, its entry, its post and its score."""
    docids, entries, posts, scores = ([each[place] for each in found] for place in range(4))
    return Hits(False, is_posted, docids, entries, posts, [1] * len(found), scores)


def test_the_lowest_score_comes_first_and_then_the_newest() -> None:
    found = hits((NEWEST, 1, 1, -5), (NEWEST - 8, 2, 2, -9), (NEWEST - 16, 3, 3, 0), (NEWEST - 24, 4, 4, 0))

    assert list(best_first([found]).entries) == [2, 1, 3, 4]


def test_a_new_hit_counts_up_to_a_quarter_more_than_an_old_one() -> None:
    def order(old: int) -> list[int]:
        return list(best_first([hits((NEWEST, 1, 1, -100), (NEWEST - 50 * YEAR, 2, 2, old))]).entries)

    assert order(-124) == [1, 2]
    assert order(-126) == [2, 1]


def test_documents_of_one_post_are_its_newest_entry_with_their_average_score() -> None:
    found = hits((NEWEST, 1, 7, -10), (NEWEST, 2, 8, -8), (NEWEST, 3, 7, -2))

    ranked = best_first([found])

    assert list(ranked.entries) == [2, 1]
    assert list(ranked.seconds) == [NEWEST // 8] * 2


def test_hits_of_both_indexes_and_of_messages_are_ranked_together() -> None:
    old, new = hits((NEWEST - 8, 1, 1, 0)), hits((NEWEST, 2, 2, 0))

    assert list(best_first([old, hits(), new]).entries) == [2, 1]
    assert list(best_first([hits()]).entries) == []


def test_hits_with_words_close_together_count_more() -> None:
    found = hits((NEWEST, 1, 1, -100), (NEWEST, 2, 2, -80)).with_close({NEWEST - 1})
    close = hits((NEWEST, 1, 1, -100), (NEWEST - 1, 2, 2, -80)).with_close({NEWEST - 1})

    assert list(best_first([found]).entries) == [1, 2]
    assert list(best_first([close]).entries) == [2, 1]


def test_only_hits_in_visible_feeds_or_with_a_message_are_kept() -> None:
    found = (NEWEST, 1, 1, 0), (NEWEST - 8, 2, 2, 0)

    assert list(hits(*found).visible(None, frozenset({2})).entries) == [1]
    assert list(hits(*found).visible(frozenset({1, 2}), frozenset()).entries) == [1, 2]
    assert list(hits(*found).visible(frozenset({2}), frozenset()).entries) == []
    assert list(hits(*found, is_posted=True).visible(frozenset({2}), frozenset()).entries) == [1, 2]
