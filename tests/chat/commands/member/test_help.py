"""`/help`: what the bot does in the server."""

import pytest

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
