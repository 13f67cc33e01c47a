"""Choose the terms by which bm25 scores hits: before the first score, it counts the posts with each of them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import prod

from bot.model import Field, Query, Term
from bot.store.matching import MAX_HITS, ranking, scored_by
from bot.store.sqlite.fts_expression import without_small_words
from bot.store.sqlite.fts_frequencies import Frequencies

_MAX_COUNTED = 200_000
"""Posts that bm25 may count for one search, which takes about 10 ms."""
_MAX_COUNTED_SHARE = 0.6
"""The same for smaller archives, as a share of their entries."""
_COST_OF_RESCORING = 4
"""Posts that bm25 counts in the time in which a second statement finds and scores one hit."""
_MIN_SPEEDUP = 2
"""How many times cheaper a second statement must be. It scores fewer terms, so the order is less exact."""
_MAX_OTHER_FORMS = 4
"""Times that a word and its other forms may be read for each post with the word itself, so that this alone can rank."""
_FEW_HITS = 10
"""Hits below which it is likely that there is none or only one, which needs no score."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """How bm25 scores the hits of a search."""

    query: Query
    """The expression that is scored."""
    is_later: bool
    """Whether a second statement scores the hits, not the one that finds them."""


def scoring_of(query: Query, posts: Frequencies, *, has_many_feeds: bool) -> Scoring | None:
    """Return how the hits are scored; None if nothing ranks them.

    `has_many_feeds`: the statement that finds the hits must not score them, since bm25 would count the posts of each
    feed, too.
    """
    ranks = ranking(query)
    if ranks is None:
        return None
    is_later = has_many_feeds or any(term.is_prefix for term in query.wanted())
    if not posts.entry_count:
        return Scoring(ranks if is_later else query, is_later)
    is_later = is_later or (not query.either and _expected_hits(query, posts) < _FEW_HITS)
    counted = sum(map(posts.counted, query.all_terms()))
    if counted <= _max_counted(posts) and not is_later:
        return Scoring(query, is_later=False)
    terms, cost = _rarest(query, ranks, posts, has_many_feeds=has_many_feeds)
    if not is_later and cost * _MIN_SPEEDUP > counted:
        return Scoring(query, is_later=False)
    return Scoring(scored_by(query, terms), is_later=True)


def _rarest(
    query: Query, ranks: Query, posts: Frequencies, *, has_many_feeds: bool
) -> tuple[Sequence[Term], float]:
    """Return as many of the rarest terms as can be scored within the limit, at least one, and what that costs.

    A phrase counts by its words that are not small. If even the rarest term takes too long, only the word itself
    counts, unless most posts have another form of it.
    """
    sizes = {
        each: posts.counted(each) for term in ranks.wanted() for each in without_small_words(term) or (term,)
    }
    terms = sorted(sizes, key=sizes.__getitem__)
    per_hit = _COST_OF_RESCORING * _share_to_read(query, posts)
    searched = posts.entry_count if has_many_feeds else posts.searched_count
    costs = [
        total + per_hit * min(searched, total if query.either else sizes[terms[0]])
        for total in accumulate(sizes[term] for term in terms)
    ]
    scored = bisect_right(costs, _max_counted(posts))
    if scored:
        return terms[:scored], costs[scored - 1]
    exact = replace(terms[0], is_exact=True)
    size = posts.counted(exact)
    if size * _MAX_OTHER_FORMS < sizes[terms[0]]:
        return terms[:1], costs[0]
    return [exact], size + per_hit * min(searched, size)


def _max_counted(posts: Frequencies) -> float:
    """Return how many posts bm25 may count."""
    return min(_MAX_COUNTED, _MAX_COUNTED_SHARE * posts.entry_count)


def _share_to_read(query: Query, posts: Frequencies) -> float:
    """Return the share of the archive, newest first, that contains the MAX_HITS hits.

    1 for phrases and alternatives, of which hits cannot be expected.
    """
    if query.either or any(len(term.words) > 1 for term in query.terms):
        return 1.0
    return min(1.0, MAX_HITS / max(1.0, _expected_hits(query, posts)))


def _expected_hits(query: Query, posts: Frequencies) -> float:
    """Return how many hits there are if words occur independently. Nobody knows how many have a tag or an author."""
    words = (term for term in query.wanted() if term.field in (Field.ANY, Field.TITLE))
    shares = (min(1.0, posts.counted(term) / posts.entry_count) for term in words)
    return posts.searched_count * prod(shares)
