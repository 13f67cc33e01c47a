"""PyPI's `reader` in its own virtual environment, for comparison."""

import html
import json
import subprocess
import venv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.search_archive import entry_of, number_of, url_of
from benchmarks.texts.posts import Post

_VERSION = "3.26"
_PROGRAM = Path(__file__).with_name("reader_worker.py")


@dataclass(frozen=True, slots=True)
class Answer:
    """The time and result of a search."""

    seconds: float
    numbers: tuple[int, ...]
    """The numbers of the posts on the first page."""


class ReaderWorker:
    """A running `reader` process."""

    def __init__(self, process: subprocess.Popen[str], database: Path) -> None:
        self._process = process
        self._database = database

    def fill(self, posts: Iterable[Post]) -> dict[str, float]:
        """Add and index posts, and return the seconds of each."""
        lines = self._database.with_suffix(".entries")
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(_entry(post)) + "\n" for post in posts)
        taken = self._ask({"add": str(lines)})
        lines.unlink()
        return taken

    def add_one(self, post: Post) -> dict[str, float]:
        """Add and index one post, and return the seconds of each."""
        return self._ask({"one": _entry(post)})

    def search(self, query: str) -> Answer:
        """Return a page of results for an FTS5 expression."""
        answer = self._ask({"search": query})
        return Answer(answer["seconds"], tuple(map(number_of, answer["found"])))

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("reader has exited; its last output is above")
        return json.loads(line)


@contextmanager
def start_reader(cache: Path, name: str, posts: Callable[[], Iterable[Post]]) -> Iterator[ReaderWorker]:
    """Start `reader` with these posts. The first time, install it and add them."""
    database = cache / f"reader-{name}.db"
    answer = database.with_suffix(".built.json")
    if not answer.exists():
        for part in cache.glob(f"{database.name}*"):
            part.unlink()
    with subprocess.Popen(
        (_install(cache), _PROGRAM, database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        other = ReaderWorker(process, database)
        if not answer.exists():
            answer.write_text(json.dumps(other.fill(posts())), "utf-8")
        _report(database, json.loads(answer.read_text("utf-8")))
        yield other
        if process.stdin:
            process.stdin.close()


def _install(cache: Path) -> Path:
    """Return the Python of its environment, which is created the first time."""
    python = cache / f"reader-{_VERSION}" / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
        install = ("-m", "pip", "install", "--quiet", f"reader[search]=={_VERSION}")
        subprocess.run((python, *install), check=True, stderr=subprocess.DEVNULL)
    return python


def _report(database: Path, taken: dict[str, float]) -> None:
    index = database.with_name(database.name + ".search").stat().st_size
    total = index + database.stat().st_size
    print(f"reader: added in {taken['add']:.0f} s, indexed in {taken['index']:.0f} s;", end=" ")
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
