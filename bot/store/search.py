"""Searches of the archive: what a search means, its pages, and who may see what.

The engine (`bot.store.matching`) only matches and ranks.
"""

import asyncio
import difflib
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bot.model import (
    Advice,
    Condition,
    Facets,
    Field,
    Narrowing,
    Order,
    Posted,
    PostedMessage,
    Query,
    SearchHit,
    SearchResult,
    TagCount,
)
from bot.search.facets import count_years, narrow
from bot.search.loosen import left_out, without_question_words
from bot.search.query import MIN_PREFIX_LENGTH, allow_prefix, parse_query
from bot.search.relax import relax
from bot.store import rows
from bot.store.database import Database, Repository, storable
from bot.store.matching import Feeds, Matcher, Matches, Words
from bot.store.mending import loosen, spell
from bot.text.fold import fold_tag

PAGE = 5
"""Posts of a page; if a search finds fewer, posts follow in which the last word is the beginning of a word."""
_MAX_CONDITIONS = 8
"""How many conditions `advise` leaves out, one at a time, to see whether that helps."""
_ADVICE_TIMEOUT = 2.0
"""Seconds for all of them; after that, the best advice found so far counts."""
_MENDING_TIMEOUT = 1.5
"""Seconds for finding other spellings and fewer words; after that, nothing is found."""
_MAX_TAGS = 2_000
"""How many of the most used tags are compared with a mistyped one."""
_MAX_FACET_TAGS = 25


