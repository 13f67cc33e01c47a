"""Find the words that a typing or spelling mistake may have turned into a word that nobody wrote.

A word near it is one slip away: a letter left out, added or replaced, or two swapped (Damerau-Levenshtein). Which of
several was meant depends on how easily the slip happens, such as on the keyboard, and on how common the word is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, product
from math import log2

from bot.model import Term
from bot.search.stems import query_stems
from bot.search.tokens import is_unsegmented

MIN_LENGTH = 3
"""Letters of a word that can be misspelled; a shorter one is near too many others."""
MAX_LENGTH = 24
_MAX_COST = 2.6
"""Two slips at most, not both of them unlikely."""

_NEIGHBOUR, _REPLACED, _DOUBLED, _ADDED, _SWAPPED, _FIRST = 0.8, 1.2, 0.6, 1.0, 0.7, 0.4
"""Costs of slips: a letter replaced by one beside it on the keyboard, or by another one; a double letter; a letter more
or less; two letters swapped. A slip at the first letter costs `_FIRST` more."""
MAX_READINGS = 24
_COST = 5.0
"""What a cost of 1 weighs, in doublings of how many posts have a word."""
_MARGIN = 3.0
"""How much better than all others a spelling must be for it to be certain."""

_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщъыьэюяіїєґ",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
    "ءابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ",
)
"""Letters as the index has them, one string for each script."""
_KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    ("ицукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    (" ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"),
    ("קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ"),
    ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "  ءورلاىهوزظ"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Words that may have been meant together."""

    words: tuple[tuple[Term, str], ...]
    """The word for each misspelled term."""
    score: float
    """The lower, the likelier."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word that may have been meant."""

    word: str
    score: float
    """The lower, the likelier."""


def can_be_misspelled(word: str) -> bool:
    """Return whether the word is long enough, of letters only, and in a script with words."""
    return MIN_LENGTH <= len(word) <= MAX_LENGTH and word.isalpha() and not is_unsegmented(word[0])


def near(word: str) -> frozenset[str]:
    """Return everything that is one slip away, whether or not it is a word."""
    if not can_be_misspelled(word):
        return frozenset()
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = next((known for known in _ALPHABETS if set(word) <= set(known)), "")
    return frozenset((*_shorter(splits), *_swapped(splits), *_longer(splits, letters))) - {word}


def _shorter(splits: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (start + end[1:] for start, end in splits if end)


def _swapped(splits: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (start + end[1] + end[0] + end[2:] for start, end in splits if len(end) > 1)


def _longer(splits: Iterable[tuple[str, str]], letters: str) -> Iterator[str]:
    """Yield the word with one letter more, or another letter."""
    for start, end in splits:
        for letter in letters:
            yield start + letter + end
            if end:
                yield start + letter + end[1:]


def rank(typed: str, known: Mapping[str, int]) -> list[Spelling]:
    """Return words that may have been meant, likeliest first; `known`: how many posts have each."""
    costs = ((word, posts, cost(typed, word)) for word, posts in known.items())
    found = [
        Spelling(word, _COST * each - log2(posts)) for word, posts, each in costs if 0 < each <= _MAX_COST
    ]
    return sorted(found, key=lambda spelling: (spelling.score, spelling.word))


def combine(spellings: Mapping[Term, Sequence[Spelling]]) -> list[Reading]:
    """Return the ways to spell several words together, likeliest first, at most MAX_READINGS."""
    ways = product(*([(term, each) for each in found] for term, found in spellings.items()))
    readings = (
        Reading(tuple((term, each.word) for term, each in way), sum(each.score for _term, each in way))
        for way in ways
    )
    return sorted(readings, key=lambda reading: reading.score)[:MAX_READINGS]


def is_certain(readings: Sequence[Reading]) -> bool:
    """Return whether the first of these readings is clearly the likeliest; inflections of its words count as it."""
    others = [reading for reading in readings[1:] if not _are_inflections(readings[0], reading)]
    return bool(readings) and (not others or others[0].score - readings[0].score >= _MARGIN)


def _are_inflections(one: Reading, other: Reading) -> bool:
    pairs = zip(one.words, other.words, strict=False)
    return len(one.words) == len(other.words) and all(
        first == second
        or (first[0] == second[0] and set(query_stems(first[1])) & set(query_stems(second[1])))
        for first, second in pairs
    )


def cost(typed: str, meant: str) -> float:
    """Return how unlikely the slips are that made one word of the other; 0 if there are none."""
    start = _common_prefix_length(typed, meant)
    # One letter of the common ending is compared, too: a letter added before it may double it.
    end = max(_common_prefix_length(typed[:start:-1], meant[:start:-1]) - 1, 0)
    columns = range(start + 1, len(meant) - end + 1)
    rows = [list(accumulate((_more(meant, meant_at) for meant_at in columns), initial=0.0))]
    for typed_at in range(start + 1, len(typed) - end + 1):
        row = [rows[-1][0] + _more(typed, typed_at)]
        for column, meant_at in enumerate(columns, 1):
            ways = [
                rows[-1][column] + _more(typed, typed_at),
                row[-1] + _more(meant, meant_at),
                rows[-1][column - 1] + _replaced(typed[typed_at - 1], meant[meant_at - 1]),
            ]
            letters = typed[typed_at - 2 : typed_at], meant[meant_at - 2 : meant_at]
            if len(rows) > 1 and column > 1 and _are_swapped(*letters):
                ways.append(rows[-2][column - 2] + _SWAPPED)
            row.append(min(ways))
        rows.append(row)
    return rows[-1][-1] + (_FIRST if typed[:1] != meant[:1] else 0)


def _common_prefix_length(one: str, other: str) -> int:
    """Return how many letters both words begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (first, second) in pairs if first != second), min(len(one), len(other)))


def _more(word: str, at: int) -> float:
    """Return the cost of the letter before this index, which the other word lacks."""
    return _DOUBLED if at > 1 and word[at - 1] == word[at - 2] else _ADDED


def _replaced(letter: str, other: str) -> float:
    if letter == other:
        return 0
    return _NEIGHBOUR if other in _neighbours().get(letter, "") else _REPLACED


def _are_swapped(one: str, other: str) -> bool:
    """Return whether these two letters are the others in reverse, and different."""
    return one == other[::-1] and one[0] != one[1]


@lru_cache(maxsize=1)
def _neighbours() -> Mapping[str, frozenset[str]]:
    """Return for each letter those beside it on any of the keyboards."""
    found: dict[str, set[str]] = {}
    for rows in _KEYBOARDS:
        places = {(row, column): key for row, keys in enumerate(rows) for column, key in enumerate(keys)}
        for (row, column), key in places.items():
            beside = ((row, column + 1), (row + 1, column), (row + 1, column - 1))
            for other in filter(None, map(places.get, beside)):
                found.setdefault(key, set()).add(other)
                found.setdefault(other, set()).add(key)
    return {key: frozenset(others) for key, others in found.items()}
