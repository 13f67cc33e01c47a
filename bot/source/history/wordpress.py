"""The history of a WordPress blog, read from its REST API: all posts, 100 a page.

Used only for the blog's main feed. The API cannot list the posts in the feed of a category, an author or the comments;
`paged` reads those.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

from bot.errors import (
    FetchError,
    HttpError,
    ParserBusy,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from bot.model import Fetched, ParsedFeed
from bot.source.formats import wordpress
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.history.linked import fetch_same_site, is_same_site
from bot.source.http.link_header import parse_links
from bot.source.http.url import usable_url
from bot.text.canonical import canonical_link

TRANSIENT_ERRORS: tuple[type[SourceError], ...] = (
    ParserBusy,
    RateLimited,
    ServerError,
    TimedOut,
    Unreachable,
)
"""Errors that do not show whether the site has a history."""

_API_RELATION = "https://api.w.org"
_FEED_NAMES = frozenset({"", "feed", "rss", "rss2", "rdf", "atom"})
_PAGE_SIZES = (100, 20, 5, 1)
"""Posts per page. A page larger than the size cap is read in smaller pages. Each size divides the one before."""
_SAMPLE_SIZE = 20
_BAD_REQUEST = 400
_NO_POSTS = "The site's API says there are more posts but sends none; the bot will try again later."
_NOT_POSTS = "The site's API sent something other than posts; the bot will try again later."


@dataclass(frozen=True, slots=True)
class _Cursor:
    """The start of a page."""

    page: int = 1
    size: int = _PAGE_SIZES[0]
    total: int = 0
    """The number of posts that the blog had when the previous page was read; 0 if unknown."""

    def __str__(self) -> str:
        return f"{self.page}:{self.size}:{self.total}"

    def after(self, total: int) -> "_Cursor":
        """Return the next page, with a larger size if a page of that size starts there."""
        read = self.page * self.size
        larger = _PAGE_SIZES[max(0, _PAGE_SIZES.index(self.size) - 1)]
        size = self.size if read % larger else larger
        return _Cursor(read // size + 1, size, total)

    def smaller(self) -> "_Cursor":
        """Return a page that starts at the same post and has the next smaller size."""
        size = _PAGE_SIZES[_PAGE_SIZES.index(self.size) + 1]
        return _Cursor((self.page - 1) * (self.size // size) + 1, size, self.total)


@dataclass(frozen=True, slots=True)
class WordPressHistory:
    """The posts of a blog, starting with the newest one."""

    api: str
    """The address where the API lists posts."""
    feed: CurrentFeed
    access: SiteAccess
    kind: str = field(default="wordpress", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """Return the page at a cursor, `PAGE:SIZE:TOTAL`. A post that alone exceeds the size cap is skipped."""
        start = _parse_cursor(cursor)
        while True:
            try:
                document, posts = await self._read(start)
            except TooLarge:
                if start.size == 1:
                    return HistoryPage((), str(start.after(start.total)), skipped=1)
                start = start.smaller()
            except HttpError as error:
                if error.status != _BAD_REQUEST or start.page == 1:
                    raise
                return await self._end(start, error)
            else:
                if not posts.entries and not posts.skipped:
                    counted = replace(start, total=_newest_total(start, document))
                    return await self._end(counted, FetchError(document.url, _NO_POSTS))
                return HistoryPage(
                    posts.entries, _next_cursor(start, document), document.total, posts.skipped
                )

    async def _end(self, start: _Cursor, error: FetchError) -> HistoryPage:
        """Return what follows a missing page, WordPress's sign of the end. Raises `error` if unread posts remain."""
        read = (start.page - 1) * start.size
        if start.total <= read:
            return HistoryPage(())
        count = (await _fetch(self.access, self.feed, self.api, "per_page=1&_fields=id")).total
        if count is None or count > read:
            raise error
        previous = _Cursor(max(start.page - 1, 1), start.size, count)  # posts were deleted: the rest moved up
        return HistoryPage((), str(previous), count)

    async def _read(self, start: _Cursor) -> tuple[Fetched, ParsedFeed]:
        return await _read_posts(self.access, self.feed, self.api, start.page, start.size)


