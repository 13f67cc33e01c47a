"""The outbox: owed once, sent in order, claimed by one."""

from datetime import timedelta

from bot.model import ChannelDeclaration, DeliveryState, PostSettings, Retry, Sent, SiteBudget
from tests.store.conftest import GARDEN, LEASE, MINUTE, STARS, Desk, post

NEWS = ChannelDeclaration(100)
SKY = ChannelDeclaration(200, STARS)
PENDING = DeliveryState.PENDING


async def test_each_post_goes_once_to_each_channel_that_wants_it_in_order(desk: Desk) -> None:
    await desk.follow(NEWS, SKY)
    await desk.poll(post(0))
    await desk.poll(post(3, tags=("Stars",)), post(2), post(1, tags=("stars",)), post(0))

    sent = await desk.send_all()

    assert [title for channel, title in sent if channel == 100] == ["Post 1", "Post 2", "Post 3"]
    assert [title for channel, title in sent if channel == 200] == ["Post 1", "Post 3"]


async def test_a_claimed_delivery_carries_all_that_its_message_needs(desk: Desk) -> None:
    await desk.follow(ChannelDeclaration(100, mention_roles=(7,)))
    await desk.poll()
    entry = post(
        1, tags=("Night sky", "stars"), authors=("Ines",), content="<p>Look up.</p>", text="Look up."
    )
    await desk.poll(entry)

    (delivery,) = await desk.claim()

    assert delivery.entry == entry
    assert (delivery.feed_name, delivery.style, delivery.mention_roles) == ("Garden", "card", (7,))
    assert (delivery.attempts, delivery.doubt_since, delivery.probes) == (0, None, 0)


async def test_a_channel_gives_its_next_delivery_only_when_the_one_before_is_settled(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(2), post(1))

    (first,) = await desk.claim()
    assert await desk.claim() == []
    await desk.settle(first)
    (second,) = await desk.claim()

    assert [first.entry.title, second.entry.title] == ["Post 1", "Post 2"]


async def test_a_delivery_that_waits_keeps_its_channel_waiting_and_no_other(desk: Desk) -> None:
    await desk.follow(NEWS, ChannelDeclaration(300))
    await desk.poll()
    await desk.poll(post(2), post(1))
    first, other = await desk.claim()
    await desk.settle(first, state=PENDING, message_id=None, due_at=desk.now + MINUTE)
    await desk.settle(other)

    assert [delivery.channel_id for delivery in await desk.claim()] == [300]
    desk.now += MINUTE
    assert [delivery.entry.title for delivery in await desk.claim()] == ["Post 1"]


async def test_a_send_that_never_ended_is_claimed_again_in_doubt_when_its_lease_ends(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(1))
    await desk.claim()
    begun = desk.now

    desk.now += LEASE - timedelta(seconds=1)
    assert await desk.claim() == []
    desk.now += timedelta(seconds=1)
    (again,) = await desk.claim()

    assert (again.attempts, again.doubt_since) == (1, begun)


async def test_after_a_restart_a_claimed_delivery_is_claimable_at_once_and_in_doubt(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(1))
    await desk.claim()

    await desk.store.outbox.release(desk.now)
    (again,) = await desk.claim()

    assert again.doubt_since == desk.now


async def test_the_first_doubt_is_remembered_through_further_sends(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(1))
    (first,) = await desk.claim()
    begun = desk.now
    await desk.settle(first, state=PENDING, message_id=None, doubt_since=begun)
    desk.now += MINUTE
    await desk.claim()
    desk.now += LEASE

    (again,) = await desk.claim()

    assert again.doubt_since == begun


async def test_a_refusing_channel_is_suspended_alone_and_probed_when_its_time_has_come(desk: Desk) -> None:
    await desk.follow(NEWS, ChannelDeclaration(300))
    await desk.poll()
    await desk.poll(post(2), post(1))
    refused, other = await desk.claim()
    await desk.settle(refused, state=PENDING, message_id=None, reason="no", probe_at=desk.now + MINUTE)
    await desk.settle(other)

    assert [channel for channel, _ in await desk.send_all()] == [300]
    desk.now += MINUTE
    (probe,) = await desk.claim()

    assert (probe.channel_id, probe.entry.title, probe.probes) == (100, "Post 1", 1)


async def test_a_probe_that_succeeds_opens_its_channel(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(2), post(1))
    (refused,) = await desk.claim()
    await desk.settle(refused, state=PENDING, message_id=None, reason="no", probe_at=desk.now + MINUTE)
    assert [found.channel_id for found in (await desk.store.archive.stats()).suspended] == [100]
    desk.now += MINUTE

    assert await desk.send_all() == [(100, "Post 1"), (100, "Post 2")]
    assert (await desk.store.archive.stats()).suspended == ()


