"""Reads and writes OPML, the format for lists of feeds. The only importer of listparser."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any
from xml.sax.saxutils import quoteattr

import listparser

from bot.errors import FeedRelayError, InvalidAddress, Unreadable
from bot.model import Fetched, OpmlDocument, Outline
from bot.source.http.url import clean_url, public_url
from bot.source.tumblr.tags import normalise_tag_url
from bot.text.fold import one_line

MAX_NAMED = 20
"""Dropped entries that are named; the others are counted."""
_MAX_FEEDS = 2000
_NO_ADDRESS = "its address is not a web address; correct it in the file"
_ONLY_SITE = "it has only the site's address; run `feed-relay discover` with it to find its feed"
_LIST = "it is a list of feeds; download it and import that"
_NO_FEED = "it has no xmlUrl, the address of a feed"
_LEAF = re.compile(r"<outline\s((?:[^>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,2000})/>", re.IGNORECASE)
"""An outline without others in it. One with others is a folder."""
_HAS_ADDRESS = re.compile(r"\b(?:xml)?url\s*=\s*[\"']\s*[^\s\"']", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:text|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_XML_URL = re.compile(r"\bxmlUrl\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ENTITIES = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]{0,1000}\[", re.IGNORECASE)
"""Entities that refer to entities take memory without end."""
_DECLARED_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_opml(body: bytes, name: str) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document, each once. Raises FeedRelayError, with `name`, if it cannot be read."""
    return read_document(body, name).outlines


def read_document(body: bytes, name: str) -> OpmlDocument:
    """Return the feeds of an OPML document, and what was left out. Raises as `read_opml` does."""
    text = _decoded(body)
    found = _parse(text, name)
    outlines: dict[str, Outline] = {}
    dropped: list[str] = []
    for feed in found["feeds"]:
        if outline := _outline(str(feed.get("url", "")), str(feed.get("title", ""))):
            outlines.setdefault(outline.url, outline)
        else:
            dropped.append(_describe(feed, _NO_ADDRESS))
    dropped += [_describe(feed, _ONLY_SITE) for feed in found["opportunities"]]
    dropped += [_describe(feed, _LIST) for feed in found["lists"]]
    dropped += [_describe({"title": title}, _NO_FEED) for title in _leaves_without_feed(text)]
    if not outlines:
        reasons = "".join(f"\n{sentence}" for sentence in dropped[:MAX_NAMED])
        raise FeedRelayError(f"{name}: contains no feeds; export it again from your reader{reasons}")
    if len(outlines) > _MAX_FEEDS:
        raise FeedRelayError(
            f"{name}: {len(outlines)} feeds are too many; split it into files of {_MAX_FEEDS} at most"
        )
    return OpmlDocument(tuple(outlines.values()), tuple(dropped), _count_duplicates(text))


def parse_opml(document: Fetched) -> OpmlDocument:
    """Read a stranger's OPML file in a parser process; its `url` is the name of the file. Raises Unreadable.

    Entities would not be expanded, but a file that defines some was made to do harm.
    """
    name = document.url
    if _ENTITIES.search(_decoded(document.body)):
        raise Unreadable(
            name, f"{name}: defines entities, as no list of feeds should; export it again from your reader"
        )
    try:
        return read_document(document.body, document.url)
    except FeedRelayError as error:
        raise Unreadable(document.url, str(error)) from None


def write_opml(outlines: Iterable[Outline]) -> str:
    """Return an OPML 2.0 document."""
    lines = (
        f'    <outline type="rss" text={_attribute(outline.title or outline.url)} xmlUrl={_attribute(outline.url)}'
        + (f" htmlUrl={_attribute(outline.link)}" if outline.link else "")
        + "/>"
        for outline in outlines
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>feed-relay</title></head>'
    return "\n".join((head, "  <body>", *lines, "  </body>", "</opml>"))


def _parse(text: str, name: str) -> Mapping[str, Any]:
    try:
        # As bytes, because listparser fetches a string that starts with http://.
        found: Mapping[str, Any] = listparser.parse(text.encode("utf-8", "replace"))
    except Exception:  # noqa: BLE001 - whatever the parser raises means that this document can't be read
        raise FeedRelayError(f"{name}: cannot be read as OPML; export it again from your reader") from None
    if not found["version"]:
        raise FeedRelayError(f"{name}: this is not an OPML file; export one from your reader")
    return found


def _outline(url: str, title: str) -> Outline | None:
    try:
        return Outline(normalise_tag_url(clean_url(url)), one_line(title))
    except InvalidAddress:
        return None


def _describe(entry: Mapping[str, object], reason: str) -> str:
    title, url = one_line(str(entry.get("title", ""))), public_url(str(entry.get("url", "")))
    return f"Left out {' '.join(part for part in (title, f'<{url}>' if url else '') if part)}: {reason}."


def _leaves_without_feed(text: str) -> Iterator[str]:
    """Return the titles of outlines that could be feeds but have no address."""
    for leaf in _LEAF.finditer(text):
        title = _TITLE.search(leaf[1])
        if title and not _HAS_ADDRESS.search(leaf[1]):
            yield unescape(title[1] or title[2] or "")


def _count_duplicates(text: str) -> int:
    """Return how often an address is in the document again; listparser returns each once."""
    found = [(double or single).strip() for double, single in _XML_URL.findall(text)]
    return len(found) - len(set(found))


def _decoded(body: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    declared = _DECLARED_ENCODING.match(body[:200])
    return body.decode(declared[1].decode() if declared else "utf-8", "replace")


def _attribute(text: str) -> str:
    """Quote a value, without characters that XML does not allow."""
    return quoteattr(one_line(text))
