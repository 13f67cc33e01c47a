"""Document × known entries → which known post each of its entries is. docs/decisions.md has the rules as a table.

Strong evidence decides first. A known post that one entry is by strong evidence is no other entry by weak evidence. If
most entries of a document were renamed at once, the site has moved, and weak evidence is enough.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

from bot.model import Entry, Identified, Known, KnownEntry
from bot.relay.evidence import Evidence, Sign
from bot.text.canonical import fragment_of, without_tokens
from bot.text.fold import fold

MIN_DOCUMENT = 3
"""Entries that a document needs to show how its feed uses guids and links."""

MAX_SHARERS = 2
"""Entries of one document that may have one guid, as versions of a post have. A guid of more identifies nothing."""

_MIN_BARE_GUID = 12
"""Characters of a guid without any digit that is not taken for a placeholder."""


class Grade(IntEnum):
    """What shows that two entries are one post, weakest first."""

    NONE = 0
    WORDS = 1
    ADDRESS = 2
    LINK = 3
    GUID = 4
    SOURCE = 5


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a document's entries are."""

    entries: Mapping[Identified, KnownEntry] = field(default_factory=dict)
    """The entries that are known posts."""
    has_moved: bool = False
    """Whether most entries got other ids or addresses at once."""

    def is_old_news(self, item: Identified) -> bool:
        """Return whether an unknown entry of a moved site is at most as new as the known ones."""
        published = item.entry.published
        dates = [known.entry.published for known in self.entries.values() if known.entry.published]
        return self.has_moved and published is not None and bool(dates) and published <= max(dates)


def recognise(document: Sequence[Identified], known: Known) -> Recognised:
    """Find the known post that each entry of a document is."""
    weighing = _Weighing(document, known)
    found = weighing.assigned({}, weighing.grade, (Grade.SOURCE, Grade.GUID))
    has_moved = weighing.has_moved(found)
    found = weighing.assigned(found, weighing.grade, (Grade.LINK,))
    weighing.note_kept_links(found)
    grade = weighing.moved_grade if has_moved else weighing.grade
    found = weighing.assigned(found, grade, (Grade.LINK, Grade.ADDRESS, Grade.WORDS))
    return Recognised(found, has_moved)


@dataclass(frozen=True)
class _Kept:
    """Entries that kept their links."""

    items: Sequence[Identified] = ()

    @cached_property
    def words(self) -> frozenset[str]:
        """The keys of their words."""
        return frozenset(key for item in self.items for key in item.hints if key.startswith("words:"))

    @cached_property
    def links(self) -> frozenset[str]:
        """Their links without what looks like a token."""
        return frozenset(without_tokens(item.entry.link) for item in self.items)


