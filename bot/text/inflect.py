"""English inflections: "walking" finds "walked". Exact phrases and other languages are left as they are."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import snowballstemmer

from bot.text.words import STEM

_WORD = re.compile(r"[a-z]{3,40}")
_SMALL_ENGLISH = """
the and of to is was that it with for this are you not his her from have be been at by they we my your has had their
what which who will would there were when if more can all one about some than then into its our
"""
_SMALL_OTHERS = """
der das und ist nicht ein eine mit den dem auf von zu sich auch wie fur im bei aus
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
_OTHERS = frozenset(_SMALL_OTHERS.split())
"""Words that other languages can hardly do without, and English can."""
_SMALL = _ENGLISH | _OTHERS | frozenset(_SMALL_ANYWHERE.split())
_stemmer = snowballstemmer.stemmer("english")


def reads_as_english(words: Sequence[str]) -> bool:
    """Whether a text of these words may be English: no other language's small words outnumber the English ones."""
    english = sum(word in _ENGLISH for word in words)
    others = sum(word in _OTHERS for word in words)
    return others <= english


def is_small(word: str) -> bool:
    """Whether so many posts have the word that it tells none of them from another."""
    return word in _SMALL or (len(word) == 1 and word.isascii())


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """What the word's English inflections have in common; "" for what has none, such as "the", "h2o" and "été"."""
    if not _WORD.fullmatch(word) or word in _ENGLISH:
        return ""
    found: str = _stemmer.stemWord(word)
    return found


def stems(words: Iterable[str]) -> list[str]:
    """What an English text is indexed by besides its words: each stem once that is not the word itself."""
    found = {word: stem(word) for word in words}
    return sorted({STEM + its for word, its in found.items() if its and its != word})


def alternatives(word: str) -> tuple[str, ...]:
    """What finds the other inflections of a word that was asked for."""
    its = stem(word)
    if not its:
        return ()
    return (STEM + its,) if its == word else (its, STEM + its)