class Search(Repository):
    """Finds archived posts by words, titles and tags."""

    def __init__(self, database: Database, matcher: Matcher, words: Words) -> None:
        super().__init__(database)
        self._matcher = matcher
        self._words = words

    async def find(
        self,
        query: Query,
        feeds: Feeds,
        *,
        order: Order = Order.RELEVANCE,
        limit: int = PAGE,
        offset: int = 0,
        posted: Posted | None = None,
        wanted: Condition | None = None,
    ) -> SearchResult:
        """Return a page of the posts that meet all conditions; without conditions, of all posts.

        `feeds`: all of their posts are searched, or those that are `wanted`. `posted`: and these posts of any feed.

        If there are few, posts follow that have all words but small ones, and the last as the beginning of a word. If
        there are none either, near spellings are tried, then most of the words. `SearchResult.query` is the query that
        was run. `Query.feeds` is ignored.
        """
        if feeds is not None and not feeds and posted is None:
            return SearchResult(query=query)
        return await self._found(
            query, await self._matcher.within(feeds, posted, wanted), order, limit, offset
        )

    async def find_narrowed(
        self,
        query: Query,
        feeds: Feeds,
        chosen: Narrowing,
        *,
        order: Order = Order.RELEVANCE,
        limit: int = PAGE,
        offset: int = 0,
        posted: Posted | None = None,
        wanted: Condition | None = None,
    ) -> SearchResult:
        """Like `find`, with facets of what is found if that is more than a page; only posts that have what was chosen.

        Their number is what the facets said: the query that `find` has run is narrowed, and nothing else is tried.
        """
        if feeds is not None and not feeds and posted is None:
            return SearchResult(query=query)
        posts = (await self._matcher.within(feeds, posted, wanted)).keeping_hits()
        if chosen.is_chosen:
            whole = await self._found(query, posts, Order.NEWEST, 1, 0)
            found = await self._narrowed(whole, posts, chosen, order, limit, offset)
        else:
            found = whole = await self._found(query, posts, order, limit, offset)
        if whole.total <= PAGE or whole.is_partial or found.is_partial:
            return found
        return replace(found, facets=await self._facets(whole, posts, chosen))

    async def _narrowed(
        self, whole: SearchResult, posts: Matches, chosen: Narrowing, order: Order, limit: int, offset: int
    ) -> SearchResult:
        if not whole.total:
            return whole
        found = await self._page(narrow(whole.query, chosen), posts, order, limit, offset)
        return replace(found, corrections=whole.corrections, left_out=whole.left_out)

    async def _facets(self, whole: SearchResult, posts: Matches, chosen: Narrowing) -> Facets | None:
        """Return the facets of a search, of which some may be chosen; None if counting takes too long."""
        of_tag = await posts.dated(narrow(whole.query, replace(chosen, year=None)))
        of_year = await posts.dated(narrow(whole.query, replace(chosen, tag="")))
        if of_tag is None or of_year is None:
            return None
        counts = await self._db.rows(
            "tags_of_hits", entries=[each.entry_id for each in of_year], limit=_MAX_FACET_TAGS
        )
        tags = [TagCount(row["tag"], row["entries"]) for row in counts]
        return Facets(
            years=count_years([each.seconds for each in of_tag], chosen.zone),
            tags=tuple(
                each
                for each in tags
                if each.entries < len(of_year) or fold_tag(each.tag) == fold_tag(chosen.tag)
            ),
            more_tags=counts[0]["tags"] - len(tags) if counts else 0,
            counted=max(len(of_tag), len(of_year)),
            is_more=whole.is_more,
        )

    async def _found(
        self, query: Query, posts: Matches, order: Order, limit: int, offset: int
    ) -> SearchResult:
        """Return what the query finds, or if that is nothing, what may have been meant."""
        found = await self._widened(query, posts, order, limit, offset)
        if found.total or found.is_partial or not query.terms:
            return found
        with suppress(TimeoutError):
            async with asyncio.timeout(_MENDING_TIMEOUT):
                return await self._mended(query, posts, order, limit, offset)
        return found

    async def _mended(
        self, query: Query, posts: Matches, order: Order, limit: int, offset: int
    ) -> SearchResult:
        """Return what another spelling finds, or most of the words."""
        spelled = await spell(query, posts, self._words)
        found = SearchResult(query=query)
        if spelled.corrections:
            found = await self._widened(spelled.query, posts, order, limit, offset)
        if not found.total:
            loose = await loosen(spelled.query, posts, self._words)
            if loose.query.conditions != spelled.query.conditions:
                found = await self._page(loose.query, posts, order, limit, offset)
                found = replace(found, left_out=loose.left_out)
        corrections = spelled.corrections if found.total else ()
        return replace(found, corrections=corrections, suggestions=spelled.suggestions)

    async def titles(
        self,
        typed: str,
        feeds: Feeds,
        now: datetime,
        limit: int = 25,
        posted: Posted | None = None,
        wanted: Condition | None = None,
    ) -> tuple[SearchHit, ...]:
        """Return the newest posts whose title matches what is typed so far; the newest of all if nothing is."""
        query = parse_query(typed, now, is_partial=True)
        terms = tuple(
            replace(term, field=Field.TITLE) if term.field is Field.ANY else term for term in query.terms
        )
        if feeds is not None and not feeds and posted is None:
            return ()
        posts = await self._matcher.within(feeds, posted, wanted)
        return (await self._widened(replace(query, terms=terms), posts, Order.NEWEST, limit, 0)).hits

    async def tags(
        self, feeds: Feeds, starting: str = "", limit: int = 25, offset: int = 0
    ) -> tuple[TagCount, ...]:
        """Return the tags of these feeds that begin like this, in any spelling, most used first."""
        start = storable(fold_tag(starting))
        found = await self._db.rows(
            "tag_counts",
            feeds=None if feeds is None else sorted(feeds),
            first=start,
            last=f"{start}\U0010ffff",
            limit=limit,
            offset=offset,
        )
        return tuple(TagCount(row["tag"], row["entries"]) for row in found)

    async def posted(self, identities: Sequence[str], guild_id: int) -> tuple[PostedMessage, ...]:
        """Return the messages of a guild that show these posts, newest first."""
        found = await self._db.rows("posted_messages", identities=identities, guild_id=guild_id)
        return tuple(PostedMessage(row["identity"], row["channel_id"], row["message_id"]) for row in found)

    async def advise(
        self, query: Query, feeds: Feeds, posted: Posted | None = None, wanted: Condition | None = None
    ) -> Advice:
        """Return what helps a search without hits: the rarest condition to leave out, and a similar tag that exists."""
        tag = await self._similar_tag(query, feeds)
        best: tuple[int, Advice] | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(_ADVICE_TIMEOUT):
                posts = await self._matcher.within(feeds, posted, wanted)
                async for alone, advice in self._helpful(query, posts):
                    if best is None or alone < best[0]:
                        best = alone, advice
        return replace(best[1] if best else Advice(), tag=tag)

    async def _helpful(self, query: Query, posts: Matches) -> AsyncIterator[tuple[int, Advice]]:
        """Yield the conditions without which there are posts, each with how many posts it finds alone."""
        for relaxed in relax(query)[:_MAX_CONDITIONS]:
            rest = await self._widened(relaxed.query, posts, Order.NEWEST, 1, 0)
            if rest.total:
                alone = None if relaxed.is_excluded else relaxed.alone
                rarity = (await self._page(alone, posts, Order.NEWEST, 1, 0)).total if alone else 0
                yield rarity, Advice(relaxed.dropped, relaxed.query, rest.total)

    async def _similar_tag(self, query: Query, feeds: Feeds) -> str:
        """Return the tag most similar to the first tag of the query, or to its first word."""
        wanted = [term for term in query.terms if not term.is_excluded]
        terms = [term for term in wanted if term.field is Field.TAG] or wanted[:1]
        if not terms:
            return ""
        spelled = {
            fold_tag(count.tag): count.tag for count in reversed(await self.tags(feeds, limit=_MAX_TAGS))
        }
        typed = fold_tag(terms[0].bare)
        similar = difflib.get_close_matches(typed, spelled, n=1, cutoff=0.7)
        return spelled[similar[0]] if similar and similar[0] != typed else ""

    async def _widened(
        self, query: Query, posts: Matches, order: Order, limit: int, offset: int
    ) -> SearchResult:
        found = await self._page(query, posts, order, limit, offset)
        for wider in _wider(query, found):
            if found.total >= PAGE or found.is_more or found.is_partial:
                break
            found = await self._with_more(found, wider, posts, order, limit, offset)
        return replace(found, left_out=left_out(query, found.query))

    async def _with_more(
        self, found: SearchResult, wider: Query, posts: Matches, order: Order, limit: int, offset: int
    ) -> SearchResult:
        """Return what was found, followed by what only a wider query finds; by date, all of it together."""
        if order is Order.NEWEST or not found.total:
            more = await self._page(wider, posts, order, limit, offset)
            return more if more.total > found.total else replace(found, is_partial=more.is_partial)
        has_all = len(found.hits) == found.total
        best = found if has_all else await self._page(found.query, posts, order, PAGE, 0)
        room, behind = limit - len(found.hits), max(0, offset - found.total)
        more = await self._page(
            wider, posts, order, max(1, room), behind, [hit.entry_id for hit in best.hits]
        )
        if not more.total:
            return replace(found, is_partial=more.is_partial)
        return replace(more, hits=found.hits + more.hits[:room], total=found.total + more.total)

    async def _page(
        self, query: Query, posts: Matches, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> SearchResult:
        """Return one page; after the last one, no hits, only the total."""
        query = await self._without_common_prefixes(query)
        matched = await posts.match(query, order, limit, offset, without)
        if not (matched.entries or matched.is_partial) and offset:
            matched = replace(await posts.match(query, order, 1, 0, without), entries=())
        return SearchResult(
            hits=await self._hits(matched.entries),
            total=matched.total,
            is_more=matched.is_more,
            is_partial=matched.is_partial,
            query=query,
        )

    async def _hits(self, entries: Sequence[int]) -> tuple[SearchHit, ...]:
        """Return what is shown of these entries."""
        if not entries:
            return ()
        return tuple(rows.search_hit(row) for row in await self._db.rows("search_hits", entries=entries))

    async def _without_common_prefixes(self, query: Query) -> Query:
        """Match a prefix only as a whole word if most posts contain that word: too many words begin with it."""
        terms = [
            replace(
                term,
                is_prefix=term.is_prefix
                and not (len(term.words[-1]) == MIN_PREFIX_LENGTH and await self._matcher.is_common(term)),
            )
            for term in query.terms
        ]
        return replace(query, terms=tuple(terms))


def _wider(query: Query, found: SearchResult) -> list[Query]:
    """Return what to try if few posts were found: without small and question words, then the last word as a prefix.

    If there were none, also every word as a prefix.
    """
    shortened = without_question_words(query)
    wider = [shortened, _with_unfinished_end(shortened)]
    if not found.total:
        wider.append(replace(shortened, terms=tuple(map(allow_prefix, shortened.terms))))
    return [each for each in dict.fromkeys(wider) if each != query]


def _with_unfinished_end(query: Query) -> Query:
    """Return the query with its last word as a prefix, if it may be one."""
    open_terms = tuple(map(allow_prefix, query.terms))
    last = max((index for index, term in enumerate(open_terms) if term.is_prefix), default=-1)
    if last < 0:
        return query
    return replace(query, terms=(*query.terms[:last], open_terms[last], *query.terms[last + 1 :]))
