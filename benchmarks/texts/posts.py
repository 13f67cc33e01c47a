"""A collection → posts of feeds, cut at the ends of sentences, with dates over ten years, a few tags and an author.

Each sentence is in one post until the text is used up. Then the same works are cut again, with other beginnings and
lengths; `is_distinct` marks the first posts.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count, islice
from pathlib import Path

from benchmarks.texts.languages import Language
from benchmarks.texts.works import Work

NOW = datetime(2026, 11, 1, tzinfo=UTC)
YEARS = timedelta(days=3650)
FEEDS = 1000
_BACKFILLED = 0.3
"""The share of posts whose dates are unrelated to their order of arrival."""
_END = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])")
_WORD = re.compile(r"\w{4,}")
_FIRST = (
    "Ada",
    "Basil",
    "Clio",
    "Dora",
    "Emil",
    "Fern",
    "Gita",
    "Hugo",
    "Iris",
    "Jonas",
    "Kaya",
    "Lena",
    "Milo",
)
_LAST = ("Alder", "Birch", "Cedar", "Dale", "Elm", "Fields", "Grove", "Hillman", "Ivers", "Juniper", "Kelp")


@dataclass(frozen=True, slots=True)
class Post:
    """A post as a feed would have it."""

    number: int
    feed: int
    title: str
    text: str
    tags: tuple[str, ...]
    author: str
    published: datetime
    is_distinct: bool
    """Whether no other post has one of its sentences."""


def posts(language: Language, folder: Path, wanted: int) -> Iterator[Post]:
    """Yield `wanted` posts, the same ones each time."""
    found = language.works(folder)
    dice = random.Random(4)
    shares = list(accumulate(1 / (rank + 5) for rank in range(FEEDS)))
    for number, (work, text, is_distinct) in enumerate(islice(_pieces(language, found, dice), wanted)):
        (feed,) = dice.choices(range(FEEDS), cum_weights=shares)
        yield Post(
            number,
            feed,
            work.title,
            text,
            _tags(work),
            _author(feed, dice),
            _date(number / wanted, dice),
            is_distinct,
        )


def _pieces(
    language: Language, found: Sequence[Work], dice: random.Random
) -> Iterator[tuple[Work, str, bool]]:
    """Yield the works in random order, again and again."""
    for again in count():
        for work in dice.sample(found, len(found)):
            for text in _cut(language, work, dice, skip=again > 0):
                yield work, text, again == 0


def _cut(language: Language, work: Work, dice: random.Random, *, skip: bool) -> Iterator[str]:
    """Yield a work in pieces of some length. `skip`: begin somewhere in its first paragraphs."""
    sentences = [each for paragraph in work.paragraphs for each in _END.split(paragraph) if each]
    begin = dice.randrange(min(len(sentences), 8)) if skip else 0
    piece: list[str] = []
    size = 0
    target = _length(language, dice)
    for sentence in sentences[begin:]:
        piece.append(sentence)
        size += language.size(sentence)
        if size >= target:
            yield _joined(language, piece)
            piece, size, target = [], 0, _length(language, dice)
    if size >= language.shortest:
        yield _joined(language, piece)


def _length(language: Language, dice: random.Random) -> int:
    """Return a random length: most posts are short, some are long."""
    span = language.longest - language.shortest
    return language.shortest + int(span * dice.random() ** 2)


def _joined(language: Language, sentences: Sequence[str]) -> str:
    """Cut a sentence that is longer than a post, such as a list."""
    if not language.spaced:
        return "".join(sentences)[: language.longest * 3]
    return " ".join(" ".join(sentences).split(" ")[: language.longest])


def _tags(work: Work) -> tuple[str, ...]:
    words = dict.fromkeys(word.lower() for word in _WORD.findall(work.title))
    return (work.source, *islice(words, 3))


def _author(feed: int, dice: random.Random) -> str:
    """Return one of a feed's three authors."""
    who = feed * 7 + dice.randrange(3)
    return f"{_FIRST[who % len(_FIRST)]} {_LAST[who // 3 % len(_LAST)]}"


def _date(share: float, dice: random.Random) -> datetime:
    """Return a date: later posts are newer, plus or minus a month, except those from a feed's history."""
    if dice.random() < _BACKFILLED:
        share = dice.random()
    return min(NOW, NOW - YEARS * (1 - share) + timedelta(days=dice.uniform(-15, 15)))
