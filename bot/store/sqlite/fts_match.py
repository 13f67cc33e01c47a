"""Matching with FTS5: bounded in how many hits are scored, and in time.

https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.model import Condition, Order, Posted, Query, Term
from bot.search.languages import LANGUAGES
from bot.store.database import Value
from bot.store.matching import (
    MAX_HITS,
    MAX_POSTED_HITS,
    NONE,
    Feeds,
    Matched,
    Matcher,
    Matches,
    also,
    docid_bounds,
)
from bot.store.rows import as_json
from bot.store.sqlite.database import SqliteDatabase
from bot.store.sqlite.fts_expression import Expressions, closeness, with_words_before_phrases
from bot.store.sqlite.fts_frequencies import Frequencies, words_to_look_up
from bot.store.sqlite.fts_rank import Hits, best_first, read_hits
from bot.store.sqlite.fts_terms import scoring_of
from bot.store.words import Beginnings, IndexedWords

SEARCH_TIMEOUT = 1.0
"""Seconds for a search; the fallback query gets as much again."""
_MAX_FALLBACK_HITS = 500
"""Hits in place of a search that took too long: the newest, not ranked."""
_WEIGHTS: dict[str, Value] = {"title": 0.5, "text": 0.15, "tags": 0.1, "author": 0.05, "stems": 0.4}
"""Weights of the columns for bm25. With high weights, a word would get nearly its full score from one occurrence.

