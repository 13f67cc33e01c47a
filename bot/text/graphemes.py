"""Find where a text can be cut without breaking a character as a reader sees it (a grapheme cluster).

Follows UAX #29 (https://unicode.org/reports/tr29/) as far as the standard library's Unicode data allows: combining
marks, emoji sequences, flags, Hangul syllables, Indic conjuncts, and Thai and Lao vowels after their consonant.
"""

import unicodedata

_JOINER = "\u200d"
_VIRAMA = 9
"""The canonical combining class of the sign that joins two consonants in Indic scripts."""
_EXTENDERS = frozenset("\u0e33\u0eb3\u200c\u200d")
_MAX_CLUSTER_LENGTH = 64
"""Code points; a longer cluster is hostile and gets cut."""


def floor_boundary(text: str, index: int) -> int:
    """Return the last boundary at or before `index`."""
    if index >= len(text):
        return len(text)
    for boundary in range(index, max(0, index - _MAX_CLUSTER_LENGTH), -1):
        if not _is_joined(text, boundary):
            return boundary
    return index if index > _MAX_CLUSTER_LENGTH else 0


def ceil_boundary(text: str, index: int) -> int:
    """Return the first boundary at or after `index`."""
    for boundary in range(index, min(len(text), index + _MAX_CLUSTER_LENGTH)):
        if boundary == 0 or not _is_joined(text, boundary):
            return boundary
    return min(len(text), index + _MAX_CLUSTER_LENGTH)


def _is_joined(text: str, index: int) -> bool:
    before, after = text[index - 1], text[index]
    if before == "\r" and after == "\n":
        return True
    return (
        _extends(after)
        or (before == _JOINER and _is_symbol(after))
        or (_is_flag_half(before) and _is_flag_half(after) and _flag_halves_before(text, index) % 2 == 1)
        or _is_one_syllable(before, after)
        or (unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo")
    )


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or char in _EXTENDERS
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or char in "\uff9e\uff9f"
    )


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk", "Sm", "Po", "Cn"}


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, index: int) -> int:
    start = index
    while start and index - start < _MAX_CLUSTER_LENGTH and _is_flag_half(text[start - 1]):
        start -= 1
    return index - start


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
