"""Matching and ranking with tsvector: bounded in what is ranked, and in time.

PostgreSQL's `ts_rank` does not know how rare a word is, so each term is ranked alone and counts by its rarity.
"""

import json
import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model import Condition, Order, Posted, Query, Term
from bot.search.languages import LANGUAGES
from bot.store.database import Row, Value
from bot.store.matching import (
    DOCIDS_PER_SECOND,
    MAX_HITS,
    MAX_POSTED_HITS,
    NONE,
    Feeds,
    Matched,
    Matcher,
    Matches,
    Ranked,
    also,
    docid_bounds,
    ranking,
)
from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.expression import Expressions, closeness
from bot.store.words import Beginnings, IndexedWords

SEARCH_TIMEOUT = 1.0
"""Seconds for a search; the fallback query gets as much again."""
_FALLBACK: dict[str, Value] = {"terms": (), "near": None, "max_hits": 500}
"""In place of a search that took too long: the newest hits, not ranked."""
_WEIGHTS = (0.15, 0.05, 0.1, 0.5)
"""How much a word counts in the text, the author, the tags and the title."""
_CLOSENESS = 1.3
"""A hit counts this many times if searched words are close together in it."""
_BEST = 60
"""Hits that are ranked by all of their text."""
_FEW_FEEDS = 48
"""Up to this many feeds are always matched by their tokens in the index."""
_LARGE_SHARE = 0.1
"""Share of the entries above which it is quicker to filter the hits than to match each of many feeds."""
_NEWEST = 1_000
"""How many of the newest posts are searched to see whether a word is common."""


class VectorMatcher(Matcher):
    """Matches posts in the full-text index."""

    def __init__(self, database: PostgresDatabase, words: IndexedWords) -> None:
        self._db = database
        self._words = words

    async def within(
        self, feeds: Feeds, posted: Posted | None = None, wanted: Condition | None = None
    ) -> "VectorMatches":
        """See Matcher."""
        (searched,) = await self._db.rows("searched", languages=LANGUAGES)
        found = VectorMatches(
            self._db,
            self._words,
            Beginnings(self._words),
            Expressions(tuple(json.loads(searched["languages"]))),
            feeds,
            wanted=wanted,
            has_former=searched["has_former"],
        )
        if feeds is None:
            return found
        (sample,) = await self._db.rows("sample_share", feeds=sorted(feeds))
        if sample["is_all"] and wanted is None:
            return found
        if len(feeds) > _FEW_FEEDS and sample["share"] >= _LARGE_SHARE:
            return replace(found, _posted=posted, filters_hits=True)
        return replace(found, _posted=posted, named=feeds)

    async def is_common(self, term: Term) -> bool:
        """See Matcher."""
        word = replace(term, words=term.words[-1:], is_prefix=False, is_exact=True)
        (found,) = await self._db.rows("is_in_most", match=Expressions().term(word), newest=_NEWEST)
        return bool(found["is_in_most"])


@dataclass(frozen=True, slots=True)
class VectorMatches(Matches):
    """Matches posts of some feeds, in the way that is quickest for them."""

    _db: PostgresDatabase
    _words: IndexedWords
    _beginnings: Beginnings
    _expressions: Expressions
    _feeds: Feeds
    _posted: Posted | None = None
    wanted: Condition | None = None
    """What the posts of `_feeds` must meet besides the query."""
    named: frozenset[int] = frozenset()
    """Feeds that are matched by their tokens in the index."""
    filters_hits: bool = False
    """Whether the hits of other feeds are skipped one by one."""
    has_former: bool = False
    """Whether a former index must be searched, too."""
    returns_all: bool = False
    """Whether all hits are returned besides the page."""

    def returning_all(self) -> "VectorMatches":
        """See Matches."""
        return replace(self, returns_all=True)

    async def match(
        self, query: Query, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> Matched:
        """See Matches."""
        values = {**await self._values(query, order), "without": without, "limit": limit, "offset": offset}
        if self.returns_all:
            values |= {"limit": MAX_HITS + MAX_POSTED_HITS, "offset": 0}
        found = await self._find(values)
        is_partial = found is None
        if found is None:
            found = await self._find({**values, **_FALLBACK}) or ()
        page = _page_of(found[offset : offset + limit] if self.returns_all else found)
        ranked = _ranked(found) if self.returns_all else NONE
        return replace(page, ranked=ranked, is_partial=is_partial)

    async def exist(self, queries: Sequence[Query]) -> Sequence[bool]:
        """See Matches."""
        return [await self._exists(query) for query in queries]

    async def _exists(self, query: Query) -> bool:
        values = await self._values(query, Order.NEWEST)
        return bool(await self._find({**values, "without": (), "limit": 1, "offset": 0, "max_hits": 1}))

    async def _find(self, values: dict[str, Value]) -> Sequence[Row] | None:
        return await self._db.search("find", SEARCH_TIMEOUT, **values)

    async def _values(self, query: Query, order: Order) -> dict[str, Value]:
        """Return what decides about the hits, and their order."""
        expressions = await self._with_beginnings(query)
        terms = await self._terms(query, expressions) if order is Order.RELEVANCE else {}
        feeds = None if self._feeds is None else sorted(self._feeds)
        posted = self._posted
        wanted = query if self.wanted is None else also(query, self.wanted)
        return {
            "match": None if self._feeds == frozenset() else expressions.of(wanted, self.named),
            "posted_match": None if posted is None else expressions.of(query, posted.feeds),
            "channels": None if posted is None else sorted(posted.channels),
            "max_posted": MAX_POSTED_HITS,
            "feeds": feeds if self.filters_hits else None,
            "scope": feeds,
            **docid_bounds(query),
            "terms": tuple(terms),
            "term_weights": tuple(terms.values()),
            "weights": _WEIGHTS,
            "near": closeness(query) if terms else None,
            "closeness": _CLOSENESS,
            "best": _BEST,
            "has_former": self.has_former,
            "max_hits": MAX_HITS,
        }

    async def _terms(self, query: Query, expressions: Expressions) -> dict[str, float]:
        """Return an expression for each term that ranks hits, and how much it counts."""
        ranks = ranking(query)
        terms = () if ranks is None else ranks.wanted()
        known = await self._words.known({word for term in terms for word in term.words})
        rarest = {term: min(known.get(word, 1) for word in term.words) for term in terms}
        return {expressions.term(term): 1 / math.log2(2 + posts) for term, posts in rarest.items()}

    async def _with_beginnings(self, query: Query) -> Expressions:
        """Look up what the unfinished words of a query may be. A former index has words that the table may not have."""
        if self.has_former:
            return self._expressions
        return replace(self._expressions, beginnings=await self._beginnings.of(query))


def _page_of(found: Sequence[Row]) -> Matched:
    """Return the page of these hits."""
    if not found:
        return Matched()
    entries = tuple(row["entry_id"] for row in found)
    return Matched(entries, found[0]["total"], is_more=found[0]["hits"] >= MAX_HITS)


def _ranked(found: Sequence[Row]) -> Ranked:
    return Ranked(
        array("q", [row["entry_id"] for row in found]),
        array("q", [row["docid"] // DOCIDS_PER_SECOND for row in found]),
    )
