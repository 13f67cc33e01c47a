"""Backfills over real HTTP, with the real parser process and a real database. Only the time is simulated."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import StoreLocked
from bot.model import (
    BackfillState,
    ChannelDeclaration,
    FeedDeclaration,
    PollResult,
    SiteBudget,
)
from bot.relay.backfill import REQUEST_SPACING, BackfillRules
from bot.relay.tasks import TAKE_BACK_AFTER
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, Document, Post, Responder, normal_response
from bot.sandbox.sites.paging import Paging
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher
from bot.source.http.site import site_of
from bot.store.backfills import Backfills, Worker
from bot.store.store import Store
from tests.relay.conftest import (
    ALL,
    FEED_ID,
    LIMITS,
    POSTS,
    START,
    BackfillFixture,
    Clock,
    budget,
    ride_post,
    ride_titles,
)


@pytest.fixture
async def unpolled(tmp_path: Path) -> AsyncIterator[BackfillFixture]:
    async with (
        Blog() as blog,
        Fetcher(LIMITS) as fetcher,
        Parser() as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        feed = blog.feed("wheels", "Slow Wheels", "atom")
        feed.paging, feed.per_page = Paging.NEXT, 25
        feed.publish(*(ride_post(number) for number in range(1, POSTS + 1)))
        declared = [FeedDeclaration(feed.url, channels=(ChannelDeclaration(100),))]
        await store.subscriptions.sync(declared, site_of, budget, START)
        yield BackfillFixture(store, fetcher, parser, blog, feed, Clock())


@pytest.fixture
async def fixture(unpolled: BackfillFixture) -> BackfillFixture:
    assert await unpolled.poll() == []
    return unpolled


async def test_a_complete_history_is_archived_and_nothing_is_delivered(fixture: BackfillFixture) -> None:
    ended = await fixture.fill()

    assert (ended.state, ended.archived) == (BackfillState.DONE, POSTS - 20)
    assert await fixture.titles() == ALL
    assert await fixture.poll() == []


async def test_requests_keep_their_spacing(fixture: BackfillFixture) -> None:
    before = len(fixture.blog.requests)
    await fixture.fill()

    requests = len(fixture.blog.requests) - before
    assert requests == 5  # the feed, again after its first page, and three pages
    assert fixture.clock.now - START >= (requests - 1) * REQUEST_SPACING


async def test_a_post_published_before_the_backfill_is_left_to_the_poll(fixture: BackfillFixture) -> None:
    fixture.clock.now += timedelta(hours=2)
    fixture.feed.publish(Post("900", "Ride 900", "<p>New chain.</p>", fixture.clock.now))
    await fixture.fill()
    assert "Ride 900" not in await fixture.titles()

    assert await fixture.poll() == ["Ride 900"]


async def test_a_second_backfill_adds_nothing_twice(fixture: BackfillFixture) -> None:
    await fixture.fill()
    again = await fixture.fill()

    assert (again.state, again.archived) == (BackfillState.DONE, 0)
    assert await fixture.titles() == ALL


async def test_a_backfill_waits_for_the_first_poll_of_its_feed(
    unpolled: BackfillFixture,
) -> None:
    waits = await unpolled.fill()
    assert (waits.state, waits.polled, unpolled.blog.requests) == (BackfillState.RUNNING, False, [])

    assert await unpolled.poll() == []
    ended = await unpolled.reader().finish(FEED_ID, unpolled.reported.append)

    assert (ended.state, await unpolled.titles()) == (BackfillState.DONE, ALL)


async def test_a_limit_keeps_the_newest_posts_and_a_larger_one_continues_from_there(
    fixture: BackfillFixture,
) -> None:
    ended = await fixture.fill(limit=30)
    assert (ended.state, ended.archived) == (BackfillState.DONE, 30)
    assert await fixture.titles() == ride_titles(*range(POSTS - 49, POSTS + 1))

    await fixture.fill()

    assert await fixture.titles() == ALL


async def test_posts_before_a_date_are_skipped_and_an_earlier_date_continues_from_there(
    fixture: BackfillFixture,
) -> None:
    bound = ride_post(60).published
    await fixture.fill(since=bound)
    assert await fixture.titles() == ride_titles(*range(60, POSTS + 1))

    await fixture.fill(since=ride_post(10).published)

    assert await fixture.titles() == ride_titles(*range(10, POSTS + 1))


@pytest.mark.parametrize(
    ("since", "oldest"), [(None, 61), (ride_post(10).published, 61), (ride_post(70).published, 70)]
)
async def test_posts_past_their_retention_are_never_read(
    fixture: BackfillFixture, since: datetime | None, oldest: int
) -> None:
    fixture.rules = BackfillRules(retention=START - ride_post(61).published + timedelta(minutes=30))
    await fixture.fill(since=since)

    assert await fixture.titles() == ride_titles(*range(oldest, POSTS + 1))


async def test_a_failed_page_is_retried_later(fixture: BackfillFixture) -> None:
    fixture.feed.next(faults.status(503), faults.status(503))
    ended = await fixture.fill()

    assert (ended.state, await fixture.titles()) == (BackfillState.DONE, ALL)
    assert fixture.clock.now - START >= timedelta(seconds=30)
    assert any("problem of its own" in progress.error for progress in fixture.reported)


async def test_polls_respect_the_cool_down_of_a_backfill(fixture: BackfillFixture) -> None:
    fixture.feed.next(faults.status(429, {"Retry-After": "1800"}))
    await fixture.request()
    (claimed,) = await fixture.store.backfills.claim(fixture.clock.now, Worker.CLI, timedelta(minutes=5))
    await fixture.reader().read(claimed)

    resting = fixture.clock.now + timedelta(minutes=30)
    assert (await fixture.progress()).due_at == resting
    assert await fixture.store.feeds.claim(resting - timedelta(seconds=1), timedelta(minutes=5), 10) == []
    assert (await fixture.reader().finish(FEED_ID, fixture.reported.append)).state is BackfillState.DONE


async def test_a_cool_down_that_begins_during_a_page_postpones_it_without_a_failed_attempt(
    fixture: BackfillFixture,
) -> None:
    rest = fixture.clock.now + timedelta(hours=1)

    async def resting(request: web.Request, doc: Document) -> web.StreamResponse:
        result = PollResult(rest, error="Too many requests.", cooldown_until=rest)
        await fixture.store.feeds.settle_failed(FEED_ID, result, fixture.clock.now)
        return normal_response(request, doc)

    fixture.feed.next(resting)
    await fixture.request()
    (claimed,) = await fixture.store.backfills.claim(fixture.clock.now, Worker.CLI, timedelta(minutes=5))
    await fixture.reader().read(claimed)

    assert (await fixture.progress()).due_at == rest
    fixture.clock.now = rest
    (again,) = await fixture.store.backfills.claim(rest, Worker.CLI, timedelta(minutes=5))
    assert again.attempts == 0


@pytest.mark.parametrize("paging", [Paging.NEXT, Paging.PAGED])
async def test_a_site_with_five_minutes_between_requests_is_backfilled(
    fixture: BackfillFixture, paging: Paging
) -> None:
    fixture.feed.paging, fixture.feed.per_page = paging, 80
    await fixture.store.feeds.set_budgets(lambda _: SiteBudget(2, timedelta(minutes=5)))
    ended = await fixture.fill()

    assert ended.state is BackfillState.DONE
    assert await fixture.titles() == ALL
    assert {progress.error for progress in fixture.reported} == {""}


async def test_a_page_that_keeps_failing_ends_the_backfill_and_it_can_continue_later(
    fixture: BackfillFixture,
) -> None:
    await fixture.request()
    reader = fixture.reader()
    for _ in range(2):
        fixture.clock.now += 2 * REQUEST_SPACING
        (claimed,) = await fixture.store.backfills.claim(fixture.clock.now, Worker.CLI, timedelta(minutes=5))
        await reader.read(claimed)
    fixture.feed.always(faults.served(b"<!DOCTYPE html><title>Wheels</title><p>Hello", "text/html"))
    ended = await fixture.reader().finish(FEED_ID, fixture.reported.append)
    assert (ended.state, ended.archived) == (BackfillState.FAILED, 25)
    assert "This is a web page" in ended.error

    fixture.feed.always(None)
    assert (await fixture.fill()).archived == POSTS - 20
    assert await fixture.titles() == ALL


async def test_a_feed_without_a_history_fails_at_once(fixture: BackfillFixture) -> None:
    fixture.feed.paging = Paging.NONE
    ended = await fixture.fill()

    assert (ended.state, ended.archived) == (BackfillState.FAILED, 0)
    assert "offers no older posts" in ended.error


async def test_another_source_starts_from_the_beginning_if_the_first_is_gone(
    fixture: BackfillFixture,
) -> None:
    await fixture.request(limit=30)
    await fixture.reader().finish(FEED_ID, fixture.reported.append)
    fixture.feed.paging, fixture.feed.length, fixture.feed.per_page = Paging.PAGED, 20, 20

    assert (await fixture.fill()).state is BackfillState.DONE
    assert await fixture.titles() == ALL


async def test_a_backfill_of_a_site_that_repeats_one_page_ends_soon(fixture: BackfillFixture) -> None:
    fixture.blog.pages["/same"] = same_page(fixture.blog.address)
    before = len(fixture.blog.requests)
    await fixture.store.subscriptions.sync(
        [FeedDeclaration(f"{fixture.blog.address}/same", channels=(ChannelDeclaration(100),))],
        site_of,
        budget,
        START,
    )
    await fixture.poll()
    await fixture.store.backfills.request(2, START)

    ended = await fixture.reader().finish(2, fixture.reported.append)

    assert (ended.state, ended.archived) == (BackfillState.DONE, 0)
    assert len(fixture.blog.requests) - before < 6


async def test_a_cancelled_backfill_gives_its_page_back(fixture: BackfillFixture) -> None:
    started = asyncio.Event()

    async def held(_request: web.Request, _doc: Document) -> web.StreamResponse:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError("never released")

    fixture.feed.next(held)
    await fixture.request()
    task = asyncio.create_task(fixture.reader().finish(FEED_ID, fixture.reported.append))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    fixture.clock.now += REQUEST_SPACING
    assert len(await fixture.store.backfills.claim(fixture.clock.now, Worker.CLI, timedelta(minutes=5))) == 1


async def test_the_running_bot_reads_one_page_per_tick_and_can_stop_during_one(
    fixture: BackfillFixture,
) -> None:
    await fixture.request()
    reader = fixture.reader(Worker.RUN)
    while (await fixture.progress()).state is BackfillState.RUNNING:
        fixture.clock.now += REQUEST_SPACING
        await reader.tick()
        await reader._tasks.drain()

    assert await fixture.titles() == ALL
    released = asyncio.Event()
    fixture.feed.next(faults.hang(released))
    await fixture.request()
    fixture.clock.now += REQUEST_SPACING
    assert await reader.tick() == 1
    await reader.stop()
    released.set()

    fixture.clock.now += REQUEST_SPACING
    assert len(await fixture.store.backfills.claim(fixture.clock.now, Worker.RUN, timedelta(minutes=5))) == 1


async def test_a_page_that_was_claimed_without_an_answer_is_read_soon(fixture: BackfillFixture) -> None:
    await fixture.request()
    reader = fixture.reader(Worker.RUN)
    fixture.clock.now += REQUEST_SPACING
    assert await reader._claim()

    await reader.take_back()
    assert await reader.tick() == 0
    fixture.clock.now += TAKE_BACK_AFTER
    await reader.take_back()

    assert await reader.tick() == 1
    await reader.take_back()
    assert await fixture.store.feeds.claiming_seats() == [0]
    await reader.stop()


async def test_a_page_carries_the_seat_of_its_process(fixture: BackfillFixture) -> None:
    fixture.feed.next(faults.hang(released := asyncio.Event()))
    await fixture.request()
    fixture.clock.now += REQUEST_SPACING
    reader = fixture.reader(Worker.RUN, seat=3)
    await reader.tick()

    assert await fixture.store.feeds.claiming_seats() == [3]
    await reader.stop()
    released.set()


async def test_the_end_of_a_page_asks_for_the_next_after_the_pause_of_its_site(
    fixture: BackfillFixture,
) -> None:
    await fixture.request()
    fixture.clock.now += REQUEST_SPACING
    reader = fixture.reader(Worker.RUN)

    await reader.tick()
    await reader._tasks.drain()

    assert fixture.asked == [REQUEST_SPACING]


async def test_the_claim_of_a_page_outlasts_the_slowest_requests(fixture: BackfillFixture) -> None:
    fixture.rules = BackfillRules(timeout=timedelta(minutes=2))
    released = asyncio.Event()
    fixture.feed.next(faults.hang(released))
    await fixture.request()
    reader = fixture.reader(Worker.RUN)
    await reader.tick()
    fixture.clock.now += 5 * timedelta(minutes=2)

    assert await fixture.store.backfills.claim(fixture.clock.now, Worker.CLI, timedelta(minutes=5)) == []
    released.set()
    await reader.stop()


async def test_a_process_does_not_claim_a_page_that_it_is_reading(
    fixture: BackfillFixture,
) -> None:
    released = asyncio.Event()
    fixture.feed.next(faults.hang(released))
    await fixture.request()
    reader = fixture.reader(Worker.RUN)
    await reader.tick()
    fixture.clock.now += timedelta(days=1)

    assert await reader.tick() == 0
    released.set()
    await reader._tasks.drain()
    assert (await fixture.progress()).read > 0


async def test_two_processes_read_each_post_of_a_history_once(
    fixture: BackfillFixture, tmp_path: Path
) -> None:
    await fixture.request()
    async with await Store.open(tmp_path / "feed-relay.db") as beside:
        other = BackfillFixture(
            beside, fixture.fetcher, fixture.parser, fixture.blog, fixture.feed, fixture.clock
        )
        ends = await asyncio.gather(
            fixture.reader(Worker.CLI).finish(FEED_ID, fixture.reported.append),
            other.reader(Worker.RUN).finish(FEED_ID, fixture.reported.append),
        )

    assert {(ended.state, ended.archived) for ended in ends} == {(BackfillState.DONE, POSTS - 20)}
    assert await fixture.titles() == ALL


async def test_a_page_that_could_not_be_recorded_is_read_again(
    fixture: BackfillFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Backfills.record

    async def locked(*_: object) -> int | None:
        raise StoreLocked("feed-relay.db")

    await fixture.request()
    reader = fixture.reader(Worker.RUN)
    monkeypatch.setattr(Backfills, "record", locked)
    await reader.tick()
    await reader._tasks.drain()
    monkeypatch.setattr(Backfills, "record", record)
    await fixture.store.backfills.release(Worker.RUN)

    assert (await reader.finish(FEED_ID, fixture.reported.append)).state is BackfillState.DONE
    assert await fixture.titles() == ALL


def same_page(address: str) -> Responder:
    """Return a feed whose numbered pages all show the same post."""
    numbers = iter(range(2, 1000))

    async def answer(_request: web.Request, _doc: Document) -> web.StreamResponse:
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>Same</title><id>x:same</id>'
            f'<link rel="next" href="{address}/same?page={next(numbers)}"/>'
            "<entry><id>x:1</id><title>The only ride</title></entry></feed>"
        )
        return web.Response(text=body, content_type="application/atom+xml")

    return answer
