"""What a search tries if no post has all of its words: near spellings, then most of the words.

A spelling or a part of the words counts only if a post that the asker may see has it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TypeVar

from bot.model import Correction, Either, Field, Query, Term
from bot.search.loosen import (
    by_rarity,
    left_out,
    loose_terms,
    sets_of_words,
    with_any,
    with_only,
    without_question_words,
)
from bot.search.relax import with_text, without
from bot.search.spelling import Reading, Spelling, can_be_misspelled, combine, is_certain, near, rank
from bot.search.stems import is_stopword
from bot.store.matching import Matches, Words

T = TypeVar("T")

_MAX_UNKNOWN = 3
"""Misspelled words of one search that are corrected."""
_MAX_CONTEXT = 3
"""In a search of at most this many words, a word that other posts have may still be a mistake. In a longer one, such as
a question, it is left out instead."""
_MAX_TRIED = 6
"""Spellings of a word that are searched for."""
_TOGETHER = 4
"""Spellings that are searched for at once."""
_MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Mended:
    """A search that may find posts where another one finds none."""

    query: Query
    corrections: tuple[Correction, ...] = ()
    """Spellings that the query has."""
    suggestions: tuple[Correction, ...] = ()
    """Spellings that the person may have meant, if none of them is certain."""
    left_out: tuple[str, ...] = ()
    """Words that it lacks, as typed."""


async def spell(query: Query, posts: Matches, words: Words) -> Mended:
    """Return the query with the spellings that were surely meant."""
    shortened = without_question_words(query)
    terms = [
        term for term in loose_terms(shortened) if len(term.words) == 1 and can_be_misspelled(term.words[0])
    ]
    known = await _found(terms, _alone, posts)
    unknown = [term for term in terms if term not in known][:_MAX_UNKNOWN]
    if not unknown:
        may_be_slip = len(terms) > 1 and len(loose_terms(query)) <= _MAX_CONTEXT
        return _mend(query, await _readings_of_one(shortened, terms, posts, words) if may_be_slip else ())
    candidates = {term: found[:_MAX_TRIED] for term, found in (await _candidates(unknown, words)).items()}
    context = without(shortened, *unknown)
    if together := await _exist(combine(candidates), context, posts):
        return _mend(query, together)
    mended = Mended(query)
    for term in unknown:
        alone = _mend(mended.query, await _exist(combine({term: candidates[term]}), Query(), posts))
        mended = replace(
            alone,
            corrections=mended.corrections + alone.corrections,
            suggestions=(mended.suggestions + alone.suggestions)[:_MAX_SUGGESTIONS],
        )
    return mended


async def _readings_of_one(
    query: Query, terms: Sequence[Term], posts: Matches, words: Words
) -> list[Reading]:
    """Return what is found with another spelling of one word: a slip may have made another word of it."""
    rarest = by_rarity(query, await words.known(_words(terms)))
    tried = [term for term in rarest if term in terms][:_MAX_UNKNOWN]
    candidates = {
        term: [each for each in found if not is_stopword(each.word)][:_MAX_TRIED]
        for term, found in (await _candidates(tried, words)).items()
    }

    def with_any_spelling(term: Term) -> Query:
        """Return the query with any spelling of the term: one question rules out most terms."""
        rest = without(query, term)
        options = tuple((_respell(term, each.word),) for each in candidates[term])
        return replace(rest, either=(*rest.either, Either("", options)))

    readings: list[Reading] = []
    for term in await _found([term for term in tried if candidates[term]], with_any_spelling, posts):
        readings += await _exist(combine({term: candidates[term]}), without(query, term), posts)
    return sorted(readings, key=lambda reading: reading.score)


async def _exist(readings: Iterable[Reading], context: Query, posts: Matches) -> list[Reading]:
    """Return the first readings that some post has together with the context."""

    def in_context(reading: Reading) -> Query:
        terms = (*context.terms, *(_respell(term, word) for term, word in reading.words))
        return replace(context, terms=terms)

    found: list[Reading] = []
    untried = iter(readings)
    while len(found) <= _MAX_SUGGESTIONS and (tried := list(islice(untried, _TOGETHER))):
        found += await _found(tried, in_context, posts)
    return found[: _MAX_SUGGESTIONS + 1]


def _mend(query: Query, readings: Sequence[Reading]) -> Mended:
    """Return the query in the first reading if it is certain; the others are suggested."""
    certain = is_certain(readings)
    suggested = [_corrections(reading) for reading in readings[certain:]]
    suggestions = tuple(each[0] for each in suggested if len(each) == 1)[:_MAX_SUGGESTIONS]
    if not certain:
        return Mended(query, suggestions=suggestions)
    words = dict(readings[0].words)
    terms = tuple(_respell(term, words[term]) if term in words else term for term in query.terms)
    return Mended(with_text(replace(query, terms=terms)), _corrections(readings[0]), suggestions)


def _corrections(reading: Reading) -> tuple[Correction, ...]:
    return tuple(Correction(term.bare, word) for term, word in reading.words)


async def loosen(query: Query, posts: Matches, words: Words) -> Mended:
    """Return the query with as many of its words as possible, so that some post has all of them."""
    rarest = by_rarity(query, await words.known(_words(loose_terms(query))))
    rarest = tuple(await _found(rarest, _alone, posts))
    for kept in sets_of_words(rarest):
        together = await _found(kept, partial(with_only, query), posts)
        if together:
            searched = with_any(query, together)
            return Mended(with_text(searched), left_out=left_out(query, searched))
    return Mended(query)


async def _found(tried: Sequence[T], query_of: Callable[[T], Query], posts: Matches) -> list[T]:
    """Return what some post has, of what is searched for with these queries."""
    exist = await posts.exist([query_of(each) for each in tried]) if tried else ()
    return [each for each, exists in zip(tried, exist, strict=True) if exists]


async def _candidates(terms: Sequence[Term], words: Words) -> dict[Term, list[Spelling]]:
    """Return the words that may have been meant with each term, likeliest first."""
    nearest = {term: near(term.words[0]) for term in terms}
    known = await words.known(frozenset().union(*nearest.values()))
    return {
        term: rank(term.words[0], {word: known[word] for word in spellings & known.keys()})
        for term, spellings in nearest.items()
    }


def _respell(term: Term, word: str) -> Term:
    field = "" if term.field is Field.ANY else f"{term.field}:"
    return replace(term, written=f"{field}{word}", words=(word,), bare=word, is_prefix=False)


def _alone(term: Term) -> Query:
    return Query(terms=(term,))


def _words(terms: Iterable[Term]) -> list[str]:
    return [word for term in terms for word in term.words]
