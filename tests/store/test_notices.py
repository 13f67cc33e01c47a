"""Notices: each problem is reported to admins once, in few messages, in the right place."""

from datetime import timedelta

from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    FeedDeclaration,
    NoticeKind,
    PollResult,
    Rule,
    SiteBudget,
)
from bot.relay.notice_plan import MAX_PER_DAY
from bot.relay.notify import decide
from tests.store.conftest import (
    GARDEN,
    GUILD,
    LEASE,
    MINUTE,
    Services,
    baselined,
    post,
    send_messages,
    send_notices,
    subscribe,
    subscribed,
)


async def test_a_failure_and_a_recovery_are_each_reported_once(services: Services) -> None:
    await subscribed(services)
    await services.poll()
    for _ in range(5):
        feed = await services.claim_feed()
        await services.store.feeds.settle_failed(
            feed.id, PollResult(services.now, error="Down."), services.now
        )
    assert await send_notices(services) == [(NoticeKind.FEED_BROKEN, 100)]

    await services.poll()
    await services.poll()

    assert await send_notices(services) == [(NoticeKind.FEED_RECOVERED, 100)]


async def test_two_failures_are_reported_only_after_a_day(
    services: Services,
) -> None:
    await subscribed(services)
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(feed.id, PollResult(services.now, error="Down."), services.now)
    assert await send_notices(services) == []
    services.now += timedelta(days=1)
    feed = await services.claim_feed()

    await services.store.feeds.settle_failed(feed.id, PollResult(services.now, error="Down."), services.now)

    assert await send_notices(services) == [(NoticeKind.FEED_BROKEN, 100)]


async def test_an_ended_feed_is_reported_at_once_in_the_guilds_channel_for_notices(
    services: Services,
) -> None:
    await subscribed(services)
    await subscribed(services, ChannelDeclaration(200))
    await services.store.guilds.set_notices_channel(GUILD, 300)
    feed = await services.claim_feed()

    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
    )

    assert await send_notices(services) == [(NoticeKind.FEED_ENDED, 300)]
    assert (await services.store.guilds.notices_channels(GUILD)).chosen == 300


async def test_a_suspension_is_reported_in_another_channel_and_the_resumption_in_its_own(
    services: Services,
) -> None:
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
    assert await send_notices(services) == [(NoticeKind.CHANNEL_SUSPENDED, 200)]

    await services.store.outbox.reopen([100], services.now)

    assert await send_notices(services) == [(NoticeKind.CHANNEL_RESUMED, 100)]


async def break_feed(services: Services, feed_id: int = 1) -> None:
    """Record that a feed has ended, which is reported at once."""
    ended = PollResult(services.now, error="Gone.", ended=True)
    await services.store.feeds.settle_failed(feed_id, ended, services.now)


async def recover(services: Services, feed_id: int = 1) -> None:
    await services.store.feeds.settle_unchanged(feed_id, PollResult(services.now), services.now)


async def test_new_problems_within_a_minute_share_a_message_and_later_ones_have_another(
    services: Services,
) -> None:
    for number in range(20):
        await subscribe(services, url=f"https://garden.example/{number}")
    for number in range(10):
        await break_feed(services, 1 + number)
        services.now += timedelta(seconds=5)
    assert await services.store.notices.claim(services.now, LEASE, 9, decide) == []
    first = await send_messages(services)

    services.now += MINUTE
    for number in range(10, 20):
        await break_feed(services, 1 + number)
    second = await send_messages(services)

    assert [[notice.feed_id for notice in each.notices] for each in (*first, *second)] == [
        list(range(1, 11)),
        list(range(11, 21)),
    ]


async def test_a_first_report_is_never_limited(services: Services) -> None:
    for number in range(30):
        await subscribe(services, url=f"https://garden.example/{number}")
    sent = []
    for number in range(30):
        await break_feed(services, 1 + number)
        sent += await send_notices(services)
        services.now += 2 * MINUTE
    for number in range(30):
        await recover(services, 1 + number)
        sent += await send_notices(services)
        services.now += 2 * MINUTE

    assert sent == [*[(NoticeKind.FEED_ENDED, 100)] * 30, *[(NoticeKind.FEED_RECOVERED, 100)] * 30]


