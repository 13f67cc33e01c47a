"""The history of a feed that answers to `?paged=2`, as every WordPress feed does: that of a category or a tag, too."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.errors import NotFound, SourceError
from bot.model import ParsedFeed
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.history.linked import fetch_at_home
from bot.source.history.wordpress import PASSING
from bot.text.canonical import canonical_link


@dataclass(frozen=True, slots=True)
class Paged:
    """From the feed's own document on, by numbers."""

    live: CurrentFeed
    ways: SiteAccess
    kind: str = field(default="paged", init=False)

    async def page(self, cursor: str) -> HistoryPage:
        """A cursor is the number of a page. The page behind the last one is not there, which is how the end is told; it
        is asked for twice, since sites that have much to do say so of other pages, too.
        """
        if not cursor:
            return HistoryPage(self.live.parsed.entries, "2")
        number = int(cursor)
        found = await self._posts(number) or await self._posts(number)
        return HistoryPage(found.entries, str(number + 1)) if found else HistoryPage(())

    async def _posts(self, number: int) -> ParsedFeed | None:
        """None: there are none."""
        try:
            found = await page_at(self.live, self.ways, number)
        except NotFound:
            return None
        return found if found.entries or found.skipped else None


async def offer(live: CurrentFeed, ways: SiteAccess) -> History | None:
    """For a feed whose second page has other posts than the first. Raises SourceError for trouble that passes."""
    if live.parsed.complete or not live.parsed.entries:
        return None
    try:
        second = await page_at(live, ways, 2)
    except PASSING:
        raise
    except SourceError:
        return None
    return Paged(live, ways) if _posts(second) - _posts(live.parsed) else None


async def page_at(live: CurrentFeed, ways: SiteAccess, number: int) -> ParsedFeed:
    """The page of this number. Raises SourceError."""
    parts = urlsplit(live.url)
    others = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paged"]
    query = urlencode([*others, ("paged", str(number))])
    return await ways.parse(await fetch_at_home(urlunsplit(parts._replace(query=query)), live, ways))


def _posts(feed: ParsedFeed) -> set[str]:
    return {canonical_link(entry.link) or entry.guid for entry in feed.entries}
