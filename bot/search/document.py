"""A post as a row of the full-text index: one string of space-separated tokens for each column."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.search.stems import detect_language, stem_tokens
from bot.search.tokens import EVERY_POST, feed_token, tag_token, tokenize


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """The columns of one post in the index."""

    title: str
    """The words of the title, then their stems, so that `title:` matches inflections too."""
    text: str
    tags: str
    """The words of each tag, and each tag as a single token."""
    author: str
    feed: str
    stems: str
    """Stems of title and text. They have their own column so that an exact word can rank higher."""


def build_document(
    title: str, text: str, tags: Iterable[str], authors: Iterable[str], feed_id: int
) -> IndexDocument:
    """Return the columns under which the index stores a post."""
    title_words, text_words = tokenize(title), tokenize(text)
    language = detect_language(title_words + text_words)
    tag_words = [token for tag in tags for token in (*tokenize(tag), tag_token(tag))]
    return IndexDocument(
        title=" ".join(title_words + stem_tokens(title_words, language)),
        text=" ".join(text_words),
        tags=" ".join(tag_words),
        author=" ".join(tokenize(" ".join(authors))),
        feed=f"{feed_token(feed_id)} {EVERY_POST}",
        stems=" ".join(stem_tokens(title_words + text_words, language)),
    )
