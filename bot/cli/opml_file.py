"""Reads and writes OPML, the format for lists of feeds. The only importer of listparser."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

import listparser

from bot.errors import FeedRelayError, InvalidAddress
from bot.source.http.url import clean_url
from bot.source.tumblr.tags import normalise_tag_url
from bot.text.fold import one_line

_MAX_FEEDS = 2000
_DECLARED_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in an OPML document."""

    url: str
    title: str = ""
    link: str = ""


def read_opml(body: bytes, name: str) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document, each once. Raises FeedRelayError, with `name`, if it cannot be read."""
    try:
        # As bytes, because listparser fetches a string that starts with http://.
        found = listparser.parse(_decoded(body).encode("utf-8", "replace"))
    except Exception:  # noqa: BLE001 - whatever the parser raises means that this document can't be read
        raise FeedRelayError(f"{name}: cannot be read as OPML; export it again from your reader") from None
    if not found["version"]:
        raise FeedRelayError(f"{name}: this is not an OPML file; export one from your reader")
    outlines: dict[str, Outline] = {}
    for feed in found["feeds"]:
        if outline := _outline(str(feed.get("url", "")), str(feed.get("title", ""))):
            outlines.setdefault(outline.url, outline)
    if not outlines:
        raise FeedRelayError(f"{name}: contains no feeds; export it again from your reader")
    if len(outlines) > _MAX_FEEDS:
        raise FeedRelayError(
            f"{name}: {len(outlines)} feeds are too many; split it into files of {_MAX_FEEDS} at most"
        )
    return tuple(outlines.values())


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


def _outline(url: str, title: str) -> Outline | None:
    try:
        return Outline(normalise_tag_url(clean_url(url)), one_line(title))
    except InvalidAddress:
        return None


def _decoded(body: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    declared = _DECLARED_ENCODING.match(body[:200])
    return body.decode(declared[1].decode() if declared else "utf-8", "replace")


def _attribute(text: str) -> str:
    """Quote a value, without characters that XML does not allow."""
    return quoteattr(one_line(text))
