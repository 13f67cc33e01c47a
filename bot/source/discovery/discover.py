"""Find the feeds behind what a person pasted. Each feed is fetched and parsed before it is returned."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from bot.errors import (
    ChallengePage,
    ConsentPage,
    Forbidden,
    HtmlPage,
    LoginWall,
    NotAFeed,
    NotFound,
    RateLimited,
    SourceError,
    Unreachable,
)
from bot.model import Fetched, FoundFeed, ParsedFeed
from bot.source.discovery.autodiscovery import (
    canonical_address,
    common_feed_urls,
    linked_feeds,
    names_feeds,
    untyped_alternates,
)
from bot.source.discovery.pasted import extract_url, has_scheme
from bot.source.discovery.platforms import platform_feed
from bot.source.http import blocked_pages
from bot.source.http.url import host_of, public_url
from bot.source.tumblr.addresses import MAIN_HOSTS, blog_feed
from bot.source.tumblr.calls import NO_KEY
from bot.source.tumblr.tags import tag_of, tag_page

FetchPage = Callable[[str], Awaitable[Fetched]]
Parse = Callable[[Fetched], Awaitable[ParsedFeed]]

_MAX_LINKED = 5  # feeds tried of those that a page links to
_MAX_GUESSED = 8  # common addresses tried if a page links to no feed
_MAX_GUESSED_BLOCKED = 3  # common addresses tried if the page itself is blocked
_BLOCKED = (ChallengePage, ConsentPage, LoginWall, Forbidden)
_NO_FEED = (
    "No feed was found at this address; look for an RSS or Atom link on the site and paste that,"
    " or ask the site's owner for one."
)
_TAG_PAGE = re.compile(r"https?://[^/]+/tagged/([^/?#]+)")


@dataclass(frozen=True, slots=True)
class _ParsedCandidate:
    """A feed that was read, and its posts, by which duplicates are recognised."""

    feed: FoundFeed
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _FeedReader:
    """The functions that fetch and parse."""

    fetch_page: FetchPage
    parse: Parse

    async def read(self, url: str, tag: str = "") -> _ParsedCandidate:
        """Return the feed at exactly this address. Raises SourceError."""
        fetched = await self.fetch_page(url)
        page = _page_error(fetched)
        if page is not None:
            raise page
        return await self.read_document(fetched, url, tag)

    async def read_document(self, fetched: Fetched, url: str, tag: str = "") -> _ParsedCandidate:
        """Return the feed in a fetched document. Raises DocumentError."""
        parsed = await self.parse(fetched)
        feed = FoundFeed(url=fetched.moved_to or url, title=parsed.title, tag=tag)
        return _ParsedCandidate(feed, tuple(entry.link or entry.guid for entry in parsed.entries))


async def discover(pasted: str, fetch_page: FetchPage, parse: Parse) -> tuple[FoundFeed, ...]:
    """Return the feeds behind what a person pasted, best first, at least one.

    Raises SourceError with a message for that person. Requests at most 16 addresses, one after the other;
    `fetch_page` has to space them.
    """
    address = extract_url(pasted)
    reader = _FeedReader(fetch_page, parse)
    if tag := tag_of(address):
        return ((await reader.read(tag_page(tag))).feed,)
    known = blog_feed(address) or FoundFeed(platform_feed(address))
    if not known.url and host_of(address) in MAIN_HOSTS:
        raise NotAFeed(public_url(address), NO_KEY)
    if known.url and known.url != address:
        try:
            return ((await reader.read(known.url, known.tag)).feed,)
        except (NotFound, NotAFeed):
            if blocked_pages.is_tumblr(address):  # the page would lead to the same error
                raise
    return await _feeds_at(reader, address, try_http=not has_scheme(pasted))


async def _feeds_at(reader: _FeedReader, address: str, *, try_http: bool) -> tuple[FoundFeed, ...]:
    """Return the feed at the address, or the feeds that the page there leads to."""
    try:
        url, fetched = await _fetch(reader, address, try_http=try_http)
    except _BLOCKED as error:  # many sites block their pages but not their feeds
        return (await _first_feed(reader, common_feed_urls(address)[:_MAX_GUESSED_BLOCKED], error),)
    if _page_error(fetched) is None:
        try:
            return ((await reader.read_document(fetched, url)).feed,)
        except NotAFeed:
            if not names_feeds(fetched):
                raise
    return await _feeds_of_page(reader, address, fetched)


async def _fetch(reader: _FeedReader, address: str, *, try_http: bool) -> tuple[str, Fetched]:
    """Fetch an address, with http if https fails and `try_http` is set. Return the address used and the document."""
    try:
        return address, await reader.fetch_page(address)
    except Unreachable:
        if not try_http:
            raise
    insecure = f"http:{address.removeprefix('https:')}"
    return insecure, await reader.fetch_page(insecure)


async def _feeds_of_page(reader: _FeedReader, address: str, page: Fetched) -> tuple[FoundFeed, ...]:
    """Return the feeds that a page links to, or the first one at a common address."""
    failure: SourceError = NotAFeed(public_url(address), _NO_FEED)
    candidates: list[_ParsedCandidate] = []
    for url in _linked_urls(page)[:_MAX_LINKED]:
        try:
            candidates.append(await reader.read(url))
        except RateLimited:
            if candidates:
                break
            raise
        except HtmlPage:
            continue  # the link wasn't a feed after all, which says nothing about the site
        except SourceError as error:
            failure = error
    feeds = _distinct(candidates)
    if not feeds:
        feeds = (await _first_feed(reader, common_feed_urls(page.url)[:_MAX_GUESSED], failure),)
    tag = _tag_of(page)
    return tuple(feed if "/tagged/" in feed.url else replace(feed, tag=tag) for feed in feeds)


def _linked_urls(page: Fetched) -> tuple[str, ...]:
    """Return the feeds that the page links to, surest first.

    If it names none, its platform may know one, as for YouTube's @names.
    """
    known = platform_feed(canonical_address(page))
    return (*(linked_feeds(page) or ((known,) if known else ())), *untyped_alternates(page))


def _page_error(fetched: Fetched) -> NotAFeed | None:
    return blocked_pages.classify(fetched.url, 200, {"Content-Type": fetched.content_type}, fetched.body)


def _tag_of(page: Fetched) -> str:
    """Return the tag of a tag page of a Tumblr blog with a custom domain; its feed cannot select the tag."""
    match = _TAG_PAGE.match(page.url)
    return unquote_plus(match[1]) if match and b"tumblr.com/" in page.body else ""


async def _first_feed(reader: _FeedReader, urls: Sequence[str], failure: SourceError) -> FoundFeed:
    """Return the first feed at these addresses. Raises `failure` if there is none."""
    for url in urls:
        try:
            return (await reader.read(url)).feed
        except RateLimited:
            raise
        except SourceError:
            continue
    raise failure


def _distinct(candidates: Sequence[_ParsedCandidate]) -> tuple[FoundFeed, ...]:
    """Return the feeds without those that have the same posts as an earlier one, in another format."""
    best: dict[tuple[str, ...], FoundFeed] = {}
    for candidate in candidates:
        best.setdefault(candidate.posts or (candidate.feed.url,), candidate.feed)
    return tuple(best.values())
