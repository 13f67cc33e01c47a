"""Searches of the archive: what a search means, its pages, and who may see what.

The engine (`bot.store.matching`) only matches and ranks.
"""

import asyncio
import difflib
import json
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
    TagTally,
)
from bot.search.facets import count_tags, count_years, narrow, places_in_year
from bot.search.loosen import is_question, left_out, without_question_words, without_small_words
from bot.search.query import MIN_PREFIX_LENGTH, allow_prefix, parse_query
from bot.search.relax import relax
from bot.store import rows
from bot.store.database import Database, Repository, storable
from bot.store.kept_hits import Asked, Found, KeptHits
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


class Search(Repository):
    """Finds archived posts by words, titles and tags."""

    def __init__(self, database: Database, matcher: Matcher, words: Words) -> None:
        super().__init__(database)
        self._matcher = matcher
        self._words = words
        self._kept = KeptHits()

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
        posts = await self._matcher.within(feeds, posted, wanted)
        return await self._result(await self._found(query, posts, order, limit, offset))

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
        now: datetime,
    ) -> SearchResult:
        """Like `find`, with facets of what is found if that is more than a page; only posts that have what was chosen.

        Their number is what the facets said: the query that `find` has run is narrowed, and nothing else is tried.
        A choice or a further page is taken from the hits of the first answer for some minutes.
        """
        if feeds is not None and not feeds and posted is None:
            return SearchResult(query=query)
        asked = Asked(query, feeds, posted, wanted, order)
        whole = await self._whole(asked, now, is_new=not (offset or chosen.is_chosen))
        by_tag = await self._narrowed(whole, asked, replace(chosen, year=None), now)
        by_year = await self._narrowed(whole, asked, replace(chosen, tag=""), now)
        if by_tag.is_complete or chosen.year is None:
            found = await self._narrowed(by_tag, asked, replace(chosen, tag=""), now)
        else:
            found = await self._narrowed(by_year, asked, replace(chosen, year=None), now)
        page = replace(found, entries=tuple(found.ranked.entries[offset : offset + limit]))
        is_partial = any(each.is_partial for each in (whole, by_tag, by_year, found))
        if whole.total <= PAGE or is_partial:
            return await self._result(page)
        return await self._result(page, await self._facets(by_tag, by_year, chosen, is_more=whole.is_more))

    async def _whole(self, asked: Asked, now: datetime, *, is_new: bool) -> Found:
        """Return all hits of a search before any choice; a new search does not take the hits of an earlier one."""
        found = None if is_new else self._kept.get(asked, now)
        if found is None:
            found = await self._found(asked.query, await self._returning_all(asked), asked.order, PAGE, 0)
            tally = await self._tally(found) if found.total > PAGE else None
            found = replace(found, tally=tally, searched_at=now)
            self._kept.keep(asked, found, now)
        return found

    async def _narrowed(self, base: Found, asked: Asked, chosen: Narrowing, now: datetime) -> Found:
        """Return those of the hits that have what was chosen; if some were not counted, they are searched for."""
        if not (chosen.is_chosen and base.total):
            return base
        query = narrow(base.query, chosen)
        if base.is_complete:
            return base.only(query, await self._places(base, chosen))
        asked = replace(asked, query=query, chosen_from=base.searched_at)
        found = self._kept.get(asked, now)
        if found is None:
            found = await self._page(query, await self._returning_all(asked), asked.order, PAGE, 0)
            self._kept.keep(asked, found, now)
        return replace(
            found, corrections=base.corrections, left_out=base.left_out, searched_at=base.searched_at
        )

    async def _places(self, found: Found, chosen: Narrowing) -> list[int]:
        """Return the places of the hits that have what was chosen."""
        places = places_in_year(found.ranked.seconds, chosen)
        if not chosen.tag:
            return places
        entries = sorted(found.ranked.entries)
        rows_with = await self._db.rows("hits_with_tag", entries=entries, folded=fold_tag(chosen.tag))
        with_tag = {row["entry_id"] for row in rows_with}
        return [each for each in places if found.ranked.entries[each] in with_tag]

    async def _returning_all(self, asked: Asked) -> Matches:
        return (await self._matcher.within(asked.feeds, asked.posted, asked.wanted)).returning_all()

    async def _facets(self, by_tag: Found, by_year: Found, chosen: Narrowing, *, is_more: bool) -> Facets:
        """Return the years of the hits with the chosen tag, and the tags of those of the chosen year."""
        tally = by_year.tally or await self._tally(by_year)
        return Facets(
            years=count_years(by_tag.ranked.seconds, chosen.zone),
            tags=tuple(
                each
                for each in tally.tags
                if each.entries < len(by_year.ranked.entries) or fold_tag(each.tag) == fold_tag(chosen.tag)
            ),
            more_tags=tally.count - len(tally.tags),
            counted=max(len(by_tag.ranked.entries), len(by_year.ranked.entries)),
            is_more=is_more,
        )

    async def _tally(self, found: Found) -> TagTally:
        """Count tags. Entries in the order of their ids are read much quicker."""
        (row,) = await self._db.rows("tags_of_hits", entries=sorted(found.ranked.entries))
        return count_tags(json.loads(row["tags"]))

    async def _found(self, query: Query, posts: Matches, order: Order, limit: int, offset: int) -> Found:
        """Return what the query finds, or if that is nothing, what may have been meant."""
        found = await self._widened(query, posts, order, limit, offset)
        if found.total or found.is_partial or not query.terms:
            return found
        with suppress(TimeoutError):
            async with asyncio.timeout(_MENDING_TIMEOUT):
                return await self._mended(query, posts, order, limit, offset)
        return found

    async def _mended(self, query: Query, posts: Matches, order: Order, limit: int, offset: int) -> Found:
        """Return what another spelling finds, or most of the words."""
        spelled = await spell(query, posts, self._words)
        found = Found(query)
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
        found = await self._widened(replace(query, terms=terms), posts, Order.NEWEST, limit, 0)
        return await self._hits(found.entries)

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

    async def _widened(self, query: Query, posts: Matches, order: Order, limit: int, offset: int) -> Found:
        searched = without_small_words(query) if is_question(query) else query
        found = await self._page(searched, posts, order, limit, offset)
        for wider in await self._worth_trying(_wider(query, searched, found), found, posts):
            if found.total >= PAGE or found.is_more or found.is_partial:
                break
            found = await self._with_more(found, wider, posts, order, limit, offset)
        return replace(found, left_out=left_out(query, found.query))

    async def _worth_trying(self, wider: Sequence[Query], found: Found, posts: Matches) -> Sequence[Query]:
        """Return the wider queries, or none of them if even the last one finds nothing: it finds all that they do."""
        if found.total or found.is_partial or len(wider) <= 1:
            return wider
        widest = await self._without_common_prefixes(wider[-1])
        return wider if all(await posts.exist((widest,))) else ()

    async def _with_more(
        self, found: Found, wider: Query, posts: Matches, order: Order, limit: int, offset: int
    ) -> Found:
        """Return what was found, followed by what only a wider query finds; by date, all of it together."""
        if order is Order.NEWEST or not found.total:
            more = await self._page(wider, posts, order, limit, offset)
            return more if more.total > found.total else replace(found, is_partial=more.is_partial)
        has_all = len(found.entries) == found.total
        best = found if has_all else await self._page(found.query, posts, order, PAGE, 0)
        room, behind = limit - len(found.entries), max(0, offset - found.total)
        more = await self._page(wider, posts, order, max(1, room), behind, best.entries)
        if not more.total:
            return replace(found, is_partial=more.is_partial)
        return replace(
            more,
            entries=found.entries + more.entries[:room],
            ranked=found.ranked + more.ranked,
            total=found.total + more.total,
        )

    async def _page(
        self, query: Query, posts: Matches, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> Found:
        """Return one page; after the last one, no hits, only the total."""
        query = await self._without_common_prefixes(query)
        matched = await posts.match(query, order, limit, offset, without)
        if not (matched.entries or matched.is_partial) and offset:
            matched = replace(await posts.match(query, order, 1, 0, without), entries=())
        return Found(
            query, matched.entries, matched.ranked, matched.total, matched.is_more, matched.is_partial
        )

    async def _result(self, found: Found, facets: Facets | None = None) -> SearchResult:
        """Read the posts of the page."""
        return SearchResult(
            hits=await self._hits(found.entries),
            total=found.total,
            is_more=found.is_more,
            is_partial=found.is_partial,
            query=found.query,
            corrections=found.corrections,
            suggestions=found.suggestions,
            left_out=found.left_out,
            facets=facets,
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


def _wider(query: Query, searched: Query, found: Found) -> list[Query]:
    """Return what to try if few posts were found: without small and question words, then the last word as a prefix.

    If there were none, also every word as a prefix.
    """
    shortened = without_question_words(query)
    wider = [shortened, _with_unfinished_end(shortened)]
    if not found.total:
        wider.append(replace(shortened, terms=tuple(map(allow_prefix, shortened.terms))))
    return [each for each in dict.fromkeys(wider) if each != searched]


def _with_unfinished_end(query: Query) -> Query:
    """Return the query with its last word as a prefix, if it may be one."""
    open_terms = tuple(map(allow_prefix, query.terms))
    last = max((index for index, term in enumerate(open_terms) if term.is_prefix), default=-1)
    if last < 0:
        return query
    return replace(query, terms=(*query.terms[:last], open_terms[last], *query.terms[last + 1 :]))
