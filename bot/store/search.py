"""Searches of the archive: bounded in what is ranked, and in time."""

import asyncio
import difflib
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.model import Advice, Field, Found, Order, Posted, Query, SearchHit, TagCount, Term
from bot.search.query import MIN_PREFIX_LENGTH, allow_prefix, parse_query
from bot.search.relax import relax
from bot.search.stems import is_stopword
from bot.store import rows
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Row
from bot.store.sqlite.fts_query import expression
from bot.text.fold import fold_tag

Feeds = frozenset[int] | None
"""The ids of the feeds that are searched; None: all."""

MOST = 5_000
"""Hits that are ranked and counted: the newest."""
DEADLINE = 1.0
"""Seconds for a search, and as much again for what is found in its place when they are over."""
_WEIGHTS = {"title": 0.5, "text": 0.15, "tags": 0.1, "author": 0.05, "stems": 0.3}
"""Of the columns, for bm25: great ones would count a word for nearly all it may count where it occurs but once.

Stems are what a word and its inflections share.
"""
_FEW_HITS = 500
"""In place of a search that took too long."""
PAGE = 5
"""Posts of a page; where fewer are found, those follow in which the last word goes on."""
_FEW_FEEDS = 48
"""So many feeds are always searched by their words in the index."""
_LARGE_SHARE = 0.1
"""Of all entries: with more feeds, it is quicker to pass the others over than to look for each of them."""
_ADVISED = 8
"""Conditions of which each is left out to see whether that helps."""
_PATIENCE = 2.0
"""Seconds for all of them; then the best that was found so far is told."""
_NEWEST = 1_000
"""Posts that tell whether a word is in most of all."""
_FIRST, _LAST = -(2**62), 2**62
_TAGS = 2_000
"""The most used, among which one is sought that is like another."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """The feeds that are searched, and how."""

    feeds: Feeds
    named: frozenset[int] = frozenset()
    """Those that are looked for by their words in the index."""
    is_by_passing_over: bool = False
    """Whether the posts of all other feeds are passed over one by one."""


class Search:
    """SearchRequests about what is archived; none of them changes anything."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def find(
        self,
        query: Query,
        feeds: Feeds,
        *,
        order: Order = Order.RELEVANCE,
        limit: int = PAGE,
        offset: int = 0,
    ) -> Found:
        """A page of what meets all conditions; without any, of everything. What `feed:` names is not read here.

        Where only a few posts are found, those follow in which the last word goes on; where there are none, either,
        those in which any word does. `Found.query` is what was answered.
        """
        if feeds is not None and not feeds:
            return Found(query=query)
        return await self._wide(query, await self._scope(feeds), order, limit, offset)

    async def titles(self, typed: str, feeds: Feeds, now: datetime, limit: int = 25) -> tuple[SearchHit, ...]:
        """The newest posts whose title has what is typed so far; the newest of all if nothing is."""
        query = parse_query(typed, now, is_partial=True)
        terms = tuple(
            replace(term, field=Field.TITLE) if term.field is Field.ANY else term for term in query.terms
        )
        found = await self.find(replace(query, terms=terms), feeds, order=Order.NEWEST, limit=limit)
        return found.hits

    async def tags(
        self, feeds: Feeds, starting: str = "", limit: int = 25, offset: int = 0
    ) -> tuple[TagCount, ...]:
        """The tags of these feeds, most used first; those that begin like this, in any spelling."""
        start = rows.whole(fold_tag(starting))
        values = {
            "feeds": _listed(feeds),
            "first": start,
            "last": f"{start}\U0010ffff",
            "limit": limit,
            "offset": offset,
        }
        found = await self._db.read(SQL["tag_counts"], values)
        return tuple(TagCount(row["tag"], row["entries"]) for row in found)

    async def posted(self, identities: Sequence[str], guild_id: int) -> tuple[Posted, ...]:
        """The messages of a guild that bear these posts, newest first."""
        values = {"identities": as_json(list(identities)), "guild_id": guild_id}
        found = await self._db.read(SQL["posted_messages"], values)
        return tuple(Posted(row["identity"], row["channel_id"], row["message_id"]) for row in found)

    async def advise(self, query: Query, feeds: Feeds) -> Advice:
        """What helps where nothing was found: the rarest condition left out, and a tag like one that nobody uses."""
        tag = await self._like(query, feeds)
        best: tuple[int, Advice] | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                async for alone, advice in self._helping(query, await self._scope(feeds)):
                    if best is None or alone < best[0]:
                        best = alone, advice
        return replace(best[1] if best else Advice(), tag=tag)

    async def _helping(self, query: Query, scope: "_Scope") -> AsyncIterator[tuple[int, Advice]]:
        """Conditions without which there are posts, each with how many it finds alone."""
        for each in relax(query)[:_ADVISED]:
            rest = await self._wide(each.query, scope, Order.NEWEST, 1, 0)
            if rest.total:
                alone = None if each.is_excluded else await self._find(each.alone, scope, Order.NEWEST, 1, 0)
                yield alone.total if alone else 0, Advice(each.dropped, each.query, rest.total)

    async def _like(self, query: Query, feeds: Feeds) -> str:
        """The tag that is most like the first one that was asked for, or like a single word."""
        wanting = [term for term in query.terms if not term.is_excluded]
        asked = [term for term in wanting if term.field is Field.TAG] or wanting[:1]
        if not asked:
            return ""
        spelled = {fold_tag(count.tag): count.tag for count in reversed(await self.tags(feeds, limit=_TAGS))}
        wanted = fold_tag(asked[0].bare)
        near = difflib.get_close_matches(wanted, spelled, n=1, cutoff=0.7)
        return spelled[near[0]] if near and near[0] != wanted else ""

    async def _wide(self, query: Query, scope: "_Scope", order: Order, limit: int, offset: int) -> Found:
        found = await self._find(query, scope, order, limit, offset)
        for wider in _wider(query, found):
            if found.total >= PAGE or found.is_more or found.is_partial:
                break
            found = await self._with_more(found, wider, scope, order, limit, offset)
        return found

    async def _with_more(
        self, found: Found, wider: Query, scope: "_Scope", order: Order, limit: int, offset: int
    ) -> Found:
        """What was found, and behind it what a wider query finds besides; by date all of it together."""
        if order is Order.NEWEST or not found.total:
            more = await self._find(wider, scope, order, limit, offset)
            return more if more.total > found.total else replace(found, is_partial=more.is_partial)
        is_whole = len(found.hits) == found.total
        best = found if is_whole else await self._find(found.query, scope, order, PAGE, 0)
        room, behind = limit - len(found.hits), max(0, offset - found.total)
        more = await self._find(
            wider, scope, order, max(1, room), behind, [hit.entry_id for hit in best.hits]
        )
        if not more.total:
            return replace(found, is_partial=more.is_partial)
        return replace(more, hits=found.hits + more.hits[:room], total=found.total + more.total)

    async def _find(
        self,
        query: Query,
        scope: "_Scope",
        order: Order,
        limit: int,
        offset: int,
        without: Sequence[int] = (),
    ) -> Found:
        query = await self._finished(query)
        telling = _telling(query) if order is Order.RELEVANCE else None
        is_whole = not any(term.is_prefix for term in query.terms)
        values = {
            **_WEIGHTS,
            "match": expression(query, scope.named),
            "feeds": _listed(scope.feeds) if scope.is_by_passing_over else None,
            "scope": _listed(scope.feeds),
            "without": as_json(list(without)),
            "first": _place(query.after, _FIRST),
            "last": _place(query.before, _LAST),
            "is_ranked": is_whole and telling is not None,
            "telling": None if is_whole or telling is None else expression(telling),
            "most": MOST,
            "limit": limit,
            "offset": offset,
        }
        found = await self._ask(values)
        if found is None:
            found = await self._ask({**values, "is_ranked": False, "telling": None, "most": _FEW_HITS})
            return replace(_page(query, found or []), is_partial=True)
        if not found and offset:
            first = await self._find(query, scope, order, 1, 0, without)
            return replace(first, hits=())
        return _page(query, found)

    async def _ask(self, values: dict[str, Any]) -> list[Row] | None:
        """None: it took too long."""
        return await self._db.search(SQL["find"], values, DEADLINE)

    async def _finished(self, query: Query) -> Query:
        """The query without beginnings that are themselves words of most posts: they begin too much."""
        terms = [
            replace(term, is_prefix=term.is_prefix and not await self._is_in_most(term))
            for term in query.terms
        ]
        return replace(query, terms=tuple(terms))

    async def _is_in_most(self, term: Term) -> bool:
        if len(term.words[-1]) != MIN_PREFIX_LENGTH:
            return False
        word = Query(terms=(replace(term, words=term.words[-1:], is_prefix=False, is_exact=True),))
        (found,) = await self._db.read(SQL["is_in_most"], {"match": expression(word), "newest": _NEWEST})
        return bool(found["is_in_most"])

    async def _scope(self, feeds: Feeds) -> "_Scope":
        """Asked once for all searches that answer one question."""
        if feeds is None:
            return _Scope(feeds)
        (share,) = await self._db.read(SQL["sample_share"], {"feeds": _listed(feeds)})
        if share["is_all"]:
            return _Scope(feeds)
        if len(feeds) > _FEW_FEEDS and share["share"] >= _LARGE_SHARE:
            return _Scope(feeds, is_by_passing_over=True)
        return _Scope(feeds, named=feeds)


