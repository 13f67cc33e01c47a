"""Two entries → what speaks for one post, and what against it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property, lru_cache

from bot.model import SAMPLE_LENGTH, Entry, Identified, KnownEntry
from bot.text.canonical import canonical_link, differ_by_token
from bot.text.fold import fold
from bot.text.keys import Site, anchor_key, guid_key, is_exact, link_key, with_fragment

MIN_LONG_WORDS = 60
"""Characters of title and text; equal words of at least this length are not a coincidence."""

_MIN_WORDS_TO_COMPARE = 20
_SIMILAR = 0.7
"""One text is an edit of the other if it contains at least this share of the shorter one's words."""

_WORD = re.compile(
    r"[\u0e00-\u0eff\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u0eff\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af]+"
)
"""A word; in scripts without spaces, a character."""


class Sign(Enum):
    """What one part of two entries says about whether they are one post."""

    SAME = auto()
    OTHER = auto()
    UNKNOWN = auto()
    """One of them lacks the part, or the part has no meaning."""


def _compared(one: object, other: object) -> Sign:
    if not one or not other:
        return Sign.UNKNOWN
    return Sign.SAME if one == other else Sign.OTHER


@dataclass(frozen=True)
class Evidence:
    """An entry of a document beside a known one.

    `held`: whether the known one has a key. `has_guids`: whether the document's guids identify its entries.
    """

    item: Identified
    known: KnownEntry
    held: Callable[[str], bool]
    has_guids: bool = True

    @property
    def is_identical(self) -> bool:
        """Whether nothing at all differs."""
        return self.held(self.item.keys[-1])

    @property
    def source(self) -> Sign:
        """The platform's own ids."""
        return _compared(self.item.entry.source_id, self.known.entry.source_id)

    @cached_property
    def guid(self) -> Sign:
        """The guids. The known entry may have had several."""
        if not self.has_guids:
            return Sign.UNKNOWN
        if self.guid_key and self.held(self.guid_key):
            return Sign.SAME
        return _compared(self.guid_key, guid_key(self.known.entry))

    @cached_property
    def guid_key(self) -> str:
        """The key of the entry's guid; "" if it has none."""
        return next((key for key in self._lasting if key.startswith("guid:")), "")

    @cached_property
    def same_links(self) -> tuple[str, ...]:
        """The keys of the addresses that both have, fragments included."""
        mine = anchor_key(self.item.entry.link)
        return (mine,) if mine else tuple(key for key in self._links if self._has(key))

    @cached_property
    def link(self) -> Sign:
        """The addresses, fragments included."""
        mine, its = anchor_key(self.item.entry.link), anchor_key(self.known.entry.link)
        if mine and (mine == its or self.held(mine)):
            return Sign.SAME
        if mine or its:
            return Sign.OTHER if (mine or self._links) and (its or self._known_link) else Sign.UNKNOWN
        return self.page

    @cached_property
    def page(self) -> Sign:
        """The addresses without their fragments."""
        if any(map(self._has, self._links)):
            return Sign.SAME
        return Sign.OTHER if self._links and self._known_link else Sign.UNKNOWN

    @cached_property
    def path(self) -> bool:
        """Whether both have one path on the feed's own host, as after a move to another domain."""
        return any(key.startswith("path:") and self.held(key) for key in self._lasting)

    @cached_property
    def guid_is_link(self) -> bool:
        """Whether the guids are links, and so say nothing more than those do. Only its first guid is known."""
        guid, link = canonical_link(self.item.entry.guid), canonical_link(self.item.entry.link)
        return guid != "" and guid == link and canonical_link(self.known.entry.guid) != ""

    @cached_property
    def token(self) -> bool:
        """Whether the links differ only in what looks like a token."""
        return differ_by_token(self.item.entry.link, self.known.entry.link)

    @cached_property
    def title(self) -> Sign:
        """The titles."""
        return _compared(fold(self.item.entry.title), fold(self.known.entry.title))

    @cached_property
    def text(self) -> Sign:
        """The texts: SAME even if one is an edit of the other."""
        if self.item.fingerprint == self.known.fingerprint and self.item.entry.text:
            return Sign.SAME
        if self.known.is_pruned or not self.item.entry.text or not self.known.entry.text:
            return Sign.UNKNOWN
        return Sign.SAME if is_edit(self.item.entry.text, self.known.entry.text) else Sign.OTHER

    @cached_property
    def date(self) -> Sign:
        """The dates of publication, to the second. Two posts of one day may both say midnight."""
        if any(key.startswith("date:") and self.held(key) for key in self.item.hints):
            return Sign.SAME
        mine, its = self.item.entry.published, self.known.entry.published
        if mine is None or its is None or (mine == its and not is_exact(mine)):
            return Sign.UNKNOWN
        return Sign.SAME if int(mine.timestamp()) == int(its.timestamp()) else Sign.OTHER

    @cached_property
    def same_words(self) -> bool:
        """Whether titles and texts are the same, word for word."""
        if self.item.fingerprint == self.known.fingerprint:
            return bool(self.item.entry.title or self.item.entry.text)
        return any(key.startswith("words:") and self.held(key) for key in self.item.hints)

    @property
    def long_words(self) -> bool:
        """Whether there are enough words to distinguish a post by them."""
        return len(self.item.entry.title) + len(self.item.entry.text) >= MIN_LONG_WORDS

    def count(self, sign: Sign) -> int:
        """Return how many of title, text and date have this sign."""
        return (self.title, self.text, self.date).count(sign)

    def _has(self, link: str) -> bool:
        """Return whether the known entry has an address. What only its guid shows is not counted again."""
        return link == self._known_link or (link == self._own_link and self.held(link))

    @cached_property
    def _own_link(self) -> str:
        return link_key(self.item.entry.link)

    @cached_property
    def _lasting(self) -> tuple[str, ...]:
        return (*self.item.keys, *self.item.shared_keys)

    @cached_property
    def _links(self) -> tuple[str, ...]:
        return tuple(key for key in self._lasting if key.startswith("link:"))

    @cached_property
    def _known_link(self) -> str:
        return link_key(self.known.entry.link)


def are_versions(entry: Entry, other: Entry, site: Site) -> bool:
    """Return whether two entries of one document with one strongest key are one post. Dates alone are not enough."""
    if entry.source_id or other.source_id:
        return entry.source_id == other.source_id
    parts, others = (_parts(each, site) for each in (entry, other))
    if parts != others:
        return False
    if is_edit(entry.text, other.text):
        return bool(entry.title or entry.text) or entry.media == other.media
    named = bool(parts[0] and parts[1] and parts[2])
    return named and entry.published is not None and entry.published == other.published


def _parts(entry: Entry, site: Site) -> tuple[str, str, str]:
    return guid_key(entry, site), with_fragment(entry.link), fold(entry.title)


def is_edit(text: str, other: str) -> bool:
    """Return whether two texts share enough of their first words that one is an edit of the other."""
    if text == other:
        return True
    words, others = _words(text[:SAMPLE_LENGTH]), _words(other[:SAMPLE_LENGTH])
    fewer = min(len(words), len(others))
    common = len(words & others)
    return common == fewer > 0 if fewer < _MIN_WORDS_TO_COMPARE else common >= _SIMILAR * fewer


@lru_cache(maxsize=64)  # the entries that one is compared with; more would keep megabytes of words forever
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text)))
