"""The other program beside which searches are measured: PyPI's `reader`, in an environment of its own."""

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
_PROGRAM = Path(__file__).with_name("reader_side.py")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search took, and what it found."""

    seconds: float
    numbers: tuple[int, ...]
    """Of the posts on the first page."""


class ReaderSide:
    """The program while it runs."""

    def __init__(self, process: subprocess.Popen[str], database: Path) -> None:
        self._process = process
        self._database = database

    def fill(self, posts: Iterable[Post]) -> dict[str, float]:
        """Add and index posts; the seconds for each."""
        lines = self._database.with_suffix(".entries")
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(_entry(post)) + "\n" for post in posts)
        taken = self._ask({"add": str(lines)})
        lines.unlink()
        return taken

    def add_one(self, post: Post) -> dict[str, float]:
        """Add and index one post; the seconds for each."""
        return self._ask({"one": _entry(post)})

    def search(self, query: str) -> Answer:
        """A page of results for an FTS5 expression."""
        told = self._ask({"search": query})
        return Answer(told["seconds"], tuple(map(number_of, told["found"])))

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the other program has ended; its last words stand above")
        return json.loads(line)


@contextmanager
def reader_beside(cache: Path, name: str, posts: Callable[[], Iterable[Post]]) -> Iterator[ReaderSide]:
    """Start it on these posts; it is installed and filled at the first time."""
    database = cache / f"reader-{name}.db"
    told = database.with_suffix(".built.json")
    if not told.exists():
        for part in cache.glob(f"{database.name}*"):
            part.unlink()
    with subprocess.Popen(
        (_installed(cache), _PROGRAM, database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        other = ReaderSide(process, database)
        if not told.exists():
            told.write_text(json.dumps(other.fill(posts())), "utf-8")
        _tell(database, json.loads(told.read_text("utf-8")))
        yield other
        if process.stdin:
            process.stdin.close()


def _installed(cache: Path) -> Path:
    """The Python of its environment."""
    python = cache / f"reader-{_VERSION}" / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
        install = ("-m", "pip", "install", "--quiet", f"reader[search]=={_VERSION}")
        subprocess.run((python, *install), check=True, stderr=subprocess.DEVNULL)
    return python


def _tell(database: Path, taken: dict[str, float]) -> None:
    index = database.with_name(database.name + ".search").stat().st_size
    whole = index + database.stat().st_size
    print(f"reader: added in {taken['add']:.0f} s, indexed in {taken['index']:.0f} s;", end=" ")
    print(f"index {index / 1e6:,.1f} MB, all {whole / 1e6:,.1f} MB", flush=True)


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
