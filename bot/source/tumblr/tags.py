"""Pages of a tag across all blogs of Tumblr: addresses that a person pastes ↔ the tag. Pure.

Such a page has no feed; `tumblr_web` asks Tumblr's API instead. The page's address is what the feed is known by.
"""

from urllib.parse import quote, unquote_plus, urlsplit

from bot.errors import InvalidAddress
from bot.source.http.url import clean_url
from bot.text.fold import one_line

_HOSTS = frozenset({"tumblr.com", "www.tumblr.com"})
_LONGEST = 140  # as Tumblr itself has it


def tag_of(url: str) -> str:
    """The tag whose page this is, as Tumblr compares it; "" for any other address."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    path = [part for part in parts.path.split("/") if part]
    if host.rstrip(".") not in _HOSTS or len(path) < 2 or path[0].lower() != "tagged":
        return ""
    tag = one_line(unquote_plus(path[1])).lstrip("#").strip().lower()
    return tag if len(tag) <= _LONGEST and tag.strip(".") else ""


def tag_page(tag: str) -> str:
    """The one address by which the page of a tag is known here."""
    return clean_url(f"https://www.tumblr.com/tagged/{quote(tag, safe='')}")


def normalise_tag_url(url: str) -> str:
    """The address itself, or for a tag's page the one by which it is known."""
    tag = tag_of(url)
    try:
        return tag_page(tag) if tag else url
    except InvalidAddress:
        return url
