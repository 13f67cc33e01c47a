"""PyPI's `reader` in a process of its own, for comparison."""

import html
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import Worker, start
from benchmarks.search_archive import entry_of, number_of, url_of
from benchmarks.texts.posts import Post


@dataclass(frozen=True, slots=True)
class Answer:
    """The time and result of a search."""

    seconds: float
    numbers: tuple[int, ...]
    """The numbers of the posts on the first page."""


class ReaderWorker:
    """A running `reader` process."""

    def __init__(self, worker: Worker, database: Path) -> None:
        self._worker = worker
        self._database = database

    def fill(self, posts: Iterable[Post]) -> dict[str, float]:
        """Add and index posts, and return the seconds of each."""
        lines = self._database.with_suffix(".entries")
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(_entry(post)) + "\n" for post in posts)
        taken = self._worker.ask(add=str(lines))
        lines.unlink()
        return taken

    def add_one(self, post: Post) -> dict[str, float]:
        """Add and index one post, and return the seconds of each."""
        return self._worker.ask(one=_entry(post))

    def search(self, query: str) -> Answer:
        """Return a page of results for an FTS5 expression."""
        answer = self._worker.ask(search=query)
        return Answer(answer["seconds"], tuple(map(number_of, answer["found"])))


@contextmanager
def start_reader(cache: Path, name: str, posts: Callable[[], Iterable[Post]]) -> Iterator[ReaderWorker]:
    """Start `reader` with these posts, which are added the first time."""
    database = cache / f"reader-{name}.db"
    answer = database.with_suffix(".built.json")
    if not answer.exists():
        for part in cache.glob(f"{database.name}*"):
            part.unlink()
    with start("reader_worker", database) as worker:
        other = ReaderWorker(worker, database)
        if not answer.exists():
            answer.write_text(json.dumps(other.fill(posts())), "utf-8")
        _report(database, json.loads(answer.read_text("utf-8")))
        yield other


def _report(database: Path, taken: dict[str, float]) -> None:
    index = database.with_name(database.name + ".search").stat().st_size
    total = index + database.stat().st_size
    print(f"reader: {taken['add']:.0f} s of CPU to add, {taken['index']:.0f} to index;", end=" ")
    print(f"index {index / 1e6:,.1f} MB, all {total / 1e6:,.1f} MB", flush=True)


def _entry(post: Post) -> dict[str, Any]:
    entry = entry_of(post)
    return {
        "feed_url": url_of(post.feed),
        "id": entry.guid,
        "link": entry.link,
        "title": html.escape(entry.title, quote=False),
        "content": entry.content,
        "author": post.author,
        "published": post.published.isoformat(),
    }
