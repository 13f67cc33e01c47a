"""Who follows what: the config file decides about its own, and leaves the rest alone."""

from datetime import timedelta

from bot.model import ChannelDeclaration, FeedDeclaration, SiteBudget, Style
from bot.store.store import Store
from bot.store.subscriptions import Synced
from tests.store.conftest import GARDEN, MINUTE, STARS, START, budget, site_of

STARS_FEED = "https://stars.example/rss"


async def sync(store: Store, *declared: FeedDeclaration) -> Synced:
    return await store.subscriptions.sync(declared, site_of, budget, START)


async def test_what_the_file_declares_is_followed(store: Store) -> None:
    channel = ChannelDeclaration(100, STARS, Style.COMPACT, (7, 8))

    assert await sync(store, FeedDeclaration(GARDEN, "The Garden", 5 * MINUTE, (channel,))) == Synced(added=1)

    (followed,) = await store.subscriptions.all()
    assert (followed.origin, followed.feed_url, followed.feed_name) == ("config", GARDEN, "The Garden")
    assert (followed.subscription.rule, followed.subscription.style) == (STARS, Style.COMPACT)
    assert (followed.subscription.mention_roles, followed.subscription.baseline_due) == ((7, 8), True)
    (feed,) = await store.feeds.claim(START, MINUTE, 10)
    assert feed.interval == 5 * MINUTE


async def test_the_same_file_again_changes_nothing(store: Store) -> None:
    declared = FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100),))
    await sync(store, declared)
    before = await store.subscriptions.all()

    assert await sync(store, declared) == Synced()
    assert await store.subscriptions.all() == before


async def test_a_changed_rule_or_style_changes_the_subscription_and_keeps_its_id(store: Store) -> None:
    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100),)))
    (before,) = await store.subscriptions.all()

    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100, STARS, Style.FULL),)))

    (after,) = await store.subscriptions.all()
    assert after.subscription.id == before.subscription.id
    assert (after.subscription.rule, after.subscription.style) == (STARS, Style.FULL)


async def test_what_left_the_file_ends_and_what_others_added_stays(store: Store) -> None:
    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100),)))
    assert await follow(store, STARS_FEED, 100)

    assert await sync(store) == Synced(ended=1)

    assert [(found.origin, found.feed_url) for found in await store.subscriptions.all()] == [
        ("opml", STARS_FEED)
    ]


async def test_following_what_is_followed_changes_nothing_and_says_so(store: Store) -> None:
    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100, STARS),)))

    assert not await follow(store, GARDEN, 100)

    (followed,) = await store.subscriptions.all()
    assert (followed.origin, followed.subscription.rule) == ("config", STARS)


async def test_the_file_takes_over_a_subscription_that_others_added(store: Store) -> None:
    await follow(store, GARDEN, 100)

    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100, STARS),)))

    (followed,) = await store.subscriptions.all()
    assert (followed.origin, followed.subscription.rule) == ("config", STARS)


async def follow(store: Store, url: str, channel_id: int) -> bool:
    limits = SiteBudget(1, timedelta(0))
    return await store.subscriptions.follow(url, "", channel_id, "opml", site_of(url), limits, START)
