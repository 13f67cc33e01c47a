"""A post as the columns of the index: words, with spaces between."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.search.stems import language_of, stems
from bot.search.tokens import EVERY, feed_word, whole_tag, words


@dataclass(frozen=True, slots=True)
class Columns:
    """Each a string of words."""

    title: str
    """With the stems of the title behind it, for `title:`."""
    text: str
    tags: str
    """The words of the tags, and each tag as one word."""
    author: str
    feed: str
    stems: str
    """Of title and text: a column of their own, so that the word itself counts more."""


def columns(title: str, text: str, tags: Iterable[str], authors: Iterable[str], feed_id: int) -> Columns:
    """What the index has of a post."""
    in_title, in_text = words(title), words(text)
    language = language_of(in_title + in_text)
    in_tags = [word for tag in tags for word in (*words(tag), whole_tag(tag))]
    return Columns(
        title=" ".join(in_title + stems(in_title, language)),
        text=" ".join(in_text),
        tags=" ".join(in_tags),
        author=" ".join(words(" ".join(authors))),
        feed=f"{feed_word(feed_id)} {EVERY}",
        stems=" ".join(stems(in_title + in_text, language)),
    )
