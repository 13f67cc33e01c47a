"""JSON Feed 1.0 and 1.1 (jsonfeed.org) → ParsedFeed."""

import json
from collections.abc import Iterable
from datetime import datetime

from bot.errors import NotAFeed, Unreadable
from bot.model import ParsedFeed
from bot.source.entry.dates import read_date
from bot.source.entry.links import absolute
from bot.source.entry.media import Offer
from bot.source.entry.normalise import Body, DocumentContext, Draft, entries_of, names, paragraphs, title_text
from bot.source.formats.charset import lawful
from bot.source.formats.jsonvalues import Json, list_of, mapping_of, mappings_of, text_of

_FORMATS = {"1": "json1", "1.0": "json1", "1.1": "json11"}


def looks_like_json(text: str) -> bool:
    """Whether the document is to be read here and not as XML, whatever its type says."""
    return text.startswith("{")


def parse(text: str, url: str) -> ParsedFeed:
    """Raises `NotAFeed` for other JSON, `Unreadable` for a JSON Feed that is broken."""
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise (Unreadable if "jsonfeed.org/version" in text else NotAFeed)(url) from None
    version = text_of(document, "version") if isinstance(document, dict) else ""
    if "jsonfeed.org/version/" not in version or not isinstance(document.get("items", []), list):
        raise NotAFeed(url)
    around = DocumentContext(
        url, absolute(text_of(document, "home_page_url"), url), names(_authors(document))
    )
    entries, skipped = entries_of(
        [mapping_of(item) for item in list_of(document.get("items"))], draft_of, around
    )
    return ParsedFeed(
        format=_FORMATS.get(version.rpartition("/")[2], "json11"),
        title=title_text(text_of(document, "title"), markup=False),
        link=around.link,
        language=text_of(document, "language")[:35],
        entries=entries,
        skipped=skipped,
        older=absolute(text_of(document, "next_url"), url),
    )


def draft_of(item: Json) -> Draft:
    """`external_url` is what a post is about; the post itself is at `url`."""
    html, text, summary = (text_of(item, name) for name in ("content_html", "content_text", "summary"))
    bodies = [Body(html)] if html.strip() else [Body(paragraphs(text))] if text.strip() else []
    if summary.strip():
        bodies.append(Body(paragraphs(summary)))
    guid = _identifier(item)
    return Draft(
        guid=guid,
        link=text_of(item, "url") or text_of(item, "external_url") or (guid if absolute(guid, "x:") else ""),
        title=text_of(item, "title"),
        bodies=tuple(bodies),
        authors=tuple(_authors(item)),
        tags=tuple(lawful(tag) for tag in list_of(item.get("tags")) if isinstance(tag, str)),
        offers=tuple(_attachments(item)),
        thumbnails=tuple(Offer(text_of(item, name), medium="image") for name in ("image", "banner_image")),
        published=_date(item, "date_published"),
        updated=_date(item, "date_modified"),
    )


def _identifier(item: Json) -> str:
    """A string by the specification; numbers are to be read as strings."""
    identifier = item.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int | float):
        return ""
    return lawful(str(identifier))


def _authors(item: Json) -> Iterable[str]:
    """1.1 has a list where 1.0 has one; many feeds write both."""
    for author in (*mappings_of(item.get("authors")), *mappings_of([item.get("author")])):
        yield text_of(author, "name")


def _attachments(item: Json) -> Iterable[Offer]:
    for attachment in mappings_of(item.get("attachments")):
        yield Offer(
            text_of(attachment, "url"), text_of(attachment, "mime_type"), alt=text_of(attachment, "title")
        )


def _date(item: Json, name: str) -> datetime | None:
    return read_date(text_of(item, name))
