"""Inflections: "walking" finds "walked", "Rosen" finds "Rose". Exact phrases and other languages stay as they are."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache

import snowballstemmer

from bot.search.tokens import GERMAN_STEM, STEM

_WORD = re.compile(r"[a-z]{3,40}")
_SMALL_ENGLISH = """
the and of to is was that it with for this are you not his her from have be been at by they we my your has had their
what which who will would there were when if more can all one about some than then into its our
"""
_SMALL_GERMAN = """
der das und ist nicht ein eine einen einem einer mit den dem auf von zu sich auch wie fur im bei aus sie er wir ich
wird werden sind oder als nach dass durch nur noch uber zum zur
"""
_SMALL_OTHERS = """
le la les des et est une dans pour que qui sur au du pas avec ce il elle nous vous ne se en
el los las una por con para del como mas pero su al lo es y di che non per sono della gli anche piu ma dei
o os um uma nao com mais foi ao da dos de het een van niet met zijn op voor dat te aan ook er maar
och att det som pa av med ar inte til og ikke jeg nie sie jest na ze w z ja
ve bir bu icin ile yang dan ini itu dengan untuk tidak
"""
_SMALL_ANYWHERE = (
    "a an as do does did he if in no on or she so us up but any how these those each other such also may"
)
_ENGLISH = frozenset(_SMALL_ENGLISH.split())
_GERMAN = frozenset(_SMALL_GERMAN.split())
_OTHERS = frozenset(_SMALL_OTHERS.split())
"""Words that other languages can hardly do without, and English can."""
_SMALL = _ENGLISH | _GERMAN | _OTHERS | frozenset(_SMALL_ANYWHERE.split())
_GERMAN_ENDING = re.compile(r"(?<=[a-z]{4})(?:em|er|nd)$|(?<=[a-z]{3})[tesn]$")
_SPELLED_UMLAUT = re.compile(r"(?<=a|o)e|(?<=(?<![aeiouq])u)e")
_LEAST_PARTICIPLE = 6
"""Letters of a word that may be one with ge-: gekauft, gesagt."""
_english = snowballstemmer.stemmer("english")


class Language(Enum):
    """Whose inflections are known."""

    ENGLISH = "english"
    GERMAN = "german"
    OTHER = "other"
    UNTOLD = "untold"
    """Either of the two, for all that is told."""


def language_of(words: Iterable[str]) -> Language:
    """Told by the small words of a text; of two languages that have as many, English."""
    words = tuple(words)
    english, german, others = (sum(word in small for word in words) for small in (_ENGLISH, _GERMAN, _OTHERS))
    if not (english or german or others):
        return Language.UNTOLD
    if max(german, others) <= english:
        return Language.ENGLISH
    return Language.GERMAN if german > others else Language.OTHER


def is_small(word: str) -> bool:
    """Whether so many posts have the word that it tells none of them from another."""
    return word in _SMALL or (len(word) == 1 and word.isascii())


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """What the word's English inflections have in common; "" for what has none, such as "the", "h2o" and "été"."""
    if not _WORD.fullmatch(word) or word in _ENGLISH:
        return ""
    found: str = _english.stemWord(word)
    return found


@lru_cache(maxsize=16_384)
def german_stem(word: str) -> str:
    """The same for German, of a word as the index has it, where umlauts are dropped; or written ae, oe, ue.

    After CISTEM (Weißweiler and Fraser 2017, https://www.cis.lmu.de/~weissweiler/cistem/), which knows the endings of
    verbs, unlike Snowball: that joins 80 of 100 forms of real words, this 99 (see `benchmarks/texts/inflections.py`).
    """
    if not _WORD.fullmatch(word) or word in _GERMAN:
        return ""
    left = _SPELLED_UMLAUT.sub("", word)
    if left.startswith("ge") and len(left) >= _LEAST_PARTICIPLE:
        left = left[2:]
    while ending := _GERMAN_ENDING.search(left):
        left = left[: ending.start()]
    return left


_BY_ENGLISH, _BY_GERMAN = (STEM, stem), (GERMAN_STEM, german_stem)
_STEMMERS: Mapping[Language, Sequence[tuple[str, Callable[[str], str]]]] = {
    Language.ENGLISH: (_BY_ENGLISH,),
    Language.GERMAN: (_BY_GERMAN,),
    Language.OTHER: (),
    Language.UNTOLD: (_BY_ENGLISH, _BY_GERMAN),
}
"""For each language what begins its stems in the index, and what makes them."""


def stems(words: Iterable[str], language: Language) -> list[str]:
    """What the words of a text in this language are indexed by besides themselves, each once."""
    words = set(words)
    return sorted(
        mark + found for mark, stem_of in _STEMMERS[language] for found in set(map(stem_of, words)) if found
    )


def alternatives(word: str) -> tuple[str, ...]:
    """What finds the other inflections of a word that was asked for, in either language."""
    return tuple(stems((word,), Language.UNTOLD))


def is_inflection(one: str, other: str, language: Language) -> bool:
    """Whether both are forms of one word."""
    return any(stem_of(one) == stem_of(other) != "" for _mark, stem_of in _STEMMERS[language])
