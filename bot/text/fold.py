"""One way to compare what people write: tags, words, titles."""

import html
import re
import unicodedata

_SPACE = re.compile(r"\s+")
_TAG_GAPS = re.compile(r"[\s_-]+")
_UNESCAPE_ROUNDS = 3


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
    """For comparison only: no case, no accents, compatibility forms joined, white space single."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", bare)).strip()


def fold_tag(tag: str) -> str:
    """As `fold`, without a leading `#`, and with space, `-` and `_` alike."""
    return _TAG_GAPS.sub(" ", fold(tag).lstrip("#")).strip()
