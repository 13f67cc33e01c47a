"""`/notices`: the channel for notices."""

import asyncio

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.conftest import ServerFixture, text_of

pytestmark = pytest.mark.usefixtures("running_chat")


Updates = asyncio.Queue[int | None]


@pytest.fixture
def updates(store: Store, monkeypatch: pytest.MonkeyPatch) -> Updates:
    """The channels for updates that the bot records."""
    found: Updates = asyncio.Queue()
    record = store.guilds.set_updates_channel

    async def record_and_report(guild_id: int, channel_id: int | None) -> None:
        await record(guild_id, channel_id)
        found.put_nowait(channel_id)

    monkeypatch.setattr(store.guilds, "set_updates_channel", record_and_report)
    return found


async def wait_for(updates: Updates, wanted: int | None) -> None:
    while await updates.get() != wanted:
        pass


async def test_by_default_notices_go_to_whoever_added_the_feed(server: ServerFixture) -> None:
    assert (await server.reply_to("notices")).startswith(
        "Each notice goes in a direct message to the member who added the feed, or else to the channel that it is"
        " about."
    )


@pytest.mark.parametrize("purpose", ["updates", "safety"])
async def test_by_default_notices_go_to_the_channel_for_updates_or_safety_alerts(
    server: ServerFixture, updates: Updates, purpose: str
) -> None:
    server.discord.set_community(server.guild.id, **{purpose: server.talk})
    await wait_for(updates, server.talk.id)

    text = await server.reply_to("notices")

    assert text.startswith(f"Notices go to <#{server.talk.id}>:")
    assert text.endswith("To use another channel, choose it with `/notices`.")


async def test_a_channel_for_updates_where_the_bot_cannot_write_is_not_used(
    server: ServerFixture, updates: Updates
) -> None:
    server.discord.set_community(server.guild.id, updates=server.talk, safety=server.news)
    await wait_for(updates, server.talk.id)

    server.discord.set_permissions(server.talk.id, deny=Permission.SEND_MESSAGES)
    await wait_for(updates, server.news.id)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL)
    await wait_for(updates, None)
    server.discord.set_permissions(server.talk.id)
    await wait_for(updates, server.talk.id)


async def test_the_channel_for_notices_is_set_and_shown(server: ServerFixture, store: Store) -> None:
    set_to = await server.reply_to("notices", {"channel": server.talk})

    assert set_to == await server.reply_to("notices")
    assert set_to.startswith(f"Notices go to <#{server.talk.id}>:")
    assert (await store.guilds.notices_channels(server.guild.id)).chosen == server.talk.id


async def test_a_button_resets_the_channel_for_notices(server: ServerFixture, store: Store) -> None:
    answer = await server.run("notices", {"channel": server.talk})

    pressed = await server.press(answer.message, "Use the default")
    await server.discord.wait_for(lambda: pressed.message and pressed.message.edits)

    assert (await store.guilds.notices_channels(server.guild.id)).chosen is None
    assert pressed.message is not None
    assert not pressed.message.components


async def test_members_cannot_press_the_button(server: ServerFixture, store: Store) -> None:
    answer = await server.run("notices", {"channel": server.talk})

    pressed = await server.press(answer.message, "Use the default", user=server.member)

    assert "Manage Server" in text_of(pressed.message)
    assert (await store.guilds.notices_channels(server.guild.id)).chosen == server.talk.id


async def test_a_channel_where_the_bot_cannot_write_is_refused(server: ServerFixture, store: Store) -> None:
    server.discord.set_permissions(server.talk.id, deny=Permission.SEND_MESSAGES)

    text = await server.reply_to("notices", {"channel": server.talk})

    assert "Send Messages" in text
    assert (await store.guilds.notices_channels(server.guild.id)).chosen is None


async def test_a_member_whom_discord_lets_run_the_command_may_run_it(
    server: ServerFixture, store: Store
) -> None:
    await server.run("notices", {"channel": server.talk}, user=server.member, force=True)

    assert (await store.guilds.notices_channels(server.guild.id)).chosen == server.talk.id
