"""Calls of Tumblr's API v2: which address stands for which call, and what its refusals and limits mean. Pure."""

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote, urlsplit

from bot.errors import Forbidden, HttpError, RateLimited
from bot.source.http import cache_headers, errors
from bot.source.http.blocked_pages import is_tumblr
from bot.source.tumblr.tags import tag_of

API = "https://api.tumblr.com"
"""Addresses of calls begin so here, without a key, wherever the API is really asked."""
POSTS_PER_CALL = 20
"""Posts of one answer, the most that Tumblr gives."""

NO_KEY = (
    "Tumblr's own pages, such as those of a tag across all blogs, have no feed; paste the address of a blog, such as"
    " https://example.tumblr.com, and follow the tag there, or let whoever runs the bot set a free key of Tumblr's API"
    " ([tumblr] api_key), with which a tag of all Tumblr can be followed."
)
_KEY_REFUSED = (
    "Tumblr refuses the API key; whoever runs the bot copies it again, the OAuth Consumer Key at"
    " https://www.tumblr.com/oauth/apps, into [tumblr] api_key. (HTTP {})"
)
_SPENT = (
    "The key of Tumblr's API has no calls left for this {}; it is asked again when it has, a longer interval of the"
    " feeds of tags spares calls. (HTTP 429)"
)
_POSTS = re.compile(r"/v2/blog/[\w.:-]+/posts")
_VOLATILE = re.compile(rb'"(?:note_count|updated|reblogs|likes)"\s*:\s*\d+')
_SCARCE = 5  # less than a fifth of the day's calls left
_SLOW = timedelta(hours=1)
_SPACING = timedelta(seconds=4)  # 900 calls an hour, of 1,000 that a key has


def spacing_at(api_url: str) -> timedelta:
    """How far apart calls are made, by who answers: a stand-in or proxy has limits of its own."""
    return _SPACING if is_tumblr(api_url) else timedelta()


def call_of(url: str) -> str:
    """The call that brings what this address stands for, as path and query; "": the address is asked itself."""
    tag = tag_of(url)
    if tag:
        return f"/v2/tagged?tag={quote(tag, safe='')}&limit={POSTS_PER_CALL}"
    call = url.removeprefix(API)
    return call if call != url and _POSTS.fullmatch(urlsplit(call).path) else ""


def posts_url(blog: str, query: str) -> str:
    """The address of posts of a blog, by its name or host; `query`: which of them."""
    return f"{API}/v2/blog/{quote(blog, safe='')}/posts?limit={POSTS_PER_CALL}{query}"


def hash_of(body: bytes) -> str:
    """Stays the same while nothing is posted or edited: answers also count notes, and say when a blog last changed."""
    return sha256(_VOLATILE.sub(b"", body)).hexdigest()


def refused(url: str, status: int, headers: Mapping[str, str]) -> HttpError:
    """Our error for a status that brings no posts; `url` as it may be shown.

    A key whose hour or day is spent says nothing about Tumblr's feeds, which need none: those go on.
    """
    if status in (401, 403):
        return Forbidden(url, status, _KEY_REFUSED.format(status))
    if status == 429:
        for span, name in (("day", "Perday"), ("hour", "Perhour")):
            if _number(headers, f"X-Ratelimit-{name}-Remaining") == 0:
                rest = _number(headers, f"X-Ratelimit-{name}-Reset")
                after = timedelta(seconds=rest) if rest is not None else None
                return RateLimited(url, status, _SPENT.format(span), after, whole_site=False)
    return errors.refused(url, status, headers)


def max_age(headers: Mapping[str, str]) -> timedelta | None:
    """How long asking again is pointless: as the answer says, and for long where the key has few calls left today."""
    left, limit = (_number(headers, f"X-Ratelimit-Perday-{name}") for name in ("Remaining", "Limit"))
    scarce = left is not None and limit is not None and left * _SCARCE < limit
    return max(filter(None, (cache_headers.max_age(headers), _SLOW if scarce else None)), default=None)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "").strip()
    return int(value[:9]) if value.isascii() and value.isdigit() else None
