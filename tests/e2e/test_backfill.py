"""A history of 3,000 posts comes into the archive, whatever kills it on the way, and nothing of it into Discord."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import web

from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Document, GuidStyle, good_answer
from bot.sandbox.sites.paging import Paging
from tests.e2e.backfill_fixture import note, shelf
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
async def test_a_history_killed_twice_is_whole_and_posts_nothing(tmp_path: Path, name: str) -> None:
    form, paging = SOURCES[name]
    async with shelf(tmp_path, POSTS, form) as world:
        world.feed.paging = paging
        world.feed.guid_style = GuidStyle.SLUG if form == "rss" else GuidStyle.WORDPRESS
        assert (await world.call("run", "--once"))[0] == 0
        world.feed.publish(note(POSTS + 1))

        await world.killed("backfill", "Moon", after=3)
        await world.killed("backfill", "Moon", after=11)
        status, said = await world.call("backfill", "Moon")

        assert (status, said.splitlines()[-1]) == (
            0,
            f"Added {POSTS - 20:,} posts of Moon to the archive.",
        )
        titles = await world.archived()
        assert (len(titles), set(titles)) == (POSTS, ALL)
        assert world.received() == []

        assert (await world.call("run", "--once"))[0] == 0
        assert world.received() == [f"Note {POSTS + 1}"]


async def test_beside_a_running_bot_new_posts_are_posted_once_and_the_history_not_at_all(
    tmp_path: Path,
) -> None:
    async with shelf(tmp_path, 600, "wordpress") as world:
        world.feed.paging, world.feed.per_page = Paging.PAGED, 20
        bot = await world.start("run")
        await eventually(lambda: len(world.blog.requests) >= 2)

        world.feed.publish(note(601), note(602))
        await world.killed("backfill", "Moon", after=4)
        world.feed.publish(note(603))
        status, said = await world.call("backfill", "Moon")
        await world.discord.wait_for(lambda: len(world.received()) >= 3, timeout=30)
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.communicate(), 30)

        assert status == 0, said
        assert world.received() == ["Note 601", "Note 602", "Note 603"]
        assert sorted(await world.archived()) == sorted(note(number).title for number in range(1, 604))


async def test_the_running_bot_fills_what_was_asked_for_before_the_feed_was_read(tmp_path: Path) -> None:
    async with shelf(tmp_path, 90, "json") as world:
        world.feed.paging = Paging.NEXT
        world.feed.always(faults.status(503))
        assert (await world.call("run", "--once"))[0] == 0
        status, said = await world.call("backfill", "Moon")
        assert (status, "was never polled" in said) == (1, True)

        world.feed.always(None)
        bot = await world.start("run")
        async with asyncio.timeout(60):
            while len(await world.archived()) < 90:  # noqa: ASYNC110 -- nothing announces what another process does
                await asyncio.sleep(0.1)
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.communicate(), 30)

        assert world.received() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
async def test_ctrl_c_stops_it_cleanly_and_the_next_call_goes_on(tmp_path: Path) -> None:
    async with shelf(tmp_path, 300, "json") as world:
        world.feed.paging, world.feed.per_page = Paging.NEXT, 20
        assert (await world.call("run", "--once"))[0] == 0
        asked, met = asyncio.Event(), len(world.blog.requests)

        async def at_the_fifth(request: web.Request, doc: Document) -> web.StreamResponse:
            if len(world.blog.requests) == met + 5:
                asked.set()
                await asyncio.sleep(60)
            return good_answer(request, doc)

        world.feed.always(at_the_fifth)
        process = await world.start("backfill", "Moon")
        await asyncio.wait_for(asked.wait(), 30)
        process.send_signal(signal.SIGINT)
        out, _ = await asyncio.wait_for(process.communicate(), 30)
        assert (process.returncode, out.decode().splitlines()[-1]) == (
            130,
            "Stopped; run the same command again to continue.",
        )

        world.feed.always(None)
        assert (await world.call("run", "--once"))[0] == 0
        assert 20 < len(await world.archived()) < 300, "a run does not go on with what a person stopped"
        assert (await world.call("backfill", "Moon"))[0] == 0
        assert len(await world.archived()) == 300
