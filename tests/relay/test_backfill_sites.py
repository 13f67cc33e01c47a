"""Backfills of sites that serve stale or contradictory pages: new posts stay new, and every backfill ends."""

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
from bot.sandbox.sites.blog import Blog, Document, GuidStyle, Post, Responder, normal_response
from bot.sandbox.sites.paging import Paging
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher
from bot.source.http.site import site_of
from bot.store.backfills import Worker
from bot.store.store import Store
from tests.relay.conftest import ALL, LIMITS, POSTS, START, BackfillFixture, Clock, budget, ride_post

WORDS = "Along the river and up the hill, then back through the wood; the chain held, and so did the weather."


@pytest.fixture
async def fixture(tmp_path: Path) -> AsyncIterator[BackfillFixture]:
    async with (
        Blog() as blog,
        Fetcher(LIMITS) as fetcher,
        Parser() as parser,
        await Store.open(tmp_path / "feed-relay.db") as store,
    ):
        feed = blog.feed("wheels", "Slow Wheels", "atom")
        feed.per_page = 25
        feed.publish(*(ride_post(number) for number in range(1, POSTS + 1)))
        yield BackfillFixture(store, fetcher, parser, blog, feed, Clock())


async def test_a_new_post_that_only_an_archive_shows_is_left_to_the_poll(fixture: BackfillFixture) -> None:
    """The feed comes from a cache, and its dates have no time."""
    fixture.feed.paging = Paging.ARCHIVES
    fixture.clock.now += timedelta(hours=5)
    await follow(fixture, fixture.feed.url)
    cached = fixture.feed.document()
    fixture.feed.publish(Post("900", "Ride 900", "<p>New chain.</p>", START.replace(hour=0)))

    async def lagging(request: web.Request, _doc: Document) -> web.StreamResponse:
        page = fixture.feed.page(request.query) if "archive" in request.query else cached
        assert page is not None
        return normal_response(request, page)

    fixture.feed.always(lagging)
    await fixture.fill()
    assert "Ride 900" not in await fixture.titles()
    fixture.feed.always(None)

    assert await fixture.poll() == ["Ride 900"]


async def test_a_page_with_two_versions_of_a_post_does_not_make_it_new_again(
    fixture: BackfillFixture,
) -> None:
    feed, older = f"{fixture.blog.address}/feed", f"{fixture.blog.address}/older"
    fixture.blog.pages["/feed"] = page(entry("2", "Ride 2"), entry("1", "Ride 1"), older=older)
    fixture.blog.pages["/older"] = page(
        entry("2", "Ride 2"), entry("2", "Ride 2, a draft"), entry("0", "Ride 0")
    )
    await follow(fixture, feed)
    fixture.blog.pages["/feed"] = page(entry("2", "Ride 2, edited"), entry("1", "Ride 1"), older=older)
    assert await fixture.poll() == []

    assert (await fixture.fill()).archived == 1
    fixture.blog.pages["/feed"] = page(
        entry("3", "Ride 3"), entry("2", "Ride 2, edited"), entry("1", "Ride 1")
    )

    assert await fixture.poll() == ["Ride 3"]


@pytest.mark.parametrize("older", ["http://127.0.0.1:99999/older", "http://127.0.0.1:22/older"])
async def test_an_unusable_link_ends_the_backfill_with_a_sentence(
    fixture: BackfillFixture, older: str
) -> None:
    fixture.blog.pages["/feed"] = page(entry("2", "Ride 2"), older=f"{fixture.blog.address}/older")
    fixture.blog.pages["/older"] = page(entry("1", "Ride 1"), older=older)
    await follow(fixture, f"{fixture.blog.address}/feed")

    ended = await fixture.fill()

    assert (ended.state, ended.archived) == (BackfillState.FAILED, 1)
    assert "not a usable address" in ended.error
    assert [seen.path for seen in fixture.blog.requests].count("/older") == 1


async def test_a_feed_whose_first_link_is_unusable_has_no_history(fixture: BackfillFixture) -> None:
    fixture.blog.pages["/feed"] = page(entry("2", "Ride 2"), older="http://127.0.0.1:99999/older")
    await follow(fixture, f"{fixture.blog.address}/feed")

    assert "offers no older posts" in (await fixture.fill()).error


async def test_a_page_that_fails_because_of_a_bug_is_given_up(
    fixture: BackfillFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("a bug")

    fixture.feed.paging = Paging.NEXT
    await follow(fixture, fixture.feed.url)
    monkeypatch.setattr(backfill_plan, "archivable", broken)

    ended = await fixture.fill()

    assert ended.state is BackfillState.FAILED
    assert "because of a bug" in ended.error
    assert {reported.state for reported in fixture.reported[:-1]} == {BackfillState.RUNNING}


async def test_a_post_that_is_too_large_is_counted_and_the_others_are_archived(
    fixture: BackfillFixture,
) -> None:
    fixture.feed.form, fixture.feed.paging, fixture.feed.guid_style = (
        "wordpress",
        Paging.REST,
        GuidStyle.WORDPRESS,
    )
    fixture.feed.posts = [
        replace(post, html="<p>Beans.</p>" * 100_000) if post.id == "30" else post
        for post in fixture.feed.posts
    ]
    await follow(fixture, fixture.feed.url)

    ended = await fixture.fill()

    assert (ended.state, ended.read, ended.total) == (BackfillState.DONE, POSTS, POSTS)
    assert await fixture.titles() == [title for title in ALL if title != "Ride 30"]


async def test_the_session_of_a_stopped_backfill_is_closed(fixture: BackfillFixture) -> None:
    fixture.feed.paging = Paging.NEXT
    await follow(fixture, fixture.feed.url)
    await fixture.request()
    reader = fixture.reader(Worker.RUN)
    fixture.clock.now += REQUEST_SPACING
    await reader.tick()
    await reader._tasks.drain()
    assert reader._sessions

    await fixture.store.backfills.stop(1)
    fixture.clock.now += SESSION_TTL
    await reader.tick()

    assert not reader._sessions


async def follow(fixture: BackfillFixture, url: str) -> None:
    """Follow the store's only feed, and poll it for its baseline."""
    declared = [FeedDeclaration(url, channels=(ChannelDeclaration(100),))]
    await fixture.store.subscriptions.sync(declared, site_of, budget, START)
    assert await fixture.poll() == []


def entry(number: str, title: str, published: str = "2026-03-01") -> str:
    return (
        f"<entry><id>x:{number}</id><title>{title}</title><published>{published}T00:00:00Z</published>"
        f"<content>{WORDS}</content></entry>"
    )


def page(*entries: str, older: str = "") -> Responder:
    """Return an Atom feed with a link to an older page."""
    link = f'<link rel="next" href="{older}"/>' if older else ""
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Rides</title><id>x:r</id>{link}{"".join(entries)}</feed>'
    return faults.served(body.encode(), "application/atom+xml")
