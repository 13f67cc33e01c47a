"""Recognises random text, such as the key in an address, and distinguishes it from words of European languages.

The rare pairs of letters are those that make up less than 0.025 percent of all pairs in hunspell's dictionaries for
English and German. Of words with 16 letters and more, at most one pair in five is rare; of random letters, two in five.
"""

import re
from itertools import groupby, pairwise

_RARE = {
    "a": "joq", "b": "cdfhjkmnpqvwxyz", "c": "bdfgjmnpqsvwxz", "d": "bcfhjkmpqtvwxz", "e": "jq",
    "f": "bcdghjkmnpqvwxyz", "g": "bcdfjmpqvwxz", "h": "bcdfghjpqvxz", "i": "hijqwxy", "j": "bcdfghijklmnpqrstvwxyz",
    "k": "bcdfghjkmpqvwxyz", "l": "hjqrwxz", "m": "cdfghjklnqrtvwxz", "n": "jqx", "o": "jq", "p": "bcdgjkmnqvwxz",
    "q": "abcdefghijklmnopqrstvwxyz", "r": "jqx", "s": "djqrvx", "t": "djknpqvx", "u": "joquvwxy",
    "v": "bcdfghjklmnpqrstuvwxyz", "w": "bcdfgjklmpqrstvwxyz", "x": "abcdefghjklmnoqrsuvwxyz", "y": "bfghijkquvwxyz",
    "z": "bcdfghjklmnpqrstvxyz",
}  # fmt: skip
"""Each letter, and those that rarely follow it."""

_MAX_ODD = 0.25
"""Text with at least this share of odd pairs is random."""
_MIN_LETTERS = 20
"""A shorter text in one case and without digits may be a name."""
_MAX_DIGITS = 24
"""A number with more digits is a key, not an id."""
_MIN_HEX = 16
_MIN_SEPARATED = 16
"""The length of a key with separators: `-` and `_` in base64."""
_MAX_WORDS = 0.3
"""The share of such a key that may be words and numbers."""

_RUN = re.compile(r"[A-Za-z0-9]+")
_JOINED = re.compile(r"[A-Za-z0-9_-]+")
_HEX = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]+|(?=.*[0-9])(?=.*[A-F])[0-9A-F]+")
_HUMP = re.compile(r"(?<=[a-z]{2})[A-Z](?=[a-z])")
"""The start of another word in camel case."""


def random_spans(text: str, min_length: int) -> list[tuple[int, int]]:
    """Return where `text` has random characters: runs from `min_length` on, with neighbours that are not words."""
    runs = list(_RUN.finditer(text))
    if len(runs) > 1 and _is_one_key([run[0] for run in runs]):
        return [(runs[0].start(), runs[-1].end())]
    joined = [list(_RUN.finditer(text, *part.span())) for part in _JOINED.finditer(text)]
    groups = (list(group) for part in joined for unclear, group in groupby(part, _is_unclear) if unclear)
    return [
        (group[0].start(), group[-1].end())
        for group in groups
        if any(is_random(run[0], min_length) for run in group)
    ]


def is_random(run: str, min_length: int) -> bool:
    """Return whether a run of ASCII letters and digits is random and has at least `min_length` characters."""
    if len(run) < min_length:
        return False
    if run.isdigit():
        return len(run) > _MAX_DIGITS
    if len(run) >= _MIN_HEX and _HEX.fullmatch(run):
        return True
    one_case = run.isalpha() and (run[1:].islower() or run.isupper())
    return _odd_share([run]) >= _MAX_ODD and (not one_case or len(run) >= _MIN_LETTERS)


def has_odd_pairs(run: str) -> bool:
    """Return whether a run of any length has too many odd pairs for a word."""
    return _odd_share([run]) >= _MAX_ODD


def _is_one_key(runs: list[str]) -> bool:
    """Return whether the runs together look like a key in base64: both cases, digits, and hardly any words."""
    joined = "".join(runs)
    mixed = any(c.isdigit() for c in joined) and joined.lower() != joined != joined.upper()
    words = sum(len(run) for run in runs if _is_word(run))
    is_long = len(joined) >= _MIN_SEPARATED
    return mixed and is_long and words <= _MAX_WORDS * len(joined) and _odd_share(runs) >= _MAX_ODD


def _is_unclear(run: re.Match[str]) -> bool:
    return not _is_word(run[0])


def _is_word(run: str) -> bool:
    """Return whether a run is a word or a number."""
    return len(run) <= _MAX_DIGITS if run.isdigit() else run.isalpha() and not has_odd_pairs(run)


def _odd_share(runs: list[str]) -> float:
    pairs = sum(len(run) - 1 for run in runs)
    return sum(map(_odd_pairs, runs)) / pairs if pairs > 0 else 0.0


def _odd_pairs(run: str) -> int:
    humps = {match.start() for match in _HUMP.finditer(run)}
    return sum(
        at not in humps and _is_odd(first, second) for at, (first, second) in enumerate(pairwise(run), 1)
    )


def _is_odd(first: str, second: str) -> bool:
    if first.isdigit() or second.isdigit():
        return first.isdigit() != second.isdigit()
    return (first.islower() and second.isupper()) or second.lower() in _RARE[first.lower()]
