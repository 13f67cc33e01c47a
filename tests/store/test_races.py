"""Admins act while posts are on their way: what they said last is what holds."""

from datetime import timedelta

from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    FeedDeclaration,
    NoticeKind,
    PollResult,
    PostSettings,
    SiteBudget,
    Style,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.notices import MAX_PER_DAY
from tests.store.conftest import GARDEN, LEASE, MINUTE, Services, post, site_of

GUILD = 7
NEWS = 100
ASK = PostSettings(burst_limit=5, ask_about_floods=True)


async def subscribed(services: Services, style: Style = Style.CARD) -> int:
    """The channel's subscription, whose baseline is taken."""
    done = await services.store.subscriptions.subscribe(
        FeedDeclaration(GARDEN),
        ChannelDeclaration(NEWS, style=style),
        GUILD,
        site=site_of(GARDEN),
        budget=SiteBudget(2, timedelta(0)),
        limit=100,
        now=services.now,
    )
    assert done.followed is not None
    await services.poll()
    return done.followed.subscription.id


async def test_a_post_whose_send_fails_after_a_pause_is_kept_until_the_resumption(services: Services) -> None:
    followed = await subscribed(services)
    await services.poll(post(1))
    (sending,) = await services.claim()
    await services.store.subscriptions.pause(followed)
    await services.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    assert await services.send_all() == []
    assert (await services.store.subscriptions.resume(followed, 5, services.now)).released == 1
    assert await services.send_all() == [(NEWS, "Post 1")]


async def test_a_post_whose_send_fails_after_the_removal_is_skipped(services: Services) -> None:
    followed = await subscribed(services)
    await services.poll(post(1))
    (sending,) = await services.claim()
    await services.store.subscriptions.remove(followed, services.now)
    await services.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    assert await services.send_all() == []


async def test_a_post_that_arrives_in_the_moment_of_a_pause_is_kept(services: Services) -> None:
    followed = await subscribed(services)
    feed = await services.claim_feed()
    items = identify((post(1),), "", feed.url)
    known = await services.store.feeds.known(feed.id, items)
    followers = await services.store.feeds.subscriptions(feed.id)
    decided = plan(feed.id, items, known, followers, PostSettings(), services.now)
    await services.store.subscriptions.pause(followed)
    await services.store.feeds.record(feed.id, decided, PollResult(services.now + MINUTE), services.now)

    assert await services.send_all() == []
    assert (await services.store.subscriptions.resume(followed, 5, services.now)).released == 1


async def test_a_post_that_is_asked_for_again_belongs_to_the_subscription_that_stands_now(
    services: Services,
) -> None:
    before = await subscribed(services)
    await services.poll(post(1))
    await services.store.subscriptions.remove(before, services.now)
    again = await subscribed(services, Style.LINK)
    (entry,) = await services.store.archive.newest(1)

    assert await services.store.subscriptions.post_now(again, entry.id, services.now)

    (delivery,) = await services.claim()
    assert delivery.style is Style.LINK


async def test_a_hold_whose_notice_was_given_up_is_announced_when_it_is_opened_again(
    services: Services,
) -> None:
    await subscribed(services)
    await services.poll(*(post(number) for number in range(8)), settings=ASK)
    (notice,) = await services.store.notices.claim(services.now, LEASE, 10)
    await services.store.notices.settle(notice, None, None, uncertain=False)

    await services.poll(*(post(number) for number in range(16)), settings=ASK)

    (again,) = await services.store.notices.claim(services.now, LEASE, 10)
    assert (again.kind, again.hold_id, again.waiting) == (NoticeKind.POSTS_HELD, notice.hold_id, 16)


async def test_notices_that_waited_for_days_are_as_bounded_as_those_of_a_day(services: Services) -> None:
    await subscribed(services)
    for _ in range(MAX_PER_DAY):
        await services.store.feeds.settle_failed(
            1, PollResult(services.now, error="gone", ended=True), services.now
        )
        await services.store.feeds.settle_unchanged(1, PollResult(services.now), services.now)
    services.now += timedelta(days=3)

    told = 0
    while claimed := await services.store.notices.claim(services.now, LEASE, 10):
        for notice in claimed:
            await services.store.notices.settle(notice, 1, None, uncertain=False)
            told += 1

    assert told == MAX_PER_DAY
