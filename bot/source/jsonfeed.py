"""JSON Feed 1.0 and 1.1 (jsonfeed.org) → ParsedFeed."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.errors import NotAFeed, Unreadable
from bot.model import ParsedFeed
from bot.source.charset import lawful
from bot.source.dates import read_date
from bot.source.entry import Body, Draft, Surroundings, entries_of, names, paragraphs
from bot.source.links import absolute
from bot.source.media import Offer
from bot.source.titles import title_text

_FORMATS = {"1": "json1", "1.0": "json1", "1.1": "json11"}

Json = Mapping[str, object]


def looks_like_json(text: str) -> bool:
    """Whether the document is to be read here and not as XML, whatever its type says."""
    return text.startswith("{")


def read(text: str, url: str) -> ParsedFeed:
    """Raises `NotAFeed` for other JSON, `Unreadable` for a JSON Feed that is broken."""
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise (Unreadable if "jsonfeed.org/version" in text else NotAFeed)(url) from None
    version = _text(document, "version") if isinstance(document, dict) else ""
    if "jsonfeed.org/version/" not in version or not isinstance(document.get("items", []), list):
        raise NotAFeed(url)
    around = Surroundings(url, absolute(_text(document, "home_page_url"), url), names(_authors(document)))
    entries, skipped = entries_of([_mapping(item) for item in _list(document.get("items"))], draft_of, around)
    return ParsedFeed(
        format=_FORMATS.get(version.rpartition("/")[2], "json11"),
        title=title_text(_text(document, "title"), markup=False),
        link=around.link,
        language=_text(document, "language")[:35],
        entries=entries,
        skipped=skipped,
        older=absolute(_text(document, "next_url"), url),
    )


def draft_of(item: Json) -> Draft:
    """`external_url` is what a post is about; the post itself is at `url`."""
    html, text, summary = (_text(item, name) for name in ("content_html", "content_text", "summary"))
    bodies = [Body(html)] if html.strip() else [Body(paragraphs(text))] if text.strip() else []
    if summary.strip():
        bodies.append(Body(paragraphs(summary)))
    guid = _identifier(item)
    return Draft(
        guid=guid,
        link=_text(item, "url") or _text(item, "external_url") or (guid if absolute(guid, "x:") else ""),
        title=_text(item, "title"),
        bodies=tuple(bodies),
        authors=tuple(_authors(item)),
        tags=tuple(lawful(tag) for tag in _list(item.get("tags")) if isinstance(tag, str)),
        offers=tuple(_attachments(item)),
        thumbnails=tuple(Offer(_text(item, name), medium="image") for name in ("image", "banner_image")),
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
    for author in (*_mappings(item.get("authors")), *_mappings([item.get("author")])):
        yield _text(author, "name")


def _attachments(item: Json) -> Iterable[Offer]:
    for attachment in _mappings(item.get("attachments")):
        yield Offer(_text(attachment, "url"), _text(attachment, "mime_type"), alt=_text(attachment, "title"))


def _date(item: Json, name: str) -> datetime | None:
    return read_date(_text(item, name))


def _text(item: Json, name: str) -> str:
    value = item.get(name)
    return lawful(value) if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Json]:
    return [item for item in _list(value) if isinstance(item, Mapping)]
