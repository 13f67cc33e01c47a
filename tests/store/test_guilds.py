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
from bot.store.notices import MOST_A_DAY
from bot.store.store import Store
from bot.store.subscriptions import Subscribed
from tests.store.conftest import GARDEN, LEASE, MINUTE, STARS, Desk, post

GUILD = 7
NEWS = ChannelDeclaration(100)
ASK = PostSettings(burst_limit=5, ask_about_floods=True)


async def subscribe(
    desk: Desk, channel: ChannelDeclaration = NEWS, guild_id: int = GUILD, most: int = 100, url: str = GARDEN
) -> Subscribed:
    limits = SiteBudget(2, timedelta(0))
    return await desk.store.subscriptions.subscribe(
        FeedDeclaration(url), channel, guild_id, site="garden.example", budget=limits, most=most, now=desk.now
    )


async def subscribed(desk: Desk, channel: ChannelDeclaration = NEWS) -> int:
    found = (await subscribe(desk, channel)).followed
    assert found is not None
    return found.subscription.id


async def told(desk: Desk) -> list[tuple[NoticeKind, int]]:
    """What is told now, and where; each is settled as told."""
    found: list[tuple[NoticeKind, int]] = []
    while claimed := await desk.store.notices.claim(desk.now, LEASE, 10):
        for notice in claimed:
            await desk.store.notices.settle(notice, 1, None, in_doubt=False)
            found.append((notice.kind, notice.channel_id))
    return found


async def flood(desk: Desk, count: int = 8) -> Hold:
    """A flood that is held; its hold."""
    await desk.poll(*(post(number) for number in range(count)), settings=ASK)
    (notice,) = [found for found in await desk.store.notices.claim(desk.now, LEASE, 10) if found.hold_id]
    await desk.store.notices.settle(notice, 1, None, in_doubt=False)
    hold = await desk.store.holds.get(notice.hold_id or 0)
    assert hold is not None
    return hold


async def test_a_subscription_made_in_discord_is_its_guild_s(desk: Desk) -> None:
    made = await subscribe(desk, ChannelDeclaration(100, STARS, Style.FULL))

    assert made.outcome == "added"
    assert made.followed is not None
    assert (made.followed.origin, made.followed.guild_id) == ("discord", GUILD)
    assert await desk.store.subscriptions.in_guild(GUILD) == [made.followed]
    assert await desk.store.subscriptions.in_guild(8) == []


async def test_following_twice_changes_nothing_and_a_full_guild_is_told(desk: Desk) -> None:
    first = await subscribe(desk, most=1)

    assert await subscribe(desk, ChannelDeclaration(100, STARS), most=1) == Subscribed(
        first.followed, "already"
    )
    assert await subscribe(desk, ChannelDeclaration(200), most=1) == Subscribed(None, "full")


async def test_a_rule_and_a_style_can_be_changed(desk: Desk) -> None:
    number = await subscribed(desk)

    await desk.store.subscriptions.set_rule(number, STARS)
    await desk.store.subscriptions.set_style(number, Style.LINK)

    (found,) = await desk.store.subscriptions.in_guild(GUILD)
    assert (found.subscription.rule, found.subscription.style) == (STARS, Style.LINK)


async def test_a_paused_subscription_loses_nothing_and_doubles_nothing(desk: Desk) -> None:
    number = await subscribed(desk)
    await desk.poll()
    await desk.poll(post(1))
    await desk.store.subscriptions.pause(number)
    await desk.poll(post(2), post(1))
    assert await desk.send_all() == []

    resumed = await desk.store.subscriptions.resume(number, 10, desk.now)

    assert (resumed.released, resumed.hold) == (2, None)
    assert await desk.send_all() == [(100, "Post 1"), (100, "Post 2")]


