"""What a person pasted → the address in it. Pure."""

import re

from bot.errors import InvalidAddress
from bot.source.http.url import clean_url

_MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(\s*<?((?:[^\s<>()]|\([^\s<>()]*\))+)")
_ADDRESS = re.compile(r"(?:https?|feed):[^\s<>\"'`|“”„«»]+", re.IGNORECASE)
_FEDIVERSE = re.compile(r"@?([\w.-]+)@([\w-]+(?:\.[\w-]+)+)")
_SUBREDDIT = re.compile(r"/?r/(\w+)/?")
_BARE = re.compile(
    r"(?: (?:[\w-]+\.)+[^\W\d_][\w-]*\.? | localhost | [\d.]+ | \[[\da-f:.]+\] ) (?: :\d+ )? (?: [/?#]\S* )?",
    re.IGNORECASE | re.VERBOSE,
)
_WRAPPING = " \t\r\n<>\"'`|“”‘’„«»*_"
_TRAILING = ".,;:!?*’"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_WORDS = "There is no web address in this; paste one that starts with https://, such as https://example.tumblr.com."


def address_in(pasted: str) -> str:
    """The address that is meant, by `clean_url`: out of a sentence, a Markdown link, quotes or angle brackets.

    Without a scheme it gets https. `@user@host` and `r/NAME` are what people call a Mastodon account and a
    subreddit. Raises InvalidAddress.
    """
    text = pasted.strip()
    found = _MARKDOWN_LINK.search(text)
    if found:
        return _clean(found[1])
    found = _ADDRESS.search(text)
    if found:
        return _clean(_unpunctuated(found[0]))
    return _clean(_named(_unpunctuated(text.strip(_WRAPPING))))


def has_scheme(pasted: str) -> bool:
    """Whether the person said http or https; otherwise https is a guess of ours."""
    return _ADDRESS.search(pasted) is not None


def _clean(text: str) -> str:
    return clean_url(text if _ADDRESS.match(text) else f"https://{text.removeprefix('//')}")


def _named(text: str) -> str:
    if found := _FEDIVERSE.fullmatch(text):
        return f"https://{found[2]}/@{found[1]}"
    if found := _SUBREDDIT.fullmatch(text):
        return f"https://www.reddit.com/r/{found[1]}/"
    if _BARE.fullmatch(text.removeprefix("//")):
        return text
    raise InvalidAddress(text[:200], _WORDS)


def _unpunctuated(text: str) -> str:
    """Without what ends the sentence around an address; a bracket stays if its partner stands in the address."""
    while text and (text[-1] in _TRAILING or _is_unpaired(text)):
        text = text[:-1]
    return text


def _is_unpaired(text: str) -> bool:
    opening = _PAIRS.get(text[-1])
    return opening is not None and text.count(text[-1]) > text.count(opening)