class _Weighing:
    """The evidence for all entries of a document."""

    def __init__(self, document: Sequence[Identified], known: Known) -> None:
        self._document = document
        self._known = known
        self._counts = Counter(key for item in document for key in item.all_keys)
        self._evidence = {item: self._candidates(item) for item in document}
        if self._are_guids_positions():
            self._evidence = {
                item: [replace(each, has_guids=False) for each in found]
                for item, found in self._evidence.items()
            }
        self._kept = _Kept()

    def _candidates(self, item: Identified) -> list[Evidence]:
        holders: dict[int, set[str]] = {}
        entries: dict[int, KnownEntry] = {}
        for key in item.all_keys:
            for entry in self._known.by_key.get(key, ()):
                entries[entry.entry_id] = entry
                holders.setdefault(entry.entry_id, set()).add(key)
        return [Evidence(item, entry, holders[number].__contains__) for number, entry in entries.items()]

    def _are_guids_positions(self) -> bool:
        """Return whether most guids belong to other posts now, as numbers of an entry's place in the document do."""
        kept = passed_on = 0
        for found in self._evidence.values():
            holders = [each for each in found if each.guid is Sign.SAME]
            if any(each.link is Sign.SAME or each.count(Sign.SAME) > 1 for each in holders):
                kept += 1
            elif holders and any(
                each.link is each.title is Sign.SAME and each.count(Sign.SAME) > 1 for each in found
            ):
                passed_on += 1
        return passed_on > kept

    def note_kept_links(self, found: Mapping[Identified, KnownEntry]) -> None:
        """Record the entries that kept their links. Another link with the same words is another post then."""
        self._kept = _Kept(
            tuple(
                each.item
                for item, entry in found.items()
                for each in self._evidence[item]
                if each.known.entry_id == entry.entry_id and each.link is Sign.SAME
            )
        )

    def assigned(
        self,
        before: Mapping[Identified, KnownEntry],
        grade: Callable[[Evidence], Grade],
        grades: Sequence[Grade],
    ) -> dict[Identified, KnownEntry]:
        """Return the earlier assignments, and the best evidence of these grades for the other entries."""
        found = dict(before)
        for wanted in grades:
            taken = {entry.entry_id for entry in found.values()}
            for item in self._document:
                if item in found:
                    continue
                fitting = [
                    each
                    for each in self._evidence[item]
                    if grade(each) is wanted
                    and (each.known.entry_id not in taken or _may_repeat(each, wanted))
                ]
                if fitting:
                    best = max(fitting, key=lambda each: (each.count(Sign.SAME), each.known.entry_id))
                    found[item] = best.known
                    if not _may_repeat(best, wanted):
                        taken.add(best.known.entry_id)
        return found

    def has_moved(self, found: Mapping[Identified, KnownEntry]) -> bool:
        """Return whether most entries were renamed at once, or several and none kept its id beside new posts.

        All entries of a short document must be renamed, with the same words.
        """
        taken = {entry.entry_id for entry in found.values()}
        renamed = by_words = 0
        for item in self._document:
            fitting = [
                each
                for each in self._evidence[item]
                if item not in found and each.known.entry_id not in taken and self._is_renamed(each)
            ]
            if fitting:
                best = max(fitting, key=lambda each: each.count(Sign.SAME))
                taken.add(best.known.entry_id)
                renamed += 1
                by_words += best.same_words
        size = len(self._document)
        if size < MIN_DOCUMENT:
            return by_words == size > 1
        return renamed * 2 > size or (renamed >= MIN_DOCUMENT and not found)

    def _is_renamed(self, each: Evidence) -> bool:
        if each.source is Sign.OTHER or Sign.OTHER not in (each.guid, each.link):
            return False
        if each.same_words:
            words = each.item.hints[0]
            return len(self._known.by_key.get(words, ())) <= 1 == self._counts[words]
        if each.title is not Sign.SAME:
            return False
        own_link = each.link is Sign.SAME and not self._is_reused(each)
        return own_link or each.path or each.date is Sign.SAME

    def moved_grade(self, each: Evidence) -> Grade:
        """Like `grade`, for a site that has moved."""
        grade = self.grade(each)
        if grade is not Grade.NONE or each.source is Sign.OTHER or each.guid is Sign.SAME:
            return grade
        own_link = each.link is Sign.SAME and not self._is_reused(each)
        return Grade.ADDRESS if own_link or each.path or self._is_renamed(each) else Grade.NONE

    def grade(self, each: Evidence) -> Grade:
        """Return what shows that two entries are one post."""
        if each.source is Sign.OTHER:
            return Grade.NONE
        if each.is_identical or each.source is Sign.SAME:
            return Grade.SOURCE
        if each.guid is Sign.SAME and not self._is_shared(each.guid_key):
            return Grade.GUID if self._is_proven(each) else Grade.NONE
        if each.link is Sign.SAME:
            return Grade.LINK if self._is_same_at_link(each) else self._by_words(each)
        if self._is_same_at_address(each):
            return Grade.ADDRESS
        return self._by_words(each)

    def _is_proven(self, each: Evidence) -> bool:
        """Return whether an equal guid is more than a placeholder: something else agrees, or the document shows it."""
        parts = [each.title, each.text, each.date]
        if each.guid_is_link:
            return Sign.SAME in parts or self._has_links or not _is_rewritten(each)
        others = (each.link, *parts).count(Sign.OTHER)
        if others < 2 or self._has_guids:
            return True
        if others > 2:
            return Sign.SAME in parts and _looks_unique(each.item.entry.guid)
        return (each.link, *parts).count(Sign.SAME) >= others or _looks_unique(each.item.entry.guid)

    def _is_same_at_link(self, each: Evidence) -> bool:
        if _has_other_guid(each):
            return _is_same_despite_guid(each, is_reused=self._is_reused(each))
        if self._is_reused(each):
            return each.count(Sign.SAME) > each.count(Sign.OTHER)
        return self._has_links or each.count(Sign.SAME) > 0 or not _is_rewritten(each)

    def _is_same_at_address(self, each: Evidence) -> bool:
        """Return whether a page (with another fragment) or a path (on another domain) shows that it is one post."""
        same, other = each.count(Sign.SAME), each.count(Sign.OTHER)
        if each.page is Sign.SAME:
            used = self._used_fragments or _has_other_guid(each) or self._is_page_shared(each)
            return not used and (each.date is Sign.SAME or same > other)
        if each.path:
            return same > max(other, 1) if _has_other_guid(each) else same > other or other == 0
        return False

    def _by_words(self, each: Evidence) -> Grade:
        if not _is_same_by_words(each) or (each.link is Sign.OTHER and self._do_links_tell(each)):
            return Grade.NONE
        return Grade.WORDS

    def _do_links_tell(self, each: Evidence) -> bool:
        """Return whether an entry with the same words, or with a link as similar, kept its link."""
        if each.token:
            return without_tokens(each.item.entry.link) in self._kept.links
        return not self._kept.words.isdisjoint(each.item.hints)

    def _is_reused(self, each: Evidence) -> bool:
        """Return whether several posts have this link."""
        return any(self._counts[key] > 1 or self._has_posts(key) for key in each.same_links)

    def _is_page_shared(self, each: Evidence) -> bool:
        return any(self._has_posts(key) for key in each.item.all_keys if key.startswith("link:"))

    def _is_shared(self, key: str) -> bool:
        return self._counts[key] > MAX_SHARERS or self._has_posts(key)

    def _has_posts(self, key: str) -> bool:
        """Return whether several known posts have a key. Earlier versions stored some posts twice."""
        holders = self._known.by_key.get(key, ())
        return any(_are_two_posts(holders[0].entry, other.entry) for other in holders[1:])

    @cached_property
    def _has_guids(self) -> bool:
        """Each of several entries has a guid of its own."""
        return self._are_distinct("guid:")

    @cached_property
    def _has_links(self) -> bool:
        """Each of several entries has a link of its own."""
        return self._are_distinct("link:")

    def _are_distinct(self, kind: str) -> bool:
        size = len(self._document)
        return size >= MIN_DOCUMENT and all(
            any(key.startswith(kind) for key in item.keys) for item in self._document
        )

    @cached_property
    def _used_fragments(self) -> bool:
        """Links lead to different places of one page."""
        return any(
            key.startswith("link:") and fragment_of(item.entry.link)
            for item in self._document
            for key in item.shared_keys
        )


