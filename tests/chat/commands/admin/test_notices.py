"""`/notices`: the channel for notices."""

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.conftest import ServerFixture, text_of

pytestmark = pytest.mark.usefixtures("running_chat")


async def test_by_default_each_notice_goes_to_the_channel_that_it_is_about(server: ServerFixture) -> None:
    assert (await server.reply_to("notices")).startswith("Each notice goes to the channel that it is about.")


async def test_the_channel_for_notices_is_set_and_shown(server: ServerFixture, store: Store) -> None:
    set_to = await server.reply_to("notices", {"channel": server.talk})

    assert set_to == await server.reply_to("notices")
    assert set_to.startswith(f"Notices go to <#{server.talk.id}>:")
    assert await store.guilds.notices_channel(server.guild.id) == server.talk.id


async def test_a_button_resets_the_channel_for_notices(server: ServerFixture, store: Store) -> None:
    answer = await server.run("notices", {"channel": server.talk})

    pressed = await server.press(answer.message, "Send each to its own channel")
    await server.discord.wait_for(lambda: pressed.message and pressed.message.edits)

    assert await store.guilds.notices_channel(server.guild.id) is None
    assert pressed.message is not None
    assert not pressed.message.components


async def test_members_cannot_press_the_button(server: ServerFixture, store: Store) -> None:
    answer = await server.run("notices", {"channel": server.talk})

    pressed = await server.press(answer.message, "Send each to its own channel", user=server.member)

    assert "Manage Server" in text_of(pressed.message)
    assert await store.guilds.notices_channel(server.guild.id) == server.talk.id


async def test_a_channel_where_the_bot_cannot_write_is_refused(server: ServerFixture, store: Store) -> None:
    server.discord.set_permissions(server.talk.id, deny=Permission.SEND_MESSAGES)

    text = await server.reply_to("notices", {"channel": server.talk})

    assert "Send Messages" in text
    assert await store.guilds.notices_channel(server.guild.id) is None


async def test_members_are_refused(server: ServerFixture) -> None:
    answer = await server.run("notices", user=server.member, force=True)

    assert "Manage Server" in text_of(answer.message)
