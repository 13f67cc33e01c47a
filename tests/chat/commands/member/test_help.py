"""`/help`: what the bot does in the server."""

from collections.abc import Iterator

import pytest

from bot.sandbox.discord.models import Json
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, text_of
from tests.chat.commands.member.test_search import ask


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    return Blogs(store, server.guild.id, server.news.id)


@pytest.mark.usefixtures("running_chat")
async def test_help_shows_what_the_reader_can_see_and_do(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    member = text_of(await ask(server, "help"))
    admin = await server.reply_to("help")

    assert "**Star Diary**" in member
    assert "Garden Notes" not in member
    assert "The option `channel` looks into one channel" in member
    assert "/feed" not in member
    assert f"- <#{server.news.id}>: **Garden Notes**" in admin
    assert "`/feed add`" in admin


def named(command: Json) -> Iterator[str]:
    """Return a command as help names it, or each of its subcommands."""
    if command.get("type", 1) != 1:
        yield f"**{command['name']}**"
        return
    parts = [each["name"] for each in command.get("options", ()) if each["type"] == 1]
    yield from (f"`/{command['name']} {part}`" for part in parts)
    if not parts:
        yield f"`/{command['name']}`"


@pytest.mark.usefixtures("running_chat")
async def test_help_names_every_command_that_the_reader_can_run(server: ServerFixture) -> None:
    registered = server.discord.commands[None].values()
    for_everybody = [each for each in registered if each.get("default_member_permissions") is None]

    member = text_of(await ask(server, "help"))
    admin = await server.reply_to("help")

    assert [name for each in registered for name in named(each) if name not in admin] == []
    assert [name for each in for_everybody for name in named(each) if name not in member] == []
    assert len(for_everybody) < len(registered)
