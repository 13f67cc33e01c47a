"""Histories whose documents link to older pages: RFC 5005's feeds, Atom's `next` and JSON Feed's `next_url`."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from bot.errors import NoHistory
from bot.model import Fetched, ParsedFeed
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.http.site import site_of
from bot.source.http.url import login_of, origin_of, public_url, usable_url, with_login, without_login

_OTHER_SITE = (
    "The older posts are on another site, {}, and the bot does not read other sites for this feed; newer posts are"
    " archived."
)
_BAD_LINK = "The link to the older posts is not a usable address; newer posts are archived."


@dataclass(frozen=True, slots=True)
class LinkedHistory:
    """The pages that the feed's documents link to, starting with the feed itself."""

    feed: CurrentFeed
    access: SiteAccess
    kind: str = field(default="links", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """Return the page at a cursor, which is the page's address.

        Raises NoHistory if the address is invalid or at another site.
        """
        if not cursor:
            return self._page_of(self.feed.parsed)
        if not usable_url(cursor):
            raise NoHistory(public_url(self.feed.url), _BAD_LINK)
        return self._page_of(await self.access.parse(await fetch_same_site(cursor, self.feed, self.access)))

    def _page_of(self, document: ParsedFeed) -> HistoryPage:
        older = older_page_url(document, self.feed)
        cleaned = usable_url(older)
        return HistoryPage(document.entries, without_login(cleaned) if cleaned else public_url(older))


async def open_history(feed: CurrentFeed, access: SiteAccess) -> History | None:
    """Return a history if the document links to an older page at its own site and does not call itself complete."""
    older = older_page_url(feed.parsed, feed)
    if feed.parsed.complete or not older or not is_same_site(older, feed):
        return None
    return LinkedHistory(feed, access)


def older_page_url(document: ParsedFeed, feed: CurrentFeed) -> str:
    """Return the address of the next older page.

    Blogger's feeds link to blogger.com, but serve the same page at the blog's own address, which is returned here.
    """
    older = urlsplit(document.older)
    if (older.hostname or "").removeprefix("www.") == "blogger.com" and older.path.startswith("/feeds/"):
        return urlunsplit(urlsplit(feed.document.url)._replace(query=older.query))
    return document.older


def is_same_site(url: str, feed: CurrentFeed) -> bool:
    """Return whether an address is at the site that serves the feed.

    Otherwise a document could send the bot to any site, page after page, and outside of the rate limit, which is the
    limit of the feed's site.
    """
    return site_of(url) in (site_of(feed.url), site_of(feed.document.url))


async def fetch_same_site(url: str, feed: CurrentFeed, access: SiteAccess) -> Fetched:
    """Fetch a page of the history. The feed's login is sent only to the feed's own origin.

    Raises NoHistory if the address, or the one it redirects to, is at another site.
    """
    _require_same_site(url, feed)
    is_same_origin = origin_of(url) == origin_of(feed.url)
    document = await access.fetch(with_login(url, login_of(feed.url)) if is_same_origin else url)
    _require_same_site(document.url, feed)
    return document


def _require_same_site(url: str, feed: CurrentFeed) -> None:
    if not is_same_site(url, feed):
        raise NoHistory(public_url(feed.url), _OTHER_SITE.format(site_of(url)))
