"""Words that some people write apart and others together: "don't" and "dont", "e-mail" and "email", "U.S.A." and "USA".

The index has them as separate words, so that phrases match, and also written together, as it has stems.
"""

import re
from collections.abc import Sequence

from bot.search.tokens import MAX_TEXT_LENGTH, normalise

_MAX_PARTS = 3
_MAX_LENGTH = 40
_SEPARATED = re.compile(
    rf"(?<![\w'’-])(?:[^\W_]+(?:['’\u02bc‐‑-][^\W_]+){{1,{_MAX_PARTS - 1}}}(?!['’-]?\w)|(?:[^\W\d_]\.){{2,}}(?!\w))"
)
_LETTERS = re.compile(r"[^\W_]+")
_HAS_LETTER = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(r"['’\u02bc‐‑.-](?<=\w.)\w")  # begins with a set of signs, which is found quickly


def joined_words(text: str) -> list[str]:
    """Return the words of a text whose parts are separated by an apostrophe, hyphens or dots, without these."""
    text = text[:MAX_TEXT_LENGTH]
    if not _SIGNS.search(text):
        return []
    found = ("".join(_LETTERS.findall(word)) for word in _SEPARATED.findall(normalise(text)))
    return [word for word in found if len(word) <= _MAX_LENGTH and _HAS_LETTER.search(word)]


def joined(words: Sequence[str]) -> str:
    """Return the words of a search term written together; "" if nobody would write them so."""
    word = "".join(words)
    is_short = len(words) <= _MAX_PARTS or all(len(each) == 1 for each in words)
    if len(words) < 2 or not is_short or len(word) > _MAX_LENGTH or not _HAS_LETTER.search(word):
        return ""
    return word if _LETTERS.fullmatch(word) else ""