async def open_history(feed: CurrentFeed, access: SiteAccess) -> History | None:
    """Return a history if this is the main feed of a blog whose API lists the feed's posts. Raises TRANSIENT_ERRORS."""
    for root in _api_roots(feed):
        if not is_same_site(root, feed) or not _is_main_feed(feed.document.url, root):
            continue
        api = _posts_below(root)
        try:
            _, posts = await _read_posts(access, feed, api, 1, _SAMPLE_SIZE)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            continue
        if _share_a_post(posts, feed.parsed):
            return WordPressHistory(api, feed, access)
    return None


async def _read_posts(
    access: SiteAccess, feed: CurrentFeed, api: str, page: int, size: int
) -> tuple[Fetched, ParsedFeed]:
    document = await _fetch(access, feed, api, f"page={page}&per_page={size}&_embed=author,wp:term")
    if document.body.strip() == b"[]":  # some versions send this for a page after the last one
        return document, ParsedFeed(wordpress.FORMAT)
    posts = await access.parse(document)
    if posts.format != wordpress.FORMAT:
        raise FetchError(document.url, _NOT_POSTS)
    return document, posts


async def _fetch(access: SiteAccess, feed: CurrentFeed, api: str, query: str) -> Fetched:
    return await fetch_same_site(f"{api}{'&' if '?' in api else '?'}{query}", feed, access)


def _parse_cursor(cursor: str) -> _Cursor:
    return _Cursor(*map(int, cursor.split(":"))) if cursor else _Cursor()


def _next_cursor(start: _Cursor, document: Fetched) -> str:
    """Return the cursor of the next page, or of the previous one if posts were deleted and others moved up to it."""
    total = _newest_total(start, document)
    if total < start.total and start.page > 1:
        return str(_Cursor(start.page - 1, start.size, total))
    is_last = document.total_pages is not None and start.page >= document.total_pages
    return "" if is_last else str(start.after(total))


def _newest_total(start: _Cursor, document: Fetched) -> int:
    """Return the last total that the blog reported: a cache may have dropped this page's header."""
    return start.total if document.total is None else document.total


def _api_roots(feed: CurrentFeed) -> list[str]:
    """Return where the API may be: the addresses in the `Link` header, or else `/wp-json/` at the blog's home page."""
    links = parse_links(feed.document.link, feed.document.url)
    linked = [link.url for link in links if _API_RELATION in {name.rstrip("/") for name in link.relations}]
    default = f"{feed.parsed.link.rstrip('/')}/wp-json/" if feed.parsed.link else ""
    return linked or [root for root in [usable_url(default)] if root]


def _posts_below(root: str) -> str:
    """`root` is `…/wp-json/`, or `…/?rest_route=/` if the blog has plain permalinks."""
    return f"{root}{'' if root.endswith('/') else '/'}wp/v2/posts"


def _is_main_feed(url: str, root: str) -> bool:
    """Return whether the feed is the main feed of the blog with this API root."""
    home = urlsplit(root).path.removesuffix("/").removesuffix("/wp-json").removesuffix("/index.php")
    feed = urlsplit(url)
    parameters = parse_qsl(feed.query)
    if not feed.path.startswith(f"{home}/") or any(
        name != "feed" or kind not in _FEED_NAMES for name, kind in parameters
    ):
        return False
    names = feed.path.removeprefix(home).removeprefix("/index.php").strip("/").split("/")
    return len(names) <= 2 and _FEED_NAMES.issuperset(names)


def _share_a_post(api: ParsedFeed, feed: ParsedFeed) -> bool:
    """Return whether both contain the same post. An empty feed matches any API."""
    listed, current = ({canonical_link(entry.link) for entry in found.entries} for found in (api, feed))
    return not current or not listed.isdisjoint(current)
