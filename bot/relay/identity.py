"""Entry → keys, which recognise a post even if its feed gives it a new guid, link or date.

A post is known if any of its keys is known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from bot.model import Entry, Identified
from bot.text.canonical import canonical_link, split_url
from bot.text.fold import fold, fold_tag

LASTING_KINDS = ("guid:", "link:", "path:", "tumblr:")
"""The kinds of keys that survive an edit. Hashes do not, so they are not added to a known entry."""

MIN_TEXT_LENGTH = 60
"""Characters of title and text that a hash needs to distinguish posts."""

_FALLBACK_KIND = "whole"
"""The kind of the key that every entry has: a hash of everything."""

_MAX_KEY_LENGTH = 200
_GLOBAL_GUID = re.compile(r"https?://|tag:|urn:|yt:|at://|[0-9a-f-]{20,}$", re.IGNORECASE)


def identify(entries: Iterable[Entry], link: str, url: str) -> tuple[Identified, ...]:
    """Return the entries of a document with their keys, in its order and without duplicates.

    `link`: the site behind the feed, "" if the document names none. `url`: the feed's address.
    """
    homes = frozenset(filter(None, (_host(link), _host(url))))
    front = canonical_link(link)
    unique = _without_duplicates(entries)
    keys = [_keys(entry, homes, front) for entry in unique]
    counts = Counter(key for own in keys for key in own)
    return tuple(_identified(entry, own, counts) for entry, own in zip(unique, keys, strict=True))


def fingerprint(entry: Entry) -> str:
    """Return a hash of what a reader sees: words, tags, files. Markup, dates and address parameters do not count."""
    files = (media.url.partition("?")[0] for media in entry.media)
    return _hash(entry.title, entry.text, *sorted(map(fold_tag, entry.tags)), *files)


def identity_across_feeds(entry: Entry, keys: Sequence[str], feed_id: int) -> str:
    """Return the strongest key that means the same in every feed, or else the strongest prefixed with the feed's id."""
    for key in keys:
        kind, _, value = key.partition(":")
        if key == entry.source_id or kind == "link" or (kind == "guid" and _GLOBAL_GUID.match(entry.guid)):
            return key
        if kind == "guid" and value:
            return f"feed:{feed_id}:{key}"
    return f"feed:{feed_id}:{keys[0]}"


def _without_duplicates(entries: Iterable[Entry]) -> list[Entry]:
    unique: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        unique.setdefault(_duplicate_key(entry), entry)
    return list(unique.values())


def _duplicate_key(entry: Entry) -> tuple[str, ...]:
    """Return a value that is equal for duplicates in one document. Dates or a buggy guid are not enough."""
    if entry.source_id:
        return (entry.source_id,)
    return (entry.guid, canonical_link(entry.link), fold(entry.title), fold(entry.text))


def _keys(entry: Entry, homes: frozenset[str], front: str) -> tuple[str, ...]:
    """Return the keys, strongest first. `homes`: the feed's own hosts. `front`: its front page, which is no key."""
    addresses = [url for url in (entry.guid, entry.link) if split_url(url)]
    keys = [
        entry.source_id,
        _key("guid", _canonical_guid(entry.guid)),
        *(
            _key("link", link)
            for link in map(canonical_link, addresses)
            if link != front and not _is_front(link)
        ),
        *(_key("path", path) for path in (_path_at_home(url, homes) for url in addresses)),
        _text_key(entry),
        _fallback_key(entry),
    ]
    return tuple(dict.fromkeys(filter(None, keys)))


def _identified(entry: Entry, keys: tuple[str, ...], counts: Counter[str]) -> Identified:
    shared = tuple(key for key in keys if counts[key] > 1)
    own = tuple(key for key in keys if counts[key] == 1) or keys[-1:]
    return Identified(entry, own, fingerprint(entry), shared)


def _canonical_guid(guid: str) -> str:
    return canonical_link(guid) or guid


def _path_at_home(url: str, homes: frozenset[str]) -> str:
    """Return the path of a post on the feed's own host, which stays when the blog moves to another domain."""
    host = _host(url)
    return canonical_link(url).removeprefix(host) if host in homes else ""


def _is_front(link: str) -> bool:
    return "/" not in link and "?" not in link


def _text_key(entry: Entry) -> str:
    """Return a hash of title, text and day: a weekly post that repeats its words is a new post each time."""
    words = f"{fold(entry.title)}\n{fold(entry.text)}"
    if len(words) < MIN_TEXT_LENGTH:
        return ""
    day = entry.published.date().isoformat() if entry.published else ""
    return _key("text", _hash(words, day))


def _fallback_key(entry: Entry) -> str:
    published = entry.published.isoformat() if entry.published else ""
    files = (media.url for media in entry.media)
    return _key(_FALLBACK_KIND, _hash(entry.guid, entry.link, entry.title, entry.text, published, *files))


def _key(kind: str, value: str) -> str:
    if not value:
        return ""
    return f"{kind}:{value if len(value) <= _MAX_KEY_LENGTH else _hash(value)}"


def _host(url: str) -> str:
    parts = split_url(url)
    return parts[0] if parts else ""


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
