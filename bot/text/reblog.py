"""Whether a post repeats another blog's (a reblog on Tumblr, a boost on Mastodon), and adds words of its own."""

import re

from bot.model import Entry
from bot.text.document import Document
from bot.text.html import parse_html
from bot.text.repetition import letters_of

_BOOST = re.compile(
    r"(?:\S{1,100} )?shared an? (?:\w{1,20} )?status\b|RT:? ?@\w|🔁"
    r"|[^\n]{0,100}\b(?:boosted|reblogged|renoted|reposted)\b[^\n]{0,20}@\w",
    re.IGNORECASE,
)
"""How Mastodon, RSS-Bridge and others name posts that an account repeats. Such a post has no words of the account's."""

_ATTRIBUTION = re.compile(
    r"\W{0,3}(?:via|source|reblogged from|originally posted by)\b.{0,80}", re.IGNORECASE
)
"""A line that only says where the post comes from."""


def is_reblog(entry: Entry) -> bool:
    """Return whether the post repeats a post of another blog."""
    return _is_boost(entry) or _has_trail(_body(entry))


def has_own_words(entry: Entry) -> bool:
    """Return whether the blog itself wrote something: always, unless the post is a reblog."""
    if _is_boost(entry):
        return False
    body = _body(entry)
    return not _has_trail(body) or any(
        letters_of(block.text) and not _ATTRIBUTION.fullmatch(block.text.strip())
        for block in body.blocks
        if not any(quote.author for quote in block.quotes)
    )


def _is_boost(entry: Entry) -> bool:
    return _BOOST.match(entry.title) is not None


def _has_trail(body: Document) -> bool:
    """Return whether another author is quoted: only platforms with reblogs name the author of a quotation."""
    return any(quote.author for block in body.blocks for quote in block.quotes)


def _body(entry: Entry) -> Document:
    return parse_html(entry.content or entry.summary)
