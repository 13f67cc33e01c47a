"""The history of a Tumblr blog, read from the API: 20 posts a call, newest first.

Pages are requested with `before`, a time in seconds. Several posts may share a second, so each page repeats the posts
of the previous page's last second. If a whole page has the same second, `before` makes no progress and `offset` is
used instead; the API ignores one of the two if both are given. The API's own links between pages are known to lose
posts.
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
from bot.source.tumblr.addresses import blog_feed
from bot.source.tumblr.calls import POSTS_PER_CALL, posts_url
from bot.source.tumblr.tags import tag_of

NO_KEY = (
    "Older posts of a Tumblr blog come from Tumblr's API, which needs a key; get a free one at"
    " https://www.tumblr.com/oauth/apps, set it as [tumblr] api_key, and try again."
)
_TAG_PAGE = (
    "Tumblr does not offer the full history of a tag; follow the tag, and the bot archives its new posts."
)
_TAG_FEED = re.compile(r"/tagged/([^/]+)/rss/?")


@dataclass(frozen=True, slots=True)
class _Cursor:
    """The start of a page."""

    offset: int = 0
    """The number of newer posts, as far as they were counted."""
    before: int | None = None
    """The Unix time that all posts of the page precede; None to request the page by its offset."""

    def __str__(self) -> str:
        return f"{self.offset}" if self.before is None else f"{self.offset}:{self.before}"

    @property
    def query(self) -> str:
        """The API's parameters for this page."""
        if self.before is not None:
            return f"&before={self.before}"
        return f"&offset={self.offset}" if self.offset else ""


@dataclass(frozen=True, slots=True)
class TumblrHistory:
    """The posts of a blog, starting with the newest one."""

    blog: str
    """The blog's host."""
    tag: str
    """The tag that posts must have; "" for all posts."""
    access: SiteAccess
    kind: str = field(default="tumblr", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """Return the page at a cursor, `OFFSET` or `OFFSET:BEFORE`.

        If a page is empty although the API reports more posts, it is requested again. An empty page then is the
        end, because the reported total is not reliable.
        """
        start = _parse_cursor(cursor)
        page = await self._read(start)
        if _is_empty(page) and start.offset < (page.total or 0):
            page = await self._read(start)
        following = _next_cursor(start, page)
        return HistoryPage(page.entries, "" if following is None else str(following), page.total)

    async def _read(self, start: _Cursor) -> ParsedFeed:
        tag = f"&tag={quote(self.tag, safe='')}" if self.tag else ""
        return await self.access.parse(await self.access.fetch(posts_url(self.blog, f"{tag}{start.query}")))


async def open_history(feed: CurrentFeed, access: SiteAccess, *, has_key: bool) -> History | None:
    """Return a history for every Tumblr blog, including those with a custom domain.

    Raises NoHistory if there is no API key, and for a tag across all blogs.
    """
    if tag_of(feed.url):
        raise NoHistory(feed.url, _TAG_PAGE)
    if not _is_from_tumblr(feed):
        return None
    if not has_key:
        raise NoHistory(public_url(feed.url), NO_KEY)
    tag = _TAG_FEED.fullmatch(urlsplit(feed.url).path)
    return TumblrHistory(_blog_of(feed), unquote_plus(tag[1]) if tag else "", access)


def _is_from_tumblr(feed: CurrentFeed) -> bool:
    """Return whether the feed's host is Tumblr's or its posts have Tumblr's ids."""
    return is_tumblr(feed.document.url) or any(
        entry.source_id.startswith("tumblr:") for entry in feed.parsed.entries
    )


def _blog_of(feed: CurrentFeed) -> str:
    """Return the blog's host."""
    for url in (feed.parsed.link, feed.document.url, feed.url):
        found = blog_feed(url)
        if found is not None:
            return host_of(found.url)
    return host_of(feed.parsed.link or feed.document.url)


def _parse_cursor(cursor: str) -> _Cursor:
    offset, _, before = cursor.partition(":")
    return _Cursor(int(offset or 0), int(before) if before else None)


def _next_cursor(start: _Cursor, page: ParsedFeed) -> _Cursor | None:
    """Return where the next page starts; None after an empty page, the only reliable sign of the end."""
    if _is_empty(page):
        return None
    last = page.entries[-1].published if page.entries else None
    posts = page.skipped + sum(not _is_pinned(entry, last) for entry in page.entries)
    repeated = sum(1 for _ in takewhile(lambda entry: entry.published == last, reversed(page.entries)))
    before = int(last.timestamp()) + 1 if last is not None and repeated < posts else None
    if before is not None and (start.before is None or before < start.before):
        return _Cursor(start.offset + posts - repeated, before)
    # If posts were deleted since they were counted, the others have moved up: overlap by half a page.
    overlap = 0 if start.before is None or posts < POSTS_PER_CALL else POSTS_PER_CALL // 2
    return _Cursor(start.offset + posts - overlap)


def _is_empty(page: ParsedFeed) -> bool:
    return not page.entries and not page.skipped


def _is_pinned(entry: Entry, last: datetime | None) -> bool:
    """Return whether the post is pinned: it comes before newer posts, and the offset does not count it."""
    return last is not None and entry.published is not None and entry.published < last