async def test_a_problem_that_comes_and_goes_is_limited_and_nothing_is_lost(services: Services) -> None:
    await subscribed(services)
    messages = []
    for _ in range(20):
        await break_feed(services)
        messages += await send_messages(services)
        services.now += 10 * MINUTE
        await recover(services)
        messages += await send_messages(services)
        services.now += 10 * MINUTE
    of_a_day = len(messages)
    services.now += timedelta(days=2)
    messages += await send_messages(services)

    kinds = [notice.kind for message in messages for notice in message.notices]
    assert 2 <= of_a_day <= MAX_PER_DAY
    assert messages[of_a_day - 1].notices[-1].kind is NoticeKind.FEED_RECOVERED
    assert len(messages) == of_a_day + 1
    assert kinds == [NoticeKind.FEED_ENDED, NoticeKind.FEED_RECOVERED] * 20


async def test_the_repeats_of_one_problem_do_not_limit_another(services: Services) -> None:
    await subscribed(services)
    await subscribe(services, url="https://garden.example/2")
    for _ in range(9):
        await break_feed(services)
        await send_messages(services)
        await recover(services)
        await send_messages(services)
    await break_feed(services, 2)

    (message,) = await send_messages(services)

    assert [notice.feed_id for notice in message.notices] == [2]


async def test_a_broken_feed_that_ends_is_reported_again(services: Services) -> None:
    await subscribed(services)
    for _ in range(3):
        await services.store.feeds.settle_failed(1, PollResult(services.now, error="Down."), services.now)
    before = await send_notices(services)

    await break_feed(services)

    assert before == [(NoticeKind.FEED_BROKEN, 100)]
    assert await send_notices(services) == [(NoticeKind.FEED_ENDED, 100)]


async def test_a_message_that_may_have_arrived_keeps_its_notices(services: Services) -> None:
    await subscribed(services)
    await subscribe(services, url="https://garden.example/2")
    await break_feed(services)
    services.now += MINUTE
    (first,) = await services.store.notices.claim(services.now, LEASE, 10, decide)
    await break_feed(services, 2)
    services.now += LEASE

    (again,) = await services.store.notices.claim(services.now, LEASE, 10, decide)

    assert (again.notices[0].id, len(again.notices)) == (first.id, 1)
    assert (again.attempts, again.uncertain_since) == (1, services.now - LEASE)
    await services.store.notices.settle(again, 1, None, uncertain=False)
    (rest,) = await send_messages(services)
    assert [notice.feed_id for notice in rest.notices] == [2]


async def test_a_notice_that_cannot_be_sent_now_is_sent_later(services: Services) -> None:
    await subscribed(services)
    await break_feed(services)
    services.now += MINUTE
    (message,) = await services.store.notices.claim(services.now, LEASE, 10, decide)
    await services.store.notices.settle(message, None, services.now + 2 * MINUTE, uncertain=True)

    assert await send_notices(services) == []
    services.now += 2 * MINUTE
    (again,) = await services.store.notices.claim(services.now, LEASE, 10, decide)
    assert (again.id, again.attempts, again.uncertain_since) == (message.id, 1, services.now - 2 * MINUTE)


async def test_a_frozen_process_cannot_undo_what_another_one_did_with_a_notice(services: Services) -> None:
    await subscribed(services)
    await services.store.guilds.set_notices_channel(GUILD, 300)
    await break_feed(services)
    services.now += MINUTE
    notices = services.store.notices
    (frozen,) = await notices.claim(services.now, LEASE, 10, decide)
    await notices.release(services.now)
    services.now += MINUTE
    (taken_over,) = await notices.claim(services.now, LEASE, 10, decide)

    assert not await notices.redirect(frozen, services.now)
    await notices.settle(frozen, None, services.now, uncertain=True)
    await notices.settle(frozen, None, None, uncertain=False)
    assert not await notices.is_leased(frozen)
    assert await notices.is_leased(taken_over)
    await notices.settle(frozen, 1, None, uncertain=False)  # it had arrived before

    assert not await notices.is_leased(taken_over)
    services.now += LEASE
    assert await send_notices(services) == []


async def test_notices_that_waited_for_days_share_one_message(services: Services) -> None:
    await baselined(services)
    for _ in range(MAX_PER_DAY):
        await break_feed(services)
        await recover(services)
    services.now += timedelta(days=3)

    (message,) = await send_messages(services)

    assert len(message.notices) == 2 * MAX_PER_DAY


UPDATES, IRIS = 400, 5000


