"""The outbox: each post is queued once, sent in order, and claimed by one process."""

from dataclasses import replace
from datetime import timedelta

from bot.model import (
    ChannelDeclaration,
    Dead,
    DeliveryState,
    PostSettings,
    Retry,
    Sent,
    Settlement,
    SiteBudget,
)
from bot.text.keys import link_key
from tests.store.conftest import GARDEN, LEASE, MINUTE, STARS, Services, post

NEWS = ChannelDeclaration(100)
SKY = ChannelDeclaration(200, STARS)
PENDING = DeliveryState.PENDING


async def test_each_channel_gets_each_post_it_wants_once_and_in_order(services: Services) -> None:
    await services.follow(NEWS, SKY)
    await services.poll(post(0))
    await services.poll(post(3, tags=("Stars",)), post(2), post(1, tags=("stars",)), post(0))

    sent = await services.send_all()

    assert [title for channel, title in sent if channel == 100] == ["Post 1", "Post 2", "Post 3"]
    assert [title for channel, title in sent if channel == 200] == ["Post 1", "Post 3"]


async def test_a_claimed_delivery_contains_all_that_its_message_needs(services: Services) -> None:
    await services.follow(ChannelDeclaration(100, mention_roles=(7,)))
    await services.poll()
    entry = post(
        1,
        tags=("Night sky", "stars"),
        authors=("Ines",),
        content="<p>Look up.</p>",
        text="Look up.",
        warning="heights",
    )
    await services.poll(entry)

    (delivery,) = await services.claim()

    assert delivery.entry == entry
    assert (delivery.feed_name, delivery.style, delivery.mention_roles) == ("Garden", "card", (7,))
    assert (delivery.attempts, delivery.uncertain_since, delivery.probes) == (0, None, 0)


async def test_a_channels_next_delivery_is_claimed_only_after_the_one_before_is_settled(
    services: Services,
) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(2), post(1))

    (first,) = await services.claim()
    assert await services.claim() == []
    await services.settle(first)
    (second,) = await services.claim()

    assert [first.entry.title, second.entry.title] == ["Post 1", "Post 2"]


async def test_every_channel_gets_a_feeds_first_new_post_before_any_gets_the_second(
    services: Services,
) -> None:
    """So none is left with all its posts at the end, when a channel's own limit would slow them down."""
    await services.follow(*map(ChannelDeclaration, (100, 200, 300)))
    await services.poll()
    await services.poll(post(2), post(1))

    sent = []
    for _ in range(3):
        claimed = await services.store.outbox.claim(services.now, LEASE, 2)
        for delivery in claimed:
            await services.settle(delivery)
        sent += [delivery.entry.title for delivery in claimed]

    assert sent == ["Post 1"] * 3 + ["Post 2"] * 3


async def test_a_delivery_that_is_still_sent_is_not_claimed_and_not_overtaken(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(2), post(1))
    (first,) = await services.claim()
    services.now += LEASE

    assert await services.store.outbox.claim(services.now, LEASE, 10, [first.id]) == []
    assert [delivery.entry.title for delivery in await services.claim()] == ["Post 1"]


async def test_a_waiting_delivery_blocks_only_its_own_channel(services: Services) -> None:
    await services.follow(NEWS, ChannelDeclaration(300))
    await services.poll()
    await services.poll(post(2), post(1))
    first, other = await services.claim()
    await services.settle(first, state=PENDING, message_id=None, due_at=services.now + MINUTE)
    await services.settle(other)

    assert [delivery.channel_id for delivery in await services.claim()] == [300]
    services.now += MINUTE
    assert [delivery.entry.title for delivery in await services.claim()] == ["Post 1"]


async def test_a_send_that_never_ended_is_claimed_again_as_uncertain_after_its_lease(
    services: Services,
) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    await services.claim()
    started_at = services.now

    services.now += LEASE - timedelta(seconds=1)
    assert await services.claim() == []
    services.now += timedelta(seconds=1)
    (again,) = await services.claim()

    assert (again.attempts, again.uncertain_since) == (1, started_at)
    assert again.uncertain_until == services.now


async def test_after_a_restart_a_claimed_delivery_can_be_claimed_at_once_as_uncertain(
    services: Services,
) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    await services.claim()

    await services.store.outbox.release(services.now)
    (again,) = await services.claim()

    assert again.uncertain_since == services.now


