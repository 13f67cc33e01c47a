"""Notices: admins hear of each thing once, and of a few things a day."""

from datetime import timedelta

from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    NoticeKind,
    PollResult,
    Rule,
)
from bot.store.notices import MAX_PER_DAY
from tests.store.conftest import (
    GUILD,
    LEASE,
    MINUTE,
    Services,
    baselined,
    post,
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


async def test_an_ended_feed_is_reported_at_once_in_the_guild_s_channel_for_notices(
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
    assert await services.store.guilds.notices_channel(GUILD) == 300


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


async def test_a_channel_gets_a_few_notices_a_day_and_the_rest_are_counted(
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

    assert len([place for _, place in await send_notices(services) if place == 100]) == MAX_PER_DAY
    services.now += timedelta(days=1) + LEASE
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
    )
    notices = await services.store.notices.claim(services.now, LEASE, 50)
    assert [notice.more > 0 for notice in notices if notice.channel_id == 100] == [True]


async def test_a_notice_that_cannot_be_sent_now_is_sent_later(services: Services) -> None:
    await subscribed(services)
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
    )
    (notice,) = await services.store.notices.claim(services.now, LEASE, 10)
    await services.store.notices.settle(notice, None, services.now + MINUTE, uncertain=True)

    assert await send_notices(services) == []
    services.now += MINUTE
    (again,) = await services.store.notices.claim(services.now, LEASE, 10)
    assert (again.id, again.attempts, again.uncertain_since) == (notice.id, 1, services.now - MINUTE)


async def test_notices_that_waited_for_days_are_limited_like_those_of_one_day(services: Services) -> None:
    await baselined(services)
    for _ in range(MAX_PER_DAY):
        await services.store.feeds.settle_failed(
            1, PollResult(services.now, error="gone", ended=True), services.now
        )
        await services.store.feeds.settle_unchanged(1, PollResult(services.now), services.now)
    services.now += timedelta(days=3)

    sent = 0
    while claimed := await services.store.notices.claim(services.now, LEASE, 10):
        for notice in claimed:
            await services.store.notices.settle(notice, 1, None, uncertain=False)
            sent += 1

    assert sent == MAX_PER_DAY
