"""Find the items of a document before it is parsed, so that known items are not parsed again.

Only a document that is cut with certainty has an outline. A document type, nested items, markup in comments and text
between items make it uncertain. Whether the parser found the same items is checked afterwards (`ParsedFeed.items`).
"""

import json
import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from itertools import accumulate, islice, pairwise

from bot.model import Fetched
from bot.source.http.decode import decode
from bot.source.values import mapping_of, text_of
from bot.text import keys

_VERSION = 1
"""Increase it with every change that makes entries of the same document parse differently, or hashes of an entry."""
VERSION = (
    f"{_VERSION} {keys.VERSION} {version('feedparser')} {version('selectolax')} {unicodedata.unidata_version}"
)
"""Version of the parser, with those of its libraries and of keys. When it changes, no item is known."""

MAX_LENGTH = 4_000_000
"""Bytes of a document that is cut. A longer one is always parsed whole."""

MAX_ITEMS = 5_000
"""Items of a document that is cut."""

_MAX_TAGS = 200_000
"""Tags of a document that is cut. Cutting must not take long, since no other thread runs meanwhile."""

_TOKEN = re.compile(
    r"<(?:!\[CDATA\[|!--|!|\?|(/?)((?:[a-z][\w.-]*:)?(?:item|entry))(?=[\s/>]))", re.IGNORECASE
)
_SECTION_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_ITEM_NAMES = frozenset({"item", "entry"})
_NUMBER = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<((?:[\w.-]+:)?(?:lastBuildDate|pubDate|updated|modified|date|totalResults))>[^<>&]*</\1>",
    re.DOTALL,
)
_LISTED = re.compile(r"(?:<rdf:li\s+(?:rdf:)?resource=\"[^<>\"&]*\"\s*/>\s*)+")
_LAST_COMMENTS = re.compile(r"(?<=>)(?:\s*<!--(?:[^<>-]|-(?!-))*-->)+\s*\Z")


class _Uncertain(Exception):
    """The document cannot be cut with certainty."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The items of a document, and what surrounds them."""

    start: str
    text: str
    spans: tuple[tuple[int, int], ...]
    """Where in the text each item begins and ends."""
    separator: str
    end: str
    frame: str
    """A hash of everything else that entries depend on: what surrounds the items, the feed's address, the parser."""
    hashes: tuple[str, ...]
    """A hash of each item."""

    @property
    def items(self) -> tuple[str, ...]:
        """The text of each item, in the document's order."""
        return tuple(self.text[start:end] for start, end in self.spans)

    @property
    def digest(self) -> str:
        """A hash of the frame and all items in their order: an equal one means that nothing has changed."""
        return _hash(self.frame, *self.hashes)

    def without(self, known: Container[str]) -> bytes:
        """Return the document without the items that have these hashes, in UTF-8."""
        items = (item for item, own in zip(self.items, self.hashes, strict=True) if own not in known)
        return f"{self.start}{self.separator.join(items)}{self.end}".encode()


def outline_of(document: Fetched) -> Outline | None:
    """Return the items of a document; None if it has none, or cannot be cut with certainty."""
    if document.short or len(document.body) > MAX_LENGTH:
        return None
    text = decode(document.body, document.content_type)
    try:
        return _json_outline(text, document.url) if text.startswith("{") else _xml_outline(text, document.url)
    except (_Uncertain, ValueError, RecursionError):
        return None


def _xml_outline(text: str, url: str) -> Outline:
    if len(text) > _MAX_TAGS and text.count("<") > _MAX_TAGS:
        raise _Uncertain
    spans = list(islice(_item_spans(text), MAX_ITEMS + 1))
    if not spans or len(spans) > MAX_ITEMS:
        raise _Uncertain
    if any(text[one[1] : other[0]].strip() for one, other in pairwise(spans)):
        raise _Uncertain
    start, end = text[: spans[0][0]], text[spans[-1][1] :]
    hashes = tuple(_hash(text[slice(*span)]) for span in spans)
    frame = _hash(VERSION, url, _without_numbers(start), _without_numbers(_LAST_COMMENTS.sub("", end)))
    return Outline(start, text, tuple(spans), "\n", end, frame, hashes)


def _without_numbers(text: str) -> str:
    """Return the text around items without dates, counts, and RDF's list of the items, which mean nothing for them.

    The elements stay: one at another place could break the document.
    """
    text = _NUMBER.sub(lambda found: f"<{found[1]}/>" if found[1] else found[0], text)
    return _LISTED.sub("<rdf:li/>", text).strip()


def _item_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each item begins and ends. Raises _Uncertain."""
    opened, name, at = -1, "", 0
    while token := _TOKEN.search(text, at):
        at = _end_of(token, text)
        if not token[2]:
            continue
        if token[2] not in _ITEM_NAMES or text[at - 2] == "/" or (opened < 0) is bool(token[1]):
            raise _Uncertain
        if not token[1]:
            opened, name = token.start(), token[2]
        elif token[2] == name:
            yield opened, at
            opened = -1
        else:
            raise _Uncertain
    if opened >= 0:
        raise _Uncertain


def _end_of(token: re.Match[str], text: str) -> int:
    """Return the position after a section or tag. Raises _Uncertain for what other steps may read differently."""
    if token[0] == "<!":
        raise _Uncertain
    closing = _SECTION_ENDS.get(token[0], ">")
    end = text.find(closing, token.end())
    # A declaration of an entity changes how references in all items are read, even if it is in a CDATA section.
    unexpected = "<!ENTITY" if token[0] == "<![CDATA[" else "<"
    if end < 0 or text.find(unexpected, token.end(), end) >= 0:
        raise _Uncertain
    return end + len(closing)


def _json_outline(text: str, url: str) -> Outline:
    document = json.loads(text, strict=False)
    items = document.pop("items", None)
    if "jsonfeed.org/version/" not in text_of(mapping_of(document), "version") or not isinstance(items, list):
        raise _Uncertain
    if not 0 < len(items) <= MAX_ITEMS:
        raise _Uncertain
    surroundings = json.dumps(document)
    written = tuple(map(json.dumps, items))
    start, end = f'{surroundings[:-1]}, "items": [', "]}"
    ends = accumulate((len(item) + 1 for item in written), initial=len(start))
    spans = tuple((at, at + len(item)) for at, item in zip(ends, written, strict=False))
    text = f"{start}{','.join(written)}{end}"
    return Outline(
        start, text, spans, ",", end, _hash(VERSION, url, surroundings), tuple(map(_hash, written))
    )


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
