"""Queries as people type them, drawn from the posts themselves."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from benchmarks.texts.posts import Post

EACH = 200
"""Queries of one class."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMON = 60
"""Of the most frequent words, for the class of common ones."""
_STOP = 150
"""Of the most frequent words, which nobody searches for otherwise."""
_RARE = 3
"""Posts of the sample that have a word which may be asked for: less is a typing error of its author."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query: what it is made of, so that it can be typed in any program's own way."""

    words: tuple[str, ...] = ()
    phrase: str = ""
    title: str = ""
    without: str = ""
    only_here: str = ""
    """A condition that the other program cannot express, as typed here."""
    is_typing: bool = False
    """The last word is not finished."""

    @property
    def typed(self) -> str:
        """As typed into the bot."""
        parts = [
            *self.words,
            f'"{self.phrase}"' if self.phrase else "",
            f"title:{self.title}" if self.title else "",
            f"-{self.without}" if self.without else "",
            self.only_here,
        ]
        return " ".join(filter(None, parts))

    @property
    def fts5(self) -> str:
        """As `reader` has it, everything quoted; "": it has nothing like it."""
        if self.only_here:
            return ""
        words = [_quoted(word) for word in self.words]
        if self.is_typing:
            words[-1] += "*"
        parts = [*words, _quoted(self.phrase), f"title : {_quoted(self.title)}" if self.title else ""]
        negated = f" NOT {_quoted(self.without)}" if self.without else ""
        return " AND ".join(filter(None, parts)) + negated


class Drawer:
    """Draws queries from posts; how frequent words are, a sample of the whole archive says."""

    def __init__(self, posts: Sequence[Post], posts_with: Counter[str], seed: int = 7) -> None:
        self._posts = posts
        self._posts_with = posts_with
        self._dice = random.Random(seed)
        self._common = [word for word, _ in posts_with.most_common(_COMMON)]
        self._unasked = {word for word, _ in posts_with.most_common(_STOP)}

    def classes(self) -> dict[str, list[Asked]]:
        """All classes with their queries; those for which these posts are too few are left out."""
        kinds: dict[str, Callable[[Post], Asked | None]] = {
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
        }
        found = {kind: self._drawn(draw) for kind, draw in kinds.items()}
        all_kinds = {
            **found,
            "filter alone": [Asked(only_here=each.only_here) for each in found["tag:"]],
            "common word": self._of_common(1),
            "2 common words": self._of_common(2),
            "common, typing": [Asked((each.words[0][:3],), is_typing=True) for each in self._of_common(1)],
        }
        return {kind: queries for kind, queries in all_kinds.items() if queries}

    def _drawn(self, draw: Callable[[Post], Asked | None]) -> list[Asked]:
        drawn: Iterator[Asked | None] = (draw(self._dice.choice(self._posts)) for _ in range(EACH * 100))
        return list(islice(filter(None, drawn), EACH))

    def _of_common(self, together: int) -> list[Asked]:
        return [Asked(tuple(self._dice.sample(self._common, together))) for _ in range(EACH)]

    def _some(self, post: Post, count: int) -> Asked | None:
        """Words of one post, as someone remembers them."""
        known = [
            word
            for word in dict.fromkeys(words_of(post))
            if len(word) > 3 and word not in self._unasked and self._posts_with[word] >= _RARE
        ]
        return Asked(tuple(self._dice.sample(known, count))) if len(known) >= count else None

    def _phrase(self, post: Post) -> Asked | None:
        """Two to four words that stand together."""
        length = self._dice.randint(2, 4)
        runs = re.findall(rf"(?:\b[a-z]+ ){{{length - 1}}}[a-z]+\b", post.text)
        return Asked(phrase=self._dice.choice(runs)) if runs else None

    def _prefix(self, post: Post) -> Asked | None:
        """Up to two whole words and the beginning of another."""
        asked = self._some(post, self._dice.randint(1, 3))
        if asked is None or len(asked.words[-1]) < 5:
            return None
        last = asked.words[-1]
        return Asked((*asked.words[:-1], last[: self._dice.randint(3, len(last) - 1)]), is_typing=True)

    def _title(self, post: Post) -> Asked | None:
        asked = self._some(post, 1)
        words = [word.lower() for word in _WORD.findall(post.title) if len(word) > 3]
        return Asked(asked.words, title=self._dice.choice(words)) if asked and words else None

    def _without(self, post: Post) -> Asked | None:
        """Two words of a post, without a word of another one."""
        asked, other = self._some(post, 2), self._some(self._dice.choice(self._posts), 1)
        if asked is None or other is None or other.words[0] in words_of(post):
            return None
        return Asked(asked.words, without=other.words[0])

    def _filtered(self, post: Post, condition: str) -> Asked | None:
        asked = self._some(post, 1)
        return asked and Asked(asked.words, only_here=condition)

    def _dates(self, post: Post) -> str:
        """About when the post came, in one of the ways in which dates are typed."""
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
    """How many posts have each word."""
    return Counter(word for post in sample for word in set(words_of(post)))


def words_of(post: Post) -> list[str]:
    """The words of a post in lower case, numbers left out."""
    return [word.lower() for word in _WORD.findall(f"{post.title} {post.text}")]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if text else ""
