"""Find out whether a feed writes several tags into one category: `<category>frogs, ponds, rain</category>`.

"Arts, Crafts & Hobbies" may be one name. So one category says little, and the whole document decides.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, islice

from bot.text.fold import fold_tag, unescape

Split = Callable[[str], Sequence[str]]

_MAX_ENTRIES = 500
_MAX_VALUES = 100
_MAX_LENGTH = 2_000
_MAX_COMPARED = 60
"""Categories with a comma that are compared with each other. Their pairs are many."""
_MIN_LONG = 3
"""Parts of a category that is more likely a list than a place ("Salem, Oregon") or a pair ("Food, Drink")."""
_MIN_SURE = 4
"""Parts of a category that is a list even if it is the only one."""
_MAX_WORDS = 3
"""Words of each part of such a category."""
_COMMA = re.compile(r"[,，、]")
_COMMAS = re.compile(r"(?<!\d),|,(?!\d)|[，、]")
_SEMICOLON = re.compile(r";")
"""No category's name contains one."""
_HASHTAGS = re.compile(r"(?<!\s)\s+(?=#)")
_ENUMERATION = re.compile(r"&|\b(?:and|e|en|et|och|oder|og|or|ou|und|y|и)\b", re.IGNORECASE)


def find_split(tags_of_entries: Iterable[Sequence[str]]) -> Split:
    """Return a function that splits a category of this document into its tags; it may have only one."""
    entries = [
        [text for value in tags[:_MAX_VALUES] if (text := unescape(value[:_MAX_LENGTH]).strip())]
        for tags in islice(tags_of_entries, _MAX_ENTRIES)
    ]
    return _split_at_commas if _has_lists(entries) else _split_surely


def needs_document(tags_of_entries: Iterable[Sequence[str]]) -> bool:
    """Return whether some category has a comma, so that the whole document decides what that means."""
    return any(_COMMA.search(unescape(value)) for tags in tags_of_entries for value in tags)


def _split_surely(value: str) -> Sequence[str]:
    text = unescape(value[:_MAX_LENGTH]).strip()
    return (_HASHTAGS if text.startswith("#") else _SEMICOLON).split(text)


def _split_at_commas(value: str) -> Sequence[str]:
    return [part for piece in _split_surely(value) for part in _COMMAS.split(piece)]


def _has_lists(entries: Sequence[Sequence[str]]) -> bool:
    """Return whether the categories with commas are lists.

    If an entry has several categories, its feed can repeat the element and rarely needs lists. Then only long lists
    with common parts say so.
    """
    values = dict.fromkeys(value for tags in entries for value in tags)
    lists = [_parts(value) for value in values if _COMMA.search(value) and not _ENUMERATION.search(value)]
    lists = [parts for parts in lists if len(parts) > 1][:_MAX_COMPARED]
    long = [parts for parts in lists if len(parts) >= _MIN_LONG]
    if any(set(one) & set(other) for one, other in combinations(long, 2)):
        return True
    if any(len(tags) > 1 for tags in entries):
        return False
    alone = {fold_tag(value) for value in values if not _COMMA.search(value)}
    return (
        len(long) > 1
        or any(alone.intersection(parts) for parts in lists)
        or any(map(_is_surely_list, lists))
        or any(_share_a_part(one, other) for one, other in combinations(lists, 2))
    )


def _parts(value: str) -> list[str]:
    return [folded for part in _COMMAS.split(value) if (folded := fold_tag(part))]


def _is_surely_list(parts: Sequence[str]) -> bool:
    return len(parts) >= _MIN_SURE and all(len(part.split()) <= _MAX_WORDS for part in parts)


def _share_a_part(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether a part is in both, but not at the same place, as the state is in "Salem, OR" and "Bend, OR"."""
    common = set(one) & set(other)
    return any(len(one) != len(other) or one.index(part) != other.index(part) for part in common)
