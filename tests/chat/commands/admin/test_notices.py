"""`/notices`: the channel for notices."""

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.conftest import Town, text_of

pytestmark = pytest.mark.usefixtures("answering")


async def test_by_default_each_notice_goes_to_the_channel_that_it_is_about(town: Town) -> None:
    assert (await town.told("notices")).startswith("Each notice goes to the channel that it is about.")


async def test_the_channel_for_notices_is_set_and_shown(town: Town, store: Store) -> None:
    set_to = await town.told("notices", {"channel": town.talk})

    assert set_to == await town.told("notices")
    assert set_to.startswith(f"Notices go to <#{town.talk.id}>:")
    assert await store.guilds.notices_channel(town.guild.id) == town.talk.id


async def test_a_button_resets_the_channel_for_notices(town: Town, store: Store) -> None:
    answer = await town.run("notices", {"channel": town.talk})

    pressed = await town.press(answer.message, "Send each to its own channel")
    await town.discord.wait_for(lambda: pressed.message and pressed.message.edits)

    assert await store.guilds.notices_channel(town.guild.id) is None
    assert pressed.message is not None
    assert not pressed.message.components


async def test_members_cannot_press_the_button(town: Town, store: Store) -> None:
    answer = await town.run("notices", {"channel": town.talk})

    pressed = await town.press(answer.message, "Send each to its own channel", user=town.member)

    assert "Manage Server" in text_of(pressed.message)
    assert await store.guilds.notices_channel(town.guild.id) == town.talk.id


async def test_a_channel_where_the_bot_cannot_write_is_refused(town: Town, store: Store) -> None:
    town.discord.set_permissions(town.talk.id, deny=Permission.SEND_MESSAGES)

    text = await town.told("notices", {"channel": town.talk})

    assert "Send Messages" in text
    assert await store.guilds.notices_channel(town.guild.id) is None


async def test_members_are_refused(town: Town) -> None:
    answer = await town.run("notices", user=town.member, force=True)

    assert "Manage Server" in text_of(answer.message)
