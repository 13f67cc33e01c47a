"""Queries with one slip: a letter dropped, doubled, swapped with the next one, or a key beside the right one.

Any letter of any word may be affected.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.search_typed import TypedQuery

_ARABIC = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ")
_AZERTY = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_QWERTZ = ("qwertzuiopü", "asdfghjklöä", "yxcvbnm")
_RUSSIAN = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_SWEDISH = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm")
_KEYBOARDS = {
    "arabic": _ARABIC,
    "french": _AZERTY,
    "german": _QWERTZ,
    "russian": _RUSSIAN,
    "swedish": _SWEDISH,
}
"""The rows of keys of each language; the others have QWERTY."""


Variants = Callable[[str], Iterator[str]]
"""Yields what a kind of slip may make of a word."""


def slips(language: str) -> Mapping[str, Variants]:
    """Return the kinds of slips."""
    beside = _neighbours(_KEYBOARDS.get(language, _QWERTY))
    return {
        "letter dropped": _dropped,
        "letter doubled": _doubled,
        "letters swapped": _swapped,
        "neighbouring key": lambda word: _replaced(word, beside),
    }


def slipped(query: TypedQuery, variants: Variants, dice: random.Random) -> TypedQuery | None:
    """Return the query with a slip in one of its words."""
    at = dice.randrange(len(query.words))
    word = query.words[at]
    found = [variant for variant in variants(word) if variant != word]
    if not found:
        return None
    return TypedQuery((*query.words[:at], dice.choice(found), *query.words[at + 1 :]))


def _dropped(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _doubled(word: str) -> Iterator[str]:
    return (word[:at] + letter + word[at:] for at, letter in enumerate(word))


def _swapped(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))


def _replaced(word: str, beside: Mapping[str, str]) -> Iterator[str]:
    return (
        word[:at] + other + word[at + 1 :]
        for at, letter in enumerate(word)
        for other in beside.get(letter, "")
    )


def _neighbours(rows: Sequence[str]) -> Mapping[str, str]:
    """Return the keys beside each key; each row is moved to the right by half a key."""
    places = {key: (row, column) for row, keys in enumerate(rows) for column, key in enumerate(keys)}
    steps = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, 0), (1, -1))
    keys = {place: key for key, place in places.items()}
    return {
        key: "".join(keys.get((row + down, column + right), "") for down, right in steps)
        for key, (row, column) in places.items()
    }
