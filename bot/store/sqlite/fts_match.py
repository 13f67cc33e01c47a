"""Matching and ranking with FTS5: bounded in what is ranked, and in time.

https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Condition, Either, Field, Order, Posted, Query, SearchResult, Term
from bot.search.stems import is_stopword, query_stems
from bot.search.tokens import EVERY_POST, feed_token
from bot.store import rows
from bot.store.database import Row, Value
from bot.store.matching import Feeds, Matcher, Matches
from bot.store.rows import milliseconds
from bot.store.sqlite.database import SqliteDatabase

MAX_HITS = 5_000
"""Hits that are ranked and counted: the newest."""
MAX_POSTED_HITS = 2_000
"""Hits in feeds that are no longer followed, of which those with a message that the reader may see are found."""
SEARCH_TIMEOUT = 1.0
"""Seconds for a search; the fallback query gets as much again."""
_FALLBACK: dict[str, Value] = {"is_ranked": False, "ranking": None, "max_hits": 500}
"""In place of a search that took too long: the newest hits, not ranked."""
_WEIGHTS: dict[str, Value] = {"title": 0.5, "text": 0.15, "tags": 0.1, "author": 0.05, "stems": 0.3}
"""Weights of the columns for bm25. With high weights, a word would get nearly its full score from one occurrence.

Stems are what a word and its inflections share.
"""
_FEW_FEEDS = 48
"""Up to this many feeds are always matched by their tokens in the index."""
_LARGE_SHARE = 0.1
"""Share of the entries above which it is quicker to filter the hits than to match each of many feeds."""
_NEWEST = 1_000
"""How many of the newest posts are searched to see whether a word is common."""
_FIRST, _LAST = -(2**62), 2**62
_COLUMNS = {Field.TITLE: "title : ", Field.TAG: "tags : ", Field.AUTHOR: "author : "}
_STEMS = {Field.ANY: "stems : ", Field.TITLE: ""}
"""The fields in which inflections are found, and the column that holds their stems."""


class FtsMatcher(Matcher):
    """Matches posts in the full-text index."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._db = database

    async def within(self, feeds: Feeds, posted: Posted | None = None) -> "FtsMatches":
        """See Matcher."""
        if feeds is None:
            return FtsMatches(self._db, feeds)
        (sample,) = await self._db.rows("sample_share", feeds=sorted(feeds))
        if sample["is_all"]:
            return FtsMatches(self._db, feeds)
        if len(feeds) > _FEW_FEEDS and sample["share"] >= _LARGE_SHARE:
            return FtsMatches(self._db, feeds, posted, filters_hits=True)
        return FtsMatches(self._db, feeds, posted, named=feeds)

    async def is_common(self, term: Term) -> bool:
        """See Matcher."""
        word = Query(terms=(replace(term, words=term.words[-1:], is_prefix=False, is_exact=True),))
        (found,) = await self._db.rows("is_in_most", match=_expression(word), newest=_NEWEST)
        return bool(found["is_in_most"])


@dataclass(frozen=True, slots=True)
class FtsMatches(Matches):
    """Matches posts of some feeds, in the way that is quickest for them."""

    _db: SqliteDatabase
    _feeds: Feeds
    _posted: Posted | None = None
    named: frozenset[int] = frozenset()
    """Feeds that are matched by their tokens in the index."""
    filters_hits: bool = False
    """Whether the hits of other feeds are skipped one by one."""

    async def match(
        self, query: Query, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> SearchResult:
        """See Matches."""
        values = self._values(query, order, limit, offset, without)
        found = await self._find(values)
        if found is not None:
            return _found(query, found)
        found = await self._find({**values, **_FALLBACK})
        return replace(_found(query, found or []), is_partial=True)

    async def exists(self, query: Query) -> bool:
        """See Matches."""
        values = {**self._values(query, Order.NEWEST, 1, 0), "max_hits": 1}
        return bool(await self._find(values))

    async def _find(self, values: dict[str, Value]) -> Sequence[Row] | None:
        return await self._db.search("find", SEARCH_TIMEOUT, **values)

    def _values(
        self, query: Query, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> dict[str, Value]:
        ranking = _ranking(query) if order is Order.RELEVANCE else None
        has_prefix = any(term.is_prefix for term in query.wanted())
        feeds = None if self._feeds is None else sorted(self._feeds)
        return {
            **_WEIGHTS,
            "match": None if self._feeds == frozenset() else _expression(query, self.named),
            "posted_match": None if self._posted is None else _expression(query, self._posted.feeds),
            "channels": None if self._posted is None else sorted(self._posted.channels),
            "max_posted": MAX_POSTED_HITS,
            "feeds": feeds if self.filters_hits else None,
            "scope": feeds,
            "without": without,
            "first": _docid(query.after, _FIRST),
            "last": _docid(query.before, _LAST),
            "is_ranked": ranking is not None and not has_prefix,
            "ranking": _expression(ranking) if ranking is not None and has_prefix else None,
            "max_hits": MAX_HITS,
            "limit": limit,
            "offset": offset,
        }


def _found(query: Query, found: Sequence[Row]) -> SearchResult:
    if not found:
        return SearchResult(query=query)
    return SearchResult(
        hits=tuple(rows.search_hit(row) for row in found),
        total=found[0]["total"],
        is_more=found[0]["hits"] == MAX_HITS,
        query=query,
    )


def _ranking(query: Query) -> Query | None:
    """Return the terms that rank hits: no stop words, and no prefixes, since too many words begin with them."""
    terms = [term for term in query.wanted() if not (term.is_prefix or all(map(is_stopword, term.words)))]
    if not terms:
        return None
    if query.either:
        return Query(either=(Either("", tuple((term,) for term in terms)),))
    return Query(terms=tuple(terms))


def _docid(moment: datetime | None, otherwise: int) -> int:
    """Return the first document id of this moment; `otherwise` if there is no moment."""
    return otherwise if moment is None else -(-milliseconds(moment) // 1000) * 8


def _expression(query: Query, feeds: Iterable[int] = ()) -> str:
    """Return the expression for MATCH: every condition, and any of these feeds if there are some.

    Tokens never contain quotes; they are quoted all the same.
    """
    scope = " OR ".join(_quoted((feed_token(feed_id),)) for feed_id in sorted(feeds))
    return _all(query.conditions, scope)


def _all(conditions: Iterable[Condition], scope: str = "") -> str:
    """Return an expression for posts that meet all conditions, and match `scope` if it is given."""
    conditions = tuple(conditions)
    required = [_any(each) for each in conditions if not each.is_excluded]
    unwanted = [_any(each) for each in conditions if each.is_excluded]
    required += [f"({scope})"] if scope else []
    found = " AND ".join(required or [_quoted((EVERY_POST,))])
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def _any(condition: Condition) -> str:
    """Return an expression for a condition, whether or not it is excluded."""
    if isinstance(condition, Term):
        return _term(condition)
    return f"({' OR '.join(f'({_all(option)})' for option in condition.options)})"


def _term(term: Term) -> str:
    words = _quoted(term.words)
    forms = [words, f"{words} *"] if term.is_prefix else [words]
    column = _STEMS.get(term.field)
    if column is not None and not term.is_exact and len(term.words) == 1:
        forms += [f"{column}{_quoted((stem,))}" for stem in query_stems(term.words[0])]
    return f"({_COLUMNS.get(term.field, '')}({' OR '.join(forms)}))"


def _quoted(words: Iterable[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'
