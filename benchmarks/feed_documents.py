"""Feeds, usually of 20 posts and about 110 KB, the same ones each time, written fast enough for thousands of them."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from itertools import accumulate

_PARAGRAPHS = 512
FIRST_POST = datetime(2026, 1, 1, tzinfo=UTC)
_SMALL_WORDS = (
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "it",
    "is",
    "was",
    "for",
    "on",
    "with",
    "as",
    "not",
    "you",
)
"""English, so that the posts' language can be detected, as that of most posts."""
_ENDINGS = ("", "", "", "s", "ed", "ing", "ly", "ness", "er")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'


@dataclass(frozen=True, slots=True)
class Edition:
    """What all feeds contain at one time."""

    newest: int = 19
    """The number of each feed's newest post."""
    more: int = 0
    """Posts that one feed in ten has on top."""
    build: int = 0
    """Minutes in `lastBuildDate`."""
    paragraphs: int = 7
    """Paragraphs of each post; 7 make a document of about 110 KB."""
    posts: int = 20
    """Posts in a document."""

    def newest_of(self, feed: int) -> int:
        """Return the number of a feed's newest post."""
        return self.newest + (0 if feed % 10 else self.more)

    def etag_of(self, feed: int) -> str:
        """Return what distinguishes this document from the feed's others."""
        return f'"{self.newest_of(feed)}-{self.build}"'


def document(feed: int, edition: Edition) -> bytes:
    """Return a feed's document, the newest post first."""
    newest = edition.newest_of(feed)
    built = format_datetime(FIRST_POST + timedelta(minutes=edition.build))
    items = "".join(
        _item(feed, number, edition.paragraphs) for number in range(newest, newest - edition.posts, -1)
    )
    head = f"<title>Garden {feed}</title><link>http://garden-{feed}.example/</link><lastBuildDate>{built}</lastBuildDate>"
    return f"{_HEAD}{head}{items}</channel></rss>\n".encode()


def _item(feed: int, number: int, paragraphs: int) -> str:
    link = f"http://garden-{feed}.example/post/{number}"
    published = format_datetime(FIRST_POST + timedelta(hours=number))
    first = feed * 7 + number * 31
    text = "".join(_paragraph((first + index * 13) % _PARAGRAPHS) for index in range(paragraphs))
    return (
        f"<item><title>Bed {number} of garden {feed}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{published}</pubDate><dc:creator>Gardener {feed % 40}</dc:creator><category>garden</category>"
        f"<category>bed {number % 7}</category><description>{text}</description></item>\n"
    )


@cache
def _paragraph(index: int) -> str:
    """Return a paragraph of HTML, escaped as a part of a feed's XML."""
    dice = random.Random(index)
    first, *rest, linked, strong = (sentence(dice) for _ in range(5))
    picture = f'<img src="http://pictures.example/{index}.jpg" alt="{first}"/>' if index % 16 == 0 else ""
    link = f'<a href="http://example.org/{index}?from=garden">{linked}</a>'
    return escape(f"<p>{picture}{first} <em>{rest[0]}</em> {rest[1]} {link} <strong>{strong}</strong></p>\n")


def sentence(dice: random.Random) -> str:
    """Return a sentence of made-up words."""
    words, weights = _vocabulary()
    return " ".join(dice.choices(words, cum_weights=weights, k=dice.randint(11, 23))).capitalize() + "."


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """Return words and their cumulated weights: a few are frequent, most are rare and made up."""
    dice = random.Random(0)
    words = [*_SMALL_WORDS, *(_word(dice) for _ in range(5000))]
    return words, list(accumulate(1 / (rank + 5) for rank in range(len(words))))


def _word(dice: random.Random) -> str:
    stem = "".join(dice.choice("bdfglmnprstvw") + dice.choice("aeiou") for _ in range(dice.randint(1, 4)))
    return stem + dice.choice(_ENDINGS)
