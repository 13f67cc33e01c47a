"""The gateway's sessions, and the channels that Discord's events report as writable."""

import asyncio
from itertools import islice

import pytest

from bot.chat.client import MAX_DELAY, Chat, _delays
from bot.errors import LoginRefused
from bot.model import Refused, Sent
from bot.sandbox.discord.models import Channel, ChannelKind, Guild
from bot.sandbox.discord.permissions import MEMBER_DEFAULT, Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.chat.conftest import Opened, gateway_moved_to, send


@pytest.mark.usefixtures("listening")
async def test_writable_channels_are_reported_when_the_bot_connects(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    assert sandbox_discord.gateway.identified == 1


@pytest.mark.usefixtures("listening")
async def test_all_channels_are_reported_again_in_a_new_session(channel: Channel, opened: Opened) -> None:
    await opened.wait_for(channel.id)

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("trouble", ["cut", "asked to reconnect"])
async def test_a_connection_that_ends_is_resumed(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, trouble: str
) -> None:
    await opened.wait_for(channel.id)
    if trouble == "cut":
        sandbox_discord.cut_gateway()
    else:
        sandbox_discord.reconnect_gateway()
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.resumed)

    new = sandbox_discord.add_channel(channel.guild_id, "more")

    await opened.wait_for(new.id)
    assert sandbox_discord.gateway.identified == 1


@pytest.mark.usefixtures("listening")
async def test_a_gateway_that_is_closed_for_good_is_restarted(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    await sandbox_discord.gateway.close(code=4012)

    await opened.wait_for(channel.id)
    assert sandbox_discord.gateway.identified == 2


@pytest.mark.usefixtures("listening")
async def test_an_unreadable_event_causes_at_most_a_reconnect(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    sandbox_discord.publish("GUILD_CREATE", {"id": "no number"}, channel.guild_id)

    await opened.wait_for(channel.id)
    assert sandbox_discord.gateway.identified == 2


async def test_sending_continues_while_the_gateway_is_down(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    sandbox_discord.faults.next("login", cut=True, times=1000)
    await sandbox_discord.gateway.close(code=4012)
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.used)

    assert isinstance(await send(listening, channel), Sent)


async def test_discord_may_be_down_when_the_bot_starts(
    unused_chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await sandbox_discord.stop()
    running = asyncio.create_task(unused_chat.run())

    await sandbox_discord.start()

    await opened.wait_for(channel.id)
    await unused_chat.close()
    await running


async def test_a_failed_first_connection_is_followed_by_another_session(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, unused_tcp_port: int
) -> None:
    """discord.Client dies in this case, and AutoShardedClient retries without end, one call deeper each time."""
    sandbox_discord.faults.next("gateway", times=2, **gateway_moved_to(f"ws://127.0.0.1:{unused_tcp_port}/"))
    chat = Chat(
        sandbox_discord.token,
        api_url=sandbox_discord.api_url,
        on_open=opened.add,
        first_delay=0.01,
        timeout=1,
    )
    running = asyncio.create_task(chat.run())

    await opened.wait_for(channel.id)

    await chat.close()
    await running


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_refusal_by_the_gateway_ends_the_run(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened, code: int
) -> None:
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)

    await sandbox_discord.gateway.close(code=code)

    with pytest.raises(LoginRefused):
        await running


async def deny(discord: SandboxDiscord, channel: Channel, chat: Chat) -> None:
    discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES)
    assert isinstance(await send(chat, channel), Refused)


async def test_a_channel_is_reported_when_its_permissions_come_back(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    await deny(sandbox_discord, channel, listening)

    sandbox_discord.set_permissions(channel.id)

    await opened.wait_for(channel.id)
    assert isinstance(await send(listening, channel), Sent)


async def test_a_refusal_names_missing_permissions_from_the_gateway(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses")
    await opened.wait_for(thread.id)
    sandbox_discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES_IN_THREADS)
    after = sandbox_discord.add_channel(channel.guild_id, "later")
    await opened.wait_for(after.id)

    outcome = await send(listening, thread)

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("The bot lacks Send Messages in Threads in this channel;")


async def test_channels_are_reported_when_a_role_may_write_again(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    sandbox_discord.change_role(channel.guild_id, Permission.VIEW_CHANNEL)
    assert isinstance(await send(listening, channel), Refused)

    sandbox_discord.change_role(channel.guild_id, MEMBER_DEFAULT)

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_channels_are_reported_when_the_bot_gets_a_role(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    sandbox_discord.change_role(channel.guild_id, Permission.VIEW_CHANNEL)
    role = sandbox_discord.add_role(channel.guild_id, "writers", permissions=MEMBER_DEFAULT)

    sandbox_discord.set_roles(channel.guild_id, sandbox_discord.bot, (role,))

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_channels_are_reported_when_an_outage_is_over(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    sandbox_discord.recover(sandbox_discord.outage(guild))

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_channels_are_reported_when_the_bot_is_invited_again(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)

    sandbox_discord.invite_bot(sandbox_discord.remove_bot(guild))

    await opened.wait_for(channel.id)


@pytest.mark.usefixtures("listening")
async def test_a_thread_is_reported_when_it_is_unlocked(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses", locked=True)
    await opened.wait_for(channel.id)

    sandbox_discord.change_channel(thread.id, locked=False)

    await opened.wait_for(thread.id)


@pytest.mark.usefixtures("listening")
async def test_a_thread_is_reported_when_it_is_opened_again(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses", archived=True)
    await opened.wait_for(channel.id)

    sandbox_discord.change_channel(thread.id, archived=False)

    await opened.wait_for(thread.id)


@pytest.mark.usefixtures("listening")
async def test_the_channels_of_a_server_that_invites_the_bot_are_reported(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    later = sandbox_discord.add_guild("Observatory", has_bot=False)
    news = sandbox_discord.add_channel(later.id, "news")
    await opened.wait_for(channel.id)

    sandbox_discord.invite_bot(later)

    await opened.wait_for(news.id)


@pytest.mark.usefixtures("listening")
async def test_channels_are_reported_when_a_role_is_deleted(
    sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    role = sandbox_discord.add_role(channel.guild_id, "silent")
    await opened.wait_for(channel.id)

    sandbox_discord.delete_role(role.id)

    await opened.wait_for(channel.id)


async def test_a_changed_kind_of_channel_is_noticed(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    await send(listening, channel)
    sandbox_discord.change_channel(channel.id, kind=ChannelKind.ANNOUNCEMENT)
    await opened.wait_for(channel.id)

    outcome = await send(listening, channel)

    assert isinstance(outcome, Sent)
    assert outcome.publishable


def test_delays_grow_to_a_limit_with_jitter() -> None:
    pauses = list(islice(_delays(2.0), 20))

    assert all(1.0 <= pauses[0] <= 2.0 and MAX_DELAY / 2 <= pause <= MAX_DELAY for pause in pauses[10:])
    assert len(set(pauses)) > 10
