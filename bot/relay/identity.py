"""Entry → keys: what makes a post the same post, however its feed names it today.

Identity is a set. A guid, a link or a date may change; a post is known if any of its keys is known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from bot.model import Entry, Identified, ParsedFeed
from bot.text.canonical import canonical_link, split_url
from bot.text.fold import fold, fold_tag

WHOLE = "whole"
"""The kind of the key that every entry has, should all others fail."""

LASTING = ("guid:", "link:", "path:", "tumblr:")
"""The kinds of keys that are worth adding to an entry that is known; hashes change with each edit."""

ENOUGH_TEXT = 60
"""Characters of title and text from which a hash of them tells posts apart."""

_LONGEST_KEY = 200
_GLOBAL_GUID = re.compile(r"https?://|tag:|urn:|yt:|at://|[0-9a-f-]{20,}$", re.IGNORECASE)


def identify(feed: ParsedFeed, feed_url: str) -> tuple[Identified, ...]:
    """The entries of a document with their keys, in its order; one that stands there twice is returned once."""
    homes = frozenset(filter(None, (_host(feed.link), _host(feed_url))))
    front = canonical_link(feed.link)
    entries = _once_each(feed.entries)
    keys = [_keys(entry, homes, front) for entry in entries]
    borne = Counter(key for own in keys for key in own)
    return tuple(_identified(entry, own, borne) for entry, own in zip(entries, keys, strict=True))


def fingerprint(entry: Entry) -> str:
    """Changes when what a reader sees changes: words, tags, files; not markup, dates, address parameters."""
    files = (media.url.partition("?")[0] for media in entry.media)
    return _hash(entry.title, entry.text, *sorted(map(fold_tag, entry.tags)), *files)


def identity_across_feeds(entry: Entry, keys: Sequence[str], feed_id: int) -> str:
    """The strongest key that means the same in every feed, else the strongest with the feed's own id before it."""
    for key in keys:
        kind, _, value = key.partition(":")
        if key == entry.source_id or kind == "link" or (kind == "guid" and _GLOBAL_GUID.match(entry.guid)):
            return key
        if kind == "guid" and value:
            return f"feed:{feed_id}:{key}"
    return f"feed:{feed_id}:{keys[0]}"


def _once_each(entries: Iterable[Entry]) -> list[Entry]:
    kept: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        kept.setdefault(_sameness(entry), entry)
    return list(kept.values())


def _sameness(entry: Entry) -> tuple[str, ...]:
    """Equal for two items of one document that are one entry; neither dates nor a buggy guid decide alone."""
    if entry.source_id:
        return (entry.source_id,)
    return (entry.guid, canonical_link(entry.link), fold(entry.title), fold(entry.text))


def _keys(entry: Entry, homes: frozenset[str], front: str) -> tuple[str, ...]:
    """Strongest first. `homes`: the hosts that are the feed's own; `front`: its site's front page, no identity."""
    addresses = [url for url in (entry.guid, entry.link) if split_url(url)]
    found = [
        entry.source_id,
        _key("guid", _canonical_guid(entry.guid)),
        *(
            _key("link", link)
            for link in map(canonical_link, addresses)
            if link != front and not _is_front(link)
        ),
        *(_key("path", path) for path in (_path_at_home(url, homes) for url in addresses)),
        _text_key(entry),
        _whole_key(entry),
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def _identified(entry: Entry, keys: tuple[str, ...], borne: Counter[str]) -> Identified:
    shared = tuple(key for key in keys if borne[key] > 1)
    own = tuple(key for key in keys if borne[key] == 1) or keys[-1:]
    return Identified(
        entry=entry,
        keys=own,
        fingerprint=fingerprint(entry),
        shared_keys=shared,
    )


def _canonical_guid(guid: str) -> str:
    return canonical_link(guid) or guid


def _path_at_home(url: str, homes: frozenset[str]) -> str:
    """The path of a post on the feed's own host: it stays when the whole blog moves to another domain."""
    host = _host(url)
    return canonical_link(url).removeprefix(host) if host in homes else ""


def _is_front(link: str) -> bool:
    return "/" not in link and "?" not in link


def _text_key(entry: Entry) -> str:
    """A hash of title, text and day: a weekly post with the same words is another post, a moved one isn't."""
    words = f"{fold(entry.title)}\n{fold(entry.text)}"
    if len(words) < ENOUGH_TEXT:
        return ""
    day = entry.published.date().isoformat() if entry.published else ""
    return _key("text", _hash(words, day))


def _whole_key(entry: Entry) -> str:
    published = entry.published.isoformat() if entry.published else ""
    files = (media.url for media in entry.media)
    return _key(WHOLE, _hash(entry.guid, entry.link, entry.title, entry.text, published, *files))


def _key(kind: str, value: str) -> str:
    if not value:
        return ""
    return f"{kind}:{value if len(value) <= _LONGEST_KEY else _hash(value)}"


def _host(url: str) -> str:
    parts = split_url(url)
    return parts[0] if parts else ""


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
