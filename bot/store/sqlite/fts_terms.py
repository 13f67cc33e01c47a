"""Which terms rank hits: bm25 first counts the posts with each word of its expression, in the whole index."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from bot.model import Either, Query, Term
from bot.search.stems import is_stopword
from bot.search.tokens import is_plain_word
from bot.store.matching import Words, ranking

_MAX_COUNTED = 400_000
"""Posts that bm25 may count for a search, which takes about 20 ms. If there are more, only its rarest terms rank."""
_FEWER = 4
"""How many times fewer that must make them: to score hits by other terms than found them, FTS5 finds them again."""
_OTHER_FORMS = 3
"""Posts with another form of a word, for each with that word, at a guess."""


async def ranking_terms(query: Query, words: Words | None, *, is_apart: bool) -> Query | None:
    """Return the query itself if bm25 may score it, else the terms that it scores; None if nothing ranks hits.

    `words`: None in a small archive, where bm25 may count the posts with any words. `is_apart`: hits are scored after
    they were found, so never by the query itself.
    """
    ranks, wanted = ranking(query), query.wanted()
    if ranks is None:
        return None
    is_apart = is_apart or any(term.is_prefix for term in wanted)
    if words is None:
        return ranks if is_apart else query
    terms = (*wanted, *(term for term in query.terms if term.is_excluded))
    known = await words.known({word for term in terms for word in term.words if is_plain_word(word)})
    counted = sum(_counted(term, known) for term in terms)
    if counted <= _MAX_COUNTED and not is_apart:
        return query
    posts = {each: _counted(each, known) for term in ranks.wanted() for each in _rarer(term)}
    rarest = sorted(posts, key=posts.__getitem__)
    few = _first(rarest, posts, _MAX_COUNTED if is_apart else min(_MAX_COUNTED, counted // _FEWER))
    if not (few or is_apart):
        return query
    few = few or rarest[:1]
    if query.either:
        return Query(either=(Either("", tuple((term,) for term in few)),))
    return Query(terms=tuple(few))


def _first(terms: Sequence[Term], posts: Mapping[Term, int], most: int) -> list[Term]:
    """Return as many of the terms as have together at most so many posts."""
    totals = accumulate(posts[term] for term in terms)
    return [term for term, total in zip(terms, totals, strict=True) if total <= most]


def _rarer(term: Term) -> Iterator[Term]:
    """Yield the words of a phrase that has small ones without these; any other term as it is."""
    words = [word for word in term.words if not is_stopword(word)]
    if term.is_exact and len(words) < len(term.words):
        yield from (replace(term, words=(word,)) for word in words)
    else:
        yield term


def _counted(term: Term, known: Mapping[str, int]) -> int:
    """Return about how many posts are counted for a term: those with each of its words, and with other forms of it."""
    posts = sum(known.get(word, 0) for word in term.words)
    return posts if term.is_exact else posts * (1 + _OTHER_FORMS)
