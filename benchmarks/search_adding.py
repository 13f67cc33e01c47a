"""The CPU time to add one entry, with and without the full-text index."""

import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.search_archive import record
from benchmarks.search_reader import ReaderWorker
from benchmarks.tables import at, table
from benchmarks.texts.posts import Post
from bot.store.store import Store

EXTRA_POSTS = 400
"""How many posts are added, one by one."""


async def measure(path: Path, more: Sequence[Post], reader: ReaderWorker | None) -> None:
    """Add posts to a copy of the archive, alternately with and without the index."""
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    async with await Store.open(copy) as store:
        for number, post in enumerate(more):
            is_indexed = number % 2 == 0
            with _indexing(is_indexed):
                began = time.process_time()
                await record(store, post.feed, [post])
                seconds[is_indexed].append(time.process_time() - began)
    for part in path.parent.glob(f"{copy.name}*"):
        part.unlink()
    _report(seconds, [reader.add_one(post) for post in more[:100]] if reader else [])


def index_bytes(path: Path) -> int:
    """Return the bytes of the full-text index, of the table that orders its rows, and of the table of words."""
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search%' OR name LIKE '%document%' OR name = 'word'"
        ).fetchone()
        return int(found)


@contextmanager
def _indexing(is_wanted: bool) -> Iterator[None]:
    if is_wanted:
        yield
        return
    with patch("bot.store.sqlite.fts_index.FtsIndex.put", _nothing):
        yield


async def _nothing(*_: object) -> None:
    return None


def _report(seconds: dict[bool, list[float]], reader_times: list[dict[str, float]]) -> None:
    with_index, without = (at(seconds[is_indexed], 50) for is_indexed in (True, False))
    print("\n## Adding one entry (a complete `feeds.record`)")
    lines = [
        ("with the index", f"{with_index * 1000:.2f}", f"{with_index / without:.2f}"),
        ("without", f"{without * 1000:.2f}", "1"),
    ]
    for part in ("add", "index") if reader_times else ():
        median = at([taken[part] for taken in reader_times], 50)
        lines.append((f"reader: {part}", f"{median * 1000:.2f}", f"{median / without:.2f}"))
    table(("", "median ms of CPU", "of ours without"), lines)
