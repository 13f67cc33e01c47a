"""What a person pasted → the feeds behind it, each one read before it is offered."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from bot.errors import (
    ChallengePage,
    ConsentPage,
    Forbidden,
    LoginWall,
    NotAFeed,
    NotFound,
    RateLimited,
    SourceError,
    Unreachable,
)
from bot.model import Fetched, FoundFeed, ParsedFeed
from bot.source.discovery.autodiscovery import canonical_address, named_feeds, usual_places
from bot.source.discovery.pasted import address_in, has_scheme
from bot.source.discovery.platforms import known_feed
from bot.source.http import blocked_pages
from bot.source.http.url import host_of, public_url
from bot.source.tumblr.addresses import blog_feed
from bot.source.tumblr.calls import NO_KEY
from bot.source.tumblr.tags import tag_of, tag_page

FetchPage = Callable[[str], Awaitable[Fetched]]
Parse = Callable[[Fetched], Awaitable[ParsedFeed]]

_MOST_NAMED = 5  # feeds of a page that are tried
_MOST_GUESSED = 8  # usual places that are tried where a page names none
_WALLS = (ChallengePage, ConsentPage, LoginWall, Forbidden)
_NOTHING_FOUND = (
    "No feed was found behind this address; look for an RSS or Atom link on the site and paste that,"
    " or ask the site's owner for one."
)
_TUMBLR_ITSELF = frozenset({"tumblr.com", "www.tumblr.com"})
_TAG_PAGE = re.compile(r"https?://[^/]+/tagged/([^/?#]+)")


@dataclass(frozen=True, slots=True)
class _Offer:
    """A feed that was read, with what tells it from another."""

    feed: FoundFeed
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    """How addresses are asked and documents read."""

    fetch_page: FetchPage
    parse: Parse

    async def at(self, url: str, tag: str = "") -> _Offer:
        """The feed at this very address. Raises SourceError."""
        fetched = await self.fetch_page(url)
        page = blocked_pages.classify(fetched.url, 200, {"Content-Type": fetched.content_type}, fetched.body)
        if page is not None:
            raise page
        return await self.of(fetched, url, tag)

    async def of(self, fetched: Fetched, url: str, tag: str = "") -> _Offer:
        """The feed that this document is. Raises DocumentError."""
        parsed = await self.parse(fetched)
        feed = FoundFeed(url=fetched.moved_to or url, title=parsed.title, tag=tag)
        return _Offer(feed, tuple(entry.link or entry.guid for entry in parsed.entries))


async def discover(pasted: str, fetch_page: FetchPage, parse: Parse) -> tuple[FoundFeed, ...]:
    """The feeds behind what a person pasted, best first, at least one. Raises SourceError, in words for that person.

    At most 16 addresses are asked, one after the other; whoever passes `fetch_page` spaces them.
    """
    address = address_in(pasted)
    reader = _Reader(fetch_page, parse)
    if tag := tag_of(address):
        return ((await reader.at(tag_page(tag))).feed,)
    known = blog_feed(address) or FoundFeed(known_feed(address))
    if not known.url and host_of(address) in _TUMBLR_ITSELF:
        raise NotAFeed(public_url(address), NO_KEY)
    if known.url and known.url != address:
        try:
            return ((await reader.at(known.url, known.tag)).feed,)
        except (NotFound, NotAFeed):
            if blocked_pages.is_tumblr(address):  # the page would only say the same
                raise
    return await _behind(reader, address, plain_too=not has_scheme(pasted))


async def _behind(reader: _Reader, address: str, *, plain_too: bool) -> tuple[FoundFeed, ...]:
    """The address itself if it is a feed, else the feeds of its page."""
    try:
        asked, fetched = await _arrive(reader, address, plain_too=plain_too)
    except _WALLS as wall:  # many sites wall in their pages and leave their feeds open
        return (await _guessed(reader, usual_places(address)[:3], wall),)
    if blocked_pages.classify(fetched.url, 200, {"Content-Type": fetched.content_type}, fetched.body) is None:
        return ((await reader.of(fetched, asked)).feed,)
    return await _of_page(reader, address, fetched)


async def _arrive(reader: _Reader, address: str, *, plain_too: bool) -> tuple[str, Fetched]:
    """The address that was asked in the end, and what it brought."""
    try:
        return address, await reader.fetch_page(address)
    except Unreachable:
        if not plain_too:
            raise
    plain = f"http:{address.removeprefix('https:')}"
    return plain, await reader.fetch_page(plain)


async def _of_page(reader: _Reader, address: str, page: Fetched) -> tuple[FoundFeed, ...]:
    trouble: SourceError = NotAFeed(public_url(address), _NOTHING_FOUND)
    offers: list[_Offer] = []
    for url in _named(page)[:_MOST_NAMED]:
        try:
            offers.append(await reader.at(url))
        except RateLimited:
            if offers:
                break
            raise
        except SourceError as error:
            trouble = error
    found = _distinct(offers) or (await _guessed(reader, usual_places(page.url)[:_MOST_GUESSED], trouble),)
    tag = _tag_of(page)
    return tuple(feed if "/tagged/" in feed.url else replace(feed, tag=tag) for feed in found)


def _named(page: Fetched) -> tuple[str, ...]:
    """The feeds that the page names; else the one that its platform has for it, as for YouTube's @names."""
    known = known_feed(canonical_address(page.url, page.body))
    return named_feeds(page.url, page.body) or ((known,) if known else ())


def _tag_of(page: Fetched) -> str:
    """The tag that a page of a Tumblr blog under its own domain shows; its feed knows nothing of it."""
    found = _TAG_PAGE.match(page.url)
    return unquote_plus(found[1]) if found and b"tumblr.com/" in page.body else ""


async def _guessed(reader: _Reader, places: Sequence[str], trouble: SourceError) -> FoundFeed:
    """The first feed in these places; `trouble` is raised if there is none."""
    for url in places:
        try:
            return (await reader.at(url)).feed
        except RateLimited:
            raise
        except SourceError:
            continue
    raise trouble


def _distinct(offers: Sequence[_Offer]) -> tuple[FoundFeed, ...]:
    """Without feeds that bring the posts of one before them in another format."""
    best: dict[tuple[str, ...], FoundFeed] = {}
    for offer in offers:
        best.setdefault(offer.posts or (offer.feed.url,), offer.feed)
    return tuple(best.values())
