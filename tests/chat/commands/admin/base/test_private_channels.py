"""Whoever manages feeds sees only those of channels that Discord shows them, also without Manage Server."""

import pytest

from bot.sandbox.discord.models import Channel, User
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import ServerFixture, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat")

POND = "https://pond.example/feed"


@pytest.fixture
async def thread(server: ServerFixture, blogs: Blogs) -> Channel:
    """A private thread of #talk that follows the pond blog; #news follows another one."""
    await blogs.follow()
    opened = server.discord.add_thread(server.talk.id, "secret beds", members=(server.discord.bot,))
    await blogs.follow(POND, "Pond", channel_id=opened.id)
    await blogs.poll(post(90, title="Ducks"), url=POND)
    return opened


async def read(server: ServerFixture, command: str, user: User, **options: str) -> str:
    """Return the answer to somebody whom Discord lets run the command."""
    answer = await server.run(command, options, user=user, force=True)
    return text_of(answer.message)


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("feed list", {}),
        ("feed status", {}),
        ("feed status", {"feed": "Pond"}),
        ("feed remove", {"feed": "Pond"}),
        ("feed settings", {"feed": "Pond"}),
        ("follow list", {}),
        ("why", {"link": "https://pond.example/90"}),
    ],
)
async def test_a_private_thread_is_hidden_from_helpers_who_are_not_in_it(
    server: ServerFixture, thread: Channel, command: str, options: dict[str, str]
) -> None:
    text = await read(server, command, server.member, **options)

    assert str(thread.id) not in text
    assert "**Pond**" not in text


async def test_a_helper_in_a_private_thread_sees_its_feeds(server: ServerFixture, thread: Channel) -> None:
    server.discord.join_thread(thread.id, server.member)

    assert "**Pond**" in await read(server, "feed list", server.member)


async def test_an_archived_private_thread_is_hidden_even_with_manage_server(
    server: ServerFixture, thread: Channel
) -> None:
    server.discord.change_role(server.guild.id, Permission.VIEW_CHANNEL | Permission.MANAGE_GUILD)
    server.discord.change_channel(thread.id, archived=True)

    assert "**Pond**" not in await read(server, "feed list", server.member)


@pytest.mark.usefixtures("thread")
async def test_nobody_adds_a_feed_to_a_private_thread_that_they_are_not_in(
    server: ServerFixture, blogs: Blogs, thread: Channel
) -> None:
    followed = await blogs.find()

    await server.run("feed move", {"feed": followed.feed_url, "to": thread}, user=server.member, force=True)

    assert (await blogs.find()).channel_id == server.news.id


@pytest.mark.usefixtures("garden")
@pytest.mark.parametrize(
    ("command", "options"),
    [("notices", {}), ("server show", {}), ("feed add", {"url": "garden.example"})],
)
async def test_the_channel_for_notices_is_named_only_to_those_who_see_it(
    server: ServerFixture, store: Store, thread: Channel, command: str, options: dict[str, str]
) -> None:
    await store.guilds.set_notices_channel(server.guild.id, thread.id)

    server.discord.join_thread(thread.id, server.admin)
    hidden = await read(server, command, server.member, **options)
    shown = await read(server, command, server.admin, **options)

    assert "a channel that you can't see" in hidden
    assert str(thread.id) not in hidden
    assert f"<#{thread.id}>" in shown
