"""What lies in packages → works: a title and paragraphs, in the order of their source."""

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

_LEAST = 8
"""Words of a paragraph that says something; shorter ones are captions and menus."""
_LARGEST = 5_000_000
"""Bytes of a page that is read; larger ones are tables."""
_DESCRIPTION = re.compile(r"^Description-[a-z]{2}: (.+)\n((?: .*\n?)+)", re.MULTILINE)
_CREDIT = re.compile(r" ?\[[^][]*(?:Webster|PJC|WordNet|Century)[^][]*\]")
"""Where the dictionary has a definition from."""
_WRAPPED = re.compile(r"(?<=[\u3000-\u9fff])\s*\n\s*(?=[\u3000-\u9fff])")
"""An end of line in a script that has no spaces."""


@dataclass(frozen=True, slots=True)
class Work:
    """A text with its title."""

    source: str
    title: str
    paragraphs: tuple[str, ...]


def descriptions(text: str) -> Iterator[Work]:
    """Debian's translation files: a short description is the title, the long one the text."""
    for title, body in _DESCRIPTION.findall(text):
        yield Work("package", title, tuple(map(_line, body.split("\n .\n"))))


def pages(folder: Path, glob: str, source: str) -> Iterator[Work]:
    """The paragraphs of HTML pages."""
    for path in sorted(folder.glob(glob)):
        if not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        tree = LexborHTMLParser(path.read_bytes())
        title = tree.css_first("h1") or tree.css_first("title")
        yield Work(
            source,
            _line(title.text()) if title else path.stem.replace("-", " "),
            tuple(_line(each.text()) for each in tree.css("p, div.para")),
        )


def mails(folder: Path) -> Iterator[Work]:
    """A collection of mails: the plain ones, without what they quote."""
    for path in sorted(folder.glob("package/data/*ham*/*.txt")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        try:
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            title = str(mail["subject"] or "")
        except (LookupError, ValueError, AttributeError, MessageError):
            continue  # a charset or a header that never was one
        lines = [line for line in text.splitlines() if not line.startswith((">", "|", "--", "  "))]
        paragraphs = "\n".join(lines).split("\n\n")
        yield Work("mail", _line(title.removeprefix("Re: ")), tuple(map(_line, paragraphs)))


def dictionary(folder: Path, together: int = 20) -> Iterator[Work]:
    """A dictd dictionary, some neighbouring words to a work."""
    (path,) = folder.glob("usr/share/dictd/*.dict.dz")
    text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    text = _CREDIT.sub("", text)
    entries = re.split(r"\n(?=\S)", text)
    for first in range(0, len(entries), together):
        chosen = entries[first : first + together]
        yield Work("dictionary", chosen[0].split(" ")[0].strip(), tuple(map(_line, chosen)))


def verses(folder: Path, name: str, text: str, together: int = 4) -> Iterator[Work]:
    """The chapters of a book of verses, some verses to a work."""
    for chapter in json.loads((folder / "package" / "dist" / name).read_text("utf-8")):
        lines = [str(verse[text]) for verse in chapter["verses"]]
        for first in range(0, len(lines), together):
            yield Work("verses", str(chapter["name"]), (" ".join(lines[first : first + together]),))


def without_repeats(works: Iterator[Work], spaced: bool = True) -> Iterator[Work]:
    """Each paragraph once, however many pages have it, and only those that say something."""
    met: set[int] = set()
    for work in works:
        kept = []
        for paragraph in work.paragraphs:
            size = len(paragraph.split()) if spaced else len(paragraph) // 3
            if size >= _LEAST and hash(paragraph) not in met:
                met.add(hash(paragraph))
                kept.append(paragraph)
        if kept and work.title:
            yield Work(work.source, work.title[:120], tuple(kept))


def _line(text: str) -> str:
    return " ".join(_WRAPPED.sub("", text).split())
