"""Feeds are polled at their pace and recorded in one transaction."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import (
    ChannelDeclaration,
    Entry,
    Feed,
    FeedDeclaration,
    Hashes,
    Known,
    Move,
    Plan,
    PollResult,
    PostSettings,
    ReadItem,
    ReadItems,
    SiteBudget,
    StoredItem,
    Validators,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.feeds import PlanOutdated
from bot.store.store import Store
from tests.store.conftest import (
    GARDEN,
    LEASE,
    MINUTE,
    START,
    Services,
    budget,
    post,
    site_of,
    subscribe,
)

NEWS = ChannelDeclaration(100)
SPACED = SiteBudget(max_concurrent=1, spacing=timedelta(seconds=2))


async def add_feeds(store: Store, *urls: str, limits: SiteBudget = SiteBudget(2, timedelta(0))) -> None:  # noqa: B008 -- frozen
    declared = [FeedDeclaration(url, channels=(NEWS,)) for url in urls]
    await store.subscriptions.sync(declared, site_of, lambda _: limits, START)


async def test_a_new_feed_is_due_at_once_and_claimed_by_one_poller(store: Store) -> None:
    await add_feeds(store, GARDEN)

    assert [feed.url for feed in await store.feeds.claim(START, LEASE, 10)] == [GARDEN]
    assert await store.feeds.claim(START, LEASE, 10) == []
    assert len(await store.feeds.claim(START + LEASE, LEASE, 10)) == 1


async def test_a_feed_that_nobody_polls_is_taken_back_by_the_process_that_claimed_it(store: Store) -> None:
    await add_feeds(store, GARDEN)
    feeds = store.feeds
    (claimed,) = await feeds.claim(START, LEASE, 10, seat=2)

    assert await feeds.take_back_unpolled(START + LEASE, [], seat=1) == 0
    assert await feeds.take_back_unpolled(START + LEASE, [claimed.id], seat=2) == 0
    assert await feeds.take_back_unpolled(START + LEASE - MINUTE, [], seat=2) == 0
    assert await feeds.take_back_unpolled(START + LEASE, [], seat=2) == 1
    assert len(await feeds.claim(START, LEASE, 10)) == 1


async def test_the_next_feed_of_a_site_is_claimed_while_one_is_still_polled(store: Store) -> None:
    await add_feeds(store, GARDEN, "https://garden.example/2")
    (first,) = await store.feeds.claim(START, LEASE, 1)

    (second,) = await store.feeds.claim(START + LEASE, LEASE, 10, [first.id])

    assert {first.url, second.url} == {GARDEN, "https://garden.example/2"}


async def test_a_feed_that_nobody_follows_is_not_polled(services: Services) -> None:
    await services.follow(NEWS)
    await services.follow()

    assert await services.store.feeds.claim(services.now, LEASE, 10) == []


async def test_a_sites_budget_limits_how_many_of_its_feeds_are_claimed(store: Store) -> None:
    await add_feeds(
        store, *(f"https://garden.example/{number}" for number in range(5)), "https://stars.example/rss"
    )

    first = await store.feeds.claim(START, LEASE, 10)

    assert sorted(feed.site for feed in first) == ["garden.example", "garden.example", "stars.example"]
    assert await store.feeds.claim(START, LEASE, 10) == []
    await store.feeds.unclaim(first[0].id)
    assert len(await store.feeds.claim(START, LEASE, 10)) == 1


async def test_a_site_with_spacing_is_fetched_once_per_spacing(store: Store) -> None:
    await add_feeds(store, "https://a.example/1", "https://a.example/2", limits=SPACED)
    (first,) = await store.feeds.claim(START, LEASE, 10)
    await store.feeds.settle_unchanged(first.id, PollResult(START + MINUTE), START)

    assert await store.feeds.claim(START + timedelta(seconds=1), LEASE, 10) == []
    assert await store.feeds.first_start(START) == START + SPACED.spacing
    assert len(await store.feeds.claim(START + timedelta(seconds=2), LEASE, 10)) == 1


async def test_the_next_poll_is_when_a_feed_becomes_due_and_the_pause_of_its_site_has_ended(
    store: Store,
) -> None:
    await add_feeds(store, "https://a.example/1", "https://a.example/2", limits=SPACED)
    (first,) = await store.feeds.claim(START, LEASE, 10)
    await store.feeds.settle_unchanged(first.id, PollResult(START + MINUTE), START)

    assert await store.feeds.next_poll(START) == START + SPACED.spacing
    (second,) = await store.feeds.claim(START + SPACED.spacing, LEASE, 10)
    paused_until = START + 15 * MINUTE
    failed = PollResult(START + 20 * MINUTE, error="slow down", cooldown_until=paused_until)
    await store.feeds.settle_failed(second.id, failed, START)
    assert await store.feeds.next_poll(START + 2 * SPACED.spacing) == paused_until
    assert await store.feeds.next_poll(START + MINUTE) == paused_until
    assert await store.feeds.next_poll(START + 20 * MINUTE) is None


async def test_a_429_cools_down_all_feeds_of_its_site_even_after_a_restart(store: Store) -> None:
    await add_feeds(
        store, "https://garden.example/1", "https://garden.example/2", "https://stars.example/rss"
    )
    limited, other, _ = sorted(await store.feeds.claim(START, LEASE, 10), key=lambda feed: feed.url)
    rest = PollResult(START + MINUTE, error="slow down", cooldown_until=START + 15 * MINUTE)

    await store.feeds.settle_failed(limited.id, rest, START)
    await store.feeds.unclaim(other.id)
    await store.feeds.set_budgets(budget)
    await store.feeds.release()

    assert [feed.site for feed in await store.feeds.claim(START + 14 * MINUTE, LEASE, 10)] == [
        "stars.example"
    ]
    assert len(await store.feeds.claim(START + 15 * MINUTE, LEASE, 10)) == 2


async def test_failures_in_a_row_are_counted_and_the_last_error_is_kept(services: Services) -> None:
    await services.follow(NEWS)
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(feed.id, PollResult(services.now, error="Down."), services.now)
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Still down."), services.now
    )

    (health,) = await services.store.archive.feeds()
    assert (health.failures, health.error) == (2, "Still down.")
    await services.poll(post(1))
    (health,) = await services.store.archive.feeds()
    assert (health.failures, health.error) == (0, "")


async def test_an_ended_feed_is_not_polled_until_somebody_follows_it_again(services: Services) -> None:
    await services.follow(NEWS)
    feed = await services.claim_feed()
    await services.store.feeds.settle_failed(
        feed.id, PollResult(services.now, error="Gone.", ended=True), services.now
    )

    services.now += timedelta(days=400)
    assert await services.store.feeds.claim(services.now, LEASE, 10) == []
    await services.follow(NEWS, ChannelDeclaration(200))
    assert len(await services.store.feeds.claim(services.now, LEASE, 10)) == 1


async def test_the_baseline_is_archived_once_and_not_delivered(services: Services) -> None:
    await services.follow(NEWS)

    assert (await services.poll(post(2), post(1))).deliveries == 0
    assert (await services.poll(post(3), post(2), post(1))).deliveries == 1


async def test_a_channel_that_follows_later_has_its_own_baseline(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll(post(1))
    await services.follow(NEWS, ChannelDeclaration(200))

    await services.poll(post(2), post(1))
    await services.poll(post(3), post(2), post(1))

    sent = await services.send_all()
    assert [title for channel, title in sent if channel == 100] == ["Post 2", "Post 3"]
    assert [title for channel, title in sent if channel == 200] == ["Post 3"]


async def test_a_channel_that_follows_later_gets_as_many_posts_as_first_run_says(
    services: Services,
) -> None:
    await services.follow(NEWS)
    await services.poll(post(2), post(1))
    await services.follow(NEWS, ChannelDeclaration(200))

    await services.poll(post(2), post(1), settings=PostSettings(first_run=1))

    assert await services.send_all() == [(200, "Post 2")]


async def test_validators_are_kept_for_the_next_poll(services: Services) -> None:
    await services.follow(NEWS)
    feed = await services.claim_feed()
    kept = Validators('"abc"', "Mon, 04 May 2026 12:00:00 GMT", "f00d")
    await services.store.feeds.record(
        feed.id, Plan(), PollResult(services.now, validators=kept), services.now
    )

    assert (await services.claim_feed()).validators == kept


async def test_a_new_subscription_asks_for_the_whole_document_at_once(services: Services) -> None:
    await services.follow(NEWS)
    feed = await services.claim_feed()
    later = PollResult(services.now + timedelta(days=1), validators=Validators('"abc"', "", "f00d"))
    await services.store.feeds.record(feed.id, Plan(), later, services.now)

    await services.follow(NEWS, ChannelDeclaration(200))

    assert (await services.claim_feed()).validators == Validators()


async def test_two_pollers_that_race_record_an_entry_once(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    feed = await services.claim_feed()
    decided = await decide(services, feed, post(1))

    first = await services.store.feeds.record(feed.id, decided, PollResult(services.now), services.now)
    second = await services.store.feeds.record(feed.id, decided, PollResult(services.now), services.now)

    assert (first.new, first.deliveries) == (1, 1)
    assert (second.new, second.deliveries) == (0, 0)
    assert await services.send_all() == [(100, "Post 1")]


async def test_a_second_baseline_is_refused_since_its_new_posts_would_be_lost(services: Services) -> None:
    """A lease that ends lets another process poll the feed, too."""
    await services.follow(NEWS)
    feed = await services.claim_feed()
    _, followers = await services.store.feeds.planned_with(feed.id, ())
    late = replace(await decide(services, feed, post(1), post(2)), planned_for=tuple(followers))
    await services.record(feed, post(1))

    with pytest.raises(PlanOutdated):
        await services.store.feeds.record(feed.id, late, PollResult(services.now), services.now)
    await services.record(feed, post(1), post(2))

    assert await services.send_all() == [(100, "Post 2")]


async def test_a_record_that_fails_halfway_writes_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await services.follow(NEWS)
    await services.poll()
    feed = await services.claim_feed()
    decided = await decide(services, feed, post(1))
    monkeypatch.setattr("bot.store.entries.put_deliveries", fail)

    with pytest.raises(ZeroDivisionError):
        await services.store.feeds.record(feed.id, decided, PollResult(services.now), services.now)

    stats = await services.store.archive.stats()
    assert (stats.entries, stats.seen, stats.deliveries) == (0, 0, {})


async def test_an_edit_updates_the_archive_and_delivers_nothing(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1, tags=("old",)))
    await services.send_all()

    recorded = await services.poll(post(1, title="Post 1, corrected", tags=("new", "newer")))

    assert (recorded.new, recorded.edited, recorded.deliveries) == (0, 1, 0)
    assert await services.send_all() == []
    assert (await services.poll(post(1, title="Post 1, corrected", tags=("new", "newer")))).edited == 0


async def test_a_post_that_is_edited_before_it_is_sent_is_sent_in_its_new_version(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1))
    await services.poll(post(1, title="Post 1, corrected"))

    assert await services.send_all() == [(100, "Post 1, corrected")]


async def test_a_site_that_renames_a_post_at_each_poll_does_not_fill_the_disk(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll(post(1))
    for number in range(60):
        await services.poll(post(1, link=f"https://garden.example/1?session={number}"))

    stats = await services.store.archive.stats()
    assert stats.entries == 1
    assert stats.seen < 40


async def test_a_guid_that_turns_out_to_be_shared_posts_each_entry_once(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(post(1, guid="same", link=""))
    await services.poll(post(2, guid="same", link=""), post(1, guid="same", link=""))
    await services.poll(post(3, guid="same", link=""))

    assert await services.send_all() == [(100, "Post 1"), (100, "Post 2"), (100, "Post 3")]


async def test_a_moved_feed_keeps_its_entries_and_is_found_by_its_old_address(services: Services) -> None:
    await services.follow(NEWS)
    feed = await services.claim_feed()
    move = Move("https://new.example/rss", "new.example", SiteBudget(2, timedelta(0)))
    await services.store.feeds.record(feed.id, Plan(), PollResult(services.now, move=move), services.now)

    await services.follow(NEWS)

    assert [(found.url, found.subscriptions) for found in await services.store.archive.feeds()] == [
        (move.url, 1)
    ]
    assert (await services.claim_feed()).site == "new.example"


async def test_a_feed_that_moves_to_another_feeds_address_keeps_its_own(store: Store) -> None:
    await add_feeds(store, GARDEN, "https://new.example/rss")
    garden, _ = sorted(await store.feeds.claim(START, LEASE, 10), key=lambda feed: feed.url)
    move = Move("https://new.example/rss", "new.example", SiteBudget(2, timedelta(0)))

    await store.feeds.record(garden.id, Plan(), PollResult(START, move=move), START)

    assert sorted(feed.url for feed in await store.archive.feeds()) == [GARDEN, "https://new.example/rss"]


async def test_poll_all_makes_every_feed_due(services: Services) -> None:
    await services.follow(NEWS)
    feed = await services.claim_feed()
    await services.store.feeds.settle_unchanged(
        feed.id, PollResult(services.now + timedelta(days=1)), services.now
    )

    await services.store.feeds.poll_all(services.now)

    assert len(await services.store.feeds.claim(services.now, LEASE, 10)) == 1


async def test_text_with_lone_surrogates_is_stored(services: Services) -> None:
    await services.follow(NEWS)
    await services.poll()
    await services.poll(
        post(1, title="odd \ud800 title", tags=("\udfff",), guid="\ud800", authors=("\ud800",))
    )

    assert await services.send_all() == [(100, "odd ? title")]


async def test_items_are_stored_with_their_entries_and_hashes_until_what_surrounds_them_changes(
    services: Services,
) -> None:
    await subscribe(services, NEWS)
    feed = await services.claim_feed()
    moss, fern = posts = identify((post(1, text="Moss"), post(2, text="Fern")), "", feed.url)
    hashes = {item: Hashes("digest", item.keys[-1], "", item.fingerprint) for item in posts}
    read = ReadItems("frame", (ReadItem("m", moss, hashes[moss]), ReadItem("f", fern, hashes[fern])))
    decided = await decide(services, feed, moss.entry, fern.entry)
    await services.store.feeds.record(feed.id, decided, PollResult(START, items=read), START)

    found = await services.store.feeds.items(feed.id, "frame", ["f", "other"])

    assert found == [StoredItem("f", fern.entry, hashes[fern])]
    assert await services.store.feeds.items(feed.id, "other", ["f"]) == []


async def test_a_post_that_two_entries_may_match_is_one_known_post(services: Services) -> None:
    await subscribe(services, NEWS)
    feed = await services.claim_feed()
    await services.record(feed, post(1, text="Moss"))
    renamed, moved = post(1, guid="new"), post(1, link="https://garden.example/new")

    known, _ = await services.store.feeds.planned_with(feed.id, identify((renamed, moved), "", feed.url))

    holders = [holder for key in ("guid:g1", "link:garden.example/1") for holder in known.by_key[key]]
    assert [(holder.entry.title, holder.entry.text) for holder in holders] == [("Post 1", "Moss")] * 2
    assert holders[0] is holders[1]


async def decide(services: Services, feed: Feed, *entries: Entry) -> Plan:
    items = identify(entries, "", feed.url)
    _, followers = await services.store.feeds.planned_with(feed.id, items)
    return plan(feed.id, items, Known(), followers, PostSettings(), services.now)


async def fail(*_: object) -> None:
    raise ZeroDivisionError


async def test_a_feed_without_a_title_is_named_by_its_address_without_secrets(
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


async def test_the_claims_of_a_lost_process_are_released(services: Services) -> None:
    declared = [FeedDeclaration(url, channels=(NEWS,)) for url in (GARDEN, "https://stars.example/rss")]
    await services.store.subscriptions.sync(declared, site_of, budget, services.now)
    feeds = services.store.feeds
    (ours,) = await feeds.claim(services.now, LEASE, 1, seat=1)
    (theirs,) = await feeds.claim(services.now, LEASE, 1, seat=2)

    assert await feeds.claiming_seats() == [1, 2]
    assert await feeds.take_back([2]) == 1
    assert [feed.id for feed in await feeds.claim(services.now, LEASE, 10, seat=1)] == [theirs.id]
    assert ours.id != theirs.id