An exact word counts by its text and its stem, so that posts with it come first.
"""
_FEW_FEEDS = 48
"""Up to this many feeds are always matched by their tokens in the index, and scored with them."""
_SMALL_ARCHIVE = 200_000
"""Up to this many entries, the frequencies of words are not looked up: bm25 counts any word in at most 10 ms."""
_SMALL_ARCHIVE_WITHIN_FEEDS = 20_000
"""The same for a search of some feeds by their tokens, which reads more of the archive for its hits."""
_LARGE_SHARE = 0.1
"""Share of the entries above which it is quicker to filter the hits than to match each of many feeds."""
_MAX_FILTERED = 500
"""Up to this many hits of any feed are filtered instead of matching many feeds."""
_MAX_SAMPLED = 100
"""Hits in any feed that are checked for one in the searched feeds, before many of these are matched."""
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
        (searched,) = await self._db.rows("searched", languages=LANGUAGES)
        languages = tuple(json.loads(searched["languages"]))
        matches = FtsMatches(
            self._db,
            self._words,
            Beginnings(self._words),
            Expressions(languages, has_former=bool(searched["has_former"])),
            feeds,
            wanted=wanted,
            entry_count=searched["entry_count"],
        )
        if feeds is None:
            return matches
        (sample,) = await self._db.rows("sample_share", feeds=sorted(feeds))
        if sample["is_all"] and wanted is None:
            return matches
        if len(feeds) > _FEW_FEEDS and sample["share"] >= _LARGE_SHARE:
            return replace(matches, _posted=posted, filters_hits=True, share=sample["share"])
        return replace(matches, _posted=posted, named=feeds, share=sample["share"])

    async def is_common(self, term: Term) -> bool:
        """See Matcher."""
        word = Query(terms=(replace(term, words=term.words[-1:], is_prefix=False, is_exact=True),))
        (found,) = await self._db.rows("is_in_most", match=Expressions().of(word), newest=_NEWEST)
        return bool(found["is_in_most"])


@dataclass(frozen=True, slots=True)
class FtsMatches(Matches):
    """Matches posts of some feeds, in the way that is quickest for them."""

    _db: SqliteDatabase
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
    entry_count: int = 0
    """About how many entries the archive has: the highest id."""
    share: float = 1.0
    """Share of the entries that are in the feeds, at a guess."""
    returns_all: bool = False
    """Whether all hits are returned besides the page."""
    _word_counts: dict[str, int] = field(default_factory=dict)
    """About how many posts have each word that was looked up."""
    _tried: dict[Query, bool] = field(default_factory=dict)
    """Whether a post has what each query asks for."""

    def returning_all(self) -> "FtsMatches":
        """See Matches."""
        return replace(self, returns_all=True)

    async def match(
        self, query: Query, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> Matched:
        """See Matches."""
        expressions = await self._expressions_of(query)
        found = await self._ranked(query, order, expressions)
        is_partial = found is None
        if found is None:
            found = await self._find(query, expressions, _MAX_FALLBACK_HITS) or ()
        posts = await self._posts(without)
        ranked = best_first([hits.visible(self._feeds, posts) for hits in found])
        page = tuple(ranked.entries[offset : offset + limit])
        if not page:
            return Matched(is_partial=is_partial)
        counted = sum(len(hits.docids) for hits in found if not hits.is_posted)
        is_more = counted >= MAX_HITS
        return Matched(page, len(ranked.entries), is_more, is_partial, ranked if self.returns_all else NONE)

    async def exist(self, queries: Sequence[Query]) -> Sequence[bool]:
        """See Matches."""
        if new := [query for query in dict.fromkeys(queries) if query not in self._tried]:
            found = await self._existing(new)
            self._tried.update({query: query in found for query in new})
        return [self._tried[query] for query in queries]

    async def _existing(self, queries: Sequence[Query]) -> set[Query]:
        """Return the queries that find a post.

        In a few feeds, each query is matched directly. Otherwise its first hit in any feed decides about most queries,
        or its first hundred if many feeds are searched.
        """
        expressions = await self._expressions_of(*queries)
        if self._expressions.has_former:
            return {query for query in queries if await self._exists(query, expressions)}
        if 0 < len(self.named) <= _FEW_FEEDS and self._posted is None:
            return await self._have_hits(queries, expressions)
        sampled = await self._sampled(queries, expressions)
        in_scope = {query for query, place in sampled.items() if place == "in scope"}
        undecided = {query for query, place in sampled.items() if place is None}
        if self.wanted is None:
            found = in_scope | await self._have_hits(undecided, expressions)
        else:  # a hit in the feeds may not be wanted
            found = await self._have_hits(in_scope | undecided, expressions)
        if self._posted is None:
            return found
        others = {query for query, place in sampled.items() if place != "nowhere"} - found
        return found | {query for query in others if await self._exists(query, expressions)}

    async def _sampled(
        self, queries: Sequence[Query], expressions: Expressions
    ) -> Mapping[Query, str | None]:
        """Return where the first hits of each query are (see sample_hits).

        One statement for all: a misspelled search asks about thirty.
        """
        conditions = [_condition(query, expressions.of(query)) for query in queries]
        rows = await self._db.search(
            "sample_hits",
            SEARCH_TIMEOUT,
            conditions=as_json(conditions),
            scope=self._scope,
            most=_MAX_SAMPLED if len(self.named) > _FEW_FEEDS else 1,
        )
        return {queries[row["number"]]: row["place"] for row in rows or ()}

    async def _have_hits(self, queries: Collection[Query], expressions: Expressions) -> set[Query]:
        """Return those of the queries that find a post in the feeds, without what only a page needs."""
        asked = tuple(queries)
        if not asked or self._feeds == frozenset():
            return set()
        conditions = [_condition(query, self._match(query, expressions)) for query in asked]
        rows = await self._db.search(
            "have_hits", SEARCH_TIMEOUT, conditions=as_json(conditions), scope=self._scope
        )
        return {asked[row["number"]] for row in rows or ()}

    @property
    def _scope(self) -> list[int] | None:
        """The searched feeds as SQLite takes them."""
        return None if self._feeds is None else sorted(self._feeds)

    def _match(self, query: Query, expressions: Expressions) -> str | None:
        """Return the expression for posts in the feeds; None if there are no feeds."""
        wanted = query if self.wanted is None else also(query, self.wanted)
        return None if self._feeds == frozenset() else expressions.of(wanted, self.named)

    async def _exists(self, query: Query, expressions: Expressions) -> bool:
        found = await self._find(query, expressions, 1)
        return any(hits.visible(self._feeds, frozenset()).docids for hits in found or ())

    async def _ranked(self, query: Query, order: Order, expressions: Expressions) -> Sequence[Hits] | None:
        """Return the hits with scores; None if that takes too long."""
        if order is not Order.RELEVANCE:
            return await self._find(query, expressions, MAX_HITS)
        posted = self._posted.feeds if self._posted else frozenset()
        has_many_feeds = len(self.named) + len(posted) > _FEW_FEEDS
        scope = frozenset() if has_many_feeds or self.filters_hits else self.named | posted
        scoring = scoring_of(
            query, expressions.frequencies, is_scoped=bool(scope), has_many_feeds=has_many_feeds
        )
        is_ranked = scoring is not None and not scoring.is_later
        found = await self._find(query, expressions, MAX_HITS, is_ranked=is_ranked)
        if found is None or sum(len(hits.docids) for hits in found) < 2:
            return found
        if scoring is not None and scoring.is_later:
            found = await self._scored(found, expressions.of(scoring.query, scope))
        near = closeness(query, scope)
        return found if near is None else await self._with_close(found, near)

    async def _scored(self, found: Sequence[Hits], match: str) -> Sequence[Hits] | None:
        """Return the hits with their scores by an expression; None if that takes too long."""
        rows = await self._db.search(
            "scores", SEARCH_TIMEOUT / 2, match=match, **self._among(found), **_WEIGHTS
        )
        if rows is None:
            return None
        scores = {
            row["is_former"]: dict(zip(json.loads(row["docids"]), json.loads(row["scores"]), strict=True))
            for row in rows
        }
        return [hits.scored(scores.get(hits.is_former, {})) for hits in found]

    async def _with_close(self, found: Sequence[Hits] | None, match: str) -> Sequence[Hits] | None:
        """Return the hits with better scores for those of an expression."""
        if found is None:
            return None
        rows = await self._db.search("close_hits", SEARCH_TIMEOUT / 2, match=match, **self._among(found))
        if rows is None:
            return None
        close = {row["is_former"]: set(json.loads(row["docids"])) for row in rows}
        return [hits.with_close(close.get(hits.is_former, frozenset())) for hits in found]

    def _among(self, found: Sequence[Hits]) -> Mapping[str, Value]:
        """Return what limits a query to these hits."""
        docids = sorted({docid for hits in found for docid in hits.docids})
        return {
            "docids": docids,
            "first": docids[0],
            "last": docids[-1],
            "has_former": self._expressions.has_former,
        }

    async def _find(
        self, query: Query, expressions: Expressions, max_hits: int, *, is_ranked: bool = False
    ) -> Sequence[Hits] | None:
        """Return the newest hits; None if that takes too long.

        In many feeds, what several conditions find together is so little that it is quicker to filter it.
        """
        if len(self.named) > _FEW_FEEDS and len(query.conditions) > 1 and self.wanted is None:
            found = await self._hits(query, expressions, _MAX_FILTERED, expressions.of(query))
            if found is not None and all(
                hits.is_posted or len(hits.docids) < _MAX_FILTERED for hits in found
            ):
                return [hits.visible(self._feeds, frozenset()) for hits in found]
        if not is_ranked:  # bm25 would count and score the added words, too
            # With the feeds, one word is enough to rule out most posts.
            query = with_words_before_phrases(query, min_words=1 if self.named else 2)
        match = self._match(query, expressions)
        return await self._hits(query, expressions, max_hits, match, is_ranked=is_ranked)

    async def _hits(
        self,
        query: Query,
        expressions: Expressions,
        max_hits: int,
        match: str | None,
        *,
        is_ranked: bool = False,
    ) -> Sequence[Hits] | None:
        posted, feeds = self._posted, self._feeds
        rows = await self._db.search(
            "hits",
            SEARCH_TIMEOUT,
            match=match,
            posted_match=None if posted is None else expressions.of(query, posted.feeds),
            channels=None if posted is None else sorted(posted.channels),
            feeds=sorted(feeds) if feeds is not None and self.filters_hits else None,
            is_scoped=feeds is not None,
            is_ranked=is_ranked,
            has_former=expressions.has_former,
            max_hits=max_hits,
            max_posted=MAX_POSTED_HITS,
            **docid_bounds(query),
            **_WEIGHTS,
        )
        return None if rows is None else [read_hits(row) for row in rows]

    async def _posts(self, entries: Sequence[int]) -> frozenset[int]:
        """Return the posts of entries."""
        rows = await self._db.rows("posts_of", entries=entries) if entries else ()
        return frozenset(row["post_id"] for row in rows)

    async def _expressions_of(self, *queries: Query) -> Expressions:
        """Return expressions that know what unfinished words may be and, in a large archive, how frequent words are.

        While a former index is searched, nothing is looked up: the word table may lack its words.
        """
        if self._expressions.has_former:
            return self._expressions
        beginnings: dict[str, Sequence[str]] = {}
        for query in queries:
            beginnings.update(await self._beginnings.of(query))
        frequencies = await self._frequencies_of(queries)
        return replace(self._expressions, beginnings=beginnings, frequencies=frequencies)

    async def _frequencies_of(self, queries: Sequence[Query]) -> Frequencies:
        """Return about how many posts have each word of the queries; nothing in a small archive."""
        if self.entry_count <= (_SMALL_ARCHIVE_WITHIN_FEEDS if self.named else _SMALL_ARCHIVE):
            return Frequencies()
        languages = self._expressions.languages
        if new := words_to_look_up(queries, languages) - self._word_counts.keys():
            known = await self._words.known(new)
            self._word_counts.update({word: known.get(word, 0) for word in new})
        return Frequencies(self.entry_count, dict(self._word_counts), self.share, languages)


def _condition(query: Query, match: str | None) -> tuple[Value, ...]:
    """Return an expression, and the first document id of the query's time and the first after it."""
    return match, *docid_bounds(query).values()
