"""Random changes of a feed's document: items come and go, and everything breaks."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from bot.source.formats.outline import Outline

FRAGMENTS = (
    "<!-- c -->", "<!-- <item> -->", "<!-- <![CDATA[ -->", "<![CDATA[", "]]>", "<item>", "</item>", "<entry>",
    "</entry>", "<item/>", "<x:item>", "<ITEM>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<?php <item> ?>", "&nbsp;", "&a;",
    "&", "\0", "é", "<category>frogs, ponds, rain, moss</category>", '<category term="frogs, ponds"/>', "<b>", "</b>",
    "<title>New</title>", "<link>https://other.example/post/1</link>", "<ttl>60</ttl>", "<guid>twice</guid>",
    "<generator>Tumblr (3.0; @frogs)</generator>", "<lastBuildDate>now</lastBuildDate>", "<language>de</language>",
    "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>", "<updated>2026-11-02T10:00:00Z</updated>", "<media:group>",
    " xml:base='https://other.example/'", " xml:lang='de'", "<source><title>x</title></source>", "words ", "<channel>",
    "<image><url>/x.png</url><title>x</title></image>", ' xmlns="http://www.w3.org/2005/Atom"', ' xmlns:x="urn:x"',
    "<dc:creator>x</dc:creator>", "</channel>", '"', ",", "{", '{"id": "1", "content_text": "x"},', "\\ud800",
    '"items": [', "]", "<pubDate>03/04/2026</pubDate>", "<pubDate>17/10/2026</pubDate>",
    "<dc:date>10/17/2026</dc:date>",
)  # fmt: skip
"""What is put somewhere into a document."""


class Change(NamedTuple):
    """A change. The places are parts of a whole: 0.5 is the middle."""

    kind: str
    place: float
    target: float
    fragment: str


_PLACES = st.floats(0, 1, exclude_max=True)
CHANGES = st.lists(
    st.builds(
        Change,
        st.sampled_from(["drop", "move", "repeat", "borrow", "edit", "insert", "cut", "date"]),
        _PLACES,
        _PLACES,
        st.sampled_from(FRAGMENTS),
    ),
    max_size=3,
)


def change_document(outline: Outline, other: Outline, changes: Sequence[Change]) -> str:
    """Return the document after the changes. `other`: items that come are borrowed from it."""
    items = list(outline.items)
    for change in changes:
        if change.kind in _CHANGES_OF_ITEMS and items:
            _CHANGES_OF_ITEMS[change.kind](items, change)
        elif change.kind == "borrow":
            item = other.items[_index(other.items, change.place)]
            items.insert(_index(items, change.target), item)
    text = outline.start + outline.separator.join(items) + outline.end
    for change in changes:
        if change.kind in _CHANGES_OF_TEXTS:
            text = _CHANGES_OF_TEXTS[change.kind](text, change)
    return text


def _index(values: Sequence[object], place: float) -> int:
    return int(place * len(values))


def _drop(items: list[str], change: Change) -> None:
    del items[_index(items, change.place)]


def _move(items: list[str], change: Change) -> None:
    item = items.pop(_index(items, change.place))
    items.insert(_index(items, change.target), item)


def _repeat(items: list[str], change: Change) -> None:
    items.insert(_index(items, change.target), items[_index(items, change.place)])


def _edit(items: list[str], change: Change) -> None:
    at = _index(items, change.place)
    items[at] = _insert(items[at], change._replace(place=change.target))


def _insert(text: str, change: Change) -> str:
    at = _index(text, change.place)
    return text[:at] + change.fragment + text[at:]


def _cut(text: str, change: Change) -> str:
    return text[: _index(text, change.place)]


def _date(text: str, change: Change) -> str:
    return re.sub(r"(?<=Date>)[^<]*|(?<=updated>)[^<]*", f"{change.place}", text, count=1)


_CHANGES_OF_ITEMS: dict[str, Callable[[list[str], Change], None]] = {
    "drop": _drop,
    "move": _move,
    "repeat": _repeat,
    "edit": _edit,
}
_CHANGES_OF_TEXTS: dict[str, Callable[[str, Change], str]] = {"insert": _insert, "cut": _cut, "date": _date}
