"""What all `/feed` commands do: which feeds they find, and what they answer without one."""

import pytest

from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from bot.text.address import label_of
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import ServerFixture

pytestmark = pytest.mark.usefixtures("running_chat")


async def test_without_feeds_every_command_suggests_feed_add(server: ServerFixture) -> None:
    text = [await server.reply_to("feed list"), await server.reply_to("feed status")]
    text += [
        await server.reply_to(f"feed {verb}", {"feed": "Garden"})
        for verb in ("remove", "pause", "resume", "test")
    ]

    assert set(text) == {"This server doesn't follow any feeds yet; start with `/feed add`."}


async def test_a_server_sees_only_its_own_feeds(
    sandbox_discord: SandboxDiscord, server: ServerFixture, store: Store
) -> None:
    other = sandbox_discord.add_guild("Observatory")
    sky = sandbox_discord.add_channel(other.id, "sky")
    await Blogs(store, other.id, sky.id).follow()

    text = [await server.reply_to("feed list"), await server.reply_to("feed test", {"feed": GARDEN})]

    assert set(text) == {"This server doesn't follow any feeds yet; start with `/feed add`."}


async def test_an_unknown_feed_name_is_explained(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()

    text = await server.reply_to("feed status", {"feed": "*Comets*"})

    assert text == (
        r"No feed here is called \*Comets\*; pick one from the list as you type, or see `/feed list`."
    )


async def test_a_name_that_several_feeds_share_is_not_guessed(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS)

    text = await server.reply_to("feed pause", {"feed": "Garden Notes"})

    assert text.startswith("Several feeds have that name: ")
    assert all(f"**Garden Notes** ({label_of(url)})" in text for url in (GARDEN, STARS))


async def test_if_the_channel_does_not_follow_the_feed_the_answer_names_those_that_do(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()

    text = await server.reply_to("feed pause", {"feed": "Garden Notes", "channel": server.talk})

    assert text == (
        f"<#{server.talk.id}> doesn't follow **Garden Notes**; try one of the channels that do: <#{server.news.id}>."
    )


@pytest.mark.parametrize("verb", ["status", "remove", "pause", "resume", "test"])
async def test_feeds_complete_while_typing(server: ServerFixture, blogs: Blogs, verb: str) -> None:
    followed = await blogs.follow()
    await blogs.follow(STARS, "Star Diary")

    choices = await server.discord.complete(
        server.guild, server.talk, server.admin, f"feed {verb}", {"feed": "gard"}, focused="feed"
    )

    assert [(each["name"], each["value"]) for each in choices] == [
        ("Garden Notes", f"feed:{followed.subscription.feed_id}")
    ]


@pytest.mark.parametrize("verb", ["remove", "pause", "resume"])
@pytest.mark.parametrize("part", ["Garden", "notes", "garden.example", "https://garden.example/some/post"])
async def test_a_command_that_changes_something_asks_back_for_a_part_of_a_name(
    server: ServerFixture, blogs: Blogs, verb: str, part: str
) -> None:
    before = await blogs.follow()

    text = await server.reply_to(f"feed {verb}", {"feed": part})

    assert text == (
        "That's only part of a name, so nothing changed. Did you mean **Garden Notes**? Pick it from the list as you"
        " type, or type its whole name."
    )
    assert await blogs.find() == before


@pytest.mark.parametrize("verb", ["status", "test"])
async def test_a_command_that_changes_nothing_accepts_a_part_of_a_name(
    server: ServerFixture, blogs: Blogs, verb: str
) -> None:
    await blogs.follow()

    text = await server.reply_to(f"feed {verb}", {"feed": "garden"})

    assert "part of a name" not in text
