"""Histories of sites that lag, contradict themselves or lie: what is new stays new, and no page is read for ever."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.model import BackfillState, ChannelDeclaration, FeedDeclaration
from bot.relay import backfill_plan
from bot.relay.backfill import REQUEST_SPACING, SESSION_TTL
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Answer, Blog, Document, GuidStyle, Post, good_answer
from bot.sandbox.sites.paging import Paging
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher
from bot.source.http.site import site_of
from bot.store.backfills import Worker
from bot.store.store import Store
from tests.relay.conftest import ALL, LIMITS, POSTS, START, Clock, Services, budget, ride

WORDS = "Along the river and up the hill, then back through the wood; the chain held, and so did the weather."


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with (
        Blog() as blog,
        Fetcher(LIMITS) as fetcher,
        Parser() as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        feed = blog.feed("wheels", "Slow Wheels", "atom")
        feed.per_page = 25
        feed.publish(*(ride(number) for number in range(1, POSTS + 1)))
        yield Services(store, fetcher, parser, blog, feed, Clock())


async def test_a_new_post_that_only_an_archive_shows_yet_is_left_to_the_poll(services: Services) -> None:
    """The feed comes from a cache, and its posts are dated by the day."""
    services.feed.paging = Paging.ARCHIVES
    services.clock.now += timedelta(hours=5)
    await follow(services, services.feed.url)
    cached = services.feed.document()
    services.feed.publish(Post("900", "Ride 900", "<p>New chain.</p>", START.replace(hour=0)))

    async def lagging(request: web.Request, _doc: Document) -> web.StreamResponse:
        page = services.feed.page(request.query) if "archive" in request.query else cached
        assert page is not None
        return good_answer(request, page)

    services.feed.always(lagging)
    await services.fill()
    assert "Ride 900" not in await services.titles()
    services.feed.always(None)

    assert await services.poll() == ["Ride 900"]


async def test_a_page_with_two_versions_of_a_post_does_not_make_it_new_again(services: Services) -> None:
    feed, older = f"{services.blog.address}/feed", f"{services.blog.address}/older"
    services.blog.pages["/feed"] = page(entry("2", "Ride 2"), entry("1", "Ride 1"), older=older)
    services.blog.pages["/older"] = page(
        entry("2", "Ride 2"), entry("2", "Ride 2, a draft"), entry("0", "Ride 0")
    )
    await follow(services, feed)
    services.blog.pages["/feed"] = page(entry("2", "Ride 2, edited"), entry("1", "Ride 1"), older=older)
    assert await services.poll() == []

    assert (await services.fill()).archived == 1
    services.blog.pages["/feed"] = page(
        entry("3", "Ride 3"), entry("2", "Ride 2, edited"), entry("1", "Ride 1")
    )

    assert await services.poll() == ["Ride 3"]


@pytest.mark.parametrize("older", ["http://127.0.0.1:99999/older", "http://127.0.0.1:22/older"])
async def test_a_link_that_cannot_be_asked_ends_the_history_with_a_sentence(
    services: Services, older: str
) -> None:
    services.blog.pages["/feed"] = page(entry("2", "Ride 2"), older=f"{services.blog.address}/older")
    services.blog.pages["/older"] = page(entry("1", "Ride 1"), older=older)
    await follow(services, f"{services.blog.address}/feed")

    ended = await services.fill()

    assert (ended.state, ended.archived) == (BackfillState.FAILED, 1)
    assert "not a usable address" in ended.error
    assert [seen.path for seen in services.blog.requests].count("/older") == 1


async def test_a_feed_whose_first_link_cannot_be_asked_has_no_history(services: Services) -> None:
    services.blog.pages["/feed"] = page(entry("2", "Ride 2"), older="http://127.0.0.1:99999/older")
    await follow(services, f"{services.blog.address}/feed")

    assert "offers no older posts" in (await services.fill()).error


async def test_a_page_that_a_bug_of_the_bot_keeps_from_being_read_is_given_up_too(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("a bug")

    services.feed.paging = Paging.NEXT
    await follow(services, services.feed.url)
    monkeypatch.setattr(backfill_plan, "archivable", broken)

    ended = await services.fill()

    assert ended.state is BackfillState.FAILED
    assert "because of a bug" in ended.error
    assert {told.state for told in services.told[:-1]} == {BackfillState.RUNNING}


async def test_a_post_that_is_too_large_is_counted_and_those_before_it_are_archived(
    services: Services,
) -> None:
    services.feed.form, services.feed.paging, services.feed.guid_style = (
        "wordpress",
        Paging.REST,
        GuidStyle.WORDPRESS,
    )
    services.feed.posts = [
        replace(post, html="<p>Beans.</p>" * 100_000) if post.id == "30" else post
        for post in services.feed.posts
    ]
    await follow(services, services.feed.url)

    ended = await services.fill()

    assert (ended.state, ended.read, ended.total) == (BackfillState.DONE, POSTS, POSTS)
    assert await services.titles() == [title for title in ALL if title != "Ride 30"]


async def test_of_a_back_fill_that_does_not_go_on_nothing_is_kept(services: Services) -> None:
    services.feed.paging = Paging.NEXT
    await follow(services, services.feed.url)
    await services.request()
    reader = services.reader(Worker.RUN)
    services.clock.now += REQUEST_SPACING
    await reader.tick()
    await reader._tasks.drain()
    assert reader._sessions

    await services.store.backfills.stop(1)
    services.clock.now += SESSION_TTL
    await reader.tick()

    assert not reader._sessions


async def follow(services: Services, url: str) -> None:
    """Until the feed has its baseline; it is the first of the store, and its only one."""
    declared = [FeedDeclaration(url, channels=(ChannelDeclaration(100),))]
    await services.store.subscriptions.sync(declared, site_of, budget, START)
    assert await services.poll() == []


def entry(number: str, title: str, published: str = "2026-03-01") -> str:
    return (
        f"<entry><id>x:{number}</id><title>{title}</title><published>{published}T00:00:00Z</published>"
        f"<content>{WORDS}</content></entry>"
    )


def page(*entries: str, older: str = "") -> Answer:
    """An Atom feed that leads to an older page."""
    link = f'<link rel="next" href="{older}"/>' if older else ""
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Rides</title><id>x:r</id>{link}{"".join(entries)}</feed>'
    return faults.served(body.encode(), "application/atom+xml")
