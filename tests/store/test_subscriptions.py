"""Subscriptions: the config file changes only its own; admins add, change, pause and end the others."""

from dataclasses import replace
from datetime import timedelta

from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    FeedDeclaration,
    Move,
    PollResult,
    PostSettings,
    SiteBudget,
    Style,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.place import Place
from bot.store.store import Store
from bot.store.subscriptions import ResumeResult, SubscribeResult, SyncResult
from tests.store.conftest import (
    GARDEN,
    GUILD,
    MINUTE,
    NEWS,
    STARS,
    START,
    Services,
    baselined,
    budget,
    execute,
    only_sqlite,
    post,
    site_of,
    subscribe,
    subscribed,
)

STARS_FEED = "https://stars.example/rss"


async def sync(store: Store, *declared: FeedDeclaration) -> SyncResult:
    return await store.subscriptions.sync(declared, site_of, budget, START)


async def test_declared_feeds_are_followed(store: Store) -> None:
    channel = ChannelDeclaration(100, STARS, Style.COMPACT, (7, 8))

    assert await sync(store, FeedDeclaration(GARDEN, "The Garden", 5 * MINUTE, (channel,))) == SyncResult(
        added=1
    )

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

    assert await sync(store, declared) == SyncResult()
    assert await store.subscriptions.all() == before


@only_sqlite
async def test_the_same_file_again_writes_nothing(store: Store) -> None:
    declared = FeedDeclaration(
        GARDEN, "Garden", 5 * MINUTE, (ChannelDeclaration(100, STARS, Style.FULL, (7,)),)
    )
    await sync(store, declared)

    async def changes() -> int:
        (row,) = await store._db.transact(lambda tx: tx.rows("total_changes"))
        return int(row["changes"])

    before = await changes()
    await store.feeds.set_budgets(budget)
    await sync(store, declared)

    assert await changes() == before


async def test_the_last_of_two_addresses_of_one_feed_in_the_file_counts(store: Store) -> None:
    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100),)))
    (feed,) = await store.feeds.claim(START, MINUTE, 10)
    moved = "https://garden.example/new"
    result = PollResult(START + MINUTE, move=Move(moved, site_of(moved), budget("")))
    await store.feeds.settle_unchanged(feed.id, result, START)
    declared = [
        FeedDeclaration(GARDEN, "Before", channels=(ChannelDeclaration(100),)),
        FeedDeclaration(moved, "After", channels=(ChannelDeclaration(100, STARS),)),
    ]

    for _ in range(2):
        await sync(store, *declared)
        (followed,) = await store.subscriptions.all()
        assert (followed.feed_name, followed.subscription.rule) == ("After", STARS)


async def test_names_that_an_earlier_version_stored_lose_their_secrets(
    services: Services, place: Place
) -> None:
    url = "https://stars.example/rss/9f8e7d6c5b4a39281706f5e4d3c2b1a0"
    await subscribe(services, url=url)
    await execute(place, "UPDATE feed SET label = url, title = 'Stars (' || url || ')'")

    await sync(services.store)

    (followed,) = await services.store.subscriptions.all()
    assert followed.feed_name == "Stars (https://stars.example/rss/***)"


async def test_names_are_made_once_for_each_version_of_them(services: Services, place: Place) -> None:
    await subscribe(services, url=GARDEN)
    await sync(services.store)
    await execute(place, "UPDATE feed SET label = 'kept', title = ''")
    await sync(services.store)
    (same,) = await services.store.subscriptions.all()
    await execute(place, "UPDATE meta SET value = 'an earlier one' WHERE key = 'names'")

    await sync(services.store)

    (after,) = await services.store.subscriptions.all()
    assert same.feed_name == "kept"
    assert after.feed_name == "garden.example/rss"


async def test_a_changed_rule_or_style_changes_the_subscription_and_keeps_its_id(store: Store) -> None:
    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100),)))
    (before,) = await store.subscriptions.all()

    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100, STARS, Style.FULL),)))

    (after,) = await store.subscriptions.all()
    assert after.subscription.id == before.subscription.id
    assert (after.subscription.rule, after.subscription.style) == (STARS, Style.FULL)


async def test_subscriptions_removed_from_the_file_end_and_others_stay(store: Store) -> None:
    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100),)))
    assert await follow(store, STARS_FEED, 100)

    assert await sync(store) == SyncResult(ended=1)

    assert [(found.origin, found.feed_url) for found in await store.subscriptions.all()] == [
        ("opml", STARS_FEED)
    ]


async def test_following_a_followed_feed_changes_nothing_and_returns_false(store: Store) -> None:
    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100, STARS),)))

    assert not await follow(store, GARDEN, 100)

    (followed,) = await store.subscriptions.all()
    assert (followed.origin, followed.subscription.rule) == ("config", STARS)


