"""Convert feedparser's dictionaries to RawEntry. Only this module and `parse` know feedparser's keys."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.source.entry.content_warning import is_adult, is_explicit
from bot.source.entry.dates import Order, read_date
from bot.source.entry.links import absolute
from bot.source.entry.media import MediaCandidate
from bot.source.entry.normalise import Body, RawEntry
from bot.source.entry.plaintext import paragraphs
from bot.source.entry.tag_lists import Split
from bot.source.values import list_of, mapping_of, mappings_of

Raw = Mapping[str, object]

_NOT_THE_PAGE = frozenset(
    {
        *("self", "edit", "enclosure", "replies", "hub", "license", "service.post", "image"),
        *("next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"),
    }
)
_REL_REGISTRY = "http://www.iana.org/assignments/relation/"
_DATA_TYPE = re.compile(
    r"[/+]json\b|^(?:application|text)/(?:(?:atom|rss|rdf|activity)\+)?xml\b", re.IGNORECASE
)
"""Types that a post's page never has."""
_DATA_FILE = re.compile(r"\.(?:json|xml|rss|atom)(?:[?#]|$)", re.IGNORECASE)
_OLDER_PAGE = ("prev-archive", "next")  # RFC 5005, sections 4 and 3
_HISTORY_NAMESPACE = "http://purl.org/syndication/history/1.0"
_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_STARTS_AS_HTML = re.compile(
    r"\s*<(?:p|div|a|img|b|i|em|strong|h[1-6]|ul|ol|table|blockquote|figure|br)[\s/>]", re.IGNORECASE
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:\?|$)", re.IGNORECASE)
_PERIOD_HOURS = {"hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 30 * 24, "yearly": 365 * 24}
_MAX_TTL = timedelta(days=365)
_NOT_A_TAG = re.compile(r"#kind$|^urn:flickr:tags$")


def to_raw_entry(raw: Raw, atom: bool, split: Split, feed: Raw, order: Order | None = None) -> RawEntry:
    """Convert an entry. `atom`: whether its dates and links have the meaning of Atom and not of RSS.

    `split` returns the tags in a category. A rating of the `feed` counts for entries without their own. `order`: of the
    document's numeric dates.
    """
    raw = dict(raw)  # feedparser's own dictionary is slow to read; it only adds other names for keys
    published, updated = _dates(raw, atom, order)
    title = mapping_of(raw.get("title_detail"))
    return RawEntry(
        guid=_text(raw, "id"),
        link=_link(raw, atom),
        title=_text(raw, "title"),
        title_is_markup=_text(title, "type") in _MARKUP,
        bodies=tuple(_bodies(raw)),
        authors=tuple(authors_of(raw)),
        tags=tuple(tag for category in categories_of(raw) for tag in split(category)),
        media=tuple(_media(raw)),
        thumbnails=tuple(_thumbnails(raw)),
        published=published,
        updated=updated,
        adult=_first_known(_is_adult, raw, feed),
        explicit=_first_known(_is_explicit, raw, feed),
    )


def feed_page(feed: Raw, atom: bool, url: str) -> str:
    """Return the page that the feed belongs to; "" if it has no link to one."""
    return absolute(_link(feed, atom, with_id=False), url)


def authors_of(raw: Raw) -> Iterable[str]:
    """Return the authors' names, or mail addresses if there is no name."""
    for author in mappings_of(raw.get("authors")):
        name = _text(author, "name") or _text(author, "email")
        if name:
            yield name


def categories_of(raw: Raw) -> Iterable[str]:
    """Return the categories' labels, or the term if the label only adds a prefix to it (`r/gardening`)."""
    for tag in mappings_of(raw.get("tags")):
        term, label = _text(tag, "term"), _text(tag, "label")
        if not _NOT_A_TAG.search(_text(tag, "scheme")):
            yield term if not label or label.endswith(f"/{term}") else label


def older_page_url(feed: Raw, url: str) -> str:
    """Return the address of the next older page; "" if there is none.

    An archive comes first: its posts do not move to other pages.
    """
    links = mappings_of(feed.get("links"))
    addresses = (_text(link, "href") for rel in _OLDER_PAGE for link in links if _rel(link) == rel)
    return next(filter(None, (absolute(address, url) for address in addresses)), "")


def is_complete(feed: Raw, namespaces: object) -> bool:
    """Return whether the feed has `fh:complete`, with any prefix for the namespace."""
    prefixes = [prefix for prefix, uri in mapping_of(namespaces).items() if uri == _HISTORY_NAMESPACE]
    return any(f"{prefix}_complete" in feed for prefix in prefixes)


def ttl_of(feed: Raw) -> timedelta | None:
    """Return how long the feed itself asks to wait between polls; None if it does not say."""
    minutes = _text(feed, "ttl").strip()
    if minutes.isascii() and minutes.isdigit() and 0 < len(minutes) < 9:
        return min(timedelta(minutes=int(minutes)), _MAX_TTL) or None
    hours = _PERIOD_HOURS.get(_text(feed, "sy_updateperiod").strip().lower())
    times = _text(feed, "sy_updatefrequency").strip() or "1"
    if hours and times.isascii() and times.isdigit() and 0 < len(times) < 6 and int(times):
        return timedelta(hours=hours) / int(times)
    return None


def _link(raw: Raw, atom: bool, with_id: bool = True) -> str:
    """Return the page of this post or feed.

    RSS may also have FeedBurner's original link, or a guid that is an address.
    """
    original = _text(raw, "feedburner_origlink")
    candidates = [original] if absolute(original) else []
    links = [link for link in mappings_of(raw.get("links")) if not _DATA_TYPE.search(_text(link, "type"))]
    candidates += [
        _text(link, "href") for link in sorted(links, key=_page_rank) if atom and _rel(link) == "alternate"
    ]
    candidates.append(_text(raw, "link") if _text(raw, "link") != _text(raw, "id") else "")
    candidates += [_text(link, "href") for link in links if _rel(link) not in _NOT_THE_PAGE]
    guid = _text(raw, "id")
    is_permalink = bool(raw.get("guidislink")) or not raw.get("link")
    candidates.append(guid if with_id and is_permalink and absolute(guid, "x:") else "")
    return next((candidate for candidate in candidates if candidate.strip()), "")


def _rel(link: Raw) -> str:
    """Return the relation in lower case. RFC 4287 allows its registered names as addresses, too."""
    return _text(link, "rel").strip().lower().removeprefix(_REL_REGISTRY)


def _page_rank(link: Raw) -> tuple[bool, bool]:
    """Sort pages before other documents, and what looks like data last. Links without a type count as pages."""
    kind = _text(link, "type").partition(";")[0].strip().lower()
    return kind not in _MARKUP, _DATA_FILE.search(_text(link, "href")) is not None


def _bodies(raw: Raw) -> Iterable[Body]:
    parts = mappings_of(raw.get("content"))
    if _text(raw, "summary"):
        detail = mapping_of(raw.get("summary_detail"))
        parts.append({"type": "text/html", **detail, "value": _text(raw, "summary")})
    for part in parts:
        kind, value = _text(part, "type") or "text/html", _text(part, "value")
        if value.strip() and kind in (*_MARKUP, "text/plain"):
            plain = kind == "text/plain" and not _STARTS_AS_HTML.match(value)
            yield Body(paragraphs(value) if plain else value, _text(part, "base"))
    if not parts and (description := _text(raw, "media_description")):
        yield Body(paragraphs(description))


def _first_known(rate: Callable[[Raw], bool | None], *levels: Raw) -> bool:
    return next((rating for level in levels if (rating := rate(level)) is not None), False)


def _is_adult(raw: Raw) -> bool | None:
    """Return what media:rating says, or else media:adult or Blogger's adultContent."""
    ratings = [rating for rating in list_of(raw.get("media_ratings")) if isinstance(rating, str)]
    flags = (is_explicit(_text(raw, name)) for name in ("media_adult", "blogger_adultcontent") if name in raw)
    return next((rating for rating in (is_adult(ratings), *flags) if rating is not None), None)


def _is_explicit(raw: Raw) -> bool | None:
    values = (
        is_explicit(_text(raw, name)) for name in ("itunes_explicit", "googleplay_explicit") if name in raw
    )
    return next((value for value in values if value is not None), None)


def date_texts(raw: Raw) -> Iterable[str]:
    """Return the dates of an entry, as they are written."""
    return (_text(raw, name) for name in ("published", "created", "updated") if name in raw)


def _dates(raw: Raw, atom: bool, order: Order | None) -> tuple[datetime | None, datetime | None]:
    """Return the published and updated dates. feedparser reads RSS's dc:date, a published date, as updated."""
    published = _date(raw, "published", order) or _date(raw, "created", order)
    updated = _date(raw, "updated", order)
    if published is None and not atom:
        return updated, None
    return published, updated


def _date(raw: Raw, name: str, order: Order | None) -> datetime | None:
    return (
        read_date(_text(raw, name), order) if name in raw else None
    )  # feedparser answers for other names, and warns


def _media(raw: Raw) -> Iterable[MediaCandidate]:
    for link in mappings_of(raw.get("links")):
        if _rel(link) == "enclosure":
            yield _candidate(link, "href")
    for content in mappings_of(raw.get("media_content")):
        yield _candidate(content, "url")


def _thumbnails(raw: Raw) -> Iterable[MediaCandidate]:
    for thumbnail in mappings_of(raw.get("media_thumbnail")):
        yield _candidate(thumbnail, "url")
    yield _candidate(mapping_of(raw.get("image")), "href")
    if _PICTURE.search(_text(raw, "href")):  # an RSS item's own <image><url>
        yield MediaCandidate(_text(raw, "href"))


def _candidate(raw: Raw, address: str) -> MediaCandidate:
    group = raw.get("group")
    return MediaCandidate(
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
