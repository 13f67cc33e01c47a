"""English and German stems: "walking" finds "walked", "Rosen" finds "Rose".

Exact phrases and texts in other languages are not stemmed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from threading import Lock

import Stemmer

from bot.search.tokens import ENGLISH_STEM_PREFIX, GERMAN_STEM_PREFIX

_WORD = re.compile(r"[a-z]{3,40}")
_ENGLISH_STOPWORDS = """
the and of to is was that it with for this are you not his her from have be been at by they we my your has had their
what which who will would there were when if more can all one about some than then into its our
"""
_GERMAN_STOPWORDS = """
der das und ist nicht ein eine einen einem einer mit den dem auf von zu sich auch wie fur im bei aus sie er wir ich
wird werden sind oder als nach dass durch nur noch uber zum zur
"""
_OTHER_STOPWORDS = """
le la les des et est une dans pour que qui sur au du pas avec ce il elle nous vous ne se en
el los las una por con para del como mas pero su al lo es y di che non per sono della gli anche piu ma dei
o os um uma nao com mais foi ao da dos de het een van niet met zijn op voor dat te aan ook er maar
och att det som pa av med ar inte til og ikke jeg nie sie jest na ze w z ja
ve bir bu icin ile yang dan ini itu dengan untuk tidak
"""
_SHARED_STOPWORDS = (
    "a an as do does did he if in no on or she so us up but any how these those each other such also may"
)
_ENGLISH = frozenset(_ENGLISH_STOPWORDS.split())
_GERMAN = frozenset(_GERMAN_STOPWORDS.split())
_OTHERS = frozenset(_OTHER_STOPWORDS.split())
"""Very common words of other languages that English does not have."""
_STOPWORDS = _ENGLISH | _GERMAN | _OTHERS | frozenset(_SHARED_STOPWORDS.split())
_GERMAN_ENDING = re.compile(r"(?<=[a-z]{4})(?:em|er|nd)$|(?<=[a-z]{3})[tesn]$")
_SPELLED_UMLAUT = re.compile(r"(?<=a|o)e|(?<=(?<![aeiouq])u)e")
_MIN_PARTICIPLE_LENGTH = 6
"""Letters; only a word this long may be a participle with ge-, such as gekauft."""
_english = Stemmer.Stemmer("english", 0)  # without its cache, which is slower than ours
_english_lock = Lock()
"""A stemmer has a buffer, so two threads must not use it at once: posts are indexed in a thread beside searches."""


class Language(Enum):
    """The language of a text, as far as stemming needs it."""

    ENGLISH = "english"
    GERMAN = "german"
    OTHER = "other"
    UNKNOWN = "unknown"
    """English or German: no stopword decides. Both stemmers apply."""


def detect_language(words: Iterable[str]) -> Language:
    """Return the language whose stopwords occur most among the words; in a tie with English, English."""
    words = tuple(words)
    english, german, others = (
        sum(word in stopwords for word in words) for stopwords in (_ENGLISH, _GERMAN, _OTHERS)
    )
    if not (english or german or others):
        return Language.UNKNOWN
    if max(german, others) <= english:
        return Language.ENGLISH
    return Language.GERMAN if german > others else Language.OTHER


def is_stopword(word: str) -> bool:
    """Return whether the word is so common that it must not affect ranking."""
    return word in _STOPWORDS or (len(word) == 1 and word.isascii())


@lru_cache(maxsize=16_384)
def stem_english(word: str) -> str:
    """Return the English stem of a word; "" if it has none, such as "the", "h2o" or "été"."""
    if not _WORD.fullmatch(word) or word in _ENGLISH:
        return ""
    with _english_lock:
        stem: str = _english.stemWord(word)
    return stem


@lru_cache(maxsize=16_384)
def stem_german(word: str) -> str:
    """Return the German stem of a word as the index has it: umlauts as a, o, u or written ae, oe, ue. "" if none.

    After CISTEM (Weißweiler and Fraser 2017, https://www.cis.lmu.de/~weissweiler/cistem/), which handles the endings
    of verbs. Of 100 inflections of real words it joins 99, Snowball's German stemmer 80 (see
    `benchmarks/texts/inflections.py`).
    """
    if not _WORD.fullmatch(word) or word in _GERMAN:
        return ""
    stem = _SPELLED_UMLAUT.sub("", word)
    if stem.startswith("ge") and len(stem) >= _MIN_PARTICIPLE_LENGTH:
        stem = stem[2:]
    while ending := _GERMAN_ENDING.search(stem):
        stem = stem[: ending.start()]
    return stem


_ENGLISH_STEMMER, _GERMAN_STEMMER = (ENGLISH_STEM_PREFIX, stem_english), (GERMAN_STEM_PREFIX, stem_german)
_STEMMERS: Mapping[Language, Sequence[tuple[str, Callable[[str], str]]]] = {
    Language.ENGLISH: (_ENGLISH_STEMMER,),
    Language.GERMAN: (_GERMAN_STEMMER,),
    Language.OTHER: (),
    Language.UNKNOWN: (_ENGLISH_STEMMER, _GERMAN_STEMMER),
}
"""For each language the stemmers that apply, each with the prefix of its tokens in the index."""


def stem_tokens(words: Iterable[str], language: Language) -> list[str]:
    """Return the tokens for the stems of the words, each once and sorted."""
    words = set(words)
    return sorted(
        prefix + stem for prefix, stemmer in _STEMMERS[language] for stem in set(map(stemmer, words)) if stem
    )


def query_stems(word: str) -> tuple[str, ...]:
    """Return the tokens that match other inflections of a word, in English and in German."""
    return tuple(stem_tokens((word,), Language.UNKNOWN))


def have_same_stem(one: str, other: str, language: Language) -> bool:
    """Return whether two words are inflections of one word in this language."""
    return any(stemmer(one) == stemmer(other) != "" for _prefix, stemmer in _STEMMERS[language])
