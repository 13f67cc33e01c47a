"""How people remember a word of a post: inflected, without accents, not typed to its end."""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from benchmarks.search_queries import Asked
from benchmarks.texts.posts import Post

Form = Callable[[str], str]
"""A word as somebody types it; "": this word has no such form."""

_WORD = re.compile(r"[^\W\d_][^\W_\u0640]*(?:[\u064b-\u065f\u0670\u06d6-\u06ed]+[^\W\d_]*)*")
_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_VARIANTS = str.maketrans("أإآٱىة", "اااايه")
_CJK = re.compile("[\u3041-\u309f\u30a1-\u30ff\u3400-\u9fff]+")
_LEAST = 4
"""Letters of a word that is asked for."""
_WRITTEN = 3
"""Posts that have a form which people really write."""
_RAREST = 6
"""Words of a post, the rarest, from which those of a query are drawn."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How many posts have each word."""

    posts_with: Counter[str]

    @classmethod
    def of(cls, posts: Iterable[Post]) -> "Vocabulary":
        """Of all words of all posts."""
        return cls(Counter(word for post in posts for word in set(words_of(post.text))))

    def rarest(self, post: Post) -> list[str]:
        """The rarest of its words."""
        found = {word for word in words_of(post.text) if len(_MARKS.sub("", word)) >= _LEAST}
        return sorted(found, key=lambda word: (self.posts_with[word], word))[:_RAREST]

    def inflected(self, known: Mapping[str, Iterable[str]]) -> Form:
        """One of the other forms of the word that several posts have: one that nobody writes would be no test."""

        def inflect(word: str) -> str:
            written = sorted(each for each in known.get(word, ()) if self.posts_with[each] >= _WRITTEN)
            return random.Random(word).choice(written) if written else ""

        return inflect


def words_of(text: str) -> list[str]:
    """Its words in lower case, with their marks."""
    return [word.lower() for word in _WORD.findall(text)]


def same(word: str) -> str:
    """As written."""
    return word


def unaccented(word: str) -> str:
    """Without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare if bare != word else ""


def spelled_out(word: str) -> str:
    """With ae for ä."""
    return other if (other := word.translate(_UMLAUTS)) != word else ""


def unmarked(word: str) -> str:
    """Arabic without its vowel marks."""
    return bare if (bare := _MARKS.sub("", word)) != word else ""


def other_letters(word: str) -> str:
    """Arabic as hurried people type it: no hamza, no dots."""
    bare = _MARKS.sub("", word)
    return other if (other := bare.translate(_VARIANTS)) != bare else ""


def remembered(post: Post, form: Form, vocabulary: Vocabulary, dice: random.Random) -> Asked | None:
    """Two or three of a post's rarer words, at least one in this form."""
    rarest = vocabulary.rarest(post)
    formed = [word for word in rarest if form(word)]
    if not formed or len(rarest) < 3:
        return None
    first = dice.choice(formed)
    others = [word for word in rarest if word not in {first, form(first)}]
    chosen = [first, *dice.sample(others, dice.randint(1, 2))]
    return Asked(tuple(form(word) or word for word in chosen))


def cut(asked: Asked, dice: random.Random, *, is_typing: bool) -> Asked | None:
    """The last word without its last letters, a third of it at most."""
    last = asked.words[-1]
    if len(last) <= _LEAST:
        return None
    kept = last[: max(_LEAST, len(last) * 2 // 3, len(last) - dice.randint(1, 3))]
    return Asked((*asked.words[:-1], kept), is_typing=is_typing)


def pairs(posts: Iterable[Post]) -> Counter[str]:
    """How many posts have each pair of neighbouring characters."""
    return Counter(
        pair for post in posts for pair in {run[i : i + 2] for run in runs(post) for i in range(len(run))}
    )


def runs(post: Post) -> list[str]:
    """The runs of a text without spaces."""
    return [run for run in _CJK.findall(post.text) if len(run) > 1]


def torn_out(post: Post, posts_with: Counter[str], count: int, dice: random.Random) -> Asked | None:
    """Some runs of two to four characters, of the rarer ones."""
    found = []
    for run in runs(post):
        for begin in range(len(run) - 1):
            piece = run[begin : begin + dice.randint(2, 4)]
            rarity = min(posts_with[piece[i : i + 2]] for i in range(len(piece) - 1))
            found.append((rarity, piece))
    rarest = list(dict.fromkeys(piece for _, piece in sorted(found)))[:_RAREST]
    return Asked(tuple(dice.sample(rarest, count))) if len(rarest) >= count else None
