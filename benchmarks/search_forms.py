"""The forms in which people remember and type a word of a post: inflected, without accents, unfinished."""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from benchmarks.search_typed import TypedQuery
from benchmarks.texts.posts import Post

Form = Callable[[str], str]
"""Returns a word as someone types it, or "" if the word has no such form."""

_WORD = re.compile(r"[^\W\d_][^\W_\u0640]*(?:[\u064b-\u065f\u0670\u06d6-\u06ed]+[^\W\d_]*)*")
_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_VARIANTS = str.maketrans("أإآٱىة", "اااايه")
_CJK = re.compile("[\u3041-\u309f\u30a1-\u30ff\u3400-\u9fff]+")
_MIN_LENGTH = 4
"""The minimum length of a searched word."""
_MIN_POSTS = 3
"""The minimum number of posts with a form; rarer ones are not really used."""
_MAX_RARE_WORDS = 6
"""How many of a post's rarest words a query may use."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The number of posts that have each word."""

    posts_with: Counter[str]

    @classmethod
    def of(cls, posts: Iterable[Post]) -> "Vocabulary":
        """Count all words of all posts."""
        return cls(Counter(word for post in posts for word in set(words_of(post.text))))

    def used(self) -> frozenset[str]:
        """Return the words that several posts have, without marks."""
        posts_with: Counter[str] = Counter()
        for word, posts in self.posts_with.items():
            posts_with[_MARKS.sub("", word)] += posts
        return frozenset(word for word, posts in posts_with.items() if posts >= _MIN_POSTS)

    def rarest(self, post: Post) -> list[str]:
        """Return the post's rarest words."""
        found = {word for word in words_of(post.text) if len(_MARKS.sub("", word)) >= _MIN_LENGTH}
        return sorted(found, key=lambda word: (self.posts_with[word], word))[:_MAX_RARE_WORDS]

    def inflected(self, known: Mapping[str, Iterable[str]]) -> Form:
        """Return a form that replaces a word by another of its inflections that several posts have: `known`."""

        def inflect(word: str) -> str:
            written = sorted(known.get(_MARKS.sub("", word), ()))
            return random.Random(word).choice(written) if written else ""

        return inflect


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, with their marks."""
    return [word.lower() for word in _WORD.findall(text)]


def same(word: str) -> str:
    """Return the word as written."""
    return word


def unaccented(word: str) -> str:
    """Remove accents."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare if bare != word else ""


def spelled_out(word: str) -> str:
    """Write ae for ä."""
    return other if (other := word.translate(_UMLAUTS)) != word else ""


def unmarked(word: str) -> str:
    """Remove Arabic vowel marks."""
    return bare if (bare := _MARKS.sub("", word)) != word else ""


def other_letters(word: str) -> str:
    """Write Arabic as people type it in a hurry: no hamza, no dots."""
    bare = _MARKS.sub("", word)
    return other if (other := bare.translate(_VARIANTS)) != bare else ""


def remembered(post: Post, form: Form, vocabulary: Vocabulary, dice: random.Random) -> TypedQuery | None:
    """Return a query of two or three of a post's rarer words, at least one in this form."""
    rarest = vocabulary.rarest(post)
    formed = [word for word in rarest if form(word)]
    if not formed or len(rarest) < 3:
        return None
    first = dice.choice(formed)
    others = [word for word in rarest if word not in {first, form(first)}]
    chosen = [first, *dice.sample(others, dice.randint(1, 2))]
    return TypedQuery(tuple(form(word) or word for word in chosen))


def cut(query: TypedQuery, dice: random.Random, *, is_typing: bool) -> TypedQuery | None:
    """Remove the last letters of the last word, at most a third."""
    last = query.words[-1]
    if len(last) <= _MIN_LENGTH:
        return None
    kept = last[: max(_MIN_LENGTH, len(last) * 2 // 3, len(last) - dice.randint(1, 3))]
    return TypedQuery((*query.words[:-1], kept), is_typing=is_typing)


def pairs(posts: Iterable[Post]) -> Counter[str]:
    """Count the posts with each pair of adjacent characters."""
    return Counter(
        pair for post in posts for pair in {run[i : i + 2] for run in runs(post) for i in range(len(run))}
    )


def runs(post: Post) -> list[str]:
    """Return the runs of characters without spaces."""
    return [run for run in _CJK.findall(post.text) if len(run) > 1]


def random_pieces(post: Post, posts_with: Counter[str], count: int, dice: random.Random) -> TypedQuery | None:
    """Return a query of some rarer pieces of two to four characters."""
    found = []
    for run in runs(post):
        for begin in range(len(run) - 1):
            piece = run[begin : begin + dice.randint(2, 4)]
            rarity = min(posts_with[piece[i : i + 2]] for i in range(len(piece) - 1))
            found.append((rarity, piece))
    rarest = list(dict.fromkeys(piece for _, piece in sorted(found)))[:_MAX_RARE_WORDS]
    return TypedQuery(tuple(dice.sample(rarest, count))) if len(rarest) >= count else None
