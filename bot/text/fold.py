"""One way to compare what people write: tags, words, titles."""

import html
import re
import unicodedata

_SPACE = re.compile(r"\s+")
_TAG_GAPS = re.compile(r"[\s_-]+")
_UNESCAPE_ROUNDS = 3
_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670"
    "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff]"
)
"""And what cannot be seen: soft hyphens, zero-width spaces, directions, the choice between text and emoji."""


def one_line(text: str) -> str:
    """NFC, control characters dropped, all white space as single spaces."""
    kept = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN
    )
    return _SPACE.sub(" ", unicodedata.normalize("NFC", kept)).strip()


_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})


def unescape(text: str) -> str:
    """Entities unescaped until nothing changes, at most three rounds: sites escape twice, hostile ones for ever."""
    for _ in range(_UNESCAPE_ROUNDS):
        plain = html.unescape(text)
        if plain == text:
            break
        text = plain
    return text


def fold(text: str) -> str:
    """For comparison only: no case, no accents, compatibility forms joined, white space single.

    Accents are those of alphabets, and the vowel points of Hebrew and Arabic. The marks of Kana, Thai and Indic
    scripts make other words and stay.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = _ACCENTS.sub("", decomposed)
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", bare)).strip()


def fold_tag(tag: str) -> str:
    """As `fold`, without a leading `#`, and with space, `-` and `_` alike."""
    return _TAG_GAPS.sub(" ", fold(tag).lstrip("#")).strip()
