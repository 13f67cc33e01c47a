"""Map addresses to calls of Tumblr's API v2, and interpret its errors and limits. Pure."""

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote, urlsplit

from bot.errors import Forbidden, HttpError, RateLimited
from bot.source.http import cache_headers, errors
from bot.source.http.blocked_pages import is_tumblr
from bot.source.http.cache_headers import header_number
from bot.source.tumblr.tags import tag_of

API = "https://api.tumblr.com"
"""The start of all addresses of API calls in the bot, without a key, wherever the requests are really sent."""
POSTS_PER_CALL = 20
"""The number of posts per call: Tumblr's maximum."""

NO_KEY = (
    "Tumblr's own pages, such as a tag across all blogs, have no feed; paste the address of a blog, such as"
    " https://example.tumblr.com, and follow the tag there, or ask whoever runs the bot to set a free key for Tumblr's"
    " API ([tumblr] api_key), so that tags across Tumblr can be followed."
)
_KEY_REFUSED = (
    "Tumblr refuses the API key; whoever runs the bot should copy the OAuth Consumer Key from"
    " https://www.tumblr.com/oauth/apps into [tumblr] api_key again. (HTTP {})"
)
_NO_CALLS_LEFT = (
    "The key of Tumblr's API has no calls left for this {}; the bot will continue when it has some, and a longer"
    " interval for tag feeds saves calls. (HTTP 429)"
)
_POSTS = re.compile(r"/v2/blog/[\w.:-]+/posts")
_VOLATILE = re.compile(rb'"(?:note_count|updated|reblogs|likes)"\s*:\s*\d+')
_SCARCE_DIVISOR = 5  # calls are scarce below a fifth of the day's limit
_SCARCE_MAX_AGE = timedelta(hours=1)
_CALL_SPACING = timedelta(seconds=4)  # 900 calls an hour; a key allows 1,000


def call_spacing(api_url: str) -> timedelta:
    """Return the time between two calls; zero if the calls go to another server, such as a proxy."""
    return _CALL_SPACING if is_tumblr(api_url) else timedelta()


def call_for(url: str) -> str:
    """Return the API call that replaces this address, as path and query; "" if the address is fetched directly."""
    tag = tag_of(url)
    if tag:
        return f"/v2/tagged?tag={quote(tag, safe='')}&limit={POSTS_PER_CALL}"
    call = url.removeprefix(API)
    return call if call != url and _POSTS.fullmatch(urlsplit(call).path) else ""


def posts_url(blog: str, query: str) -> str:
    """Return the address for posts of a blog, by its name or host. `query`: more parameters, starting with `&`."""
    return f"{API}/v2/blog/{quote(blog, safe='')}/posts?limit={POSTS_PER_CALL}{query}"


def hash_posts(body: bytes) -> str:
    """Return a hash that changes only when posts do. Numbers of notes and the blog's update time are ignored."""
    return sha256(_VOLATILE.sub(b"", body)).hexdigest()


def error_from_status(url: str, status: int, headers: Mapping[str, str]) -> HttpError:
    """Return our error for a status without posts. `url`: without secrets.

    If the key has no calls left, only this feed waits: Tumblr's other feeds need no key.
    """
    if status in (401, 403):
        return Forbidden(url, status, _KEY_REFUSED.format(status))
    if status == 429:
        for span, name in (("day", "Perday"), ("hour", "Perhour")):
            if header_number(headers, f"X-Ratelimit-{name}-Remaining") == 0:
                reset = header_number(headers, f"X-Ratelimit-{name}-Reset")
                wait = timedelta(seconds=reset) if reset is not None else None
                return RateLimited(url, status, _NO_CALLS_LEFT.format(span), wait, whole_site=False)
    return errors.error_from_status(url, status, headers)


def max_age(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the response stays fresh; at least an hour if the key has few calls left today."""
    left, limit = (header_number(headers, f"X-Ratelimit-Perday-{name}") for name in ("Remaining", "Limit"))
    scarce = left is not None and limit is not None and left * _SCARCE_DIVISOR < limit
    return max(
        filter(None, (cache_headers.max_age(headers), _SCARCE_MAX_AGE if scarce else None)), default=None
    )
