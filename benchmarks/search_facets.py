"""The CPU time of an answer with its menus of years and tags, and of the answers after a choice."""

import random
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from benchmarks.fastest import Fastest
from benchmarks.search_typed import TypedQuery
from benchmarks.tables import head, line, spread
from benchmarks.texts.posts import NOW
from bot.model import Facets, Narrowing, SearchResult
from bot.search.query import parse_query
from bot.store.search import Search

_QUERIES = 300
"""Queries of all classes together that get a first answer."""
_LATER = timedelta(hours=1)


async def measure(search: Search, queries: Sequence[TypedQuery], rounds: int) -> None:
    """Answer some of the queries as `/search` does, then choose tags and years from the answer.

    Later rounds are at later times, so that no choice is answered from an earlier round.
    """
    seconds: dict[str, Fastest[TypedQuery]] = {}
    for each in range(rounds):
        now, dice = NOW + each * _LATER, random.Random(5)
        for query in queries[:_QUERIES]:
            first = await _timed(
                search, query, Narrowing(), now, seconds.setdefault("first answer", Fastest())
            )
            for name, chosen in _choices(first.facets, dice):
                await _timed(search, query, chosen, now, seconds.setdefault(name, Fastest()))
    print("\n## With menus of years and tags")
    head("answer", "p50 ms", "p95", "p99", "max", "answers")
    for name, taken in seconds.items():
        line(name, spread([*taken.values()]), len(taken))


def _choices(facets: Facets | None, dice: random.Random) -> Iterator[tuple[str, Narrowing]]:
    if facets is None or not facets.tags or not facets.years:
        return
    year, tag = dice.choice(facets.years).year, dice.choice(facets.tags).tag
    yield "most used tag", Narrowing(tag=facets.tags[0].tag)
    yield "a tag", Narrowing(tag=tag)
    yield "a year", Narrowing(year)
    yield "a year and a tag", Narrowing(year, tag)


async def _timed(
    search: Search, query: TypedQuery, chosen: Narrowing, now: datetime, seconds: Fastest[TypedQuery]
) -> SearchResult:
    began = time.process_time()
    found = await search.find_narrowed(parse_query(query.typed, NOW), None, chosen, now=now)
    seconds.add(query, time.process_time() - began)
    return found
