"""Combine a document's items, stored entries and the parsed rest, as if the document had been parsed whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from bot.model import Entry, Hashes, Identified, Items, ParsedFeed, ReadItem, ReadItems, StoredItem
from bot.source.entry.normalise import MAX_ENTRIES
from bot.source.formats.outline import Outline
from bot.text.keys import WHOLE_KIND, WORDS_KIND


def known_items(outline: Outline, stored: Sequence[StoredItem]) -> Mapping[str, StoredItem]:
    """Return the items that need not be parsed, by their hashes.

    A stored entry counts only if it is the one that was parsed then: it may have been edited or pruned, or the store
    keeps less of it.
    """
    if len(outline.hashes) > MAX_ENTRIES:
        return {}
    return {item.hash: item for item in stored if digest(item.entry) == item.hashes.digest}


def hashes_of(known: Iterable[StoredItem]) -> Mapping[Entry, Hashes]:
    """Return the hashes of the entries of known items."""
    return {item.entry: item.hashes for item in known}


def merge(outline: Outline, known: Mapping[str, StoredItem], rest: ParsedFeed) -> ParsedFeed | None:
    """Return the feed of the whole document; None if it has to be parsed whole. `rest`: parsed without known items."""
    parsed = [own for own in outline.hashes if own not in known]
    if rest.items is None or not rest.items.independent or len(rest.items.entries) != len(parsed):
        return None
    entries: list[Entry] = []
    places: list[int] = []
    of_parsed = iter(rest.items.entries)
    for own in outline.hashes:
        place = 0 if own in known else next(of_parsed)
        places.append(-1 if place < 0 else len(entries))
        if place >= 0:
            entries.append(known[own].entry if own in known else rest.entries[place])
    return replace(rest, entries=tuple(entries), items=Items(tuple(places), independent=True))


def items_hash(outline: Outline | None, document: ParsedFeed) -> str:
    """Return the hash that a document with the same items has; "" if the parser did not find the outline's items."""
    return outline.digest if outline is not None and _has_items_of(outline, document) else ""


def read_items(
    outline: Outline | None,
    document: ParsedFeed,
    identified: Sequence[Identified],
    hashes: Mapping[Entry, Hashes],
) -> ReadItems | None:
    """Return what to store about the items so that they need not be parsed again; None if they depend on each other.

    `hashes`: the known ones.
    """
    if outline is None or not _has_items_of(outline, document):
        return None
    if document.items is None or not document.items.independent:
        return None
    by_entry = {item.entry: item for item in identified}
    entries = (document.entries[place] if place >= 0 else None for place in document.items.entries)
    items = [
        ReadItem(own, by_entry[entry], hashes.get(entry) or _hashes(by_entry[entry]))
        for own, entry in zip(outline.hashes, entries, strict=True)
        if entry in by_entry
    ]
    return ReadItems(outline.frame, tuple(items))


def _has_items_of(outline: Outline, document: ParsedFeed) -> bool:
    return document.items is not None and len(document.items.entries) == len(outline.hashes)


def _hashes(item: Identified) -> Hashes:
    return Hashes(digest(item.entry), _value(item, WHOLE_KIND), _value(item, WORDS_KIND), item.fingerprint)


def _value(item: Identified, kind: str) -> str:
    """Return the value of the item's key of this kind; "" if it has none."""
    return next((key.removeprefix(kind) for key in item.all_keys if key.startswith(kind)), "")


def digest(entry: Entry) -> str:
    """Return a hash of everything in an entry."""
    texts = (entry.guid, entry.link, entry.title, entry.content, entry.summary, entry.text, entry.source_id)
    rest = repr((entry.warning, entry.authors, entry.tags, entry.media, entry.published, entry.updated))
    return sha256("\0".join((*texts, rest)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
