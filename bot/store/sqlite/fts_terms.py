"""Choose the terms by which bm25 scores hits: before the first score, it counts the posts with each of them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod

from bot.model import Query, Term
from bot.search.stems import is_stopword
from bot.search.tokens import is_plain_word
from bot.store.matching import MAX_HITS, ranking, scored_by
from bot.store.sqlite.fts_expression import without_small_words

_SMALL_ARCHIVE = 200_000
"""Up to this many entries, bm25 may score any query: it counts each word in at most 10 ms."""
_MAX_COUNTED = 200_000
"""Posts that bm25 may count for one search in a larger archive, which takes about 10 ms."""
_COST_OF_RESCORING = 4
"""Posts that bm25 counts in the time in which a second statement finds and scores one hit."""
_MIN_SPEEDUP = 2
"""How many times cheaper a second statement must be. It scores fewer terms, so the order is less exact."""
_COUNTED_PER_WORD = 4
"""Posts that bm25 counts for a word and its other forms, for each post with the word itself: an estimate."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """About how many posts of an archive have each word."""

    entry_count: int
    words: Mapping[str, int]
    searched_share: float = 1.0
    """Share of the entries that are in the searched feeds."""

    def counted(self, term: Term) -> int:
        """Return about how many posts bm25 counts for a term: those of each of its words, added up, and of other forms.

        The word table has no words of one letter, of which a small one is assumed to be in half of the posts. It has no
        parts of unsegmented words either, which are assumed to be rare.
        """
        guess = self.entry_count // 2
        posts = sum(
            self.words.get(word, guess if len(word) == 1 and is_stopword(word) else 0) for word in term.words
        )
        return posts if term.is_exact else posts * _COUNTED_PER_WORD


def counted_words(query: Query, entry_count: int) -> set[str]:
    """Return the words of a query whose frequencies decide how its hits are scored; none in a small archive."""
    if entry_count <= _SMALL_ARCHIVE:
        return set()
    return {word for term in query.all_terms() for word in term.words if is_plain_word(word)}


def scored_query(query: Query, posts: Frequencies, *, is_scored_later: bool) -> Query | None:
    """Return the query by which bm25 scores the hits; None if nothing ranks them.

    It is `query` itself if the statement that finds the hits may score them. Otherwise a second statement scores them.
    `is_scored_later`: only a second statement may score the hits.
    """
    ranks = ranking(query)
    if ranks is None:
        return None
    is_later = is_scored_later or any(term.is_prefix for term in query.wanted())
    if posts.entry_count <= _SMALL_ARCHIVE:
        return ranks if is_later else query
    counted = sum(map(posts.counted, query.all_terms()))
    if counted <= _MAX_COUNTED and not is_later:
        return query
    terms, cost = _rarest(query, ranks, posts)
    return query if not is_later and cost * _MIN_SPEEDUP > counted else scored_by(query, terms)


def _rarest(query: Query, ranks: Query, posts: Frequencies) -> tuple[Sequence[Term], float]:
    """Return as many of the rarest terms as can be scored within _MAX_COUNTED, at least one, and what that costs.

    A phrase counts by its words that are not small.
    """
    sizes = {
        each: posts.counted(each) for term in ranks.wanted() for each in without_small_words(term) or (term,)
    }
    terms = sorted(sizes, key=sizes.__getitem__)
    per_hit = _COST_OF_RESCORING * _share_to_read(query, posts)
    costs = [
        total + per_hit * (total if query.either else sizes[terms[0]])
        for total in accumulate(sizes[term] for term in terms)
    ]
    scored = max(1, bisect_right(costs, _MAX_COUNTED))
    return terms[:scored], costs[scored - 1]


def _share_to_read(query: Query, posts: Frequencies) -> float:
    """Return the share of the archive, newest first, that contains the MAX_HITS hits.

    Assume that words occur independently. 1 for phrases and alternatives, where that assumption fails.
    """
    if query.either or any(len(term.words) > 1 for term in query.terms):
        return 1.0
    shares = (min(1.0, posts.counted(term) / posts.entry_count) for term in query.wanted())
    hits = posts.entry_count * posts.searched_share * prod(shares)
    return min(1.0, MAX_HITS / max(1.0, hits))
