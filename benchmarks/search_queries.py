"""Queries as people type them, made from the posts themselves."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice

from benchmarks.search_questions import asking
from benchmarks.search_slips import slipped, slips
from benchmarks.search_typed import TypedQuery
from benchmarks.texts.posts import Post

QUERIES_PER_CLASS = 200
"""Queries per class."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMON_WORDS = 60
"""How many of the most frequent words count as common."""
_STOP_WORDS = 150
"""How many of the most frequent words the other classes leave out."""
_MIN_POSTS = 3
"""The minimum number of posts in the sample with a searched word: rarer ones are typing errors."""


class Drawer:
    """Makes queries from posts. The word frequencies come from a sample of the entire archive."""

    def __init__(self, posts: Sequence[Post], posts_with: Counter[str], seed: int = 7) -> None:
        self._posts = posts
        self._posts_with = posts_with
        self._dice = random.Random(seed)
        self._common = [word for word, _ in posts_with.most_common(_COMMON_WORDS)]
        self._slips = tuple(slips("english").values())
        self._stop_words = {word for word, _ in posts_with.most_common(_STOP_WORDS)}

    def classes(self) -> dict[str, list[TypedQuery]]:
        """Return the queries of all classes, except classes without enough posts."""
        kinds: dict[str, Callable[[Post], TypedQuery | None]] = {
            "1 word": lambda post: self._some(post, 1),
            "2 words": lambda post: self._some(post, 2),
            "3 words": lambda post: self._some(post, 3),
            "phrase": self._phrase,
            "prefix, typing": self._prefix,
            "title:": self._title,
            "-not": self._without,
            "tag:": lambda post: self._filtered(post, f'tag:"{self._dice.choice(post.tags)}"'),
            "author:": lambda post: self._filtered(post, f'author:"{post.author}"'),
            "after:/before:": lambda post: self._filtered(post, self._dates(post)),
            "a misspelled word": self._slipped,
            "question": self._question,
        }
        found = {kind: self._drawn(draw) for kind, draw in kinds.items()}
        all_kinds = {
            **found,
            "filter alone": [TypedQuery(only_here=each.only_here) for each in found["tag:"]],
            "common word": self._of_common(1),
            "2 common words": self._of_common(2),
            "common, typing": [
                TypedQuery((each.words[0][:3],), is_typing=True) for each in self._of_common(1)
            ],
        }
        return {kind: queries for kind, queries in all_kinds.items() if queries}

    def _drawn(self, draw: Callable[[Post], TypedQuery | None]) -> list[TypedQuery]:
        drawn: Iterator[TypedQuery | None] = (
            draw(self._dice.choice(self._posts)) for _ in range(QUERIES_PER_CLASS * 100)
        )
        return list(islice(filter(None, drawn), QUERIES_PER_CLASS))

    def _of_common(self, together: int) -> list[TypedQuery]:
        return [
            TypedQuery(tuple(self._dice.sample(self._common, together))) for _ in range(QUERIES_PER_CLASS)
        ]

    def _some(self, post: Post, count: int) -> TypedQuery | None:
        """Return words of one post."""
        known = [
            word
            for word in dict.fromkeys(words_of(post))
            if len(word) > 3 and word not in self._stop_words and self._posts_with[word] >= _MIN_POSTS
        ]
        return TypedQuery(tuple(self._dice.sample(known, count))) if len(known) >= count else None

    def _phrase(self, post: Post) -> TypedQuery | None:
        """Return two to four adjacent words."""
        length = self._dice.randint(2, 4)
        runs = re.findall(rf"(?:\b[a-z]+ ){{{length - 1}}}[a-z]+\b", post.text)
        return TypedQuery(phrase=self._dice.choice(runs)) if runs else None

    def _prefix(self, post: Post) -> TypedQuery | None:
        """Return up to two complete words and the beginning of another."""
        query = self._some(post, self._dice.randint(1, 3))
        if query is None or len(query.words[-1]) < 5:
            return None
        last = query.words[-1]
        return TypedQuery((*query.words[:-1], last[: self._dice.randint(3, len(last) - 1)]), is_typing=True)

    def _title(self, post: Post) -> TypedQuery | None:
        query = self._some(post, 1)
        words = [word.lower() for word in _WORD.findall(post.title) if len(word) > 3]
        return TypedQuery(query.words, title=self._dice.choice(words)) if query and words else None

    def _without(self, post: Post) -> TypedQuery | None:
        """Return two words of a post, excluding a word of another one."""
        query, other = self._some(post, 2), self._some(self._dice.choice(self._posts), 1)
        if query is None or other is None or other.words[0] in words_of(post):
            return None
        return TypedQuery(query.words, without=other.words[0])

    def _slipped(self, post: Post) -> TypedQuery | None:
        """Return up to three words of a post, one of them with a slip of the finger."""
        query = self._some(post, self._dice.randint(1, 3))
        return query and slipped(query, self._dice.choice(self._slips), self._dice)

    def _question(self, post: Post) -> TypedQuery | None:
        query = self._some(post, self._dice.randint(2, 3))
        return query and asking("english", query, self._dice)

    def _filtered(self, post: Post, condition: str) -> TypedQuery | None:
        query = self._some(post, 1)
        return query and TypedQuery(query.words, only_here=condition)

    def _dates(self, post: Post) -> str:
        """Return the approximate date of the post, in one of the formats that people type."""
        day = post.published
        return self._dice.choice(
            (
                f"after:{day.year}",
                f"before:{day.year + 1}-{day.month:02}",
                f"after:{day - timedelta(days=20):%Y-%m-%d} before:{day + timedelta(days=20):%Y-%m-%d}",
                f"after:{self._dice.randint(1, 400)}d",
            )
        )


def frequencies(sample: Sequence[Post]) -> Counter[str]:
    """Count the posts with each word."""
    return Counter(word for post in sample for word in set(words_of(post)))


def words_of(post: Post) -> list[str]:
    """Return the words of a post in lower case, without numbers."""
    return [word.lower() for word in _WORD.findall(f"{post.title} {post.text}")]
