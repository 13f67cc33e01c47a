"""Normalise tags, words and titles, so that spellings of the same text compare equal."""

import html
import re
import unicodedata

from bot.text.escape import CONTROL_CATEGORIES

_TAG_GAPS = re.compile(r"[\s_-]+")
_MAX_UNESCAPE_ROUNDS = 3
IGNORED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670"
    "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff]"
)
"""Also invisible characters: soft hyphens, zero-width spaces, directions, variation selectors."""


def one_line(text: str) -> str:
    """Return NFC text without control characters and with single spaces for all white space."""
    line = " ".join(text.split())
    if not line.isprintable():  # one look at the text, which almost never has control characters
        kept = "".join(c for c in line if unicodedata.category(c) not in CONTROL_CATEGORIES)
        line = " ".join(kept.split())
    return unicodedata.normalize("NFC", line)


def unescape(text: str) -> str:
    """Unescape entities until nothing changes, at most three times: some sites escape twice, hostile ones endlessly."""
    for _ in range(_MAX_UNESCAPE_ROUNDS):
        unescaped = html.unescape(text)
        if unescaped == text:
            break
        text = unescaped
    return text


def fold(text: str) -> str:
    """Return text for comparison: without case and accents, in NFKC, with single spaces.

    Accents include the vowel points of Hebrew and Arabic. The marks of Kana, Thai and Indic scripts distinguish words,
    so they stay.
    """
    if text.isascii():  # most texts; twenty times faster, and six times more if only lines are to be joined
        line = text.lower().replace("\n", " ").strip()
        return line if line.isprintable() and "  " not in line else " ".join(line.split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    unaccented = IGNORED.sub("", decomposed)
    return " ".join(unicodedata.normalize("NFKC", unaccented).split())


def fold_tag(tag: str) -> str:
    """Fold a tag, without a leading `#` and with `-` and `_` as spaces."""
    return _TAG_GAPS.sub(" ", fold(tag).lstrip("#")).strip()
