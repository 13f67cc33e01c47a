"""`/tags`: the tags of the posts."""

import re

import pytest

from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, post, text_of
from tests.chat.commands.member.test_search import ask, press_and_wait


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    return Blogs(store, server.guild.id, server.news.id)


@pytest.mark.usefixtures("running_chat")
async def test_tags_are_listed_with_their_counts_most_used_first(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "beans"), post(2, "Beans", "*roses*"))
    await blogs.poll(post(3, "comets"), url=STARS)

    every = text_of(await ask(server, "tags"))
    assert re.match(r"Tags\n[Bb]eans \(2\) · ", every)
    assert r"\*roses\* (1)" in every
    assert text_of(await ask(server, "tags", feed="Star")) == (
        "Tags of Star Diary\ncomets (1)\n\nSee the posts with `/latest tag:` or `/search tag:`."
    )


@pytest.mark.usefixtures("running_chat")
async def test_many_tags_come_in_pages_that_a_member_can_turn(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(*(post(number, *(f"tag {number} {each}" for each in range(20))) for number in range(8)))

    first = await ask(server, "tags")
    second = await press_and_wait(server, first, "Next")

    assert text_of(second).endswith("Page 2 of 3")