def _page(query: Query, found: Sequence[Row]) -> Found:
    if not found:
        return Found(query=query)
    return Found(
        hits=tuple(rows.search_hit(row) for row in found),
        total=found[0]["total"],
        is_more=found[0]["hits"] == MOST,
        query=query,
    )


def _wider(query: Query, found: Found) -> list[Query]:
    """What to try where too few posts were found; nothing if no word may go on."""
    every = tuple(map(allow_prefix, query.terms))
    last = max((index for index, term in enumerate(every) if term.is_prefix), default=-1)
    if last < 0:
        return []
    ways = [(*query.terms[:last], *every[last : last + 1], *query.terms[last + 1 :])]
    if not found.total:
        ways.append(every)
    return [replace(query, terms=terms) for terms in dict.fromkeys(ways) if terms != query.terms]


def _telling(query: Query) -> Query | None:
    """What ranks hits: neither small words, nor beginnings, which begin too many words to count them all."""
    terms = [
        term
        for term in query.terms
        if not (term.is_excluded or term.is_prefix or all(map(is_stopword, term.words)))
    ]
    return Query(terms=tuple(terms)) if terms else None


def _place(moment: datetime | None, otherwise: int) -> int:
    """Where posts of this moment begin in the index."""
    stored = milliseconds(moment)
    return otherwise if stored is None else -(-stored // 1000) * 8


def _listed(feeds: Feeds) -> str | None:
    return None if feeds is None else as_json(sorted(feeds))
