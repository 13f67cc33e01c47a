"""Histories that the documents themselves lead through: RFC 5005's pages and archives, Atom's `next`, JSON Feed's
`next_url`.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from bot.errors import NoHistory
from bot.model import Fetched, ParsedFeed
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.http.site import site_of
from bot.source.http.url import login_of, origin_of, public_url, usable_url, with_login, without_login

_ELSEWHERE = (
    "The history goes on at another site, {}, which is not asked for this feed; what came before is archived."
)
_NOWHERE = "The history leads to an address that cannot be asked; what came before is archived."


@dataclass(frozen=True, slots=True)
class Linked:
    """From the feed's own document on, along its links."""

    live: CurrentFeed
    ways: SiteAccess
    kind: str = field(default="links", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """A cursor is the address of a page; one at another site, or of none, is an error once it is reached."""
        if not cursor:
            return self._page_of(self.live.parsed)
        if not usable_url(cursor):
            raise NoHistory(public_url(self.live.url), _NOWHERE)
        return self._page_of(await self.ways.parse(await fetch_at_home(cursor, self.live, self.ways)))

    def _page_of(self, document: ParsedFeed) -> HistoryPage:
        older = older_page(document, self.live)
        cleaned = usable_url(older)
        return HistoryPage(document.entries, without_login(cleaned) if cleaned else public_url(older))


async def offer(live: CurrentFeed, ways: SiteAccess) -> History | None:
    """For a feed whose document names an older page at its own site, and is not complete by itself."""
    older = older_page(live.parsed, live)
    if live.parsed.complete or not older or not is_at_home(older, live):
        return None
    return Linked(live, ways)


def older_page(document: ParsedFeed, live: CurrentFeed) -> str:
    """The page before this one. A blog of Blogger names it at Blogger's own site, and has it at its own as well."""
    older = urlsplit(document.older)
    if (older.hostname or "").removeprefix("www.") == "blogger.com" and older.path.startswith("/feeds/"):
        return urlunsplit(urlsplit(live.document.url)._replace(query=older.query))
    return document.older


def is_at_home(url: str, live: CurrentFeed) -> bool:
    """Whether an address belongs to the site that answers for the feed.

    A document could else send the bot to any site, page after page, in the name of whoever follows it; and the budget
    that is kept to is the feed's site's.
    """
    return site_of(url) in (site_of(live.url), site_of(live.document.url))


async def fetch_at_home(url: str, live: CurrentFeed, ways: SiteAccess) -> Fetched:
    """A page of the feed's history, with the login of the feed where it belongs: at the very same origin. Raises
    NoHistory where another site would answer, or did.
    """
    _keep_at_home(url, live)
    is_same = origin_of(url) == origin_of(live.url)
    document = await ways.fetch(with_login(url, login_of(live.url)) if is_same else url)
    _keep_at_home(document.url, live)
    return document


def _keep_at_home(url: str, live: CurrentFeed) -> None:
    if not is_at_home(url, live):
        raise NoHistory(public_url(live.url), _ELSEWHERE.format(site_of(url)))
