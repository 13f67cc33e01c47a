"""The interfaces of histories: the older posts of a feed, read page by page, newest first.

A `HistorySource` inspects a feed and returns its `History`, or None if the feed does not belong to that source. It
fetches and parses only through the `SiteAccess` it is given, which respects the site's rate limit and parses in
another process.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.model import Entry, Fetched, ParsedFeed


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of a history."""

    entries: tuple[Entry, ...]
    """In the source's order, newest first."""
    cursor: str = ""
    """Where the next page starts, in the source's own format; "" after the last page. It is stored, so it contains no
    API key and no password."""
    total: int | None = None
    """The number of posts in the whole history; None if the source does not report it."""
    skipped: int = 0
    """The number of posts on this page that could not be read."""


class History(Protocol):
    """The older posts of one feed."""

    @property
    def kind(self) -> str:
        """The name of the source. A stored cursor is valid only for a history of the same kind."""

    async def page(self, cursor: str) -> HistoryPage:
        """Return the page at a cursor, or the first page for "". Raises SourceError."""


@dataclass(frozen=True, slots=True)
class CurrentFeed:
    """A feed as its site serves it now."""

    url: str
    """The feed's stored address. It may contain secrets."""
    document: Fetched
    parsed: ParsedFeed


@dataclass(frozen=True, slots=True)
class SiteAccess:
    """The only ways in which a source reads from its site."""

    fetch: Callable[[str], Awaitable[Fetched]]
    """Fetch an address within the site's rate limit and the size cap. A web page is an error. Raises SourceError."""
    parse: Callable[[Fetched], Awaitable[ParsedFeed]]
    """Parse a document in the parser process. Raises DocumentError."""


HistorySource = Callable[[CurrentFeed, SiteAccess], Awaitable[History | None]]
"""A function that returns the feed's history, or None if the feed does not belong to this source. Raises SourceError
if it cannot find out now."""
