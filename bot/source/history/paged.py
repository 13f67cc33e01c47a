"""The history of a feed that supports `?paged=2`, as all WordPress feeds do, even those of categories and tags."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.errors import NotFound, SourceError
from bot.model import ParsedFeed
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.history.linked import fetch_same_site
from bot.source.history.wordpress import TRANSIENT_ERRORS
from bot.text.canonical import canonical_link


@dataclass(frozen=True, slots=True)
class PagedHistory:
    """The numbered pages of a feed, starting with the feed itself."""

    feed: CurrentFeed
    access: SiteAccess
    kind: str = field(default="paged", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """Return the page at a cursor, which is the page's number.

        A missing page means the end. It is requested twice, because overloaded sites report existing pages as missing.
        """
        if not cursor:
            return HistoryPage(self.feed.parsed.entries, "2")
        number = int(cursor)
        document = await self._read(number) or await self._read(number)
        return HistoryPage(document.entries, str(number + 1)) if document else HistoryPage(())

    async def _read(self, number: int) -> ParsedFeed | None:
        """Return the page, or None if it is missing or empty."""
        try:
            document = await _read_page(self.feed, self.access, number)
        except NotFound:
            return None
        return document if document.entries or document.skipped else None


async def open_history(feed: CurrentFeed, access: SiteAccess) -> History | None:
    """Return a history if the feed's second page has posts that the first one lacks. Raises TRANSIENT_ERRORS."""
    if feed.parsed.complete or not feed.parsed.entries:
        return None
    try:
        second = await _read_page(feed, access, 2)
    except TRANSIENT_ERRORS:
        raise
    except SourceError:
        return None
    return PagedHistory(feed, access) if _post_ids(second) - _post_ids(feed.parsed) else None


async def _read_page(feed: CurrentFeed, access: SiteAccess, number: int) -> ParsedFeed:
    parts = urlsplit(feed.url)
    others = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paged"]
    query = urlencode([*others, ("paged", str(number))])
    return await access.parse(await fetch_same_site(urlunsplit(parts._replace(query=query)), feed, access))


def _post_ids(feed: ParsedFeed) -> set[str]:
    return {canonical_link(entry.link) or entry.guid for entry in feed.entries}
