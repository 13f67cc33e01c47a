"""Admins act while posts are on their way: what they said last is what holds."""

from datetime import timedelta

from bot.model import (
    ChannelDeclaration,
    DeliveryState,
    FeedDeclaration,
    NoticeKind,
    ParsedFeed,
    PollResult,
    PostSettings,
    SiteBudget,
    Style,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.notices import MOST_A_DAY
from tests.store.conftest import GARDEN, LEASE, MINUTE, Desk, post, site_of

GUILD = 7
NEWS = 100
ASK = PostSettings(burst_limit=5, ask_about_floods=True)


async def subscribed(desk: Desk, style: Style = Style.CARD) -> int:
    """The channel's subscription, whose baseline is taken."""
    done = await desk.store.subscriptions.subscribe(
        FeedDeclaration(GARDEN),
        ChannelDeclaration(NEWS, style=style),
        GUILD,
        site=site_of(GARDEN),
        budget=SiteBudget(2, timedelta(0)),
        most=100,
        now=desk.now,
    )
    assert done.followed is not None
    await desk.poll()
    return done.followed.subscription.id


async def test_a_post_whose_send_fails_after_a_pause_is_kept_until_the_resumption(desk: Desk) -> None:
    followed = await subscribed(desk)
    await desk.poll(post(1))
    (sending,) = await desk.claim()
    await desk.store.subscriptions.pause(followed)
    await desk.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    assert await desk.send_all() == []
    assert (await desk.store.subscriptions.resume(followed, 5, desk.now)).released == 1
    assert await desk.send_all() == [(NEWS, "Post 1")]


async def test_a_post_whose_send_fails_after_the_removal_is_skipped(desk: Desk) -> None:
    followed = await subscribed(desk)
    await desk.poll(post(1))
    (sending,) = await desk.claim()
    await desk.store.subscriptions.remove(followed, desk.now)
    await desk.settle(sending, state=DeliveryState.PENDING, message_id=None, reason="Discord is busy")

    assert await desk.send_all() == []


async def test_a_post_that_arrives_in_the_moment_of_a_pause_is_kept(desk: Desk) -> None:
    followed = await subscribed(desk)
    feed = await desk.claim_feed()
    items = identify(ParsedFeed("rss20", entries=(post(1),)), feed.url)
    known = await desk.store.feeds.known(feed.id, items)
    followers = await desk.store.feeds.subscriptions(feed.id)
    decided = plan(feed.id, items, known, followers, PostSettings(), desk.now)
    await desk.store.subscriptions.pause(followed)
    await desk.store.feeds.record(feed.id, decided, PollResult(desk.now + MINUTE), desk.now)

    assert await desk.send_all() == []
    assert (await desk.store.subscriptions.resume(followed, 5, desk.now)).released == 1


async def test_a_post_that_is_asked_for_again_belongs_to_the_subscription_that_stands_now(desk: Desk) -> None:
    before = await subscribed(desk)
    await desk.poll(post(1))
    await desk.store.subscriptions.remove(before, desk.now)
    again = await subscribed(desk, Style.LINK)
    (entry,) = await desk.store.archive.newest(1)

    assert await desk.store.subscriptions.post_now(again, entry.id, desk.now)

    (delivery,) = await desk.claim()
    assert delivery.style is Style.LINK


async def test_a_hold_whose_notice_was_given_up_is_announced_when_it_is_opened_again(desk: Desk) -> None:
    await subscribed(desk)
    await desk.poll(*(post(number) for number in range(8)), settings=ASK)
    (notice,) = await desk.store.notices.claim(desk.now, LEASE, 10)
    await desk.store.notices.settle(notice, None, None, in_doubt=False)

    await desk.poll(*(post(number) for number in range(16)), settings=ASK)

    (again,) = await desk.store.notices.claim(desk.now, LEASE, 10)
    assert (again.kind, again.hold_id, again.waiting) == (NoticeKind.POSTS_HELD, notice.hold_id, 16)


async def test_notices_that_waited_for_days_are_as_bounded_as_those_of_a_day(desk: Desk) -> None:
    await subscribed(desk)
    for _ in range(MOST_A_DAY):
        await desk.store.feeds.settle_failed(1, PollResult(desk.now, error="gone", ended=True), desk.now)
        await desk.store.feeds.settle_unchanged(1, PollResult(desk.now), desk.now)
    desk.now += timedelta(days=3)

    told = 0
    while claimed := await desk.store.notices.claim(desk.now, LEASE, 10):
        for notice in claimed:
            await desk.store.notices.settle(notice, 1, None, in_doubt=False)
            told += 1

    assert told == MOST_A_DAY
