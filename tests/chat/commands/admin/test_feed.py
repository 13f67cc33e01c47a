"""What all `/feed` commands do: which feeds they find, and what they answer without one."""

import pytest

from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import Town

pytestmark = pytest.mark.usefixtures("answering")


async def test_without_feeds_every_command_suggests_feed_add(town: Town) -> None:
    text = [await town.told("feed list"), await town.told("feed status")]
    text += [
        await town.told(f"feed {verb}", {"feed": "Garden"}) for verb in ("remove", "pause", "resume", "test")
    ]

    assert set(text) == {"This server doesn't follow any feeds yet; start with `/feed add`."}


async def test_a_server_sees_only_its_own_feeds(
    sandbox_discord: SandboxDiscord, town: Town, store: Store
) -> None:
    other = sandbox_discord.add_guild("Observatory")
    sky = sandbox_discord.add_channel(other.id, "sky")
    await Blogs(store, other.id, sky.id).follow()

    text = [await town.told("feed list"), await town.told("feed test", {"feed": GARDEN})]

    assert set(text) == {"This server doesn't follow any feeds yet; start with `/feed add`."}


async def test_an_unknown_feed_name_is_explained(town: Town, blogs: Blogs) -> None:
    await blogs.follow()

    text = await town.told("feed status", {"feed": "*Comets*"})

    assert text == (
        r"No feed here is called \*Comets\*; pick one from the list as you type, or see `/feed list`."
    )


async def test_a_name_that_several_feeds_share_is_not_guessed(town: Town, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS)

    text = await town.told("feed pause", {"feed": "Garden Notes"})

    assert text.startswith("Several feeds have that name: **Garden Notes**, **Garden Notes**;")


async def test_if_the_channel_does_not_follow_the_feed_the_answer_names_those_that_do(
    town: Town, blogs: Blogs
) -> None:
    await blogs.follow()

    text = await town.told("feed pause", {"feed": "Garden Notes", "channel": town.talk})

    assert text == (
        f"<#{town.talk.id}> doesn't follow **Garden Notes**; try one of the channels that do: <#{town.news.id}>."
    )


@pytest.mark.parametrize("verb", ["status", "remove", "pause", "resume", "test"])
async def test_feeds_complete_while_typing(town: Town, blogs: Blogs, verb: str) -> None:
    followed = await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    choices = await town.discord.complete(
        town.guild, town.talk, town.admin, f"feed {verb}", {"feed": "gard"}, focused="feed"
    )

    assert [(each["name"], each["value"]) for each in choices] == [
        ("Garden Notes", f"feed:{followed.subscription.feed_id}")
    ]
