"""A post as a row of the full-text index: one string of space-separated tokens for each column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.search.joined import joined_words
from bot.search.stems import stem_tokens
from bot.search.tokens import EVERY_POST, STEM_PREFIX, feed_token, is_plain_word, tag_token, tokenize

_MIN_WORD_LENGTH = 2
"""Letters of a word of the word table."""


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
    """The stems of title and text, and their words that can be written together.

    They have their own column so that an exact word can rank higher.
    """


@dataclass(frozen=True, slots=True)
class PostWords:
    """A post's words, as the index has them."""

    title: Sequence[str]
    text: Sequence[str]
    title_joined: Sequence[str]
    text_joined: Sequence[str]
    tags: Sequence[str]
    author: Sequence[str]

    def tokens(self) -> set[str]:
        """Return all words, each once."""
        return {*self.title, *self.text, *self.tags, *self.author}


def belongs_in_table(token: str) -> bool:
    """Return whether a word belongs in the table of words that spellings are looked up in."""
    return len(token) >= _MIN_WORD_LENGTH and is_plain_word(token)


def read_words(title: str, text: str, tags: Iterable[str], authors: Iterable[str]) -> PostWords:
    """Return the words of a post."""
    return PostWords(
        title=tokenize(title),
        text=tokenize(text),
        title_joined=joined_words(title),
        text_joined=joined_words(text),
        tags=[token for tag in tags for token in (*tokenize(tag), tag_token(tag))],
        author=tokenize(" ".join(authors)),
    )


def build_document(words: PostWords, feed_id: int, languages: Sequence[str]) -> IndexDocument:
    """Return the columns under which the index stores a post of these languages."""
    return IndexDocument(
        title=" ".join([*words.title, *_forms(words.title, words.title_joined, languages)]),
        text=" ".join(words.text),
        tags=" ".join(words.tags),
        author=" ".join(words.author),
        feed=f"{feed_token(feed_id)} {EVERY_POST}",
        stems=" ".join(
            _forms((*words.title, *words.text), (*words.title_joined, *words.text_joined), languages)
        ),
    )


def _forms(words: Iterable[str], joined: Sequence[str], languages: Sequence[str]) -> list[str]:
    """Return the stems of the words, and these joined words."""
    together = {STEM_PREFIX + word for word in joined}
    return sorted(together.union(stem_tokens({*words, *joined}, languages)))
