"""Which terms rank hits: bm25 first counts the posts with each word of its expression, in the whole index."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import prod

from bot.model import Either, Query, Term
from bot.search.stems import is_stopword
from bot.search.tokens import is_plain_word
from bot.store.matching import MAX_HITS, Words, ranking

_SMALL_ARCHIVE = 200_000
"""Entries up to which bm25 may count the posts with any words, which takes a few milliseconds."""
_MAX_COUNTED = 200_000
"""Posts that it may count in a larger archive, in about 10 ms."""
_READ = 4
"""How many posts it counts in the time that it takes to find one again, to score it by other terms than found it."""
_WORTH = 2
"""How many times less effort it must be to score hits only by the rarest terms."""
_OTHER_FORMS = 3
"""Posts with another form of a word, for each with that word, at a guess."""


async def ranking_terms(query: Query, words: Words, entries: int, *, is_apart: bool) -> Query | None:
    """Return the query itself if bm25 may score it, else the terms that it scores; None if nothing ranks hits.

    `entries`: about how many the archive has. `is_apart`: hits are scored after they were found, so never by the query
    itself.
    """
    ranks, wanted = ranking(query), query.wanted()
    if ranks is None:
        return None
    is_apart = is_apart or any(term.is_prefix for term in wanted)
    if entries <= _SMALL_ARCHIVE:
        return ranks if is_apart else query
    terms = (*wanted, *(term for term in query.terms if term.is_excluded))
    known = await words.known({word for term in terms for word in term.words if is_plain_word(word)})
    counted = sum(_counted(term, known, entries) for term in terms)
    if counted <= _MAX_COUNTED and not is_apart:
        return query
    posts = {each: _counted(each, known, entries) for term in ranks.wanted() for each in _rarer(term)}
    read = _READ * _part_with_hits([_counted(term, known, entries) for term in wanted], query, entries)

    def effort(few: Sequence[Term]) -> float:
        each = [posts[term] for term in few]
        return sum(each) + read * (sum(each) if query.either else min(each))

    rarest = sorted(posts, key=posts.__getitem__)
    few = rarest[:1]
    while len(few) < len(rarest) and effort(rarest[: len(few) + 1]) <= _MAX_COUNTED:
        few = rarest[: len(few) + 1]
    if not is_apart and effort(few) > counted / _WORTH:
        return query
    if query.either:
        return Query(either=(Either("", tuple((term,) for term in few)),))
    return Query(terms=tuple(few))


def with_words_of_phrases(query: Query) -> Query:
    """Return the query with the words of a phrase besides its small ones: FTS5 reads less of these where others are."""
    words = [_rarer_words(term) for term in query.terms if term.is_exact and not term.is_excluded]
    return replace(query, terms=(*chain.from_iterable(each for each in words if len(each) > 1), *query.terms))


def _part_with_hits(posts: Sequence[int], query: Query, entries: int) -> float:
    """Return which part of the archive has the newest hits, if its posts have each word regardless of the others.

    All of it, if that says nothing: the words of a phrase are together, and a post may have any of some words.
    """
    if query.either or any(len(term.words) > 1 for term in query.terms):
        return 1.0
    return min(1.0, MAX_HITS / max(1.0, entries * prod(min(1.0, each / entries) for each in posts)))


def _rarer(term: Term) -> Sequence[Term]:
    """Return the words of a phrase that has small ones without these; any other term as it is."""
    return (_rarer_words(term) if term.is_exact else ()) or (term,)


def _rarer_words(phrase: Term) -> Sequence[Term]:
    """Return the words of a phrase without its small ones; nothing if it has none of these."""
    words = [word for word in phrase.words if not is_stopword(word)]
    return [replace(phrase, words=(word,)) for word in words] if len(words) < len(phrase.words) else ()


def _counted(term: Term, known: Mapping[str, int], entries: int) -> int:
    """Return about how many posts are counted for a term: those with each of its words, and with other forms of it.

    The words that the index knows have at least two letters.
    """
    posts = sum(known.get(word, entries // 2 if is_stopword(word) else 0) for word in term.words)
    return posts if term.is_exact else posts * (1 + _OTHER_FORMS)