async def test_a_long_pause_ends_in_a_question_and_not_in_a_flood(desk: Desk) -> None:
    number = await subscribed(desk)
    await desk.poll()
    await desk.store.subscriptions.pause(number)
    await desk.poll(*(post(index) for index in range(8)))

    resumed = await desk.store.subscriptions.resume(number, 5, desk.now)

    assert resumed.released == 0
    assert resumed.hold is not None
    assert resumed.hold.waiting == 8
    assert await desk.send_all() == []


@pytest.mark.parametrize(
    ("decision", "posted"),
    [
        (Decision.NEWEST, ["Post 5", "Post 6", "Post 7"]),
        (Decision.ALL, [f"Post {number}" for number in range(8)]),
        (Decision.SKIP, []),
    ],
)
async def test_a_flood_waits_for_a_decision_that_is_taken_once(
    desk: Desk, decision: Decision, posted: list[str]
) -> None:
    await subscribed(desk)
    await desk.poll()
    hold = await flood(desk)
    assert (hold.waiting, hold.channel_id, hold.guild_id, hold.feed_name) == (8, 100, GUILD, "Garden")
    assert await desk.send_all() == []

    assert await desk.store.holds.decide(hold.id, decision, 5, desk.now) == hold
    assert await desk.store.holds.decide(hold.id, Decision.ALL, 6, desk.now) is None

    assert [title for _, title in await desk.send_all()] == posted
    after = await desk.store.holds.get(hold.id)
    assert after is not None
    assert (after.decision, after.decided_by, after.waiting) == (decision, 5, 0)


async def test_what_waits_for_a_decision_can_be_asked_about_again(desk: Desk) -> None:
    followed = await subscribed(desk)
    await desk.poll()
    hold = await flood(desk)

    assert await desk.store.holds.undecided([followed]) == [hold]
    assert await desk.store.holds.undecided([followed + 1]) == []
    await desk.store.holds.decide(hold.id, Decision.SKIP, 1, desk.now)
    assert await desk.store.holds.undecided([followed]) == []


