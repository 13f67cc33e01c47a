"""Convert between a tag and its page across all of Tumblr. Pure.

Such a page has no feed, so `web` requests its posts from Tumblr's API. The page's address identifies the feed.
"""

from urllib.parse import quote, unquote_plus, urlsplit

from bot.errors import InvalidAddress
from bot.source.http.url import clean_url
from bot.source.tumblr.addresses import MAIN_HOSTS
from bot.text.fold import one_line

_MAX_TAG_LENGTH = 140  # Tumblr's own limit


def tag_of(url: str) -> str:
    """Return the tag of a tag page, normalised as Tumblr compares it; "" for any other address."""
    if "/tagged/" not in url.lower():  # almost every address, at every poll
        return ""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    path = [part for part in parts.path.split("/") if part]
    if host.rstrip(".") not in MAIN_HOSTS or len(path) < 2 or path[0].lower() != "tagged":
        return ""
    tag = one_line(unquote_plus(path[1])).lstrip("#").strip().lower()
    return tag if len(tag) <= _MAX_TAG_LENGTH and tag.strip(".") else ""


def tag_page(tag: str) -> str:
    """Return the canonical address of a tag's page."""
    return clean_url(f"https://www.tumblr.com/tagged/{quote(tag, safe='')}")


def normalise_tag_url(url: str) -> str:
    """Return the canonical address of a tag's page; any other address unchanged."""
    tag = tag_of(url)
    try:
        return tag_page(tag) if tag else url
    except InvalidAddress:
        return url
