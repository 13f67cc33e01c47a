"""A history of 3,000 posts comes into the archive, whatever kills it on the way, and nothing of it into Discord."""

from pathlib import Path

import pytest

from bot.sandbox.blog import GuidStyle
from bot.sandbox.history import Paging
from tests.e2e.archive import note, shelf

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
            f"{POSTS - 20:,} posts of Moon were added to the archive.",
        )
        titles = await world.archived()
        assert (len(titles), set(titles)) == (POSTS, ALL)
        assert world.received() == []

        assert (await world.call("run", "--once"))[0] == 0
        assert world.received() == [f"Note {POSTS + 1}"]
