"""What admins do from Discord: subscriptions of a guild, pauses, holds, notices, and guilds that go and come back."""

from datetime import timedelta

import pytest

from bot.model import (
    ChannelDeclaration,
    Decision,
    DeliveryState,
    FeedDeclaration,
    Hold,
    NoticeKind,
    PollResult,
    PostSettings,
    Rule,
    SiteBudget,
    Style,
)
from bot.store.notices import MAX_PER_DAY
from bot.store.store import Store
from bot.store.subscriptions import Subscribed
from tests.store.conftest import GARDEN, LEASE, MINUTE, STARS, Services, post

GUILD = 7
NEWS = ChannelDeclaration(100)
ASK = PostSettings(burst_limit=5, ask_about_floods=True)


async def subscribe(
    services: Services,
    channel: ChannelDeclaration = NEWS,
    guild_id: int = GUILD,
    limit: int = 100,
    url: str = GARDEN,
) -> Subscribed:
    limits = SiteBudget(2, timedelta(0))
    return await services.store.subscriptions.subscribe(
        FeedDeclaration(url),
        channel,
        guild_id,
        site="garden.example",
        budget=limits,
        limit=limit,
        now=services.now,
    )


async def subscribed(services: Services, channel: ChannelDeclaration = NEWS) -> int:
    found = (await subscribe(services, channel)).followed
    assert found is not None
    return found.subscription.id


async def told(services: Services) -> list[tuple[NoticeKind, int]]:
    """What is told now, and where; each is settled as told."""
    found: list[tuple[NoticeKind, int]] = []
    while claimed := await services.store.notices.claim(services.now, LEASE, 10):
        for notice in claimed:
            await services.store.notices.settle(notice, 1, None, uncertain=False)
            found.append((notice.kind, notice.channel_id))
    return found


async def flood(services: Services, count: int = 8) -> Hold:
    """A flood that is held; its hold."""
    await services.poll(*(post(number) for number in range(count)), settings=ASK)
    (notice,) = [
        found for found in await services.store.notices.claim(services.now, LEASE, 10) if found.hold_id
    ]
    await services.store.notices.settle(notice, 1, None, uncertain=False)
    hold = await services.store.holds.get(notice.hold_id or 0)
    assert hold is not None
    return hold


async def test_a_subscription_made_in_discord_is_its_guild_s(services: Services) -> None:
    made = await subscribe(services, ChannelDeclaration(100, STARS, Style.FULL))

    assert made.outcome == "added"
    assert made.followed is not None
    assert (made.followed.origin, made.followed.guild_id) == ("discord", GUILD)
    assert await services.store.subscriptions.in_guild(GUILD) == [made.followed]
    assert await services.store.subscriptions.in_guild(8) == []


async def test_following_twice_changes_nothing_and_a_full_guild_is_told(services: Services) -> None:
    first = await subscribe(services, limit=1)

    assert await subscribe(services, ChannelDeclaration(100, STARS), limit=1) == Subscribed(
        first.followed, "already"
    )
    assert await subscribe(services, ChannelDeclaration(200), limit=1) == Subscribed(None, "full")


async def test_a_rule_and_a_style_can_be_changed(services: Services) -> None:
    number = await subscribed(services)

    await services.store.subscriptions.set_rule(number, STARS)
    await services.store.subscriptions.set_style(number, Style.LINK)

    (found,) = await services.store.subscriptions.in_guild(GUILD)
    assert (found.subscription.rule, found.subscription.style) == (STARS, Style.LINK)


async def test_a_paused_subscription_loses_nothing_and_doubles_nothing(services: Services) -> None:
    number = await subscribed(services)
    await services.poll()
    await services.poll(post(1))
    await services.store.subscriptions.pause(number)
    await services.poll(post(2), post(1))
    assert await services.send_all() == []

    resumed = await services.store.subscriptions.resume(number, 10, services.now)

    assert (resumed.released, resumed.hold) == (2, None)
    assert await services.send_all() == [(100, "Post 1"), (100, "Post 2")]


async def test_a_long_pause_ends_in_a_question_and_not_in_a_flood(services: Services) -> None:
    number = await subscribed(services)
    await services.poll()
    await services.store.subscriptions.pause(number)
    await services.poll(*(post(index) for index in range(8)))

    resumed = await services.store.subscriptions.resume(number, 5, services.now)

    assert resumed.released == 0
    assert resumed.hold is not None
    assert resumed.hold.waiting == 8
    assert await services.send_all() == []


@pytest.mark.parametrize(
    ("decision", "posted"),
    [
        (Decision.NEWEST, ["Post 5", "Post 6", "Post 7"]),
        (Decision.ALL, [f"Post {number}" for number in range(8)]),
        (Decision.SKIP, []),
    ],
)
async def test_a_flood_waits_for_a_decision_that_is_taken_once(
    services: Services, decision: Decision, posted: list[str]
) -> None:
    await subscribed(services)
    await services.poll()
    hold = await flood(services)
    assert (hold.waiting, hold.channel_id, hold.guild_id, hold.feed_name) == (8, 100, GUILD, "Garden")
    assert await services.send_all() == []

    assert await services.store.holds.decide(hold.id, decision, 5, services.now) == hold
    assert await services.store.holds.decide(hold.id, Decision.ALL, 6, services.now) is None

    assert [title for _, title in await services.send_all()] == posted
    after = await services.store.holds.get(hold.id)
    assert after is not None
    assert (after.decision, after.decided_by, after.waiting) == (decision, 5, 0)


