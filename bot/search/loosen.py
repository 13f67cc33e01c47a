"""Which words of a search to leave out if no post has all of them: small words first, then as few as possible."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from bot.model import Either, Field, Query, Term
from bot.search.question_words import QUESTION_WORDS
from bot.search.small_words import SMALL_WORDS
from bot.search.stems import is_stopword
from bot.search.tokens import is_unsegmented

_MIN_QUESTION = 4
"""Words of a search that may be a question."""
_MIN_SMALL_WORDS = 2
"""Small words of a question: one of them may be a name, such as "die" in English."""
MAX_WORDS = 8
"""If there are more words, only this many of the rarest count: all of them, or all but one, are searched for."""
_MAX_COMBINED = 5
"""Up to this many words, every combination is searched for."""


def loose_terms(query: Query) -> tuple[Term, ...]:
    """Return the terms that may be left out: words, but no phrases in quotes, tags and exclusions."""
    return tuple(
        term
        for term in query.terms
        if not (term.is_excluded or term.is_exact or term.field is Field.TAG or "*" in term.written)
    )


def without_small_words(query: Query) -> Query:
    """Return the query without words such as "how" and "the"; unchanged if it has no others."""
    loose = loose_terms(query)
    kept = [term for term in query.terms if term not in loose or not _is_small(term)]
    return replace(query, terms=tuple(kept)) if any(not term.is_excluded for term in kept) else query


def without_question_words(query: Query) -> Query:
    """Return the query without small words, and if it is long also without words such as "find" and "best"."""
    shortened = without_small_words(query)
    if len(loose_terms(query)) < _MIN_QUESTION:
        return shortened
    asking = [term for term in loose_terms(shortened) if QUESTION_WORDS.issuperset(term.words)]
    kept = [term for term in shortened.terms if term not in asking]
    return replace(query, terms=tuple(kept)) if any(not term.is_excluded for term in kept) else shortened


def is_question(query: Query) -> bool:
    """Return whether a search is long and has small words of one language, so that these surely name nothing."""
    typed, kept = loose_terms(query), without_small_words(query).terms
    if len(typed) < _MIN_QUESTION or any(term.field is not Field.ANY for term in typed):
        return False
    small = {word for term in typed if term not in kept for word in term.words if len(word) > 1}
    return len(small) >= _MIN_SMALL_WORDS and any(map(small.issubset, SMALL_WORDS.values()))


def _is_small(term: Term) -> bool:
    return all(is_stopword(word) and not is_unsegmented(word) for word in term.words)


def by_rarity(query: Query, posts_with: Mapping[str, int]) -> tuple[Term, ...]:
    """Return the words that may be left out, rarest first, at most MAX_WORDS; `posts_with`: of each, how many posts."""
    terms = loose_terms(without_question_words(query))
    return tuple(
        sorted(terms, key=lambda term: min(posts_with.get(word, 1) for word in term.words))[:MAX_WORDS]
    )


def with_only(query: Query, kept: Sequence[Term]) -> Query:
    """Return the query with only these of the words that may be left out."""
    loose = loose_terms(query)
    return replace(query, terms=tuple(term for term in query.terms if term not in loose or term in kept))


def with_any(query: Query, kept: Sequence[Sequence[Term]]) -> Query:
    """Return the query for posts that have all words of one of these sets, and nothing else that may be left out.

    The words are in the order in which they were typed.
    """
    if len(kept) == 1:
        return with_only(query, kept[0])
    sets = tuple(tuple(term for term in query.terms if term in each) for each in kept)
    written = " OR ".join(f"({' '.join(term.written for term in each)})" for each in sets)
    rest = with_only(query, ())
    return replace(rest, either=(*rest.either, Either(written, sets)))


def sets_of_words(rarest: Sequence[Term]) -> Iterator[list[tuple[Term, ...]]]:
    """Yield what may be kept of the words, in groups: all of them, all but one, ever fewer of the rarest, one.

    In each group, what lacks the most common words comes first.
    """
    sizes = dict.fromkeys((len(rarest), len(rarest) - 1, *range(_MAX_COMBINED - 1, 1, -1)))
    for size in sizes:
        if 1 < size <= len(rarest):
            of = rarest if size >= len(rarest) - 1 else rarest[:_MAX_COMBINED]
            yield list(combinations(of, size))
    if rarest:
        yield [(rarest[0],)]


def left_out(typed: Query, searched: Query) -> tuple[str, ...]:
    """Return the words that the second query does not ask for, as typed."""
    kept = {(term.words, term.field) for term in searched.wanted()}
    return tuple(term.bare for term in loose_terms(typed) if (term.words, term.field) not in kept)