async def test_the_config_file_takes_over_a_subscription_that_others_added(store: Store) -> None:
    await follow(store, GARDEN, 100)

    await sync(store, FeedDeclaration(GARDEN, channels=(ChannelDeclaration(100, STARS),)))

    (followed,) = await store.subscriptions.all()
    assert (followed.origin, followed.subscription.rule) == ("config", STARS)


async def follow(store: Store, url: str, channel_id: int) -> bool:
    limits = SiteBudget(1, timedelta(0))
    return await store.subscriptions.follow(url, "", channel_id, "opml", site_of(url), limits, START)


async def test_a_subscription_made_in_discord_is_its_guild_s(services: Services) -> None:
    made = await subscribe(services, ChannelDeclaration(100, STARS, Style.FULL))

    assert made.outcome == "added"
    assert made.followed is not None
    assert (made.followed.origin, made.followed.guild_id) == ("discord", GUILD)
    assert await services.store.subscriptions.in_guild(GUILD) == [made.followed]
    assert await services.store.subscriptions.in_guild(8) == []


async def test_following_twice_changes_nothing_and_a_full_guild_is_reported(services: Services) -> None:
    first = await subscribe(services, limit=1)

    assert await subscribe(services, ChannelDeclaration(100, STARS), limit=1) == SubscribeResult(
        first.followed, "already"
    )
    assert await subscribe(services, ChannelDeclaration(200), limit=1) == SubscribeResult(None, "full")


async def test_a_rule_and_a_style_can_be_changed(services: Services) -> None:
    number = await subscribed(services)

    await services.store.settings_changes.change(
        number, lambda each: replace(each.subscription.settings, rule=STARS, style=Style.LINK), 7, START
    )

    (found,) = await services.store.subscriptions.in_guild(GUILD)
    assert (found.subscription.rule, found.subscription.style) == (STARS, Style.LINK)


async def test_a_paused_subscription_loses_and_repeats_no_post(services: Services) -> None:
    number = await subscribed(services)
    await services.poll()
    await services.poll(post(1))
    await services.store.subscriptions.pause(number)
    await services.poll(post(2), post(1))
    assert await services.send_all() == []

    resumed = await services.store.subscriptions.resume(number, 10, services.now)

    assert resumed == ResumeResult(2, None)
    assert await services.send_all() == [(100, "Post 1"), (100, "Post 2")]


async def test_after_a_long_pause_an_admin_decides_about_the_posts(services: Services) -> None:
    number = await subscribed(services)
    await services.poll()
    await services.store.subscriptions.pause(number)
    await services.poll(*(post(index) for index in range(8)))

    resumed = await services.store.subscriptions.resume(number, 5, services.now)

    assert resumed is not None
    assert resumed.released == 0
    assert resumed.hold is not None
    assert resumed.hold.waiting == 8
    assert await services.send_all() == []


async def test_an_admin_can_post_an_entry_but_not_twice(services: Services) -> None:
    number = await subscribed(services)
    await services.poll(post(1))
    (newest,) = await services.store.archive.newest(1)

    assert await services.store.subscriptions.post_now(number, newest.id, services.now)
    assert await services.send_all() == [(100, "Post 1")]
    assert not await services.store.subscriptions.post_now(number, newest.id, services.now)


async def test_a_post_whose_send_fails_after_a_pause_is_kept_until_the_resumption(services: Services) -> None:
    followed = await baselined(services)
    await services.poll(post(1))
    (sending,) = await services.claim()
    await services.store.subscriptions.pause(followed)
    await services.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    assert await services.send_all() == []
    assert await services.store.subscriptions.resume(followed, 5, services.now) == ResumeResult(1, None)
    assert await services.send_all() == [(NEWS.channel_id, "Post 1")]


async def test_a_post_whose_send_fails_after_the_removal_is_skipped(services: Services) -> None:
    followed = await baselined(services)
    await services.poll(post(1))
    (sending,) = await services.claim()
    await services.store.removals.remove(followed, services.now)
    await services.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    assert await services.send_all() == []


async def test_a_post_that_is_recorded_during_a_pause_is_kept(services: Services) -> None:
    followed = await baselined(services)
    feed = await services.claim_feed()
    items = identify((post(1),), "", feed.url)
    known, followers = await services.store.feeds.planned_with(feed.id, items)
    decided = plan(feed.id, items, known, followers, PostSettings(), services.now)
    await services.store.subscriptions.pause(followed)
    await services.store.feeds.record(feed.id, decided, PollResult(services.now + MINUTE), services.now)

    assert await services.send_all() == []
    assert await services.store.subscriptions.resume(followed, 5, services.now) == ResumeResult(1, None)


async def test_a_post_requested_again_belongs_to_the_current_subscription(
    services: Services,
) -> None:
    before = await baselined(services)
    await services.poll(post(1))
    await services.store.removals.remove(before, services.now)
    again = await baselined(services, ChannelDeclaration(100, style=Style.LINK))
    (entry,) = await services.store.archive.newest(1)

    assert await services.store.subscriptions.post_now(again, entry.id, services.now)

    (delivery,) = await services.claim()
    assert delivery.style is Style.LINK