async def test_what_waits_for_a_decision_can_be_asked_about_again(services: Services) -> None:
    followed = await subscribed(services)
    await services.poll()
    hold = await flood(services)

    assert await services.store.holds.undecided([followed]) == [hold]
    assert await services.store.holds.undecided([followed + 1]) == []
    await services.store.holds.decide(hold.id, Decision.SKIP, 1, services.now)
    assert await services.store.holds.undecided([followed]) == []


async def test_more_of_a_flood_joins_the_hold_that_waits(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    hold = await flood(services)
    await services.poll(*(post(number) for number in range(16)), settings=ASK)

    again = await services.store.holds.get(hold.id)

    assert again is not None
    assert again.waiting == 16
    assert await told(services) == []


async def test_an_entry_is_posted_when_an_admin_asks_for_it_and_not_twice(services: Services) -> None:
    number = await subscribed(services)
    await services.poll(post(1))
    (newest,) = await services.store.archive.newest(1)

    assert await services.store.subscriptions.post_now(number, newest.id, services.now)
    assert await services.send_all() == [(100, "Post 1")]
    assert not await services.store.subscriptions.post_now(number, newest.id, services.now)


async def test_a_guild_that_removed_the_bot_is_suspended_and_asked_when_it_comes_back(
    services: Services,
) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1))

    assert await services.store.guilds.left(GUILD, services.now) == 1
    await services.poll(post(2), post(1))
    assert await services.send_all() == []
    assert await services.store.outbox.reopen([100], services.now) == []
    (hold,) = await services.store.guilds.returned(GUILD, services.now)

    assert hold.waiting == 2
    await services.store.holds.decide(hold.id, Decision.ALL, 5, services.now)
    assert await services.send_all() == [(100, "Post 1"), (100, "Post 2")]


async def test_an_outage_is_no_leaving(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1))

    assert await services.store.guilds.returned(GUILD, services.now) == []
    assert await services.send_all() == [(100, "Post 1")]


async def test_after_thirty_days_what_is_gone_is_forgotten_but_for_the_config_s(services: Services) -> None:
    await services.follow(ChannelDeclaration(200))
    await subscribed(services)
    await services.store.guilds.assign_channels({200: GUILD, 999: GUILD})
    await services.store.guilds.left(GUILD, services.now)
    services.now += timedelta(days=31)

    assert await services.store.guilds.forget(services.now - timedelta(days=30), services.now) == 1
    assert [found.origin for found in await services.store.subscriptions.all()] == ["config"]


async def test_a_deleted_channel_is_suspended_and_never_probed(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1))

    await services.store.guilds.channel_gone(100, services.now)

    services.now += timedelta(days=365)
    assert await services.send_all() == []
    (found,) = await services.store.subscriptions.in_guild(GUILD)
    assert "deleted" in found.suspended


async def test_what_a_deleted_channel_for_notices_should_have_told_is_told_where_it_belongs(
    services: Services,
) -> None:
    await subscribed(services)
    await services.store.guilds.set_notices_channel(GUILD, 900)
    await services.poll()
    await services.poll(*(post(number) for number in range(8)), settings=ASK)

    await services.store.guilds.channel_gone(900, services.now)

    assert await services.store.guilds.notices_channel(GUILD) is None
    assert await told(services) == [(NoticeKind.POSTS_HELD, 100)]


async def test_a_feed_that_breaks_and_recovers_is_told_once_each(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    for _ in range(5):
        feed = await services.claim_feed()
        await services.store.feeds.settle_failed(
            feed.id, PollResult(services.now, error="Down."), services.now
        )
    assert await told(services) == [(NoticeKind.FEED_BROKEN, 100)]

    await services.poll()
    await services.poll()

    assert await told(services) == [(NoticeKind.FEED_RECOVERED, 100)]


async def test_a_feed_that_fails_twice_is_not_worth_telling_until_a_day_has_passed(
    services: Services,
) -> None:
    await subscribed(services)
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(feed.id, PollResult(services.now, error="Down."), services.now)
    assert await told(services) == []
    services.now += timedelta(days=1)
    feed = await services.claim_feed()

    await services.store.feeds.settle_failed(feed.id, PollResult(services.now, error="Down."), services.now)

    assert await told(services) == [(NoticeKind.FEED_BROKEN, 100)]


async def test_an_ended_feed_is_told_at_once_where_the_guild_wants_notices(services: Services) -> None:
    await subscribed(services)
    await subscribed(services, ChannelDeclaration(200))
    await services.store.guilds.set_notices_channel(GUILD, 300)
    feed = await services.claim_feed()

    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
    )

    assert await told(services) == [(NoticeKind.FEED_ENDED, 300)]
    assert await services.store.guilds.notices_channel(GUILD) == 300


