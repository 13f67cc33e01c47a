"""The history of a Tumblr blog, from the API: twenty posts a call, newest first.

`before` is a time, and several posts may bear the same one: the next page begins with those of the last second once
more. Where a whole page bears one time, that would lead nowhere, and counting goes on instead; the API hears either the
one or the other. Its own links between pages are known to lose posts.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from urllib.parse import quote, unquote_plus, urlsplit

from bot.errors import NoHistory
from bot.model import Entry, ParsedFeed
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.http.blocked_pages import is_tumblr
from bot.source.http.url import host_of, public_url
from bot.source.tumblr.addresses import feed_address
from bot.source.tumblr.calls import AT_ONCE, posts_of
from bot.source.tumblr.tags import tag_of

NO_KEY = (
    "The history of a Tumblr blog is read through Tumblr's API; get a free key at https://www.tumblr.com/oauth/apps,"
    " set it as [tumblr] api_key, and ask for the history again."
)
_OF_A_TAG = (
    "Tumblr has no history of a tag that could be read to its end; follow the tag, and what it brings from now on is"
    " archived."
)
_TAG_FEED = re.compile(r"/tagged/([^/]+)/rss/?")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins."""

    position: int = 0
    """How many posts stand before it, as far as they were counted."""
    before: int | None = None
    """The second before which it is asked for; None: by its position."""

    def __str__(self) -> str:
        return f"{self.position}" if self.before is None else f"{self.position}:{self.before}"

    @property
    def query(self) -> str:
        """As the API takes it."""
        if self.before is not None:
            return f"&before={self.before}"
        return f"&offset={self.position}" if self.position else ""


@dataclass(frozen=True, slots=True)
class TumblrHistory:
    """From the newest post on."""

    blog: str
    """Its host."""
    tag: str
    """Only posts with it; "": all."""
    ways: SiteAccess
    kind: str = field(default="tumblr", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """A cursor is how many posts were passed, and the time before which the next ones were published."""
        place = _place(cursor)
        found = await self._posts(place)
        is_short = place.position < (found.total or 0)
        if _is_empty(found) and is_short:  # asked again, but the count is not to be trusted
            found = await self._posts(place)
        onward = _onward(place, found)
        return HistoryPage(found.entries, "" if onward is None else str(onward), found.total)

    async def _posts(self, place: _Place) -> ParsedFeed:
        tag = f"&tag={quote(self.tag, safe='')}" if self.tag else ""
        return await self.ways.parse(await self.ways.fetch(posts_of(self.blog, f"{tag}{place.query}")))


async def offer(live: CurrentFeed, ways: SiteAccess, *, has_key: bool) -> History | None:
    """For every blog of Tumblr, under its own domain too. Raises NoHistory where a key is missing, and for tags of all
    blogs.
    """
    if tag_of(live.url):
        raise NoHistory(live.url, _OF_A_TAG)
    if not _is_of_tumblr(live):
        return None
    if not has_key:
        raise NoHistory(public_url(live.url), NO_KEY)
    tag = _TAG_FEED.fullmatch(urlsplit(live.url).path)
    return TumblrHistory(_blog_of(live), unquote_plus(tag[1]) if tag else "", ways)


def _is_of_tumblr(live: CurrentFeed) -> bool:
    """By its host, or by the numbers that only Tumblr's posts have."""
    return is_tumblr(live.document.url) or any(
        entry.source_id.startswith("tumblr:") for entry in live.parsed.entries
    )


def _blog_of(live: CurrentFeed) -> str:
    """The host of the blog, whichever of Tumblr's own addresses the feed has."""
    for url in (live.parsed.link, live.document.url, live.url):
        found = feed_address(url)
        if found is not None:
            return host_of(found.url)
    return host_of(live.parsed.link or live.document.url)


def _place(cursor: str) -> _Place:
    position, _, before = cursor.partition(":")
    return _Place(int(position or 0), int(before) if before else None)


def _onward(place: _Place, found: ParsedFeed) -> _Place | None:
    """Where the posts after these are; None after an empty page, the only sure sign of the end."""
    if _is_empty(found):
        return None
    last = found.entries[-1].published if found.entries else None
    posts = found.skipped + sum(not _is_pinned(entry, last) for entry in found.entries)
    again = sum(1 for _ in takewhile(lambda entry: entry.published == last, reversed(found.entries)))
    before = int(last.timestamp()) + 1 if last is not None and again < posts else None
    if before is not None and (place.before is None or before < place.before):
        return _Place(place.position + posts - again, before)
    # Posts may have been taken down since they were counted, and others have moved up: half a page is read again.
    overlap = 0 if place.before is None or posts < AT_ONCE else AT_ONCE // 2
    return _Place(place.position + posts - overlap)


def _is_empty(found: ParsedFeed) -> bool:
    return not found.entries and not found.skipped


def _is_pinned(entry: Entry, last: datetime | None) -> bool:
    """What a blog has pinned stands above newer posts, and does not count."""
    return last is not None and entry.published is not None and entry.published < last
