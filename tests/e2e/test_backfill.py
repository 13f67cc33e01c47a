"""A history of 3,000 posts reaches the archive even if the command is killed, and none of it reaches Discord."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import web

from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Document, GuidStyle, normal_response
from bot.sandbox.sites.paging import Paging
from tests.e2e.backfill_fixture import backfill_fixture, note
from tests.e2e.bot_process import TIMEOUT
from tests.e2e.kill_at_step import LOOK
from tests.e2e.relay_fixture import eventually

POSTS = 3_000
ALL = {f"Note {number}" for number in range(1, POSTS + 1)}


SOURCES = {
    "JSON Feed's next_url": ("json", Paging.NEXT),
    "Atom's rel=next": ("atom", Paging.NEXT),
    "RFC 5005's archives": ("atom", Paging.ARCHIVES),
    "WordPress's paged": ("wordpress", Paging.PAGED),
    "WordPress's API": ("wordpress", Paging.REST),
    "Tumblr's API": ("rss", Paging.NONE),
}


@pytest.mark.parametrize("name", SOURCES)
async def test_a_backfill_that_is_killed_twice_archives_every_post_and_posts_none(
    tmp_path: Path, name: str
) -> None:
    form, paging = SOURCES[name]
    async with backfill_fixture(tmp_path, POSTS, form) as fixture:
        fixture.feed.paging = paging
        fixture.feed.guid_style = GuidStyle.SLUG if form == "rss" else GuidStyle.WORDPRESS
        assert (await fixture.call("run", "--once"))[0] == 0
        fixture.feed.publish(note(POSTS + 1))

        await fixture.killed("backfill", "Moon", after=3)
        await fixture.killed("backfill", "Moon", after=11)
        status, output = await fixture.call("backfill", "Moon")

        assert (status, output.splitlines()[-1]) == (
            0,
            f"Added {POSTS - 20:,} posts of Moon to the archive.",
        )
        titles = await fixture.archived()
        assert (len(titles), set(titles)) == (POSTS, ALL)
        assert fixture.received() == []

        assert (await fixture.call("run", "--once"))[0] == 0
        assert fixture.received() == [f"Note {POSTS + 1}"]


async def test_beside_a_running_bot_new_posts_are_posted_once_and_the_history_is_not(tmp_path: Path) -> None:
    async with backfill_fixture(tmp_path, 600, "wordpress") as fixture:
        fixture.feed.paging, fixture.feed.per_page = Paging.PAGED, 20
        bot = fixture.start("run")
        await eventually(lambda: len(fixture.blog.requests) >= 2)

        fixture.feed.publish(note(601), note(602))
        await fixture.killed("backfill", "Moon", after=2, step=LOOK)
        fixture.feed.publish(note(603))
        status, output = await fixture.call("backfill", "Moon")
        await fixture.discord.wait_for(lambda: len(fixture.received()) >= 3, timeout=TIMEOUT)
        await bot.end(signal.SIGTERM)

        assert status == 0, output
        assert fixture.received() == ["Note 601", "Note 602", "Note 603"]
        assert sorted(await fixture.archived()) == sorted(note(number).title for number in range(1, 604))


async def test_a_running_bot_archives_a_history_that_was_requested_before_the_first_poll(
    tmp_path: Path,
) -> None:
    async with backfill_fixture(tmp_path, 90, "json") as fixture:
        fixture.feed.paging = Paging.NEXT
        fixture.feed.always(faults.status(503))
        assert (await fixture.call("run", "--once"))[0] == 0
        status, output = await fixture.call("backfill", "Moon")
        assert (status, "was never polled" in output) == (1, True)

        fixture.feed.always(None)
        bot = fixture.start("run")
        async with asyncio.timeout(TIMEOUT):
            while len(await fixture.archived()) < 90:  # noqa: ASYNC110 -- nothing announces what another process does
                await asyncio.sleep(0.1)
        await bot.end(signal.SIGTERM)

        assert fixture.received() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't send SIGINT to one process")
async def test_ctrl_c_stops_a_backfill_cleanly_and_the_same_command_continues_it(tmp_path: Path) -> None:
    async with backfill_fixture(tmp_path, 300, "json") as fixture:
        fixture.feed.paging, fixture.feed.per_page = Paging.NEXT, 20
        assert (await fixture.call("run", "--once"))[0] == 0
        reached, requests_before = asyncio.Event(), len(fixture.blog.requests)

        async def hang_at_the_fifth(request: web.Request, doc: Document) -> web.StreamResponse:
            if len(fixture.blog.requests) == requests_before + 5:
                reached.set()
                await asyncio.Event().wait()
            return normal_response(request, doc)

        fixture.feed.always(hang_at_the_fifth)
        process = fixture.start("backfill", "Moon", output="output")
        await asyncio.wait_for(reached.wait(), TIMEOUT)
        status = await process.end(signal.SIGINT)
        assert (status, fixture.output().splitlines()[-1]) == (
            130,
            "Stopped; run the same command again to continue.",
        )

        fixture.feed.always(None)
        assert (await fixture.call("run", "--once"))[0] == 0
        assert 20 < len(await fixture.archived()) < 300, "a run doesn't continue what a person stopped"
        assert (await fixture.call("backfill", "Moon"))[0] == 0
        assert len(await fixture.archived()) == 300
