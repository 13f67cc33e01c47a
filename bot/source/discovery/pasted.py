"""Extract the address from what a person pasted. Pure."""

import re
from itertools import pairwise

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
_START = re.compile(
    r"(?<![^\s,;|<>()\[\]\"'])(?: https?:// | feed: | @?[\w.-]+@[\w-]+\.\w | /?r/\w"
    r" | (?:[\w-]+\.)+[^\W\d_]{2,}(?=[/?#:\s,;|<>()\[\]\"']|$) )",
    re.IGNORECASE | re.VERBOSE,
)
"""Where an address begins."""
_BETWEEN = " \t\r\n,;|<>()[]\"'"
_WRAPPING = " \t\r\n<>\"'`|“”‘’„«»*_"
_TRAILING = ".,;:!?*’"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_NO_ADDRESS = "There is no web address in this; paste one that starts with https://, such as https://example.tumblr.com."


def extract_url(pasted: str) -> str:
    """Return the address in a sentence, a Markdown link, quotes or angle brackets, cleaned by `clean_url`.

    An address without a scheme gets https. `@user@host` is a Mastodon account, `r/NAME` a subreddit. Raises
    InvalidAddress.
    """
    text = pasted.strip()
    if match := _MARKDOWN_LINK.search(text):
        return _clean(match[1])
    if match := _ADDRESS.search(text):
        return _clean(_strip_punctuation(match[0]))
    return _clean(_expand(_strip_punctuation(text.strip(_WRAPPING))))


def split_addresses(pasted: str) -> tuple[str, ...]:
    """Return the addresses in what a person pasted, whatever is between them; the whole text if there is only one.

    A word that belongs to no address, such as the second one of a tag, stays with the address before it.
    """
    starts = [match.start() for match in _START.finditer(pasted)]
    if len(starts) < 2 or _MARKDOWN_LINK.search(pasted):
        return (pasted,)
    parts = (pasted[start:end] for start, end in pairwise([*starts, len(pasted)]))
    found = [part.strip(_BETWEEN) for part in parts]
    return tuple(dict.fromkeys(part if _ADDRESS.match(part) else part.split()[0] for part in found))


def has_scheme(pasted: str) -> bool:
    """Return whether the person gave http or https. Otherwise https is our guess."""
    return _ADDRESS.search(pasted) is not None


def _clean(text: str) -> str:
    return clean_url(text if _ADDRESS.match(text) else f"https://{text.removeprefix('//')}")


def _expand(text: str) -> str:
    if match := _FEDIVERSE.fullmatch(text):
        return f"https://{match[2]}/@{match[1]}"
    if match := _SUBREDDIT.fullmatch(text):
        return f"https://www.reddit.com/r/{match[1]}/"
    if _BARE.fullmatch(text.removeprefix("//")):
        return text
    raise InvalidAddress(text[:200], _NO_ADDRESS)


def _strip_punctuation(text: str) -> str:
    """Remove the punctuation after an address; a closing bracket stays if the address has the opening one."""
    while text and (text[-1] in _TRAILING or _is_unpaired(text)):
        text = text[:-1]
    return text


def _is_unpaired(text: str) -> bool:
    opening = _PAIRS.get(text[-1])
    return opening is not None and text.count(text[-1]) > text.count(opening)
