"""A history on its way into the archive: real HTTP, the real parser process, a real file; only time is ours."""

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
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Answer, Blog, Document, Post, good_answer
from bot.sandbox.sites.paging import Paging
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher
from bot.source.http.site import site_of
from bot.store.backfills import Backfills, Worker
from bot.store.store import Store
from tests.relay.conftest import ALL, FEED_ID, LIMITS, POSTS, START, Clock, Services, budget, ride, rides


@pytest.fixture
async def unpolled(tmp_path: Path) -> AsyncIterator[Services]:
    async with (
        Blog() as blog,
        Fetcher(LIMITS) as fetcher,
        Parser() as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        feed = blog.feed("wheels", "Slow Wheels", "atom")
        feed.paging, feed.per_page = Paging.NEXT, 25
        feed.publish(*(ride(number) for number in range(1, POSTS + 1)))
        declared = [FeedDeclaration(feed.url, channels=(ChannelDeclaration(100),))]
        await store.subscriptions.sync(declared, site_of, budget, START)
        yield Services(store, fetcher, parser, blog, feed, Clock())


@pytest.fixture
async def services(unpolled: Services) -> Services:
    assert await unpolled.poll() == []
    return unpolled


async def test_a_history_comes_whole_and_nothing_of_it_is_owed(services: Services) -> None:
    ended = await services.fill()

    assert (ended.state, ended.archived) == (BackfillState.DONE, POSTS - 20)
    assert await services.titles() == ALL
    assert await services.poll() == []


async def test_requests_are_a_pause_apart(services: Services) -> None:
    before = len(services.blog.requests)
    await services.fill()

    requests = len(services.blog.requests) - before
    assert requests == 5  # the feed, once more after its first page, and three pages
    assert services.clock.now - START >= (requests - 1) * REQUEST_SPACING


async def test_a_post_that_comes_before_the_history_is_read_is_left_to_the_poll(services: Services) -> None:
    services.clock.now += timedelta(hours=2)
    services.feed.publish(Post("900", "Ride 900", "<p>New chain.</p>", services.clock.now))
    await services.fill()
    assert "Ride 900" not in await services.titles()

    assert await services.poll() == ["Ride 900"]


async def test_called_again_it_adds_nothing_twice(services: Services) -> None:
    await services.fill()
    again = await services.fill()

    assert (again.state, again.archived) == (BackfillState.DONE, 0)
    assert await services.titles() == ALL


async def test_a_feed_that_was_never_polled_waits_for_its_baseline_and_is_then_filled(
    unpolled: Services,
) -> None:
    waits = await unpolled.fill()
    assert (waits.state, waits.polled, unpolled.blog.requests) == (BackfillState.RUNNING, False, [])

    assert await unpolled.poll() == []
    ended = await unpolled.reader().finish(FEED_ID, unpolled.told.append)

    assert (ended.state, await unpolled.titles()) == (BackfillState.DONE, ALL)


async def test_the_newest_so_many_are_read_and_a_larger_number_goes_on_from_there(services: Services) -> None:
    ended = await services.fill(limit=30)
    assert (ended.state, ended.archived) == (BackfillState.DONE, 30)
    assert await services.titles() == rides(*range(POSTS - 49, POSTS + 1))

    await services.fill()

    assert await services.titles() == ALL


async def test_posts_before_a_day_are_not_read_and_an_earlier_day_goes_on_from_there(
    services: Services,
) -> None:
    bound = ride(60).published
    await services.fill(since=bound)
    assert await services.titles() == rides(*range(60, POSTS + 1))

    await services.fill(since=ride(10).published)

    assert await services.titles() == rides(*range(10, POSTS + 1))


@pytest.mark.parametrize(
    ("asked", "oldest"), [(None, 61), (ride(10).published, 61), (ride(70).published, 70)]
)
async def test_what_is_too_old_to_be_kept_is_not_read_whoever_asks(
    services: Services, asked: datetime | None, oldest: int
) -> None:
    services.rules = BackfillRules(retention=START - ride(61).published + timedelta(minutes=30))
    await services.fill(since=asked)

    assert await services.titles() == rides(*range(oldest, POSTS + 1))


async def test_a_page_that_fails_is_tried_again_later(services: Services) -> None:
    services.feed.next(faults.status(503), faults.status(503))
    ended = await services.fill()

    assert (ended.state, await services.titles()) == (BackfillState.DONE, ALL)
    assert services.clock.now - START >= timedelta(seconds=30)
    assert any("problem of its own" in progress.error for progress in services.told)


async def test_a_site_that_asks_for_rest_has_it_from_polls_too(services: Services) -> None:
    services.feed.next(faults.status(429, {"Retry-After": "1800"}))
    await services.request()
    (claimed,) = await services.store.backfills.claim(services.clock.now, Worker.CLI, timedelta(minutes=5))
    await services.reader().read(claimed)

    resting = services.clock.now + timedelta(minutes=30)
    assert (await services.progress()).due_at == resting
    assert await services.store.feeds.claim(resting - timedelta(seconds=1), timedelta(minutes=5), 10) == []
    assert (await services.reader().finish(FEED_ID, services.told.append)).state is BackfillState.DONE


async def test_a_rest_that_begins_while_a_page_is_read_puts_it_off_and_is_no_failed_try(
    services: Services,
) -> None:
    rest = services.clock.now + timedelta(hours=1)

    async def resting(request: web.Request, doc: Document) -> web.StreamResponse:
        result = PollResult(rest, error="Too many requests.", cooldown_until=rest)
        await services.store.feeds.settle_failed(FEED_ID, result, services.clock.now)
        return good_answer(request, doc)

    services.feed.next(resting)
    await services.request()
    (claimed,) = await services.store.backfills.claim(services.clock.now, Worker.CLI, timedelta(minutes=5))
    await services.reader().read(claimed)

    assert (await services.progress()).due_at == rest
    services.clock.now = rest
    (again,) = await services.store.backfills.claim(rest, Worker.CLI, timedelta(minutes=5))
    assert again.attempts == 0


@pytest.mark.parametrize("paging", [Paging.NEXT, Paging.PAGED])
async def test_a_site_that_is_asked_every_five_minutes_gives_its_history_in_time(
    services: Services, paging: Paging
) -> None:
    services.feed.paging, services.feed.per_page = paging, 80
    await services.store.feeds.set_budgets(lambda _: SiteBudget(2, timedelta(minutes=5)))
    ended = await services.fill()

    assert ended.state is BackfillState.DONE
    assert await services.titles() == ALL
    assert {progress.error for progress in services.told} == {""}


async def test_a_page_that_never_comes_ends_it_with_a_sentence_and_it_can_be_taken_up_again(
    services: Services,
) -> None:
    await services.request()
    reader = services.reader()
    for _ in range(2):
        services.clock.now += 2 * REQUEST_SPACING
        (claimed,) = await services.store.backfills.claim(
            services.clock.now, Worker.CLI, timedelta(minutes=5)
        )
        await reader.read(claimed)
    services.feed.always(faults.served(b"<!DOCTYPE html><title>Wheels</title><p>Hello", "text/html"))
    ended = await services.reader().finish(FEED_ID, services.told.append)
    assert (ended.state, ended.archived) == (BackfillState.FAILED, 25)
    assert "This is a web page" in ended.error

    services.feed.always(None)
    assert (await services.fill()).archived == POSTS - 20
    assert await services.titles() == ALL


async def test_a_feed_without_a_history_is_told_so_at_once(services: Services) -> None:
    services.feed.paging = Paging.NONE
    ended = await services.fill()

    assert (ended.state, ended.archived) == (BackfillState.FAILED, 0)
    assert "offers no older posts" in ended.error


async def test_a_source_that_is_gone_is_left_for_another_from_the_beginning(services: Services) -> None:
    await services.request(limit=30)
    await services.reader().finish(FEED_ID, services.told.append)
    services.feed.paging, services.feed.length, services.feed.per_page = Paging.PAGED, 20, 20

    assert (await services.fill()).state is BackfillState.DONE
    assert await services.titles() == ALL


async def test_a_site_that_shows_one_page_under_every_number_is_left_soon(services: Services) -> None:
    services.blog.pages["/same"] = same_page(services.blog.address)
    before = len(services.blog.requests)
    await services.store.subscriptions.sync(
        [FeedDeclaration(f"{services.blog.address}/same", channels=(ChannelDeclaration(100),))],
        site_of,
        budget,
        START,
    )
    await services.poll()
    await services.store.backfills.request(2, START)

    ended = await services.reader().finish(2, services.told.append)

    assert (ended.state, ended.archived) == (BackfillState.DONE, 0)
    assert len(services.blog.requests) - before < 6


async def test_one_that_is_cancelled_in_a_page_gives_it_back(services: Services) -> None:
    asked = asyncio.Event()

    async def held(_request: web.Request, _doc: Document) -> web.StreamResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody lets it go")

    services.feed.next(held)
    await services.request()
    task = asyncio.create_task(services.reader().finish(FEED_ID, services.told.append))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    services.clock.now += REQUEST_SPACING
    assert (
        len(await services.store.backfills.claim(services.clock.now, Worker.CLI, timedelta(minutes=5))) == 1
    )


async def test_the_running_bot_reads_a_page_a_tick_and_stops_in_the_middle_of_one(services: Services) -> None:
    await services.request()
    reader = services.reader(Worker.RUN)
    while (await services.progress()).state is BackfillState.RUNNING:
        services.clock.now += REQUEST_SPACING
        await reader.tick()
        await reader._tasks.drain()

    assert await services.titles() == ALL
    released = asyncio.Event()
    services.feed.next(faults.hang(released))
    await services.request()
    services.clock.now += REQUEST_SPACING
    assert await reader.tick() == 1
    await reader.stop()
    released.set()

    services.clock.now += REQUEST_SPACING
    assert (
        len(await services.store.backfills.claim(services.clock.now, Worker.RUN, timedelta(minutes=5))) == 1
    )


async def test_the_claim_of_a_page_outlasts_requests_as_slow_as_they_may_be(services: Services) -> None:
    services.rules = BackfillRules(timeout=timedelta(minutes=2))
    released = asyncio.Event()
    services.feed.next(faults.hang(released))
    await services.request()
    reader = services.reader(Worker.RUN)
    await reader.tick()
    services.clock.now += 5 * timedelta(minutes=2)

    assert await services.store.backfills.claim(services.clock.now, Worker.CLI, timedelta(minutes=5)) == []
    released.set()
    await reader.stop()


async def test_a_page_that_this_process_reads_is_not_claimed_by_it_again_however_long_it_takes(
    services: Services,
) -> None:
    released = asyncio.Event()
    services.feed.next(faults.hang(released))
    await services.request()
    reader = services.reader(Worker.RUN)
    await reader.tick()
    services.clock.now += timedelta(days=1)

    assert await reader.tick() == 0
    released.set()
    await reader._tasks.drain()
    assert (await services.progress()).read > 0


async def test_two_processes_on_one_history_read_each_post_once(services: Services, tmp_path: Path) -> None:
    await services.request()
    async with await Store.open(tmp_path / "feed-relay.db") as beside:
        other = Services(
            beside, services.fetcher, services.parser, services.blog, services.feed, services.clock
        )
        ends = await asyncio.gather(
            services.reader(Worker.CLI).finish(FEED_ID, services.told.append),
            other.reader(Worker.RUN).finish(FEED_ID, services.told.append),
        )

    assert {(ended.state, ended.archived) for ended in ends} == {(BackfillState.DONE, POSTS - 20)}
    assert await services.titles() == ALL


async def test_a_page_that_the_database_refuses_is_read_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Backfills.record

    async def locked(*_: object) -> int | None:
        raise StoreLocked("feed-relay.db")

    await services.request()
    reader = services.reader(Worker.RUN)
    monkeypatch.setattr(Backfills, "record", locked)
    await reader.tick()
    await reader._tasks.drain()
    monkeypatch.setattr(Backfills, "record", record)
    await services.store.backfills.release(Worker.RUN)

    assert (await reader.finish(FEED_ID, services.told.append)).state is BackfillState.DONE
    assert await services.titles() == ALL


def same_page(address: str) -> Answer:
    """A feed that leads from number to number, each of which shows the same post."""
    numbers = iter(range(2, 1000))

    async def answer(_request: web.Request, _doc: Document) -> web.StreamResponse:
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>Same</title><id>x:same</id>'
            f'<link rel="next" href="{address}/same?page={next(numbers)}"/>'
            "<entry><id>x:1</id><title>The only ride</title></entry></feed>"
        )
        return web.Response(text=body, content_type="application/atom+xml")

    return answer
