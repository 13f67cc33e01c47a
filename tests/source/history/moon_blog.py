"""A blog with 250 posts, and a reader of its history."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.model import Fetched, NotModified, ParsedFeed
from bot.sandbox.sites.blog import Post
from bot.source.formats.parse import parse_feed
from bot.source.history.base import CurrentFeed, History, HistoryPage, SiteAccess
from bot.source.history.choose import choose_history
from bot.source.http.fetch import Fetcher

FIRST_POST_AT = datetime(2015, 3, 1, tzinfo=UTC)


@dataclass
class Reader:
    """Fetches a feed and reads its history. Records the requested addresses."""

    fetcher: Fetcher
    requested: list[str] = field(default_factory=list)

    async def current(self, url: str) -> CurrentFeed:
        document = await self.fetch(url)
        return CurrentFeed(url, document, parse_feed(document))

    async def history(self, url: str) -> History | None:
        return await choose_history(await self.current(url), self.access())

    async def titles(self, url: str) -> list[str]:
        """Return the titles of the whole history, page by page."""
        history = await self.history(url)
        assert history is not None
        return [entry.title for page in await pages(history) for entry in page.entries]

    def access(self) -> SiteAccess:
        return SiteAccess(self.fetch, self.parse)

    async def fetch(self, url: str) -> Fetched:
        self.requested.append(url)
        found = await self.fetcher.fetch(url)
        assert not isinstance(found, NotModified)
        return found

    async def parse(self, document: Fetched) -> ParsedFeed:
        return parse_feed(document)


async def pages(history: History) -> list[HistoryPage]:
    found = [await history.page("")]
    while found[-1].cursor:
        assert len(found) < 50
        found.append(await history.page(found[-1].cursor))
    return found


def note(number: int) -> Post:
    published = FIRST_POST_AT + timedelta(hours=number)
    return Post(str(number), f"Note {number}", f"<p>Bed {number}.</p>", published, ("moon",), "Ines")


def newest_first(*numbers: int) -> list[str]:
    return [f"Note {number}" for number in sorted(numbers, reverse=True)]


ALL = newest_first(*range(1, 251))
