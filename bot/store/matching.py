"""What a search needs from an engine: to match and rank posts, and to know their words."""

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.model import Condition, Either, Field, Order, Posted, Query, Term
from bot.search.stems import is_stopword
from bot.search.tokens import is_plain_word
from bot.store.database import Value
from bot.store.rows import milliseconds

MAX_HITS = 2_500
"""Hits that are ranked and counted: the newest."""
MAX_POSTED_HITS = 2_000
"""Hits in feeds that are no longer followed, of which those with a message that the reader may see are found."""
DOCIDS_PER_SECOND = 8
"""The id of a document is its date: so many ids belong to each second since 1970."""
_NO_BOUND = 2**62

Feeds = frozenset[int] | None
"""The ids of the feeds that are searched; None: all."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Posts that match, best first."""

    entries: Sequence[int] = ()
    """The ids of their entries."""
    seconds: Sequence[int] = ()
    """Their dates: since 1970, UTC."""

    def __add__(self, other: "Ranked") -> "Ranked":
        """Return these posts, followed by others."""
        return Ranked(
            array("q", (*self.entries, *other.entries)), array("q", (*self.seconds, *other.seconds))
        )

    def at(self, places: Sequence[int]) -> "Ranked":
        """Return the posts at these places."""
        return Ranked([self.entries[each] for each in places], [self.seconds[each] for each in places])


NONE = Ranked()


@dataclass(frozen=True, slots=True)
class Matched:
    """A page of the posts that match."""

    entries: tuple[int, ...] = ()
    """The ids of their entries, best first."""
    total: int = 0
    """How many posts match; a lower bound if `is_more`."""
    is_more: bool = False
    """Whether counting stopped at a limit."""
    is_partial: bool = False
    """Whether the search timed out; these are the posts until then."""
    ranked: Ranked = NONE
    """All that are counted, if the searcher returns them."""


class Matches(Protocol):
    """Matches and ranks the posts of some feeds."""

    async def match(
        self, query: Query, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> Matched:
        """Return a page of the posts that meet every condition of the query, and how many there are in all.

        `without`: ids of entries whose posts are left out. An offset past the last hit gives nothing, total
        included. A search that takes too long is answered from fewer posts, with `is_partial`.
        """

    def returning_all(self) -> "Matches":
        """Return a searcher whose `match` also returns all posts that it counts, which costs more."""

    async def exist(self, queries: Sequence[Query]) -> Sequence[bool]:
        """Return of each query whether some post meets every condition; False if finding one takes too long."""


class Matcher(Protocol):
    """The full-text engine."""

    async def within(
        self, feeds: Feeds, posted: Posted | None = None, wanted: Condition | None = None
    ) -> Matches:
        """Return a searcher of these feeds, and of what was posted; one object serves all searches of one answer.

        `wanted`: what every post of `feeds` must meet besides the query. It ranks nothing.
        """

    async def is_common(self, term: Term) -> bool:
        """Return whether most of the newest posts contain the last word of a term; False if there are few posts."""


class Words(Protocol):
    """The words of all posts, whoever may see them: what is made of them must be checked against `Matches`."""

    async def known(self, words: Collection[str]) -> Mapping[str, int]:
        """Return about how many posts have each of these words, without those that no post has."""


def ranking(query: Query) -> Query | None:
    """Return the terms that rank hits; None if there are none.

    Stop words, prefixes (too many words begin with them) and tags that every hit has do not rank.
    """
    terms = [term for term in dict.fromkeys(query.wanted()) if not _is_neutral(term, query)]
    return scored_by(query, terms) if terms else None


def scored_by(query: Query, terms: Sequence[Term]) -> Query:
    """Return a query for these terms: for any of them if the query has alternatives, else for all."""
    if query.either:
        return Query(either=(Either("", tuple((term,) for term in terms)),))
    return Query(terms=tuple(terms))


def _is_neutral(term: Term, query: Query) -> bool:
    is_required_tag = term.field is Field.TAG and term in query.terms
    return term.is_prefix or is_required_tag or all(map(is_stopword, term.words))


def also(query: Query, condition: Condition) -> Query:
    """Return the query with one more condition."""
    if isinstance(condition, Either):
        return replace(query, either=(*query.either, condition))
    return replace(query, terms=(*query.terms, condition))


def docid_bounds(query: Query) -> dict[str, Value]:
    """Return the first document id of the query's time, and the first after it."""
    return {"first": _docid(query.after, -_NO_BOUND), "last": _docid(query.before, _NO_BOUND)}


def _docid(moment: datetime | None, otherwise: int) -> int:
    """Return the first document id of this time; `otherwise` if it is None."""
    return otherwise if moment is None else -(-milliseconds(moment) // 1000) * DOCIDS_PER_SECOND


def unfinished_words(query: Query) -> set[str]:
    """Return the prefixes among the wanted words that may be looked up in the table of words."""
    last_words = (term.words[-1] for term in query.wanted() if term.is_prefix)
    return set(filter(is_plain_word, last_words))