def _are_two_posts(entry: Entry, other: Entry) -> bool:
    return fold(entry.title) != fold(other.title) and entry.published != other.published


def _may_repeat(each: Evidence, grade: Grade) -> bool:
    """Return whether two entries of a document may be one known post, as versions of it are."""
    return grade >= Grade.GUID or (grade is Grade.LINK and not _has_other_guid(each))


def _has_other_guid(each: Evidence) -> bool:
    """Return whether the guids differ, and say more than the links do."""
    return each.guid is Sign.OTHER and not each.guid_is_link


def _is_rewritten(each: Evidence) -> bool:
    """Return whether both the words and the date have changed."""
    return each.date is Sign.OTHER and Sign.OTHER in (each.title, each.text)


def _is_same_despite_guid(each: Evidence, *, is_reused: bool) -> bool:
    """Return whether one link and the rest outweigh a new guid."""
    if is_reused:
        return each.date is Sign.SAME and Sign.SAME in (each.title, each.text)
    if each.title is Sign.OTHER:
        return each.date is Sign.SAME
    if each.text is Sign.OTHER:
        return each.date is Sign.SAME or (each.title is Sign.SAME and each.date is Sign.UNKNOWN)
    return Sign.SAME in (each.title, each.text) or each.date is not Sign.OTHER


def _is_same_by_words(each: Evidence) -> bool:
    """Return whether words and date show that it is one post, although no address does."""
    if each.date is Sign.OTHER:
        return False
    if _has_other_guid(each):
        return each.same_words and each.date is Sign.SAME
    if each.same_words:
        return each.date is Sign.SAME or each.token or each.long_words or each.link is Sign.UNKNOWN
    is_close = (
        Sign.SAME in (each.title, each.text)
        if each.date is Sign.SAME
        else each.title is each.text is Sign.SAME
    )
    return is_close and (each.token or each.link is Sign.UNKNOWN)


def _looks_unique(guid: str) -> bool:
    return len(guid) >= _MIN_BARE_GUID or any(map(str.isdigit, guid))