async def test_a_suspended_channel_is_told_elsewhere_and_its_resumption_in_it(services: Services) -> None:
    await subscribed(services)
    await subscribed(services, ChannelDeclaration(200, Rule(tags=("none",))))
    await services.poll()
    await services.poll(post(1))
    for _ in range(2):
        (refused,) = await services.claim()
        later = services.now + MINUTE
        await services.settle(
            refused, state=DeliveryState.PENDING, message_id=None, reason="no", probe_at=later
        )
        services.now = later
    assert await told(services) == [(NoticeKind.CHANNEL_SUSPENDED, 200)]

    await services.store.outbox.reopen([100], services.now)

    assert await told(services) == [(NoticeKind.CHANNEL_RESUMED, 100)]


async def test_no_channel_hears_more_than_a_few_notices_a_day_and_the_rest_is_counted(
    services: Services,
) -> None:
    await subscribed(services)
    for number in range(MAX_PER_DAY + 3):
        feed = await services.claim_feed()
        await services.store.feeds.settle_failed(
            feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
        )
        await subscribe(services, ChannelDeclaration(1000 + number, Rule(tags=("none",))), guild_id=8)
        await services.poll()

    assert len([place for _, place in await told(services) if place == 100]) == MAX_PER_DAY
    services.now += timedelta(days=1) + LEASE
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
    )
    notices = await services.store.notices.claim(services.now, LEASE, 50)
    assert [notice.more > 0 for notice in notices if notice.channel_id == 100] == [True]


async def test_a_notice_that_cannot_be_told_now_is_told_later(services: Services) -> None:
    await subscribed(services)
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
    )
    (notice,) = await services.store.notices.claim(services.now, LEASE, 10)
    await services.store.notices.settle(notice, None, services.now + MINUTE, uncertain=True)

    assert await told(services) == []
    services.now += MINUTE
    (again,) = await services.store.notices.claim(services.now, LEASE, 10)
    assert (again.id, again.attempts, again.uncertain_since) == (notice.id, 1, services.now - MINUTE)


async def test_a_trace_tells_the_way_of_a_post_to_its_own_guild_only(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    await services.poll(post(1, link="https://garden.example/2026/tulips"))
    await services.send_all()

    (trace,) = await services.store.archive.trace(
        "http://www.garden.example/2026/tulips/?utm_source=x", GUILD
    )

    assert (trace.feed_name, trace.entry.title) == ("Garden", "Post 1")
    assert [(found.channel_id, found.state, found.message_id) for found in trace.deliveries] == [
        (100, DeliveryState.SENT, 1001)
    ]
    assert await services.store.archive.trace("https://garden.example/2026/tulips", 8) == []


async def test_tags_are_counted_over_their_spellings(services: Services) -> None:
    await subscribed(services)
    await services.poll(
        post(1, tags=("Night Sky",)), post(2, tags=("night-sky", "moon")), post(3, tags=("Night Sky",))
    )

    assert [(found.tag, found.entries) for found in await services.store.search.tags(frozenset({1}))] == [
        ("Night Sky", 3),
        ("moon", 1),
    ]
    assert [found.tag for found in await services.store.search.tags(frozenset({1}), starting="#NIGHT_")] == [
        "Night Sky"
    ]


async def test_the_status_of_a_guild_s_feeds_tells_the_worst_first(services: Services, store: Store) -> None:
    await subscribed(services)
    await services.poll()
    await flood(services)
    await subscribe(services, url="https://garden.example/other")
    claimed = await store.feeds.claim(services.now, LEASE, 10)
    (other,) = [feed for feed in claimed if feed.url.endswith("other")]
    await store.feeds.settle_failed(other.id, PollResult(services.now, error="Down."), services.now)

    statuses = await store.archive.statuses(GUILD, services.now)

    assert [(found.failures, found.held, found.posts_last_month) for found in statuses] == [
        (1, 0, 0),
        (0, 8, 8),
    ]
    assert await store.archive.statuses(8, services.now) == []


async def test_recent_posts_are_found_by_title_or_address(services: Services) -> None:
    await subscribed(services)
    await services.poll(post(2), post(1))

    found = await services.store.archive.recent_links(GUILD, "post 1")

    assert [item.entry.title for item in found] == ["Post 1"]
    assert await services.store.archive.recent_links(8, "post") == []


async def test_a_feed_without_a_title_is_called_by_its_address_without_what_may_be_secret(
    services: Services,
) -> None:
    made = await subscribe(services, url="https://ines:secret@www.garden.example/feed?token=secret")

    assert made.followed is not None
    assert made.followed.feed_name == "garden.example/feed"
    (feed,) = await services.store.feeds.claim(services.now, LEASE, 10)
    assert (feed.name, feed.url) == (
        "garden.example/feed",
        "https://ines:secret@www.garden.example/feed?token=secret",
    )
