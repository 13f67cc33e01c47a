"""Cut a document that broke off to its last complete item.

A parser would read the rest of the document as a post: a title without its end, or an address without its last digits.
The end tag of the root element, or the last closing brace of JSON, shows that a document is whole.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json.decoder import JSONDecoder
from typing import NamedTuple

_ROOT = re.compile(r"<((?:[a-z][\w.-]*:)?(?:rss|feed|rdf|channel))[\s>/]", re.IGNORECASE)
_ITEM = re.compile(r"<(?:[a-z][\w.-]*:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ITEM_NAMES = frozenset({"item", "entry"})
_TOKEN = re.compile(r"<(?:!\[CDATA\[|!--|\?|(/?)([A-Za-z_][\w.:-]*))")
_SECTION_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_JSON_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*+("?)|[\[\]{}]', re.DOTALL)
_WHITE_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """A document, and whether it broke off."""

    text: str
    """The document up to its last complete item, with its open elements closed; "" if it has no complete item."""
    torn: bool = False


class _Tag(NamedTuple):
    """A start tag, an end tag, or both in one."""

    name: str
    opens: bool
    closes: bool
    end: int
    """The position after it."""

    @property
    def is_item(self) -> bool:
        return self.name.rpartition(":")[2].lower() in _ITEM_NAMES


def cut_xml(text: str) -> Cut:
    """Return an XML feed without its incomplete last item. Anything else is returned as it is."""
    root = _ROOT.search(text)
    if root is None or _is_closed(text, root):
        return Cut(text)
    return _scan(text, root)


def load_json(text: str) -> tuple[object, bool]:
    """Return a JSON document, and whether it broke off; a torn list has its complete objects.

    Raises ValueError for JSON that is whole but broken, and RecursionError.
    """
    try:
        return json.loads(text, strict=False), False
    except ValueError:
        if not text.startswith("{") or not _is_open(text):
            raise
    return _members(text), True


def _is_closed(text: str, root: re.Match[str]) -> bool:
    """Return whether it is easy to see that the root element ends, as it does in almost every document."""
    end = -1
    for match in re.compile(rf"</{re.escape(root[1])}\s*>", re.IGNORECASE).finditer(text, root.end()):
        end = match.start()
    if end < 0 or _ITEM.search(text, end):
        return False
    return all(
        text.rfind(closing, 0, end) >= text.rfind(opening, 0, end)
        for opening, closing in (("<![CDATA[", "]]>"), ("<!--", "-->"))
    )


def _scan(text: str, root: re.Match[str]) -> Cut:
    """Read the document tag by tag, and remember the end of the last complete item and what is open around it."""
    parents: list[str] = []
    item, end, closers = "", -1, ""
    closed = False
    for tag in _tags(text, root.start()):
        if tag.opens and tag.is_item:
            item, closed = tag.name, False
        if tag.closes and tag.name == item:
            item, end = "", tag.end
            closers = "".join(f"</{parent}>" for parent in reversed(parents))
        elif tag.closes and not tag.opens:
            closed = closed or tag.name.lower() == root[1].lower()
        if not item:
            _descend(parents, tag)
    if closed:
        return Cut(text)
    return Cut(text[:end] + closers if end >= 0 else "", torn=True)


def _descend(parents: list[str], tag: _Tag) -> None:
    """Add an element that begins to the open ones, or remove one that ends, with what it left open."""
    if tag.opens and not tag.closes:
        parents.append(tag.name)
    elif tag.closes and not tag.opens and tag.name in parents:
        del parents[len(parents) - 1 - parents[::-1].index(tag.name) :]


def _tags(text: str, at: int) -> Iterator[_Tag]:
    """Return the tags outside of CDATA sections and comments, up to the first one without an end."""
    while token := _TOKEN.search(text, at):
        closing = _SECTION_ENDS.get(token[0], ">")
        end = text.find(closing, token.end())
        if end < 0:
            return
        at = end + len(closing)
        if token[2]:
            yield _Tag(token[2], not token[1], bool(token[1]) or text[end - 1] == "/", at)


def _is_open(text: str) -> bool:
    """Return whether the text ends within a string, a list or an object."""
    depth = 0
    for token in _JSON_TOKEN.finditer(text):
        if token[0].startswith('"'):
            if not token[1]:
                return True
        else:
            depth += 1 if token[0] in "[{" else -1
    return depth > 0


def _members(text: str) -> Mapping[str, object]:
    """Return the members of an object that breaks off."""
    members: dict[str, object] = {}
    at = 1
    try:
        while True:
            name, at = _DECODER.raw_decode(text, _skip(text, at, ","))
            if not isinstance(name, str):
                return members
            at = _skip(text, _skip(text, at), ":")
            if text.startswith("[", at):
                at = _elements(text, at + 1, members.setdefault(name, []))
            else:
                members[name], at = _DECODER.raw_decode(text, at)
    except (ValueError, IndexError):
        return members


def _elements(text: str, at: int, elements: object) -> int:
    """Add the objects of a list, and return where it ends. Raises ValueError where the text breaks off."""
    at = _skip(text, at)
    while not text.startswith("]", at):
        element, at = _DECODER.raw_decode(text, at)
        if isinstance(elements, list):
            elements.append(element)
        at = _skip(text, at, ",")
    return at + 1


def _skip(text: str, at: int, sign: str = "") -> int:
    """Return the next position that is neither white space nor this sign."""
    space = _WHITE_SPACE.match(text, at)
    at = space.end() if space else at
    if sign and text.startswith(sign, at):
        return _skip(text, at + 1)
    return at