async def test_a_channel_that_discord_calls_open_sends_at_once_what_it_kept(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(1))
    (refused,) = await desk.claim()
    await desk.settle(refused, state=PENDING, message_id=None, reason="no", probe_at=desk.now + 60 * MINUTE)

    assert await desk.store.outbox.reopen([100, 999], desk.now) == [100]
    assert await desk.send_all() == [(100, "Post 1")]


async def test_a_dead_delivery_lets_the_next_one_pass(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(2), post(1))
    (dead,) = await desk.claim()
    await desk.settle(dead, state=DeliveryState.DEAD, message_id=None, reason="never")

    assert await desk.send_all() == [(100, "Post 2")]
    assert (await desk.store.archive.stats()).deliveries == {"dead": 1, "sent": 1}


async def test_a_post_that_two_feeds_bring_is_posted_in_a_channel_once(desk: Desk) -> None:
    tagged = "https://garden.example/tagged/stars/rss"
    await desk.follow(NEWS)
    await desk.poll()
    await desk.store.subscriptions.follow(
        tagged, "", 100, "opml", "garden.example", budget=_budget(), now=desk.now
    )
    entry = post(1, guid="https://garden.example/1")
    for feed in await desk.store.feeds.claim(desk.now, LEASE, 10):
        await desk.record(feed)
    desk.now += 10 * MINUTE
    for feed in await desk.store.feeds.claim(desk.now, LEASE, 10):
        await desk.record(feed, entry)

    assert await desk.send_all() == [(100, "Post 1")]


async def test_held_deliveries_wait_and_are_named(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(*(post(number) for number in range(6)), settings=PostSettings(burst_limit=5))

    assert [title for _, title in await desk.send_all()] == ["Post 3", "Post 4", "Post 5"]
    (held,) = (await desk.store.archive.stats()).held
    assert (held.channel_id, held.feed_name, held.deliveries) == (100, "Garden", 3)


async def test_at_most_ten_messages_an_hour_are_published_in_a_channel(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(*(post(number) for number in range(12)), settings=PostSettings(burst_limit=50))
    while claimed := await desk.claim():
        await desk.settle(claimed[0], publishable=True)

    first_hour = await publish_all(desk)
    desk.now += timedelta(minutes=61)
    second_hour = await publish_all(desk)

    assert (len(first_hour), len(second_hour)) == (10, 2)
    assert first_hour + second_hour == sorted(first_hour + second_hour)


async def test_a_publication_that_fails_is_tried_again_at_its_time(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(1))
    (delivery,) = await desk.claim()
    await desk.settle(delivery, publishable=True)
    (owed,) = await desk.store.outbox.claim_publications(desk.now, LEASE, 10)

    await desk.store.outbox.settle_publication(owed, Retry("limit"), desk.now + MINUTE, desk.now)

    assert await desk.store.outbox.claim_publications(desk.now, LEASE, 10) == []
    desk.now += MINUTE
    (again,) = await desk.store.outbox.claim_publications(desk.now, LEASE, 10)
    assert (again.message_id, again.attempts) == (owed.message_id, 1)


async def test_after_a_restart_a_publication_that_was_claimed_is_claimable_at_once(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(1))
    (delivery,) = await desk.claim()
    await desk.settle(delivery, publishable=True)
    await desk.store.outbox.claim_publications(desk.now, LEASE, 10)

    await desk.store.outbox.release(desk.now)

    assert len(await desk.store.outbox.claim_publications(desk.now, LEASE, 10)) == 1


async def test_what_waited_for_a_subscription_that_ended_is_not_sent(desk: Desk) -> None:
    await desk.follow(NEWS)
    await desk.poll()
    await desk.poll(post(1))

    await desk.follow()

    assert await desk.send_all() == []
    assert (await desk.store.archive.stats()).deliveries == {"skipped": 1}
    assert GARDEN in [feed.url for feed in await desk.store.archive.feeds()]


async def publish_all(desk: Desk) -> list[int]:
    published: list[int] = []
    while claimed := await desk.store.outbox.claim_publications(desk.now, LEASE, 10):
        for owed in claimed:
            await desk.store.outbox.settle_publication(owed, Sent(owed.message_id), None, desk.now)
            published.append(owed.message_id)
    return published


def _budget() -> SiteBudget:
    return SiteBudget(5, timedelta(0))
