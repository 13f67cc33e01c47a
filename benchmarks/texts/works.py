"""Files of packages → works with a title and paragraphs, in the order of their source."""

import email
import email.policy
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

_MIN_WORDS = 8
"""The minimum number of words in a paragraph; shorter ones are captions and menus."""
_MAX_BYTES = 5_000_000
"""The maximum size of a page in bytes; larger ones are tables."""
_DESCRIPTION = re.compile(r"^Description-[a-zA-Z_]+: (.+)\n((?: .*\n?)+)", re.MULTILINE)
_CREDIT = re.compile(r" ?\[[^][]*(?:Webster|PJC|WordNet|Century)[^][]*\]")
"""The source of a definition."""
_WRAPPED = re.compile(r"(?<=[\u3000-\u9fff])\s*\n\s*(?=[\u3000-\u9fff])")
"""A line break in a script without spaces."""


@dataclass(frozen=True, slots=True)
class Work:
    """A text with its title."""

    source: str
    title: str
    paragraphs: tuple[str, ...]


def descriptions(text: str) -> Iterator[Work]:
    """Parse Debian's translation files: the short description is the title, the long one the text."""
    for title, body in _DESCRIPTION.findall(text):
        yield Work("package", title, tuple(map(_line, body.split("\n .\n"))))


def pages(folder: Path, glob: str, source: str) -> Iterator[Work]:
    """Return the paragraphs of HTML pages."""
    for path in sorted(folder.glob(glob)):
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            continue
        tree = LexborHTMLParser(path.read_bytes())
        title = tree.css_first("h1") or tree.css_first("title")
        yield Work(
            source,
            _line(title.text()) if title else path.stem.replace("-", " "),
            tuple(_line(each.text()) for each in tree.css("p, div.para")),
        )


def mails(folder: Path) -> Iterator[Work]:
    """Return the plain mails of a collection, without quotations."""
    for path in sorted(folder.glob("package/data/*ham*/*.txt")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        try:
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            title = str(mail["subject"] or "")
        except (LookupError, ValueError, AttributeError, MessageError):
            continue  # an invalid charset or header
        lines = [line for line in text.splitlines() if not line.startswith((">", "|", "--", "  "))]
        paragraphs = "\n".join(lines).split("\n\n")
        yield Work("mail", _line(title.removeprefix("Re: ")), tuple(map(_line, paragraphs)))


def dictionary(folder: Path, together: int = 20) -> Iterator[Work]:
    """Parse a dictd dictionary; a work has several neighbouring words."""
    (path,) = folder.glob("usr/share/dictd/*.dict.dz")
    text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    text = _CREDIT.sub("", text)
    entries = re.split(r"\n(?=\S)", text)
    for first in range(0, len(entries), together):
        chosen = entries[first : first + together]
        yield Work("dictionary", chosen[0].split(" ")[0].strip(), tuple(map(_line, chosen)))


def verses(folder: Path, name: str, text: str, together: int = 4) -> Iterator[Work]:
    """Return the chapters of a book of verses; a work has several verses."""
    for chapter in json.loads((folder / "package" / "dist" / name).read_text("utf-8")):
        lines = [str(verse[text]) for verse in chapter["verses"]]
        for first in range(0, len(lines), together):
            yield Work("verses", str(chapter["name"]), (" ".join(lines[first : first + together]),))


def without_repeats(works: Iterator[Work], spaced: bool = True) -> Iterator[Work]:
    """Return each paragraph once, without captions and menus."""
    met: set[int] = set()
    for work in works:
        kept = []
        for paragraph in work.paragraphs:
            size = len(paragraph.split()) if spaced else len(paragraph) // 3
            if size >= _MIN_WORDS and hash(paragraph) not in met:
                met.add(hash(paragraph))
                kept.append(paragraph)
        if kept and work.title:
            yield Work(work.source, work.title[:120], tuple(kept))


def _line(text: str) -> str:
    return " ".join(_WRAPPED.sub("", text).split())