async def test_a_claim_that_nobody_works_on_is_taken_back_as_uncertain(services: Services) -> None:
    await services.follow(NEWS, ChannelDeclaration(300))
    await services.poll()
    await services.poll(post(1))
    sent, lost = await services.claim()
    claimed_at = services.now
    outbox = services.store.outbox
    services.now += MINUTE

    assert await outbox.take_back(claimed_at - MINUTE, []) == 0
    assert await outbox.take_back(claimed_at, [sent.id, lost.id]) == 0
    assert await outbox.take_back(claimed_at, [sent.id]) == 1
    (again,) = await outbox.claim(services.now, LEASE, 10, [sent.id])
    assert (again.id, again.uncertain_since) == (lost.id, claimed_at)
    assert await outbox.is_leased(sent)


async def test_the_first_uncertain_moment_is_kept_through_further_sends(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    (first,) = await services.claim()
    started_at = services.now
    await services.settle(
        first, state=PENDING, message_id=None, uncertain_since=started_at, uncertain_until=started_at
    )
    services.now += MINUTE
    await services.claim()
    services.now += LEASE

    (again,) = await services.claim()

    assert again.uncertain_since == started_at


async def test_only_the_channel_that_refuses_is_suspended_and_it_is_probed_later(
    services: Services,
) -> None:
    await services.follow(NEWS, ChannelDeclaration(300))
    await services.poll()
    await services.poll(post(2), post(1))
    refused, other = await services.claim()
    await services.settle(
        refused, state=PENDING, message_id=None, reason="no", probe_at=services.now + MINUTE
    )
    await services.settle(other)

    assert [channel for channel, _ in await services.send_all()] == [300]
    services.now += MINUTE
    (probe,) = await services.claim()

    assert (probe.channel_id, probe.entry.title, probe.probes) == (100, "Post 1", 1)


async def test_a_successful_probe_opens_the_channel(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(2), post(1))
    (refused,) = await services.claim()
    await services.settle(
        refused, state=PENDING, message_id=None, reason="no", probe_at=services.now + MINUTE
    )
    assert [found.channel_id for found in (await services.store.archive.stats()).suspended] == [100]
    services.now += MINUTE

    assert await services.send_all() == [(100, "Post 1"), (100, "Post 2")]
    assert (await services.store.archive.stats()).suspended == ()


async def test_a_reopened_channel_gets_what_waited_at_once(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    (refused,) = await services.claim()
    await services.settle(
        refused, state=PENDING, message_id=None, reason="no", probe_at=services.now + 60 * MINUTE
    )

    assert await services.store.outbox.reopen([100, 999], services.now) == [100]
    assert await services.send_all() == [(100, "Post 1")]


async def test_a_dead_delivery_does_not_block_the_next_one(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(2), post(1))
    (dead,) = await services.claim()
    await services.settle(dead, state=DeliveryState.DEAD, message_id=None, reason="never")

    assert await services.send_all() == [(100, "Post 2")]
    assert (await services.store.archive.stats()).deliveries == {"dead": 1, "sent": 1}


async def test_a_post_that_two_feeds_bring_is_posted_in_a_channel_once(services: Services) -> None:
    tagged = "https://garden.example/tagged/stars/rss"
    await services.follow(NEWS)
    await services.poll()
    await services.store.subscriptions.follow(
        tagged, "", 100, "opml", "garden.example", budget=_budget(), now=services.now
    )
    entry = post(1, guid="https://garden.example/1")
    for feed in await services.store.feeds.claim(services.now, LEASE, 10):
        await services.record(feed)
    services.now += 10 * MINUTE
    for feed in await services.store.feeds.claim(services.now, LEASE, 10):
        await services.record(feed, entry)

    assert await services.send_all() == [(100, "Post 1")]


async def test_held_deliveries_wait_and_are_listed(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(*(post(number) for number in range(6)), settings=PostSettings(burst_limit=5))

    assert [title for _, title in await services.send_all()] == ["Post 3", "Post 4", "Post 5"]
    (held,) = (await services.store.archive.stats()).held
    assert (held.channel_id, held.feed_name, held.deliveries) == (100, "Garden", 3)


async def test_at_most_ten_messages_an_hour_are_published_in_a_channel(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(*(post(number) for number in range(12)), settings=PostSettings(burst_limit=50))
    while claimed := await services.claim():
        await services.settle(claimed[0], publishable=True)

    first_hour = await publish_all(services)
    services.now += timedelta(minutes=61)
    second_hour = await publish_all(services)

    assert (len(first_hour), len(second_hour)) == (10, 2)
    assert first_hour + second_hour == sorted(first_hour + second_hour)


async def test_a_failed_publication_is_tried_again_when_it_is_due(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    (delivery,) = await services.claim()
    await services.settle(delivery, publishable=True)
    (owed,) = await services.store.outbox.claim_publications(services.now, LEASE, 10)

    await services.store.outbox.settle_publication(owed, Retry("limit"), services.now + MINUTE, services.now)

    assert await services.store.outbox.claim_publications(services.now, LEASE, 10) == []
    services.now += MINUTE
    still_published = [owed.delivery_id]
    assert await services.store.outbox.claim_publications(services.now, LEASE, 10, still_published) == []
    (again,) = await services.store.outbox.claim_publications(services.now, LEASE, 10)
    assert (again.message_id, again.attempts) == (owed.message_id, 1)


async def test_after_a_restart_a_claimed_publication_can_be_claimed_at_once(
    services: Services,
) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    (delivery,) = await services.claim()
    await services.settle(delivery, publishable=True)
    await services.store.outbox.claim_publications(services.now, LEASE, 10)

    await services.store.outbox.release(services.now)

    assert len(await services.store.outbox.claim_publications(services.now, LEASE, 10)) == 1


async def test_a_frozen_process_cannot_undo_that_another_one_published_a_message(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    (delivery,) = await services.claim()
    await services.settle(delivery, publishable=True)
    outbox = services.store.outbox
    (frozen,) = await outbox.claim_publications(services.now, LEASE, 10)
    await outbox.release(services.now)
    services.now += MINUTE
    (taken_over,) = await outbox.claim_publications(services.now, LEASE, 10)
    await outbox.settle_publication(frozen, Dead("gone"), None, services.now)
    await outbox.settle_publication(taken_over, Retry("limit"), services.now, services.now)
    (again,) = await outbox.claim_publications(services.now, LEASE, 10)
    await outbox.settle_publication(again, Sent(again.message_id), None, services.now)

    await outbox.settle_publication(frozen, Retry("limit"), services.now, services.now)

    assert await outbox.claim_publications(services.now, LEASE, 10) == []


async def test_posts_that_waited_are_not_sent_after_their_subscription_ends(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))

    await services.follow()

    assert await services.send_all() == []
    assert (await services.store.archive.stats()).deliveries == {"skipped": 1}
    assert GARDEN in [feed.url for feed in await services.store.archive.feeds()]


async def publish_all(services: Services) -> list[int]:
    published: list[int] = []
    while claimed := await services.store.outbox.claim_publications(services.now, LEASE, 10):
        for owed in claimed:
            await services.store.outbox.settle_publication(owed, Sent(owed.message_id), None, services.now)
            published.append(owed.message_id)
    return published


def _budget() -> SiteBudget:
    return SiteBudget(5, timedelta(0))


async def test_an_uncertain_delivery_has_the_keys_of_all_links_that_its_entry_had(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    first = post(1)
    await services.poll(first)
    (claimed,) = await services.claim()
    assert claimed.link_keys == ()

    await services.poll(replace(first, link="https://new.example/post/1"))
    await services.store.outbox.release(services.now)

    (again,) = await services.claim()
    assert again.entry.link == "https://new.example/post/1"
    assert set(again.link_keys) == {link_key(first.link), "link:new.example/post/1"}


async def test_a_frozen_process_cannot_undo_what_another_one_did(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    (frozen,) = await services.claim()
    await services.store.outbox.release(services.now)
    services.now += MINUTE
    (taken_over,) = await services.claim()

    assert not await services.store.outbox.is_leased(frozen)
    assert await services.store.outbox.is_leased(taken_over)
    await services.settle(frozen, state=PENDING, message_id=None)
    assert await services.store.outbox.is_leased(taken_over)
    await services.settle(frozen)  # it had arrived before
    assert (await services.store.archive.stats()).deliveries == {DeliveryState.SENT: 1}


async def test_a_late_refusal_of_a_frozen_process_does_not_suspend_the_channel(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1), post(2))
    (frozen,) = await services.claim()
    await services.store.outbox.release(services.now)
    services.now += MINUTE
    (taken_over,) = await services.claim()

    refusal = Settlement(PENDING, services.now, reason="no", probe_at=services.now + MINUTE)
    assert not await services.store.outbox.settle(frozen, refusal, services.now)

    await services.settle(taken_over)
    assert await services.send_all() == [(100, "Post 2")]
