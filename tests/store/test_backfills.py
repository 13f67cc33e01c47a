"""Backfills: one transaction and one worker for each page, one pace for each site."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.model import (
    Backfill,
    BackfillState,
    BackfillStep,
    Bookmark,
    ChannelDeclaration,
    Entry,
    Identified,
    Known,
    NewEntry,
    SiteBudget,
)
from bot.relay.backfill_plan import new_entries
from bot.relay.identity import identify
from bot.search.query import parse_query
from bot.store.backfills import Worker
from bot.store.place import Place
from bot.store.store import Store
from tests.store.conftest import GARDEN, LEASE, MINUTE, START, Services, post

FEED_ID = 1
SECOND = timedelta(seconds=1)


@pytest.fixture
async def polled(services: Services) -> Services:
    """A polled feed with a requested backfill."""
    await services.follow(ChannelDeclaration(100))
    await services.poll(post(100), post(99))
    await services.store.backfills.request(FEED_ID, services.now)
    return services


@pytest.fixture
async def other(polled: Services, place: Place) -> AsyncIterator[Store]:
    """The same database, opened as by another process."""
    del polled
    async with await Store.open(place) as opened:
        yield opened


def items(*entries: Entry) -> Sequence[Identified]:
    return identify(entries, "", GARDEN)


def new(*entries: Entry) -> list[NewEntry]:
    return new_entries(FEED_ID, items(*entries), Known())


def onward(now: datetime, cursor: str = "two", **fields: object) -> BackfillStep:
    values: dict[str, object] = {"read": 2, "total": 9}
    step = BackfillStep(BackfillState.RUNNING, Bookmark("links", cursor, 1), now)
    return replace(step, **{**values, **fields})  # type: ignore[arg-type]  # the fields of a test's own steps


async def claim(services: Services, worker: Worker = Worker.RUN) -> Backfill:
    (claimed,) = await services.store.backfills.claim(services.now, worker, LEASE)
    return claimed


async def titles(store: Store) -> list[str]:
    return [found.entry.title for found in await store.archive.newest(FEED_ID, 100)]


async def state(services: Services) -> tuple[BackfillState, int, int, int | None]:
    found = await services.store.backfills.progress(FEED_ID)
    assert found is not None
    return found.state, found.archived, found.read, found.total


async def test_a_feed_without_a_backfill_has_no_progress(services: Services) -> None:
    await services.follow(ChannelDeclaration(100))

    assert await services.store.backfills.progress(FEED_ID) is None


async def test_a_page_and_its_bookmark_are_written_in_one_transaction(polled: Services) -> None:
    added = await polled.store.backfills.record(
        await claim(polled), new(post(1), post(2)), 0, onward(polled.now), polled.now
    )

    assert added == 2
    assert await titles(polled.store) == ["Post 100", "Post 99", "Post 2", "Post 1"]
    assert await state(polled) == (BackfillState.RUNNING, 2, 2, 9)
    assert (await claim(polled)).bookmark == Bookmark("links", "two", 1)


async def test_a_backfilled_post_is_not_delivered_and_not_new_to_polls(polled: Services) -> None:
    await polled.store.backfills.record(await claim(polled), new(post(1)), 0, onward(polled.now), polled.now)
    again = await polled.poll(post(100), post(1))

    assert (again.new, again.deliveries) == (0, 0)
    assert await polled.send_all() == []


async def test_a_backfilled_post_can_be_searched(polled: Services) -> None:
    beans = post(1, text="Runner beans on the trellis.")
    await polled.store.backfills.record(await claim(polled), new(beans), 0, onward(polled.now), polled.now)

    found = await polled.store.search.find(parse_query("trellis bean", polled.now), None)
    assert [hit.title for hit in found.hits] == ["Post 1"]


async def test_a_post_that_a_poll_recorded_meanwhile_is_not_added_again(polled: Services) -> None:
    claimed = await claim(polled)
    await polled.poll(post(101))
    added = await polled.store.backfills.record(
        claimed, new(post(101), post(1)), 0, onward(polled.now), polled.now
    )

    assert added == 1
    assert sorted(await titles(polled.store)) == ["Post 1", "Post 100", "Post 101", "Post 99"]
    assert await polled.send_all() == [(100, "Post 101")]


async def test_a_page_is_claimed_by_one_worker_until_its_lease_ends(polled: Services, other: Store) -> None:
    await claim(polled)

    assert await other.backfills.claim(polled.now, Worker.CLI, LEASE) == []
    assert len(await other.backfills.claim(polled.now + LEASE, Worker.CLI, LEASE)) == 1


async def test_if_two_processes_claim_at_once_one_gets_the_page(polled: Services, other: Store) -> None:
    claims = await asyncio.gather(
        polled.store.backfills.claim(polled.now, Worker.RUN, LEASE),
        other.backfills.claim(polled.now, Worker.CLI, LEASE),
    )

    assert sorted(map(len, claims)) == [0, 1]


async def test_a_worker_that_lost_its_lease_writes_nothing(polled: Services, other: Store) -> None:
    slow = await claim(polled)
    later = polled.now + LEASE
    (quick,) = await other.backfills.claim(later, Worker.CLI, LEASE)
    await other.backfills.record(quick, new(post(1)), 0, onward(later, "three"), later)

    assert await polled.store.backfills.record(slow, new(post(2)), 0, onward(later), later) is None
    assert "Post 2" not in await titles(polled.store)
    (found,) = await other.backfills.claim(later, Worker.CLI, LEASE)
    assert found.bookmark.cursor == "three"


async def test_release_takes_back_only_the_claims_of_the_same_kind_of_worker(polled: Services) -> None:
    await claim(polled, Worker.CLI)
    await polled.store.backfills.release(Worker.RUN)
    assert await polled.store.backfills.claim(polled.now, Worker.RUN, LEASE) == []

    await polled.store.backfills.release(Worker.CLI)

    assert len(await polled.store.backfills.claim(polled.now, Worker.CLI, LEASE)) == 1


async def test_the_page_of_a_lost_process_is_released_and_that_of_the_command_line_is_not(
    polled: Services,
) -> None:
    backfills, feeds = polled.store.backfills, polled.store.feeds
    await backfills.claim(polled.now, Worker.CLI, LEASE)
    assert await feeds.claiming_seats() == []
    await backfills.release(Worker.CLI)
    await backfills.claim(polled.now, Worker.RUN, LEASE, seat=2)

    assert await feeds.claiming_seats() == [2]
    assert await feeds.take_back([1]) == 0
    assert await feeds.take_back([2]) == 1
    assert len(await backfills.claim(polled.now, Worker.RUN, LEASE, seat=1)) == 1


async def test_a_process_takes_back_only_its_own_old_claims_that_it_does_not_read(polled: Services) -> None:
    backfills, ends = polled.store.backfills, polled.now + LEASE
    await backfills.claim(polled.now, Worker.RUN, LEASE, seat=2)

    assert await backfills.take_back_unread(ends - SECOND, Worker.RUN, 2, []) == 0
    assert await backfills.take_back_unread(ends, Worker.RUN, 1, []) == 0
    assert await backfills.take_back_unread(ends, Worker.CLI, 2, []) == 0
    assert await backfills.take_back_unread(ends, Worker.RUN, 2, [FEED_ID]) == 0
    assert await backfills.take_back_unread(ends, Worker.RUN, 2, []) == 1
    assert len(await backfills.claim(polled.now, Worker.RUN, LEASE)) == 1


async def test_an_unclaimed_page_is_due_at_once(polled: Services) -> None:
    await polled.store.backfills.unclaim(await claim(polled))

    assert (await claim(polled)).bookmark == Bookmark()


async def test_a_backfill_waits_until_its_feed_was_polled(services: Services) -> None:
    await services.follow(ChannelDeclaration(100))
    await services.store.backfills.request(FEED_ID, services.now)

    assert await services.store.backfills.claim(services.now, Worker.RUN, LEASE) == []
    found = await services.store.backfills.progress(FEED_ID)
    assert found is not None
    assert (found.state, found.polled) == (BackfillState.RUNNING, False)


async def test_no_page_is_claimed_while_the_site_cools_down(polled: Services) -> None:
    rest = polled.now + timedelta(hours=2)
    claimed = await claim(polled)
    failed = onward(polled.now, attempts=1, error="The site asks for fewer requests.", cooldown_until=rest)
    await polled.store.backfills.settle_failed(claimed, failed, polled.now)

    assert await polled.store.backfills.claim(rest - SECOND, Worker.RUN, LEASE) == []
    assert await polled.store.feeds.claim(rest - SECOND, LEASE, 10) == []
    assert await polled.store.backfills.take_slot(FEED_ID, SECOND, rest - SECOND) == rest
    (again,) = await polled.store.backfills.claim(rest, Worker.RUN, LEASE)
    assert again.attempts == 1


async def test_requests_to_a_site_are_separated_by_the_pause_whoever_sends_them(
    polled: Services, other: Store
) -> None:
    now = polled.now
    assert await polled.store.backfills.take_slot(FEED_ID, SECOND, now) is None

    assert await other.backfills.take_slot(FEED_ID, SECOND, now) == now + SECOND
    assert await other.backfills.claim(now, Worker.CLI, LEASE) == []
    assert await polled.store.feeds.claim(now, LEASE, 10) == []
    assert await other.backfills.take_slot(FEED_ID, SECOND, now + SECOND) is None


async def test_a_sites_spacing_applies_if_it_is_longer_than_the_pause(polled: Services) -> None:
    await polled.store.feeds.set_budgets(lambda _: SiteBudget(2, 4 * SECOND))
    await polled.store.backfills.take_slot(FEED_ID, SECOND, polled.now)

    assert (
        await polled.store.backfills.take_slot(FEED_ID, SECOND, polled.now + SECOND)
        == polled.now + 4 * SECOND
    )


async def test_a_lease_is_longer_where_requests_are_spaced(polled: Services) -> None:
    await polled.store.feeds.set_budgets(lambda _: SiteBudget(2, 2 * LEASE))
    await claim(polled)
    a_first_page = polled.now + 5 * 2 * LEASE

    assert await polled.store.backfills.claim(a_first_page, Worker.CLI, LEASE) == []


async def test_polls_and_backfills_take_turns_on_a_site_with_one_request_at_a_time(
    polled: Services,
) -> None:
    await polled.store.feeds.set_budgets(lambda _: SiteBudget(1, timedelta(0)))
    await polled.claim_feed()
    assert await polled.store.backfills.claim(polled.now, Worker.RUN, LEASE) == []

    await polled.store.feeds.release()
    await claim(polled)

    assert await polled.store.feeds.claim(polled.now, LEASE, 10) == []


async def test_a_due_poll_goes_between_two_pages_unless_nobody_polls(polled: Services) -> None:
    await polled.store.backfills.take_slot(FEED_ID, SECOND, polled.now)
    free_at = polled.now + SECOND
    assert await polled.store.backfills.claim(free_at, Worker.CLI, LEASE) == []
    assert len(await polled.store.feeds.claim(free_at, LEASE, 10)) == 1
    assert len(await polled.store.backfills.claim(free_at, Worker.CLI, LEASE)) == 1

    await polled.store.feeds.release()
    await polled.store.backfills.release(Worker.CLI)

    assert await polled.store.backfills.claim(free_at + SECOND, Worker.CLI, LEASE) == []
    assert len(await polled.store.backfills.claim(free_at + 2 * SECOND, Worker.CLI, LEASE)) == 1


async def test_one_backfill_at_a_time_reads_from_a_site(polled: Services) -> None:
    await polled.store.subscriptions.follow(
        f"{GARDEN}/second", "", 100, "opml", "garden.example", SiteBudget(2, timedelta(0)), polled.now
    )
    polled.now += MINUTE
    for feed in await polled.store.feeds.claim(polled.now, LEASE, 10):
        await polled.record(feed, post(200 + feed.id))
    await polled.store.backfills.request(2, polled.now)

    first = await polled.store.backfills.claim(polled.now, Worker.RUN, LEASE)
    second = await polled.store.backfills.claim(polled.now, Worker.CLI, LEASE)

    assert (len(first), second) == (1, [])


async def test_a_stopped_backfill_stays_stopped_and_keeps_its_bookmark(polled: Services) -> None:
    claimed = await claim(polled)
    await polled.store.backfills.stop(FEED_ID)
    await polled.store.backfills.record(claimed, new(post(1)), 0, onward(polled.now), polled.now)

    assert await state(polled) == (BackfillState.STOPPED, 1, 2, 9)
    assert await polled.store.backfills.claim(polled.now, Worker.RUN, LEASE) == []

    await polled.store.backfills.request(FEED_ID, polled.now)

    assert (await claim(polled)).bookmark.cursor == "two"


async def test_a_request_made_while_a_page_is_read_wins(polled: Services) -> None:
    await polled.store.backfills.request(FEED_ID, polled.now, since=START)
    bounded = await claim(polled)
    await polled.store.backfills.request(FEED_ID, polled.now + SECOND)
    done = replace(onward(polled.now, "two"), state=BackfillState.DONE)

    assert await polled.store.backfills.record(bounded, new(post(1)), 0, done, polled.now) is None
    (unbounded,) = await polled.store.backfills.claim(polled.now + SECOND, Worker.RUN, LEASE)
    assert (unbounded.bookmark, unbounded.since) == (Bookmark(), None)


async def test_a_backfill_pauses_while_nobody_follows_the_feed(polled: Services) -> None:
    await polled.follow()
    assert await polled.store.backfills.claim(polled.now, Worker.RUN, LEASE) == []
    assert (await state(polled))[0] is BackfillState.STOPPED

    await polled.follow(ChannelDeclaration(100))

    assert (await state(polled))[0] is BackfillState.RUNNING
    assert (await claim(polled)).feed.id == FEED_ID


async def test_a_finished_backfill_starts_again_when_it_is_requested(polled: Services) -> None:
    done = replace(onward(polled.now, ""), state=BackfillState.DONE)
    await polled.store.backfills.record(await claim(polled), new(post(1)), 0, done, polled.now)
    assert (await state(polled))[0] is BackfillState.DONE

    await polled.store.backfills.request(FEED_ID, polled.now, START, 50)

    again = await claim(polled)
    assert (again.bookmark.cursor, again.archived, again.since, again.limit) == ("", 0, START, 50)


async def test_a_failed_backfill_continues_with_all_its_attempts(polled: Services) -> None:
    failed = replace(onward(polled.now, "two"), state=BackfillState.FAILED, attempts=5, error="No.")
    await polled.store.backfills.settle_failed(await claim(polled), failed, polled.now)
    await polled.store.backfills.request(FEED_ID, polled.now)

    again = await claim(polled)

    assert (again.bookmark.cursor, again.attempts) == ("two", 0)


async def test_undated_posts_of_a_history_count_as_older_than_all_archived_posts(polled: Services) -> None:
    undated = [post(number, published=None) for number in (1, 2, 3)]
    await polled.store.backfills.record(
        await claim(polled), new(*undated[1:]), 0, onward(polled.now), polled.now
    )
    await polled.store.backfills.record(
        await claim(polled), new(undated[0]), 0, onward(polled.now, "three"), polled.now
    )

    assert await titles(polled.store) == ["Post 100", "Post 99", "Post 3", "Post 2", "Post 1"]


async def test_a_history_does_not_make_a_feed_look_busy(polled: Services) -> None:
    await polled.store.guilds.assign_channels({100: 7})
    old = [post(number, published=START - timedelta(days=100 + number)) for number in range(1, 40)]
    await polled.store.backfills.record(await claim(polled), new(*old), 0, onward(polled.now), polled.now)

    (found,) = await polled.store.archive.statuses(7, [1], polled.now)
    assert found.posts_last_month == 2
