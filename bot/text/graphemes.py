"""Where a text may be cut without breaking what a reader sees as one character.

A close reading of UAX #29 with what the standard library knows of Unicode: combining marks, emoji sequences,
flags, Hangul syllables, and the letters of Indic conjuncts and of Thai and Lao that belong to the one before.
"""

import unicodedata

_JOINER = "\u200d"
_VIRAMA = 9
"""The canonical combining class of the sign that joins two consonants of an Indic script."""
_LEANING = frozenset("\u0e33\u0eb3\u200c\u200d")
_LONGEST = 64
"""A "character" of more code points is hostile, and is cut."""


def floor_boundary(text: str, index: int) -> int:
    """The last place at or before `index` where `text` may be cut."""
    if index >= len(text):
        return len(text)
    for place in range(index, max(0, index - _LONGEST), -1):
        if not _joined(text, place):
            return place
    return index if index > _LONGEST else 0


def ceil_boundary(text: str, index: int) -> int:
    """The first place at or after `index` where `text` may be cut."""
    for place in range(index, min(len(text), index + _LONGEST)):
        if place == 0 or not _joined(text, place):
            return place
    return min(len(text), index + _LONGEST)


def _joined(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if before == "\r" and after == "\n":
        return True
    return (
        _extends(after)
        or (before == _JOINER and _is_symbol(after))
        or (_is_flag_half(before) and _is_flag_half(after) and _halves_before(text, place) % 2 == 1)
        or _is_one_syllable(before, after)
        or (unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo")
    )


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or char in _LEANING
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or char in "\uff9e\uff9f"
    )


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk", "Sm", "Po", "Cn"}


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _halves_before(text: str, place: int) -> int:
    start = place
    while start and place - start < _LONGEST and _is_flag_half(text[start - 1]):
        start -= 1
    return place - start


def _is_one_syllable(before: str, after: str) -> bool:
    leading = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c"
    vowel_ready = leading or "\u1160" <= before <= "\u11a7" or _is_syllable(before)
    if "\u1160" <= after <= "\u11a7":
        return vowel_ready
    if "\u11a8" <= after <= "\u11ff":
        return "\u1160" <= before <= "\u11ff" or _is_syllable(before)
    return leading and ("\u1100" <= after <= "\u115f" or _is_syllable(after))


def _is_syllable(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3"
