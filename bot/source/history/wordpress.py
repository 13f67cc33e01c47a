"""The history of a WordPress blog, from its REST API: all posts, a hundred a page.

Only for the blog's own feed. That of a category, an author or its comments has a history of its own, which its pages
(`paged`) show.
"""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from bot.errors import (
    FetchError,
    HttpError,
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
from bot.source.history.linked import fetch_at_home, is_at_home
from bot.source.http.url import usable_url
from bot.text.canonical import canonical_link

PASSING: tuple[type[SourceError], ...] = (RateLimited, ServerError, TimedOut, Unreachable)
"""Trouble that says nothing about what the site has."""

_API = re.compile(r'<([^<>]*)>\s*;[^<]*?\brel="?https://api\.w\.org/"?', re.IGNORECASE)
_FEED_NAMES = frozenset({"", "feed", "rss", "rss2", "rdf", "atom"})
_SIZES = (100, 20, 5, 1)
"""How many posts a page has: fewer where one is larger than may be fetched. Each divides the one before."""
_SAMPLE = 20
_BAD_REQUEST = 400
_MISSING = "The site's API shows no posts where it counts some; it is asked again later."


@dataclass(frozen=True, slots=True)
class _Place:
    """What a cursor says."""

    page: int = 1
    size: int = _SIZES[0]
    total: int = 0
    """How many posts the blog had when the page before was read; 0: nobody knows."""

    def __str__(self) -> str:
        return f"{self.page}:{self.size}:{self.total}"

    def after(self, total: int) -> "_Place":
        """The posts that follow: more of them at once than here, where those begin a page of that size."""
        passed = self.page * self.size
        larger = _SIZES[max(0, _SIZES.index(self.size) - 1)]
        size = self.size if passed % larger else larger
        return _Place(passed // size + 1, size, total)

    def smaller(self) -> "_Place":
        """The same posts, and fewer of those that follow."""
        size = _SIZES[_SIZES.index(self.size) + 1]
        return _Place((self.page - 1) * (self.size // size) + 1, size, self.total)


@dataclass(frozen=True, slots=True)
class WordPress:
    """From the newest post on."""

    api: str
    """Where the API lists posts."""
    live: CurrentFeed
    ways: SiteAccess
    kind: str = field(default="wordpress", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """A cursor is the number of a page, how many posts a page has, and how many there were."""
        place = _place(cursor)
        while True:
            try:
                document, posts = await self._posts(place)
            except TooLarge:
                if place.size == 1:
                    return HistoryPage((), str(place.after(place.total)), skipped=1)
                place = place.smaller()
            except HttpError as error:
                if error.status != _BAD_REQUEST or place.page == 1:
                    raise
                return await self._end(place, error)
            else:
                if not posts.entries and not posts.skipped:
                    counted = replace(place, total=_counted(place, document))
                    return await self._end(counted, FetchError(document.url, _MISSING))
                return HistoryPage(posts.entries, _onward(place, document), document.total, posts.skipped)

    async def _end(self, place: _Place, error: FetchError) -> HistoryPage:
        """What follows where a page is not there, which is WordPress's word for the end. Raises the error where the
        blog has posts that were not read yet.
        """
        passed = (place.page - 1) * place.size
        if place.total <= passed:
            return HistoryPage(())
        count = (await _fetch(self.ways, self.live, self.api, "per_page=1&_fields=id")).total
        if count is None or count > passed:
            raise error
        return HistoryPage((), str(_Place(max(place.page - 1, 1), place.size, count)), count)  # some went

    async def _posts(self, place: _Place) -> tuple[Fetched, ParsedFeed]:
        return await _ask(self.ways, self.live, self.api, place.page, place.size)


async def offer(live: CurrentFeed, ways: SiteAccess) -> History | None:
    """For the main feed of a blog whose API shows the posts of the feed. Raises SourceError for trouble that passes."""
    for root in _roots(live):
        if not is_at_home(root, live) or not _is_main_feed(live.document.url, root):
            continue
        api = _posts_below(root)
        try:
            _, posts = await _ask(ways, live, api, 1, _SAMPLE)
        except PASSING:
            raise
        except SourceError:
            continue
        if _share_a_post(posts, live.parsed):
            return WordPress(api, live, ways)
    return None


async def _ask(
    ways: SiteAccess, live: CurrentFeed, api: str, page: int, size: int
) -> tuple[Fetched, ParsedFeed]:
    document = await _fetch(ways, live, api, f"page={page}&per_page={size}&_embed=author,wp:term")
    if document.body.strip() == b"[]":  # a page behind the last one, in some versions
        return document, ParsedFeed(wordpress.FORMAT)
    posts = await ways.parse(document)
    if posts.format != wordpress.FORMAT:
        raise FetchError(
            document.url, "The site's API answers with something else than posts; it is asked again later."
        )
    return document, posts


async def _fetch(ways: SiteAccess, live: CurrentFeed, api: str, query: str) -> Fetched:
    return await fetch_at_home(f"{api}{'&' if '?' in api else '?'}{query}", live, ways)


def _place(cursor: str) -> _Place:
    return _Place(*map(int, cursor.split(":"))) if cursor else _Place()


def _onward(place: _Place, document: Fetched) -> str:
    """The next page; or the one before once more where posts were taken down meanwhile, since others moved up to it."""
    total = _counted(place, document)
    if total < place.total and place.page > 1:
        return str(_Place(place.page - 1, place.size, total))
    is_last = document.total_pages is not None and place.page >= document.total_pages
    return "" if is_last else str(place.after(total))


def _counted(place: _Place, document: Fetched) -> int:
    """How many posts there are by the newest word on it: a cache may drop the header."""
    return place.total if document.total is None else document.total


def _roots(live: CurrentFeed) -> list[str]:
    """Where the API may be: where the answer's header says, else in the usual place below the blog's front page."""
    named = [urljoin(live.document.url, found) for found in _API.findall(live.document.link)]
    usual = f"{live.parsed.link.rstrip('/')}/wp-json/" if live.parsed.link else ""
    return [root for root in map(usable_url, named or [usual]) if root]


def _posts_below(root: str) -> str:
    """`…/wp-json/`, or `…/?rest_route=/` where the blog has plain addresses."""
    return f"{root}{'' if root.endswith('/') else '/'}wp/v2/posts"


def _is_main_feed(url: str, root: str) -> bool:
    """Whether the feed is the one of the blog that has its API there."""
    home = urlsplit(root).path.removesuffix("/").removesuffix("/wp-json").removesuffix("/index.php")
    feed = urlsplit(url)
    asked = parse_qsl(feed.query)
    if not feed.path.startswith(f"{home}/") or any(
        name != "feed" or kind not in _FEED_NAMES for name, kind in asked
    ):
        return False
    names = feed.path.removeprefix(home).removeprefix("/index.php").strip("/").split("/")
    return len(names) <= 2 and _FEED_NAMES.issuperset(names)


def _share_a_post(one: ParsedFeed, other: ParsedFeed) -> bool:
    """Whether any post stands in both; an empty feed contradicts nothing."""
    mine, others = ({canonical_link(entry.link) for entry in feed.entries} for feed in (one, other))
    return not others or not mine.isdisjoint(others)
