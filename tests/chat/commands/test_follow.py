"""`/follow`: tags of a channel's feeds, in any spelling, with what a change would have done."""

import pytest

from bot.model import Rule
from bot.store.store import Store
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import Town, post, text_of

pytestmark = pytest.mark.usefixtures("answering")


@pytest.fixture
async def blogs(store: Store, town: Town) -> Blogs:
    return Blogs(store, town.guild.id, town.news.id)


async def test_the_first_followed_tag_narrows_everything_to_it_and_says_so(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "beans"), post(2, "roses"), post(3, "beans", "soil"))

    told = await town.told("follow add", {"tag": "beans", "channel": town.news})

    assert await blogs.rule() == Rule(tags=("beans",))
    assert told.splitlines() == [
        f"<#{town.news.id}> follows **Garden Notes**: posts tagged beans.",
        "Until now it followed everything; from now on only posts tagged beans.",
        "Of the last 3 posts, these 2 would have been posted:",
        "- [Bed 3](<https://garden.example/3>)",
        "- [Bed 1](<https://garden.example/1>)",
    ]
