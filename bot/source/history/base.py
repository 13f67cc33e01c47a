"""What a history is: the posts behind a feed, read page by page, newest first.

A source is an `Offer`: it looks at a feed and gives its `History`, or None where it is not that feed's. Bytes are only
fetched and parsed in the ways that it is given: those keep to the site's pace, and read hostile documents elsewhere.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.model import Entry, Fetched, ParsedFeed


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some posts of a history."""

    entries: tuple[Entry, ...]
    """In the source's order, newest first."""
    cursor: str = ""
    """Where to go on, in the source's own words: they are stored, so no key and no password stands in them. "" after
    the last page."""
    total: int | None = None
    """How many posts there are in all; None: the source does not tell."""
    skipped: int = 0
    """Posts that stand there and cannot be read."""


class History(Protocol):
    """The posts behind one feed."""

    @property
    def kind(self) -> str:
        """The name of the source; a stored cursor means something to a history of the same kind only."""

    async def page(self, cursor: str) -> HistoryPage:
        """The page at a cursor, "" for the first one. Raises SourceError."""


@dataclass(frozen=True, slots=True)
class CurrentFeed:
    """A feed as it stands now."""

    url: str
    """The address that is followed; it may hold secrets."""
    document: Fetched
    parsed: ParsedFeed


@dataclass(frozen=True, slots=True)
class SiteAccess:
    """How a source asks its site. Each call waits until the site may be asked."""

    fetch: Callable[[str], Awaitable[Fetched]]
    """What stands at an address, within the size cap; a web page is an error. Raises SourceError."""
    parse: Callable[[Fetched], Awaitable[ParsedFeed]]
    """Read a document in the worker. Raises DocumentError."""


Offer = Callable[[CurrentFeed, SiteAccess], Awaitable[History | None]]
"""A source: the feed's history, or None if it is not of this source. Raises SourceError if that cannot be told now."""
