"""feedparser's dictionaries → Draft. Its keys are its own; nothing outside this file and `parse.py` knows them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.source.entry.dates import in_range, read_date
from bot.source.entry.links import absolute
from bot.source.entry.media import Offer
from bot.source.entry.normalise import Body, Draft, paragraphs

Raw = Mapping[str, object]

_ELSEWHERE = frozenset(
    {
        *("self", "edit", "enclosure", "replies", "hub", "license", "service.post", "image"),
        *("next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"),
    }
)
_OLDER = ("prev-archive", "next")  # RFC 5005, sections 4 and 3
_FEED_HISTORY = "http://purl.org/syndication/history/1.0"
_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_STARTS_AS_HTML = re.compile(
    r"\s*<(?:p|div|a|img|b|i|em|strong|h[1-6]|ul|ol|table|blockquote|figure|br)[\s/>]", re.IGNORECASE
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:\?|$)", re.IGNORECASE)
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 30 * 24, "yearly": 365 * 24}
_LONGEST_TTL = timedelta(days=365)
_NOT_A_TAG = re.compile(r"#kind$|^urn:flickr:tags$")


def draft_of(raw: Raw, atom: bool) -> Draft:
    """`atom`: dates and links mean what Atom says, not what RSS made of them."""
    published, updated = _dates(raw, atom)
    title = _mapping(raw.get("title_detail"))
    return Draft(
        guid=_text(raw, "id"),
        link=_link(raw, atom),
        title=_text(raw, "title"),
        title_is_markup=_text(title, "type") in _MARKUP,
        bodies=tuple(_bodies(raw)),
        authors=tuple(authors_of(raw)),
        tags=tuple(_tags(raw)),
        offers=tuple(_offers(raw)),
        thumbnails=tuple(_thumbnails(raw)),
        published=published,
        updated=updated,
    )


def site_of_feed(feed: Raw, atom: bool, url: str) -> str:
    """The page that the feed belongs to; "" if it names none."""
    return absolute(_link(feed, atom, with_id=False), url)


def authors_of(raw: Raw) -> Iterable[str]:
    """Names, or mail addresses where there is no name."""
    for author in _mappings(raw.get("authors")):
        name = _text(author, "name") or _text(author, "email")
        if name:
            yield name


def older_of(feed: Raw, url: str) -> str:
    """The page before this one; an archive, which stays as it is, rather than one whose posts move on."""
    links = list(_mappings(feed.get("links")))
    named = (_text(link, "href") for rel in _OLDER for link in links if _text(link, "rel").lower() == rel)
    return next(filter(None, (absolute(address, url) for address in named)), "")


def is_complete(feed: Raw, namespaces: object) -> bool:
    """Whether `fh:complete` stands in it, whatever the prefix."""
    prefixes = [prefix for prefix, uri in _mapping(namespaces).items() if uri == _FEED_HISTORY]
    return any(f"{prefix}_complete" in feed for prefix in prefixes)


def ttl_of(feed: Raw) -> timedelta | None:
    """How long the feed itself says that asking again is pointless."""
    minutes = _text(feed, "ttl").strip()
    if minutes.isascii() and minutes.isdigit() and 0 < len(minutes) < 9:
        return min(timedelta(minutes=int(minutes)), _LONGEST_TTL) or None
    hours = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower())
    times = _text(feed, "sy_updatefrequency").strip() or "1"
    if hours and times.isascii() and times.isdigit() and 0 < len(times) < 6 and int(times):
        return timedelta(hours=hours) / int(times)
    return None


def _link(raw: Raw, atom: bool, with_id: bool = True) -> str:
    """The page of this post or feed. Of RSS, the address that FeedBurner hides, and a guid that is one, count too."""
    original = _text(raw, "feedburner_origlink")
    candidates = [original] if absolute(original) else []
    links = list(_mappings(raw.get("links")))
    candidates += [_text(link, "href") for link in links if atom and _text(link, "rel") == "alternate"]
    candidates.append(_text(raw, "link") if _text(raw, "link") != _text(raw, "id") else "")
    candidates += [_text(link, "href") for link in links if _text(link, "rel") not in _ELSEWHERE]
    guid = _text(raw, "id")
    is_permalink = bool(raw.get("guidislink")) or not raw.get("link")
    candidates.append(guid if with_id and is_permalink and absolute(guid, "x:") else "")
    return next((candidate for candidate in candidates if candidate.strip()), "")


def _bodies(raw: Raw) -> Iterable[Body]:
    parts = list(_mappings(raw.get("content")))
    if _text(raw, "summary"):
        detail = _mapping(raw.get("summary_detail"))
        parts.append({"type": "text/html", **detail, "value": _text(raw, "summary")})
    for part in parts:
        kind, value = _text(part, "type") or "text/html", _text(part, "value")
        if value.strip() and kind in (*_MARKUP, "text/plain"):
            plain = kind == "text/plain" and not _STARTS_AS_HTML.match(value)
            yield Body(paragraphs(value) if plain else value, _text(part, "base"))
    if not parts and (description := _text(raw, "media_description")):
        yield Body(paragraphs(description))


def _tags(raw: Raw) -> Iterable[str]:
    """What a person would call the category: its label, unless that only decorates the term (`r/gardening`)."""
    for tag in _mappings(raw.get("tags")):
        term, label = _text(tag, "term"), _text(tag, "label")
        if not _NOT_A_TAG.search(_text(tag, "scheme")):
            yield term if not label or label.endswith(f"/{term}") else label


def _dates(raw: Raw, atom: bool) -> tuple[datetime | None, datetime | None]:
    """RSS has dc:date for what Atom calls published; feedparser calls it updated."""
    published = _date(raw, "published") or _date(raw, "created")
    updated = _date(raw, "updated")
    if published is None and not atom:
        return updated, None
    return published, updated


def _date(raw: Raw, name: str) -> datetime | None:
    """Ours first: it knows more zones and months; feedparser knows odder shapes."""
    if name not in raw:
        return None
    parsed = raw.get(f"{name}_parsed")
    if found := read_date(_text(raw, name)):
        return found
    if not isinstance(parsed, tuple):
        return None
    try:
        return in_range(datetime(*parsed[:6]))  # noqa: DTZ001 - feedparser has made it UTC
    except ValueError:
        return None


def _offers(raw: Raw) -> Iterable[Offer]:
    for link in _mappings(raw.get("links")):
        if _text(link, "rel") == "enclosure":
            yield _offer(link, "href")
    for content in _mappings(raw.get("media_content")):
        yield _offer(content, "url")


def _thumbnails(raw: Raw) -> Iterable[Offer]:
    for thumbnail in _mappings(raw.get("media_thumbnail")):
        yield _offer(thumbnail, "url")
    yield _offer(_mapping(raw.get("image")), "href")
    if _PICTURE.search(_text(raw, "href")):  # an RSS item's own <image><url>
        yield Offer(_text(raw, "href"))


def _offer(raw: Raw, address: str) -> Offer:
    group = raw.get("group")
    return Offer(
        url=_text(raw, address),
        type=_text(raw, "type"),
        medium=_text(raw, "medium"),
        width=_text(raw, "width"),
        height=_text(raw, "height"),
        alt=_text(raw, "alt"),
        group=group if isinstance(group, int) else 0,
    )


def _text(raw: Raw, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Raw:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> Iterable[Raw]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
