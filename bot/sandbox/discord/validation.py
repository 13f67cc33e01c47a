"""Checks of values in request bodies: lengths, lists, addresses.

Lengths are in UTF-16 units, which is never less than Discord counts.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.sandbox.discord.errors import Problem
from bot.text.limits import utf16_length

_URL = 2048
_HOST = re.compile(r"[^.\s]+(?:\.[^.\s]+)+\.?$")

Path = tuple[str, ...]


def too_long(text: object, limit: int, path: Path) -> Iterator[Problem]:
    """Yield a problem if `text` isn't a string or is longer than `limit`; None is valid."""
    if text is None:
        return
    if not isinstance(text, str):
        yield Problem(path, "STRING_TYPE_CONVERT", "Could not interpret as a string.")
    elif utf16_length(text) > limit:
        yield Problem(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def required(text: object, path: Path) -> Iterator[Problem]:
    """Yield a problem if the text is missing or blank."""
    if text is None or (isinstance(text, str) and not text.strip()):
        yield Problem(path, "BASE_TYPE_REQUIRED", "This field is required")


def too_many(items: object, limit: int, path: Path) -> Iterator[Problem]:
    """Yield a problem if `items` isn't a list or has more than `limit` items; None is valid."""
    if items is None:
        return
    if not isinstance(items, list):
        yield Problem(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    elif len(items) > limit:
        yield Problem(path, "BASE_TYPE_BAD_LENGTH", f"Must be {limit} or fewer in length.")


def bad_url(url: object, path: Path, *, schemes: tuple[str, ...] = ("http", "https")) -> Iterator[Problem]:
    """Yield a problem if `url` isn't an address with a dotted host; None and "" are valid."""
    if not url:
        return
    if not isinstance(url, str) or utf16_length(url) > _URL:
        yield Problem(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        yield Problem(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return
    if parts.scheme not in schemes:
        listed = ", ".join(f"'{each}'" for each in schemes)
        yield Problem(
            path, "URL_TYPE_INVALID_SCHEME", f'Scheme "{parts.scheme}" is not supported. One of ({listed})'
        )
    elif parts.scheme != "attachment" and (not _HOST.match(host) or re.search(r"\s", url)):
        yield Problem(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
