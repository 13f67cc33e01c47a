"""Entries of a document → their keys, fingerprints and names across feeds."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType

from bot.model import Entry, Hashes, Identified
from bot.relay.evidence import are_versions
from bot.text.fold import fold_tag
from bot.text.keys import Site, hints, post_keys

MAX_VERSIONS = 8
"""Entries of one document with one guid that are compared: a guid that more of them have identifies nothing."""

_GLOBAL_GUID = re.compile(r"https?://|tag:|urn:|yt:|at://|[0-9a-f-]{20,}$", re.IGNORECASE)


def identify(
    entries: Iterable[Entry], link: str, url: str, hashes: Mapping[Entry, Hashes] = MappingProxyType({})
) -> tuple[Identified, ...]:
    """Return the entries of a document with their keys, in its order and without duplicates.

    `link`: the site behind the feed, "" if the document names none. `url`: the feed's address. `hashes`: those that are
    known.
    """
    site = Site(link, url)
    unique = _without_duplicates(entries, site, hashes)
    counts = Counter(key for keys in unique.values() for key in keys)
    return tuple(_identified(entry, keys, counts, hashes.get(entry)) for entry, keys in unique.items())


def fingerprint(entry: Entry) -> str:
    """Return a hash of what a reader sees: words, tags, files. Markup, dates and address parameters do not count.

    If it changes, `outline.VERSION` has to change, too.
    """
    files = (media.url.partition("?")[0] for media in entry.media)
    return _hash(entry.title, entry.text, *sorted(map(fold_tag, entry.tags)), *files)


def identity_across_feeds(entry: Entry, keys: Sequence[str], feed_id: int) -> str:
    """Return the strongest key that means the same in every feed, or else the strongest prefixed with the feed's id."""
    for key in keys:
        kind, _, value = key.partition(":")
        if (
            key == entry.source_id
            or kind in {"anchor", "link"}
            or (kind == "guid" and _GLOBAL_GUID.match(entry.guid))
        ):
            return key
        if kind == "guid" and value:
            return f"feed:{feed_id}:{key}"
    return f"feed:{feed_id}:{keys[0]}"


def _without_duplicates(
    entries: Iterable[Entry], site: Site, hashes: Mapping[Entry, Hashes]
) -> dict[Entry, tuple[str, ...]]:
    """Return the entries with their keys; of several versions of one post, the first."""
    unique: dict[Entry, tuple[str, ...]] = {}
    by_key: dict[str, list[Entry]] = {}
    for entry in entries:
        known = hashes.get(entry)
        keys = post_keys(entry, site, known.whole if known else "")
        versions = by_key.setdefault(keys[0], [])
        if any(are_versions(entry, other, site) for other in versions[:MAX_VERSIONS]):
            continue
        versions.append(entry)
        unique[entry] = keys
    return unique


def _identified(
    entry: Entry, keys: tuple[str, ...], counts: Counter[str], known: Hashes | None
) -> Identified:
    shared = tuple(key for key in keys if counts[key] > 1)
    own = tuple(key for key in keys if counts[key] == 1) or keys[-1:]
    if known is None:
        return Identified(entry, own, fingerprint(entry), shared, hints(entry))
    return Identified(entry, own, known.fingerprint, shared, hints(entry, known.words))


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
