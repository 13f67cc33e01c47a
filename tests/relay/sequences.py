"""A feed whose documents are polled one after another, with a real database, and the resulting deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    Entry,
    FeedDeclaration,
    ParsedFeed,
    PollResult,
    PostSettings,
    Settlement,
    SiteBudget,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.store import Store

POLLS = 3
"""How often each document is polled: the second and third time, nothing in it is new."""

_MINUTES = timedelta(minutes=11)


@dataclass
class Reader:
    """Follows one feed in one channel and polls what it is given."""

    store: Store
    url: str = "https://site.example.org/feed"
    channel: int = 100
    now: datetime = datetime(2026, 10, 1, tzinfo=UTC)
    delivered: list[Entry] = field(default_factory=list)
    """The posts with a delivery, in order."""

    @property
    def posted(self) -> list[str]:
        """Return the links of the posts with a delivery, in order."""
        return [entry.link for entry in self.delivered]

    async def follow(self) -> None:
        await self.store.subscriptions.subscribe(
            FeedDeclaration(self.url),
            ChannelDeclaration(self.channel),
            1,
            site=_site_of(self.url),
            budget=_budget(""),
            limit=10_000,
            now=self.now,
        )

    async def poll(self, entries: Sequence[Entry], link: str = "https://site.example.org/") -> list[str]:
        """Poll a document once; return what it made the channel owe."""
        self.now += _MINUTES
        (feed,) = [each for each in await self.store.archive.feeds() if each.url == self.url]
        items = identify(entries, link, self.url)
        known, subscriptions = await self.store.feeds.planned_with(feed.id, items)
        decided = plan(feed.id, items, known, subscriptions, PostSettings(burst_limit=1000), self.now)
        await self.store.feeds.record(feed.id, decided, PollResult(self.now, link=link), self.now)
        owed = await self._send()
        self.delivered += owed
        return [entry.link for entry in owed]

    async def _send(self) -> list[Entry]:
        sent: list[Entry] = []
        while claimed := await self.store.outbox.claim(self.now, _MINUTES, 100):
            for each in claimed:
                done = Settlement(DeliveryState.SENT, self.now, message_id=each.id)
                await self.store.outbox.settle(each, done, self.now)
                if each.channel_id == self.channel:
                    sent.append(each.entry)
        return sent

    async def poll_all(self, documents: Sequence[ParsedFeed]) -> list[str]:
        """Poll each document several times; return all that was owed."""
        for document in documents:
            for _ in range(POLLS):
                await self.poll(document.entries, document.link)
        return self.posted


def _site_of(url: str) -> str:
    return url.split("/")[2]


def _budget(_: str) -> SiteBudget:
    return SiteBudget(2, timedelta(0))
