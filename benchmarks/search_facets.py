"""The CPU time of an answer with its menus of years and tags, and of the answers after a choice."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

from benchmarks.search_typed import TypedQuery
from benchmarks.tables import head, line, spread
from benchmarks.texts.posts import NOW
from benchmarks.yardstick import Lengths, Yardstick
from bot.model import Facets, Narrowing, SearchResult
from bot.search.query import parse_query
from bot.store.search import Search

_QUERIES = 300
"""Queries of all classes together that get a first answer."""
_ROUND_INTERVAL = timedelta(hours=1)
"""Longer than hits are kept, so no round is answered from an earlier one."""


async def measure(search: Search, queries: Sequence[TypedQuery], rounds: int, yardstick: Yardstick) -> None:
    """Answer some of the queries as `/search` does, then choose tags and years from the answer."""
    lengths: dict[str, Lengths[int]] = {}

    async def ask(place: int, chosen: Narrowing, name: str) -> SearchResult:
        typed = queries[place].typed
        found, length = await yardstick.measure(
            lambda: search.find_narrowed(parse_query(typed, NOW), None, chosen, now=now)
        )
        lengths.setdefault(name, Lengths()).add(place, length)
        return found

    for number in range(rounds):
        now, dice = NOW + number * _ROUND_INTERVAL, random.Random(5)
        for place in range(min(_QUERIES, len(queries))):
            first = await ask(place, Narrowing(), "first answer")
            for name, chosen in _choices(first.facets, dice):
                await ask(place, chosen, name)
    print("\n## With menus of years and tags")
    head("answer", "p50 ms", "p95", "p99", "max", "answers")
    for name, taken in lengths.items():
        line(name, spread(taken.seconds(yardstick.fastest)), len(taken))


def _choices(facets: Facets | None, dice: random.Random) -> Iterator[tuple[str, Narrowing]]:
    if facets is None or not facets.tags or not facets.years:
        return
    year, tag = dice.choice(facets.years).year, dice.choice(facets.tags).tag
    yield "most used tag", Narrowing(tag=facets.tags[0].tag)
    yield "a tag", Narrowing(tag=tag)
    yield "a year", Narrowing(year)
    yield "a year and a tag", Narrowing(year, tag)
