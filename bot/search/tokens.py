"""Split text into the tokens of the full-text index: the same way for posts and for queries.

Tokens are words after `fold`, with variant letters of the Latin, Arabic and Hebrew scripts unified. Scripts without
spaces between words (Chinese, Japanese, Thai and others) and Korean, which attaches particles to words, become bigrams
plus the last character on its own. So any part of a run is a phrase of bigrams, and a single character is a prefix of
one.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from bot.text.fold import fold, fold_tag

_VERSION = 6
"""Increase it with every change to `bot.search` that changes the tokens of a text."""
VERSION = f"{_VERSION} {version('pystemmer')} {unicodedata.unidata_version}"
"""Version of the tokens, with those of the stemmer and of Unicode. When it changes, the index is rebuilt."""

MAX_TEXT_LENGTH = 100_000
"""Characters of a text that are indexed; the rest is ignored."""
_MAX_TOKEN_LENGTH = 64

# Private-use characters are not letters, so no token of a text contains one of these.
TAG_PREFIX = "\ue000"
"""Starts the token for a whole tag."""
FEED_PREFIX = "\ue001"
"""Starts the token for a feed."""
EVERY_POST = "\ue003"
"""A token that every post has."""
NO_POST = "\ue004"
"""A token that no post has."""
STEM_PREFIX = "\ue006"
"""Starts a stem, and a word written together. Earlier versions had U+E002 for English and U+E005 for German stems."""
_TAG_SIGNS = 0xE100
"""Tags keep their signs (c++ is not c#), shifted to code points that the tokenizer of the index treats as letters."""

QUOTES = '"“”„«»'
"""Characters that start or end a phrase."""
_NOT_IN_TAGS = re.compile(f"[{QUOTES}\ud800-\udfff]")

_LETTERS = str.maketrans(
    {
        "\u0640": None,  # Arabic tatweel, which only stretches a word
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
        **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
    }
)  # fmt: skip
_QURAN_MARKS = "\u0610-\u061a\u06d6-\u06ed"
_UNSEGMENTED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\uac00-\ud7ff"  # Korean
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"  # Kana, Bopomofo
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_SIGNS = "\u2190-\u2bff\U0001f000-\U0001faff"
"""Arrows, symbols, emoji: each is a token."""
_INDIC = "\u0900-\u0963\u0966-\u0dff"
"""Indic scripts: `re` does not count their vowel signs as letters, although they belong to the word."""
_ENDING = r"(?<=[a-z0-9])\+\+(?![^\W\d_])|(?<=(?<![^\W_])[a-z])#(?!\w)"
"""The signs of "C++" and "C#": a token after that of the letter."""
_WORD = re.compile(
    rf"(?P<run>[{_UNSEGMENTED}]+)|(?P<sign>[{_SIGNS}])|(?:[{_INDIC}]|(?![{_UNSEGMENTED}])[^\W_])+|{_ENDING}",
    re.UNICODE,
)
_ASCII_WORD = re.compile(f"[a-z0-9]+|{_ENDING}")
_ASCII_BREAKS = "".join(c if c.isalnum() else " " for c in map(chr, range(128)))
"""By code point: what leaves only words and spaces. Splitting at these is quicker than a pattern."""
_NOT_IN_WORDS = re.compile(f"[{_UNSEGMENTED}{_SIGNS}\ue000-\uf8ff]")
_IS_QURAN_MARK = re.compile(f"[{_QURAN_MARKS}]")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its position in the normalised text."""

    text: str
    start: int
    end: int
    is_run_end: bool = False
    """Whether it is the last character of a run, which follows the run's bigrams on its own."""


def normalise(text: str) -> str:
    """Return the text with all spellings that should match each other made equal."""
    if text.isascii():
        return text.lower()
    return _IS_QURAN_MARK.sub("", fold(text).translate(_LETTERS))


def iter_tokens(normalised: str) -> Iterator[Token]:
    """Yield the tokens of a normalised text, in order."""
    for match in _WORD.finditer(normalised):
        if match["run"] is None:
            yield Token(_token(match[0]), match.start(), match.end())
        else:
            yield from _bigrams(match[0], match.start())


def _token(word: str) -> str:
    return _ENDINGS.get(word) or word[:_MAX_TOKEN_LENGTH]


def _bigrams(run: str, start: int) -> Iterator[Token]:
    last = len(run) - 1
    for index in range(last):
        yield Token(run[index : index + 2], start + index, start + index + 2)
    yield Token(run[last], start + last, start + last + 1, is_run_end=last > 0)


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text as the index stores them."""
    normalised = normalise(text[:MAX_TEXT_LENGTH])
    if normalised.isascii():  # most texts; twenty times faster
        return _ascii_tokens(normalised)
    return [token.text for token in iter_tokens(normalised)]


def _ascii_tokens(normalised: str) -> list[str]:
    if "+" in normalised or "#" in normalised:
        return list(map(_token, _ASCII_WORD.findall(normalised)))
    words = normalised.translate(_ASCII_BREAKS).split()
    is_short = max(map(len, words), default=0) <= _MAX_TOKEN_LENGTH
    return words if is_short else list(map(_token, words))


def tokenize_query(text: str) -> tuple[str, ...]:
    """Return the tokens to search for.

    A run at the end may continue in the posts that match, so its last character alone is left out.
    """
    tokens = list(iter_tokens(normalise(text)))
    if tokens and tokens[-1].is_run_end:
        tokens.pop()
    return tuple(token.text for token in tokens)


def is_unsegmented(word: str) -> bool:
    """Return whether the word is in a script that is split into bigrams."""
    match = _WORD.fullmatch(word)
    return match is not None and match["run"] is not None


def is_plain_word(token: str) -> bool:
    """Return whether the token is a word of letters or digits, not a part of an unsegmented run, nor a sign."""
    return token.isascii() or not _NOT_IN_WORDS.search(token)


def tag_token(tag: str) -> str:
    """Return the token for a tag, the same for all its spellings (see `fold_tag`), without quotes and surrogates."""
    folded = normalise(fold_tag(_NOT_IN_TAGS.sub(" ", tag)))[:_MAX_TOKEN_LENGTH]
    return TAG_PREFIX + _shift_signs(folded)


def _shift_signs(text: str) -> str:
    return "".join(chr(_TAG_SIGNS + ord(c)) if c.isascii() and not c.isalnum() else c for c in text)


_ENDINGS = {signs: _shift_signs(signs) for signs in ("++", "#")}


def feed_token(feed_id: int) -> str:
    """Return the token for a feed."""
    return f"{FEED_PREFIX}{feed_id}"
