"""Parse JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from collections.abc import Iterable
from datetime import datetime

from bot.errors import Incomplete, NotAFeed, Unreadable
from bot.model import Items, ParsedFeed
from bot.source.entry.dates import read_date
from bot.source.entry.links import absolute
from bot.source.entry.media import MediaCandidate
from bot.source.entry.normalise import (
    MAX_LANGUAGE_LENGTH,
    Body,
    DocumentContext,
    RawEntry,
    distinct_names,
    normalise_entries,
    title_text,
)
from bot.source.entry.plaintext import paragraphs
from bot.source.formats.torn import load_json
from bot.source.values import Json, list_of, mapping_of, mappings_of, strip_forbidden, text_of

_FORMATS = {"1": "json1", "1.0": "json1", "1.1": "json11"}


def looks_like_json(text: str) -> bool:
    """Return whether the document is a JSON object."""
    return text.startswith("{")


def parse(text: str, url: str) -> ParsedFeed:
    """Parse a JSON Feed. Raises NotAFeed for other JSON, Unreadable or Incomplete for a broken JSON Feed."""
    try:
        loaded, torn = load_json(text)
    except (ValueError, RecursionError):
        raise (Unreadable if "jsonfeed.org/version" in text else NotAFeed)(url) from None
    document = mapping_of(loaded)
    version = text_of(document, "version")
    if "jsonfeed.org/version/" not in version or not isinstance(document.get("items", []), list):
        raise NotAFeed(url)
    if torn and not document.get("items"):
        raise Incomplete(url)
    context = DocumentContext(
        url, absolute(text_of(document, "home_page_url"), url), distinct_names(_authors(document))
    )
    items = [mapping_of(item) for item in list_of(document.get("items"))]
    normalised = normalise_entries(items, to_raw_entry, context)
    return ParsedFeed(
        format=_FORMATS.get(version.rpartition("/")[2], "json11"),
        title=title_text(text_of(document, "title"), markup=False),
        link=context.link,
        language=text_of(document, "language")[:MAX_LANGUAGE_LENGTH],
        entries=normalised.entries,
        skipped=normalised.skipped,
        left_out=normalised.left_out,
        older=absolute(text_of(document, "next_url"), url),
        torn=torn,
        items=None if torn else Items(normalised.places, independent=not normalised.left_out),
    )


def to_raw_entry(item: Json) -> RawEntry:
    """Convert an item. Its `url` is the post itself; its `external_url`, what the post is about, is only a fallback."""
    html, text, summary = (text_of(item, name) for name in ("content_html", "content_text", "summary"))
    bodies = [Body(html)] if html.strip() else [Body(paragraphs(text))] if text.strip() else []
    if summary.strip():
        bodies.append(Body(paragraphs(summary)))
    guid = _identifier(item)
    return RawEntry(
        guid=guid,
        link=text_of(item, "url") or text_of(item, "external_url") or (guid if absolute(guid, "x:") else ""),
        title=text_of(item, "title"),
        bodies=tuple(bodies),
        authors=tuple(_authors(item)),
        tags=tuple(_tags(item)),
        media=tuple(_attachments(item)),
        thumbnails=tuple(
            MediaCandidate(text_of(item, name), medium="image") for name in ("image", "banner_image")
        ),
        published=_date(item, "date_published"),
        updated=_date(item, "date_modified"),
    )


def _identifier(item: Json) -> str:
    """Return the item's id. The specification requires a string, and numbers to be read as strings."""
    identifier = item.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int | float):
        return ""
    return strip_forbidden(str(identifier))


def _authors(item: Json) -> Iterable[str]:
    """Return the authors: version 1.1 has a list, 1.0 a single author, and many feeds have both."""
    for author in (*mappings_of(item.get("authors")), *mappings_of([item.get("author")])):
        yield text_of(author, "name")


def _tags(item: Json) -> Iterable[str]:
    """Return the tags. The specification requires a list; some feeds have them in one text."""
    tags = item.get("tags")
    listed = tags.split(",") if isinstance(tags, str) else list_of(tags)
    return (strip_forbidden(tag) for tag in listed if isinstance(tag, str))


def _attachments(item: Json) -> Iterable[MediaCandidate]:
    for attachment in mappings_of(item.get("attachments")):
        yield MediaCandidate(
            text_of(attachment, "url"), text_of(attachment, "mime_type"), alt=text_of(attachment, "title")
        )


def _date(item: Json, name: str) -> datetime | None:
    return read_date(text_of(item, name))
