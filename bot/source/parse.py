"""Bytes → ParsedFeed. The only importer of feedparser; runs in the worker process of `worker.py`."""

import io
from typing import Any

import feedparser

from bot.errors import NotAFeed, Unreadable
from bot.model import Entry, Fetched, ParsedFeed
from bot.source.charset import decode, well_formed


def read(document: Fetched) -> ParsedFeed:
    """Raises `Unreadable` or `NotAFeed`."""
    text = well_formed(decode(document.body, document.content_type))
    try:
        raw = feedparser.parse(
            io.BytesIO(text.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise Unreadable(document.url) from error
    if not raw.entries and not raw.version:
        raise NotAFeed(document.url)
    return ParsedFeed(
        format=raw.version,
        title=raw.feed.get("title", ""),
        link=raw.feed.get("link", ""),
        entries=tuple(_entry(e) for e in raw.entries),
    )


def _entry(raw: dict[str, Any]) -> Entry:
    content = (raw.get("content") or [{"value": raw.get("summary", "")}])[0]["value"]
    return Entry(
        guid=raw.get("id", ""),
        link=raw.get("link", ""),
        title=raw.get("title", ""),
        content=content,
        text=content,
        tags=tuple(t["term"] for t in raw.get("tags", ()) if t["term"]),
    )