async def follow_as_iris(services: Services, channel: int = 100, guild_id: int = GUILD) -> None:
    await services.store.subscriptions.subscribe(
        FeedDeclaration(GARDEN),
        ChannelDeclaration(channel),
        guild_id,
        site="garden.example",
        budget=SiteBudget(2, timedelta()),
        limit=100,
        now=services.now,
        added_by=IRIS,
    )


async def place_of_next(services: Services) -> tuple[int, bool, int | None]:
    """Break the feed; return where that is reported, and what the notice is about."""
    await break_feed(services)
    (message,) = await send_messages(services)
    await recover(services)
    await send_messages(services)
    return message.channel_id, message.direct, message.notices[0].about_channel_id


async def test_notices_go_to_the_chosen_channel_else_to_discords_else_to_whoever_added_the_feed(
    services: Services,
) -> None:
    guilds = services.store.guilds
    await follow_as_iris(services)
    await follow_as_iris(services, 200)
    to_iris = await place_of_next(services)
    await guilds.set_updates_channel(GUILD, UPDATES)
    to_updates = await place_of_next(services)
    await guilds.set_notices_channel(GUILD, 300)
    to_chosen = await place_of_next(services)
    await guilds.channel_gone(300, services.now)
    without_chosen = await place_of_next(services)
    await guilds.channel_gone(UPDATES, services.now)

    assert to_iris == (IRIS, True, 100)
    assert to_updates == (UPDATES, False, 100)
    assert to_chosen == (300, False, 100)
    assert without_chosen == to_updates
    assert (await guilds.notices_channels(GUILD)).used is None


async def refused(services: Services) -> list[tuple[int, bool]]:
    """Break the feed, and let every place refuse; return the places."""
    await break_feed(services)
    services.now += MINUTE
    places = []
    while claimed := await services.store.notices.claim(services.now, LEASE, 10, decide):
        (message,) = claimed
        places.append((message.channel_id, message.direct))
        if not await services.store.notices.redirect(message, services.now):
            break
    return places


async def test_a_refused_notice_goes_on_to_whoever_added_the_feed_and_then_to_the_channel(
    services: Services,
) -> None:
    await follow_as_iris(services)
    await services.store.guilds.set_updates_channel(GUILD, UPDATES)

    assert await refused(services) == [(UPDATES, False), (IRIS, True), (100, False)]


async def test_a_refused_notice_of_a_channel_that_is_also_the_guilds_own_ends_there(
    services: Services,
) -> None:
    await follow_as_iris(services)
    await services.store.guilds.set_updates_channel(GUILD, 100)

    assert await refused(services) == [(100, False), (IRIS, True)]


async def test_a_suspension_and_its_end_are_reported_to_whoever_added_the_feed(services: Services) -> None:
    await follow_as_iris(services)
    await services.poll()
    await services.poll(post(1))
    (delivery,) = await services.claim()
    later = services.now + MINUTE
    await services.settle(delivery, state=DeliveryState.PENDING, message_id=None, reason="no", probe_at=later)
    suspended = await send_messages(services)
    await services.store.outbox.reopen([100], services.now)
    resumed = await send_messages(services)

    assert [(each.channel_id, each.direct) for each in (*suspended, *resumed)] == [(IRIS, True)] * 2


async def test_an_admin_gets_separate_messages_about_two_guilds(services: Services) -> None:
    await follow_as_iris(services)
    await follow_as_iris(services, 900, guild_id=8)
    await break_feed(services)

    messages = await send_messages(services)

    assert [(each.channel_id, each.guild_id, len(each.notices)) for each in messages] == [
        (IRIS, GUILD, 1),
        (IRIS, 8, 1),
    ]


async def test_a_notice_that_was_being_sent_when_the_bot_was_killed_is_due_at_the_next_start(
    services: Services,
) -> None:
    await subscribed(services)
    feed = await services.claim_feed()
    ended = PollResult(services.now, error="Gone.", ended=True)
    await services.store.feeds.settle_failed(feed.id, ended, services.now)
    soon = services.now + MINUTE
    (first,) = await services.store.notices.claim(soon, LEASE, 10, decide)
    assert await services.store.notices.claim(soon, LEASE, 10, decide) == []

    await services.store.notices.release(soon)

    (again,) = await services.store.notices.claim(soon, LEASE, 10, decide)
    assert (again.id, again.uncertain_since) == (first.id, soon)
