"""What happens to a feed while a process polls it: the result of that poll must not undo it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    Plan,
    PollResult,
    PostSettings,
    SiteBudget,
    Validators,
)
from bot.relay.baseline import make_baseline
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.feeds import PlanOutdated
from tests.store.conftest import GARDEN, GUILD, LEASE, MINUTE, NEWS, Services, baselined, post

DAY = timedelta(days=1)
OTHER = ChannelDeclaration(200)
MOVED = "https://moved.example/rss"


async def test_a_poll_without_news_does_not_keep_a_new_channel_from_its_baseline(services: Services) -> None:
    """With the validators stored, the next document would be one with news, which would be lost as a baseline."""
    await services.follow(NEWS)
    await services.poll(post(1))
    feed = await services.claim_feed()
    await services.follow(NEWS, OTHER)
    unchanged = PollResult(services.now + DAY, validators=Validators('"1"'), leased_until=feed.leased_until)

    assert not await services.store.feeds.settle_unchanged(feed.id, unchanged, services.now)

    again = await services.claim_feed()
    assert again.validators == Validators()


async def test_a_poll_of_the_former_address_does_not_end_the_feed_at_its_new_one(services: Services) -> None:
    number = await baselined(services)
    feed = await services.claim_feed()
    await services.store.moves.readdress(
        [number],
        GARDEN,
        FeedDeclaration(MOVED),
        GUILD,
        make_baseline((), "", services.now, PostSettings(), services.now),
        site="moved.example",
        budget=SiteBudget(1, timedelta(0)),
        now=services.now,
    )
    gone = PollResult(services.now + DAY, error="Gone.", ended=True, leased_until=feed.leased_until)

    assert not await services.store.feeds.settle_failed(feed.id, gone, services.now)

    again = await services.claim_feed()
    assert (again.url, again.failures) == (MOVED, 0)


async def test_a_shorter_interval_counts_from_now_also_during_a_poll(services: Services) -> None:
    number = await baselined(services)
    feed = await services.claim_feed()
    await services.store.settings_changes.change(
        number, lambda each: replace(each.subscription.settings, interval=5 * MINUTE), 7, services.now
    )
    unchanged = PollResult(services.now + DAY, leased_until=feed.leased_until)
    await services.store.feeds.settle_unchanged(feed.id, unchanged, services.now)

    assert (await services.claim_feed()).asked_interval == 5 * MINUTE


async def test_a_process_that_was_frozen_for_a_while_changes_no_feed_that_another_one_polls(
    services: Services,
) -> None:
    await services.follow(NEWS)
    frozen = await services.claim_feed()
    services.now += LEASE
    other = await services.claim_feed()
    failed = PollResult(services.now + DAY, error="Timeout.", leased_until=frozen.leased_until)

    assert not await services.store.feeds.settle_failed(frozen.id, failed, services.now)
    polled = PollResult(services.now + DAY, leased_until=other.leased_until)
    assert await services.store.feeds.settle_unchanged(other.id, polled, services.now)


async def test_a_poll_that_lost_its_claim_still_records_its_posts(services: Services) -> None:
    """The next document may no longer have them."""
    await baselined(services)
    feed = await services.claim_feed()
    await services.store.feeds.take_back([0])
    items = identify([post(1)], "", feed.url)
    known, followers = await services.store.feeds.planned_with(feed.id, items)
    decided = plan(feed.id, items, known, followers, PostSettings(), services.now)
    late = PollResult(services.now + DAY, leased_until=feed.leased_until)

    await services.store.feeds.record(feed.id, decided, late, services.now)

    assert await services.send_all() == [(NEWS.channel_id, "Post 1")]
    assert (await services.claim_feed()).id == feed.id


async def test_a_plan_from_before_a_move_does_not_post_to_the_former_channel(services: Services) -> None:
    number = await baselined(services)
    feed = await services.claim_feed()
    decided = await planned(services, feed.id)
    await services.store.moves.move(number, NEWS.channel_id, OTHER.channel_id, GUILD, services.now)

    with pytest.raises(PlanOutdated):
        await services.store.feeds.record(feed.id, decided, PollResult(services.now), services.now)
    await services.store.feeds.record(
        feed.id, await planned(services, feed.id), PollResult(services.now), services.now
    )

    assert await services.send_all() == [(OTHER.channel_id, "Post 1")]


async def planned(services: Services, feed_id: int) -> Plan:
    items = identify([post(1)], "", GARDEN)
    known, followers = await services.store.feeds.planned_with(feed_id, items)
    decided = plan(feed_id, items, known, followers, PostSettings(), services.now)
    return replace(decided, planned_for=tuple(followers))
