"""Matching and ranking with FTS5: bounded in what is ranked, and in time.

https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model import Condition, Order, Posted, Query, Term
from bot.search.languages import LANGUAGES
from bot.store.database import Row, Value
from bot.store.matching import (
    MAX_HITS,
    MAX_POSTED_HITS,
    Feeds,
    Matched,
    Matcher,
    Matches,
    Ranked,
    also,
    docid_bounds,
    matched,
    ranking,
    unfinished_words,
)
from bot.store.rows import as_json
from bot.store.sqlite.database import SqliteDatabase
from bot.store.sqlite.fts_expression import Expressions, closeness
from bot.store.words import IndexedWords

SEARCH_TIMEOUT = 1.0
"""Seconds for a search; the fallback query gets as much again."""
_FALLBACK: dict[str, Value] = {"is_ranked": False, "ranking": None, "near": None, "max_hits": 500}
"""In place of a search that took too long: the newest hits, not ranked."""
_WEIGHTS: dict[str, Value] = {"title": 0.5, "text": 0.15, "tags": 0.1, "author": 0.05, "stems": 0.4}
"""Weights of the columns for bm25. With high weights, a word would get nearly its full score from one occurrence.

An exact word counts by its text and its stem, so that posts with it come first.
"""
_CLOSENESS = 1.3
"""A hit counts this many times if searched words are close together in it."""
_FEW_FEEDS = 48
"""Up to this many feeds are always matched by their tokens in the index."""
_LARGE_SHARE = 0.1
"""Share of the entries above which it is quicker to filter the hits than to match each of many feeds."""
_NEWEST = 1_000
"""How many of the newest posts are searched to see whether a word is common."""


class FtsMatcher(Matcher):
    """Matches posts in the full-text index."""

    def __init__(self, database: SqliteDatabase, words: IndexedWords) -> None:
        self._db = database
        self._words = words

    async def within(
        self, feeds: Feeds, posted: Posted | None = None, wanted: Condition | None = None
    ) -> "FtsMatches":
        """See Matcher."""
        expressions = await self._expressions()
        if feeds is None:
            return FtsMatches(self._db, self._words, expressions, feeds, wanted=wanted)
        (sample,) = await self._db.rows("sample_share", feeds=sorted(feeds))
        if sample["is_all"] and wanted is None:
            return FtsMatches(self._db, self._words, expressions, feeds)
        filters = len(feeds) > _FEW_FEEDS and sample["share"] >= _LARGE_SHARE
        named = frozenset() if filters else feeds
        return FtsMatches(
            self._db, self._words, expressions, feeds, posted, wanted, named, filters_hits=filters
        )

    async def is_common(self, term: Term) -> bool:
        """See Matcher."""
        word = Query(terms=(replace(term, words=term.words[-1:], is_prefix=False, is_exact=True),))
        (found,) = await self._db.rows("is_in_most", match=Expressions().of(word), newest=_NEWEST)
        return bool(found["is_in_most"])

    async def _expressions(self) -> Expressions:
        (searched,) = await self._db.rows("searched", languages=LANGUAGES)
        return Expressions(json.loads(searched["languages"]), has_former=bool(searched["has_former"]))


@dataclass(frozen=True, slots=True)
class FtsMatches(Matches):
    """Matches posts of some feeds, in the way that is quickest for them."""

    _db: SqliteDatabase
    _words: IndexedWords
    _expressions: Expressions
    _feeds: Feeds
    _posted: Posted | None = None
    wanted: Condition | None = None
    """What the posts of `_feeds` must meet besides the query."""
    named: frozenset[int] = frozenset()
    """Feeds that are matched by their tokens in the index."""
    filters_hits: bool = False
    """Whether the hits of other feeds are skipped one by one."""
    returns_all: bool = False
    """Whether all hits are returned besides the page."""

    def returning_all(self) -> "FtsMatches":
        """See Matches."""
        return replace(self, returns_all=True)

    async def match(
        self, query: Query, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> Matched:
        """See Matches."""
        values = await self._values(query, order)
        values |= {"without": without, "limit": limit, "offset": offset, "returns_all": self.returns_all}
        found = await self._find(values)
        is_partial = found is None
        if found is None:
            found = await self._find({**values, **_FALLBACK})
        page = matched(found or (), MAX_HITS)
        if self.returns_all and found:
            page = replace(page, ranked=_ranked(found[0]["ranked"]))
        return replace(page, is_partial=is_partial)

    async def exist(self, queries: Sequence[Query]) -> Sequence[bool]:
        """See Matches. Together, without what only a page needs: a misspelled search asks about thirty."""
        wanted = [await self._values(query, Order.NEWEST) for query in queries]
        if self._posted is not None or self._expressions.has_former:
            return [await self._exists(values) for values in wanted]
        conditions = as_json([[each["match"], each["first"], each["last"]] for each in wanted])
        scope = None if self._feeds is None else sorted(self._feeds)
        found = await self._db.search("have_hits", SEARCH_TIMEOUT, conditions=conditions, scope=scope)
        places = {row["place"] for row in found or ()}
        return [place in places for place in range(len(queries))]

    async def _exists(self, values: dict[str, Value]) -> bool:
        only_one: dict[str, Value] = {
            "without": (),
            "limit": 1,
            "offset": 0,
            "returns_all": False,
            "max_hits": 1,
        }
        return bool(await self._find({**values, **only_one}))

    async def _find(self, values: dict[str, Value]) -> Sequence[Row] | None:
        return await self._db.search("find", SEARCH_TIMEOUT, **values)

    async def _values(self, query: Query, order: Order) -> dict[str, Value]:
        """Return what decides about the hits, and their order."""
        is_ranked = order is Order.RELEVANCE
        ranks = ranking(query) if is_ranked else None
        has_prefix = any(term.is_prefix for term in query.wanted())
        feeds = None if self._feeds is None else sorted(self._feeds)
        expressions = await self._with_beginnings(query)
        posted = self._posted
        wanted = query if self.wanted is None else also(query, self.wanted)
        return {
            **_WEIGHTS,
            "match": None if self._feeds == frozenset() else expressions.of(wanted, self.named),
            "posted_match": None if posted is None else expressions.of(query, posted.feeds),
            "channels": None if posted is None else sorted(posted.channels),
            "max_posted": MAX_POSTED_HITS,
            "feeds": feeds if self.filters_hits else None,
            "scope": feeds,
            **docid_bounds(query),
            "is_ranked": ranks is not None and not has_prefix,
            "ranking": expressions.of(ranks) if ranks is not None and has_prefix else None,
            "near": closeness(query) if is_ranked else None,
            "closeness": _CLOSENESS,
            "has_former": expressions.has_former,
            "max_hits": MAX_HITS,
        }

    async def _with_beginnings(self, query: Query) -> Expressions:
        """Look up what the unfinished words of a query may be. A former index has words that the table may not have."""
        unfinished = unfinished_words(query)
        if not unfinished or self._expressions.has_former:
            return self._expressions
        return replace(self._expressions, beginnings=await self._words.starting(unfinished))


def _ranked(hits: str) -> Ranked:
    """Read the entries and places of hits: a place is twice a document's id, or that plus one in the former index."""
    entries, places = json.loads(hits)
    return Ranked(array("q", entries), array("q", [place // 16 for place in places]))