async def test_more_of_a_flood_joins_the_hold_that_waits(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll()
    hold = await flood(desk)
    await desk.poll(*(post(number) for number in range(16)), settings=ASK)

    again = await desk.store.holds.get(hold.id)

    assert again is not None
    assert again.waiting == 16
    assert await told(desk) == []


async def test_an_entry_is_posted_when_an_admin_asks_for_it_and_not_twice(desk: Desk) -> None:
    number = await subscribed(desk)
    await desk.poll(post(1))
    (newest,) = await desk.store.archive.newest(1)

    assert await desk.store.subscriptions.post_now(number, newest.id, desk.now)
    assert await desk.send_all() == [(100, "Post 1")]
    assert not await desk.store.subscriptions.post_now(number, newest.id, desk.now)


async def test_a_guild_that_removed_the_bot_is_suspended_and_asked_when_it_comes_back(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll()
    await desk.poll(post(1))

    assert await desk.store.guilds.left(GUILD, desk.now) == 1
    await desk.poll(post(2), post(1))
    assert await desk.send_all() == []
    assert await desk.store.outbox.reopen([100], desk.now) == []
    (hold,) = await desk.store.guilds.returned(GUILD, desk.now)

    assert hold.waiting == 2
    await desk.store.holds.decide(hold.id, Decision.ALL, 5, desk.now)
    assert await desk.send_all() == [(100, "Post 1"), (100, "Post 2")]


async def test_an_outage_is_no_leaving(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll()
    await desk.poll(post(1))

    assert await desk.store.guilds.returned(GUILD, desk.now) == []
    assert await desk.send_all() == [(100, "Post 1")]


async def test_after_thirty_days_what_is_gone_is_forgotten_but_for_the_config_s(desk: Desk) -> None:
    await desk.follow(ChannelDeclaration(200))
    await subscribed(desk)
    await desk.store.guilds.place({200: GUILD, 999: GUILD})
    await desk.store.guilds.left(GUILD, desk.now)
    desk.now += timedelta(days=31)

    assert await desk.store.guilds.forget(desk.now - timedelta(days=30), desk.now) == 1
    assert [found.origin for found in await desk.store.subscriptions.all()] == ["config"]


async def test_a_deleted_channel_is_suspended_and_never_probed(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll()
    await desk.poll(post(1))

    await desk.store.guilds.channel_gone(100, desk.now)

    desk.now += timedelta(days=365)
    assert await desk.send_all() == []
    (found,) = await desk.store.subscriptions.in_guild(GUILD)
    assert "deleted" in found.suspended


async def test_what_a_deleted_channel_for_notices_should_have_told_is_told_where_it_belongs(
    desk: Desk,
) -> None:
    await subscribed(desk)
    await desk.store.guilds.set_notices_channel(GUILD, 900)
    await desk.poll()
    await desk.poll(*(post(number) for number in range(8)), settings=ASK)

    await desk.store.guilds.channel_gone(900, desk.now)

    assert await desk.store.guilds.notices_channel(GUILD) is None
    assert await told(desk) == [(NoticeKind.POSTS_HELD, 100)]


async def test_a_feed_that_breaks_and_recovers_is_told_once_each(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll()
    for _ in range(5):
        feed = await desk.claim_feed()
        await desk.store.feeds.settle_failed(feed.id, PollResult(desk.now, error="Down."), desk.now)
    assert await told(desk) == [(NoticeKind.FEED_BROKEN, 100)]

    await desk.poll()
    await desk.poll()

    assert await told(desk) == [(NoticeKind.FEED_RECOVERED, 100)]


async def test_a_feed_that_fails_twice_is_not_worth_telling_until_a_day_has_passed(desk: Desk) -> None:
    await subscribed(desk)
    feed = await desk.claim_feed()
    await desk.store.feeds.settle_failed(feed.id, PollResult(desk.now, error="Down."), desk.now)
    assert await told(desk) == []
    desk.now += timedelta(days=1)
    feed = await desk.claim_feed()

    await desk.store.feeds.settle_failed(feed.id, PollResult(desk.now, error="Down."), desk.now)

    assert await told(desk) == [(NoticeKind.FEED_BROKEN, 100)]


async def test_an_ended_feed_is_told_at_once_where_the_guild_wants_notices(desk: Desk) -> None:
    await subscribed(desk)
    await subscribed(desk, ChannelDeclaration(200))
    await desk.store.guilds.set_notices_channel(GUILD, 300)
    feed = await desk.claim_feed()

    await desk.store.feeds.settle_failed(feed.id, PollResult(desk.now, error="Gone.", ended=True), desk.now)

    assert await told(desk) == [(NoticeKind.FEED_ENDED, 300)]
    assert await desk.store.guilds.notices_channel(GUILD) == 300


async def test_a_suspended_channel_is_told_elsewhere_and_its_resumption_in_it(desk: Desk) -> None:
    await subscribed(desk)
    await subscribed(desk, ChannelDeclaration(200, Rule(tags=("none",))))
    await desk.poll()
    await desk.poll(post(1))
    for _ in range(2):
        (refused,) = await desk.claim()
        later = desk.now + MINUTE
        await desk.settle(refused, state=DeliveryState.PENDING, message_id=None, reason="no", probe_at=later)
        desk.now = later
    assert await told(desk) == [(NoticeKind.CHANNEL_SUSPENDED, 200)]

    await desk.store.outbox.reopen([100], desk.now)

    assert await told(desk) == [(NoticeKind.CHANNEL_RESUMED, 100)]


async def test_no_channel_hears_more_than_a_few_notices_a_day_and_the_rest_is_counted(desk: Desk) -> None:
    await subscribed(desk)
    for number in range(MOST_A_DAY + 3):
        feed = await desk.claim_feed()
        await desk.store.feeds.settle_failed(
            feed.id, PollResult(desk.now, error="Gone.", ended=True), desk.now
        )
        await subscribe(desk, ChannelDeclaration(1000 + number, Rule(tags=("none",))), guild_id=8)
        await desk.poll()

    assert len([place for _, place in await told(desk) if place == 100]) == MOST_A_DAY
    desk.now += timedelta(days=1) + LEASE
    feed = await desk.claim_feed()
    await desk.store.feeds.settle_failed(feed.id, PollResult(desk.now, error="Gone.", ended=True), desk.now)
    notices = await desk.store.notices.claim(desk.now, LEASE, 50)
    assert [notice.more > 0 for notice in notices if notice.channel_id == 100] == [True]


async def test_a_notice_that_cannot_be_told_now_is_told_later(desk: Desk) -> None:
    await subscribed(desk)
    feed = await desk.claim_feed()
    await desk.store.feeds.settle_failed(feed.id, PollResult(desk.now, error="Gone.", ended=True), desk.now)
    (notice,) = await desk.store.notices.claim(desk.now, LEASE, 10)
    await desk.store.notices.settle(notice, None, desk.now + MINUTE, in_doubt=True)

    assert await told(desk) == []
    desk.now += MINUTE
    (again,) = await desk.store.notices.claim(desk.now, LEASE, 10)
    assert (again.id, again.attempts, again.doubt_since) == (notice.id, 1, desk.now - MINUTE)


async def test_a_trace_tells_the_way_of_a_post_to_its_own_guild_only(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll()
    await desk.poll(post(1, link="https://garden.example/2026/tulips"))
    await desk.send_all()

    (trace,) = await desk.store.archive.trace("http://www.garden.example/2026/tulips/?utm_source=x", GUILD)

    assert (trace.feed_name, trace.entry.title) == ("Garden", "Post 1")
    assert [(found.channel_id, found.state, found.message_id) for found in trace.deliveries] == [
        (100, DeliveryState.SENT, 1001)
    ]
    assert await desk.store.archive.trace("https://garden.example/2026/tulips", 8) == []


async def test_tags_are_counted_over_their_spellings(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll(
        post(1, tags=("Night Sky",)), post(2, tags=("night-sky", "moon")), post(3, tags=("Night Sky",))
    )

    assert [(found.tag, found.entries) for found in await desk.store.search.tags(frozenset({1}))] == [
        ("Night Sky", 3),
        ("moon", 1),
    ]
    assert [found.tag for found in await desk.store.search.tags(frozenset({1}), starting="#NIGHT_")] == [
        "Night Sky"
    ]


async def test_the_status_of_a_guild_s_feeds_tells_the_worst_first(desk: Desk, store: Store) -> None:
    await subscribed(desk)
    await desk.poll()
    await flood(desk)
    await subscribe(desk, url="https://garden.example/other")
    claimed = await store.feeds.claim(desk.now, LEASE, 10)
    (other,) = [feed for feed in claimed if feed.url.endswith("other")]
    await store.feeds.settle_failed(other.id, PollResult(desk.now, error="Down."), desk.now)

    statuses = await store.archive.statuses(GUILD, desk.now)

    assert [(found.failures, found.held, found.posts_last_month) for found in statuses] == [
        (1, 0, 0),
        (0, 8, 8),
    ]
    assert await store.archive.statuses(8, desk.now) == []


async def test_recent_posts_are_found_by_title_or_address(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll(post(2), post(1))

    found = await desk.store.archive.recent_links(GUILD, "post 1")

    assert [item.entry.title for item in found] == ["Post 1"]
    assert await desk.store.archive.recent_links(8, "post") == []


async def test_a_feed_without_a_title_is_called_by_its_address_without_what_may_be_secret(desk: Desk) -> None:
    made = await subscribe(desk, url="https://ines:secret@www.garden.example/feed?token=secret")

    assert made.followed is not None
    assert made.followed.feed_name == "garden.example/feed"
    (feed,) = await desk.store.feeds.claim(desk.now, LEASE, 10)
    assert (feed.name, feed.url) == (
        "garden.example/feed",
        "https://ines:secret@www.garden.example/feed?token=secret",
    )
