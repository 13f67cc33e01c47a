"""Text as the index has it: one normaliser for what is archived and for what people type.

Words are what `fold` leaves of them, with the letters of Latin, Arabic and Hebrew that people write either way joined.
Scripts that part no words (Chinese, Japanese, Thai and their like) and Korean, whose particles cling to the words,
become pairs of characters, and the last character alone: so any part of a run is a phrase of pairs, and a single
character is the beginning of a pair.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from bot.text.fold import fold, fold_tag

_VERSION = 3
"""Of what this room makes of a text. Who changes that raises it."""
VERSION = f"{_VERSION} {version('snowballstemmer')} {unicodedata.unidata_version}"
"""With those of the stems and of the letters' properties. Where it changes, every index is made anew."""

LONGEST_TEXT = 100_000
"""Characters of one text that are indexed."""
_LONGEST_WORD = 64

TAG = "\ue000"
"""Begins the one word that a whole tag is. Such marks are no letters, so no text makes a word with one."""
FEED = "\ue001"
"""Begins the word for a feed."""
STEM = "\ue002"
"""Begins the stem of an English word."""
GERMAN_STEM = "\ue005"
"""Begins the stem of a German word."""
EVERY = "\ue003"
"""The word that every entry has."""
NOTHING = "\ue004"
"""A word that no entry has."""
_TAG_SIGNS = 0xE100
"""Whole tags keep their signs (c++ is not c#), moved to where a tokenizer takes them for letters."""

QUOTES = '"“”„«»'
"""What people write around a phrase."""
_NOT_IN_TAGS = re.compile(f"[{QUOTES}\ud800-\udfff]")

_LETTERS = str.maketrans(
    {
        "\u0640": None,  # Arabic tatweel only stretches a word
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
    }
)
_QURAN_MARKS = "\u0610-\u061a\u06d6-\u06ed"
_UNPARTED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\uac00-\ud7ff"  # Korean
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"  # Kana, Bopomofo
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_SIGNS = "\u2190-\u2bff\U0001f000-\U0001faff"
"""Arrows, symbols, emoji: each is a word."""
_INDIC = "\u0900-\u0963\u0966-\u0dff"
"""Their vowel signs are no letters for `re`, yet belong to the word."""
_WORD = re.compile(
    rf"(?P<run>[{_UNPARTED}]+)|(?P<sign>[{_SIGNS}])|(?:[{_INDIC}]|(?![{_UNPARTED}])[^\W_])+", re.UNICODE
)
_ASCII_WORD = re.compile("[a-z0-9]+")
_IS_QURAN_MARK = re.compile(f"[{_QURAN_MARKS}]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, and where in the normalised text it stands."""

    word: str
    start: int
    end: int
    is_last_alone: bool = False
    """The last character of a run of pairs."""


def normalise(text: str) -> str:
    """The text with everything joined that people write either way."""
    if text.isascii():
        return text.lower()
    return _IS_QURAN_MARK.sub("", fold(text).translate(_LETTERS))


def tokens(normalised: str) -> Iterator[Token]:
    """The words of a normalised text, in order."""
    for found in _WORD.finditer(normalised):
        if found["run"] is None:
            yield Token(found[0][:_LONGEST_WORD], found.start(), found.end())
        else:
            yield from _pairs(found[0], found.start())


def _pairs(run: str, start: int) -> Iterator[Token]:
    for place in range(len(run) - 1):
        yield Token(run[place : place + 2], start + place, start + place + 2)
    last = len(run) - 1
    yield Token(run[last], start + last, start + last + 1, is_last_alone=last > 0)


def words(text: str) -> list[str]:
    """The words of a text as the index has them."""
    normalised = normalise(text[:LONGEST_TEXT])
    if normalised.isascii():  # as most texts are: ten times quicker
        return [word[:_LONGEST_WORD] for word in _ASCII_WORD.findall(normalised)]
    return [token.word for token in tokens(normalised)]


def asked_words(text: str) -> tuple[str, ...]:
    """The words of what a person typed: a run that ends it may go on in the text, so its last character is no word."""
    found = list(tokens(normalise(text)))
    if found and found[-1].is_last_alone:
        found.pop()
    return tuple(token.word for token in found)


def is_unparted(word: str) -> bool:
    """Whether the word comes from a run without spaces."""
    found = _WORD.fullmatch(word)
    return found is not None and found["run"] is not None


def whole_tag(tag: str) -> str:
    """The one word for a tag in any spelling (see `fold_tag`); quotes and lone surrogates are no part of it."""
    folded = normalise(fold_tag(_NOT_IN_TAGS.sub(" ", tag)))[:_LONGEST_WORD]
    return TAG + "".join(chr(_TAG_SIGNS + ord(c)) if c.isascii() and not c.isalnum() else c for c in folded)


def feed_word(feed_id: int) -> str:
    """The one word for a feed."""
    return f"{FEED}{feed_id}"
