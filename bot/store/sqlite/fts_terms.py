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
"""The same for smaller archives, as a share of their entries: 3 ms with 100,000.

Not for alternatives: hits without any of the scored ones come last.
"""
_COST_OF_RESCORING = 4
"""Posts that bm25 counts in the time in which a second statement finds and scores one hit."""
_MIN_SPEEDUP = 2
"""How many times cheaper a second statement must be. It scores fewer terms, so the order is less exact."""
_MAX_OTHER_FORMS = 4
"""A word ranks without its other forms only if at most this many times as many posts are read with them."""
_FEW_HITS = 10
"""If fewer hits are expected, they are found first and then scored: a single hit needs no score."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """How bm25 scores the hits of a search."""

    query: Query
    """The query whose terms are scored."""
    is_later: bool
    """Whether a second statement scores the hits, not the one that finds them."""


def scoring_of(
    query: Query, frequencies: Frequencies, *, is_scoped: bool, has_many_feeds: bool
) -> Scoring | None:
    """Return how the hits are scored; None if nothing ranks them.

    `is_scoped`: whether a second statement matches the searched feeds, too.
    `has_many_feeds`: the statement that finds the hits must not score them, since bm25 would count the posts of each
    feed, too.
    """
    ranks = ranking(query)
    if ranks is None:
        return None
    must_be_later = has_many_feeds or any(term.is_prefix for term in query.wanted())
    if not frequencies.entry_count:
        return Scoring(ranks if must_be_later else query, must_be_later)
    terms, cost = _rarest(query, ranks, frequencies, is_scoped=is_scoped)
    counted = sum(map(frequencies.posts_read, query.all_terms()))
    is_quick = counted <= _max_counted(query, frequencies) or cost * _MIN_SPEEDUP > counted
    may_have_one_hit = not query.either and _expected_hits(query, frequencies) < _FEW_HITS
    if is_quick and not (must_be_later or may_have_one_hit):
        return Scoring(query, is_later=False)
    return Scoring(scored_by(query, terms), is_later=True)


def _rarest(
    query: Query, ranks: Query, frequencies: Frequencies, *, is_scoped: bool
) -> tuple[Sequence[Term], float]:
    """Return as many of the rarest terms as can be scored within the limit, at least one, and what that costs.

    A phrase counts by its words that are not small.
    """
    sizes = {
        each: frequencies.posts_read(each)
        for term in ranks.wanted()
        for each in without_small_words(term) or (term,)
    }
    terms = sorted(sizes, key=sizes.__getitem__)
    per_hit = _COST_OF_RESCORING * _share_to_read(query, frequencies)
    found_again = frequencies.searched_count if is_scoped else frequencies.entry_count

    def cost(counted: int, matched: int) -> float:
        return counted + per_hit * min(found_again, matched)

    costs = [
        cost(counted, counted if query.either else sizes[terms[0]])
        for counted in accumulate(sizes[term] for term in terms)
    ]
    if costs[0] > _MAX_COUNTED:
        rarest = _without_other_forms(terms[0], frequencies)
        posts = frequencies.posts_read(rarest)
        return [rarest], cost(posts, posts)
    scored = max(1, bisect_right(costs, _max_counted(query, frequencies)))
    return terms[:scored], costs[scored - 1]


def _without_other_forms(term: Term, frequencies: Frequencies) -> Term:
    """Return the term for the word itself; unchanged if most of its posts have only other forms."""
    exact = replace(term, is_exact=True)
    has_other_forms = frequencies.posts_read(exact) * _MAX_OTHER_FORMS < frequencies.posts_read(term)
    return term if has_other_forms else exact


def _max_counted(query: Query, frequencies: Frequencies) -> float:
    """Return how many posts bm25 may count."""
    return _MAX_COUNTED if query.either else min(_MAX_COUNTED, _MAX_COUNTED_SHARE * frequencies.entry_count)


def _share_to_read(query: Query, frequencies: Frequencies) -> float:
    """Return the share of the archive, newest first, that contains the MAX_HITS hits.

    1 for phrases and alternatives, whose number of hits cannot be estimated.
    """
    if query.either or any(len(term.words) > 1 for term in query.terms):
        return 1.0
    return min(1.0, MAX_HITS / max(1.0, _expected_hits(query, frequencies)))


def _expected_hits(query: Query, frequencies: Frequencies) -> float:
    """Return how many hits to expect if words occur independently.

    Tags and authors are ignored: their frequencies are unknown.
    """
    words = (term for term in query.wanted() if term.field in (Field.ANY, Field.TITLE))
    shares = (min(1.0, frequencies.posts_read(term) / frequencies.entry_count) for term in words)
    return frequencies.searched_count * prod(shares)
