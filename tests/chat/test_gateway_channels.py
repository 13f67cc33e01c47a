"""Sends use what the gateway has reported about channels."""

import asyncio

import pytest

from bot.chat import client
from bot.chat.client import Chat
from bot.model import Message, Outcome, Refused, Sent
from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.chat.conftest import send


async def post(chat: Chat, channel: Channel) -> Outcome:
    message = Message(content="Roses", thread_name="Roses")
    return await chat.sender.send(channel.id, message, nonce="test-1")


@pytest.mark.parametrize("kind", ["text", "announcement", "forum", "voice"])
async def test_a_channel_that_the_gateway_reports_is_not_fetched(
    sandbox_discord: SandboxDiscord, guild: Guild, listening: Chat, kind: str
) -> None:
    """The first send also waits for the report."""
    channel = sandbox_discord.add_channel(guild.id, "news", kind=kind)

    outcome = await post(listening, channel)

    assert isinstance(outcome, Sent)
    assert outcome.publishable == (kind == "announcement")
    assert sandbox_discord.calls("channel") == ()


async def test_a_thread_that_the_gateway_reports_is_not_fetched(
    sandbox_discord: SandboxDiscord, channel: Channel, listening: Chat
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses")

    assert isinstance(await send(listening, thread), Sent)
    assert sandbox_discord.calls("channel") == ()


async def test_a_channel_that_the_gateway_does_not_know_is_fetched(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel
) -> None:
    sandbox_discord.outage(guild)
    running = asyncio.create_task(chat.run())
    await sandbox_discord.wait_for(lambda: sandbox_discord.calls("login"))

    assert isinstance(await send(chat, channel), Sent)
    assert len(sandbox_discord.calls("channel")) == 1
    await chat.close()
    await running


async def test_sends_wait_only_a_while_for_a_gateway_that_is_down(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GATEWAY_PATIENCE", 0.0)
    sandbox_discord.faults.next("login", cut=True, times=1000)
    running = asyncio.create_task(chat.run())
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.used)

    assert isinstance(await send(chat, channel), Sent)
    await chat.close()
    await running


async def test_a_stop_ends_the_wait_for_the_gateway(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GATEWAY_PATIENCE", 3600.0)
    sandbox_discord.faults.next("login", cut=True, times=1000)
    running = asyncio.create_task(chat.run())
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.used)
    sending = asyncio.create_task(send(chat, channel))
    await asyncio.sleep(0)
    assert not sending.done()

    chat.hurry()

    assert isinstance(await sending, Sent)
    await chat.close()
    await running


async def test_a_channel_that_refused_a_message_is_fetched_before_the_next(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    """The gateway may have missed what changed."""
    sandbox_discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES)
    assert isinstance(await send(listening, channel), Refused)
    assert sandbox_discord.calls("channel") == ()

    assert isinstance(await send(listening, channel), Refused)
    assert len(sandbox_discord.calls("channel")) == 1
