"""Feeds that a server follows; tests poll and send them."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.model import (
    ChannelDeclaration,
    Delivery,
    DeliveryState,
    Entry,
    Feed,
    FeedDeclaration,
    PollResult,
    PostSettings,
    Rule,
    Settlement,
    SiteBudget,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.source.http.site import site_of
from bot.store.store import Store
from bot.store.subscriptions import FollowedFeed
from tests.chat.commands.conftest import NOW

GARDEN = "https://garden.example/feed"
STARS = "https://stars.example/feed"
LEASE = timedelta(minutes=5)


def budget(_site: str) -> SiteBudget:
    return SiteBudget(2, timedelta())


def put_message(discord: SandboxDiscord, delivery: Delivery) -> StoredMessage:
    """Put the message of a delivery into its channel; in a forum, into a post of its own."""
    channel = discord.channels[delivery.channel_id]
    return discord.put_message(
        StoredMessage(
            id=delivery.id + 1000,
            channel_id=channel.id,
            guild_id=channel.guild_id,
            author=discord.bot,
            created_at=discord.clock(),
            content=delivery.entry.title,
        )
    )


@dataclass
class Blogs:
    """Blogs in the store."""

    store: Store
    guild_id: int
    channel_id: int
    """The channel that follows them by default."""
    now: datetime = NOW
    discord: SandboxDiscord | None = None
    """Where messages are put when they are sent; None: nobody looks for them."""
    claimed: dict[str, Feed] = field(default_factory=dict)

    async def follow(
        self,
        url: str = GARDEN,
        name: str = "Garden Notes",
        rule: Rule = Rule(),  # noqa: B008 -- frozen
        *,
        channel_id: int = 0,
        guild_id: int = 0,
    ) -> FollowedFeed:
        """Follow a feed as `/feed add` does."""
        wanted = ChannelDeclaration(channel_id or self.channel_id, rule)
        site, home = site_of(url), guild_id or self.guild_id
        done = await self.store.subscriptions.subscribe(
            FeedDeclaration(url, name), wanted, home, site=site, budget=budget(site), limit=100, now=self.now
        )
        assert done.followed is not None
        return done.followed

    async def declare(self, url: str = GARDEN, name: str = "Garden Notes", rule: Rule = Rule()) -> None:  # noqa: B008 -- frozen
        """Follow a feed as the config file does."""
        declared = FeedDeclaration(url, name, channels=(ChannelDeclaration(self.channel_id, rule),))
        await self.store.subscriptions.sync([declared], site_of, budget, self.now)
        await self.store.guilds.assign_channels({self.channel_id: self.guild_id})

    async def poll(self, *entries: Entry, url: str = GARDEN, settings: PostSettings = PostSettings()) -> None:  # noqa: B008 -- frozen
        """Poll a feed with these entries; the first poll is the baseline."""
        feed = await self._claim(url)
        items = identify(entries, "", url)
        known, followers = await self.store.feeds.planned_with(feed.id, items)
        decided = plan(feed.id, items, known, followers, settings, self.now)
        await self.store.feeds.record(feed.id, decided, PollResult(self.now), self.now)

    async def fail(self, error: str, url: str = GARDEN) -> None:
        """Record a failed poll."""
        feed = await self._claim(url)
        await self.store.feeds.settle_failed(feed.id, PollResult(self.now, error=error), self.now)

    async def send(self, **fields: object) -> list[Delivery]:
        """Settle due deliveries, as sent by default."""
        deliveries = await self.store.outbox.claim(self.now, LEASE, 10)
        for delivery in deliveries:
            if self.discord is not None:
                put_message(self.discord, delivery)
            done = Settlement(DeliveryState.SENT, self.now, message_id=delivery.id + 1000)
            settlement = replace(done, **fields)  # type: ignore[arg-type]  # a test's own settlements
            await self.store.outbox.settle(delivery, settlement, self.now)
        return deliveries

    async def find(self, url: str = GARDEN, channel_id: int = 0) -> FollowedFeed:
        """Return the channel's subscription to the feed."""
        (found,) = [
            each
            for each in await self.store.subscriptions.all()
            if (each.subscription.channel_id, each.feed_url) == (channel_id or self.channel_id, url)
        ]
        return found

    async def rule(self, channel_id: int = 0, url: str = GARDEN) -> Rule:
        """Return the channel's rule for the feed."""
        return (await self.find(url, channel_id)).subscription.rule

    async def _claim(self, url: str) -> Feed:
        await self.store.feeds.poll_all(self.now)
        for feed in await self.store.feeds.claim(self.now, LEASE, 10):
            self.claimed[feed.url] = feed
            await self.store.feeds.unclaim(feed.id)
        return self.claimed[url]
