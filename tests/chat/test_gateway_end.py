"""The ends of a gateway: a close at any moment, and a token that Discord refuses while the bot runs."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chat.client import Chat
from bot.chat.gateway import Gateway
from bot.errors import LoginRefused
from bot.model import Retry, Sent
from bot.sandbox.discord.models import Channel
from bot.sandbox.discord.server import SandboxDiscord
from tests.chat.conftest import Opened, send


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _self: 0.0)


@pytest.mark.parametrize("before", [(), ({"status": 503},)], ids=["reidentify", "reconnect"])
@pytest.mark.parametrize(("stage", "fault"), [("connect", {"hang": True}), ("hello", {"hang": True})])
async def test_close_ends_a_run_that_is_reconnecting(
    chat: Chat,
    sandbox_discord: SandboxDiscord,
    channel: Channel,
    opened: Opened,
    before: tuple[dict[str, Any], ...],
    stage: str,
    fault: dict[str, Any],
) -> None:
    """discord.py's Shard swallows a cancellation while it connects."""
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)
    for first in before:
        sandbox_discord.gateway.faults.next("connect", **first)
    sandbox_discord.gateway.faults.next(stage, **fault)
    sandbox_discord.reconnect_gateway()
    await sandbox_discord.wait_for(lambda: not sandbox_discord.gateway.faults.pending)

    await chat.close()

    await running


async def test_a_run_that_is_reconnecting_can_be_cancelled(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)
    sandbox_discord.gateway.faults.next("hello", hang=True)
    sandbox_discord.reconnect_gateway()
    await sandbox_discord.wait_for(lambda: not sandbox_discord.gateway.faults.pending)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_token_that_is_reset_while_connected_ends_the_run(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)

    await sandbox_discord.reset_token("sandbox.token.renewed")

    with pytest.raises(LoginRefused):
        await running


async def test_a_token_that_a_resume_shows_to_be_reset_ends_the_run(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)

    sandbox_discord.token = "sandbox.token.renewed"
    sandbox_discord.cut_gateway()

    with pytest.raises(LoginRefused):
        await running


async def test_a_send_that_shows_the_token_to_be_refused_ends_the_run(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)

    sandbox_discord.token = "sandbox.token.renewed"
    outcome = await send(chat, channel)

    assert isinstance(outcome, Retry)
    with pytest.raises(LoginRefused):
        await running


async def test_a_send_shows_a_refused_token_also_while_the_gateway_is_down(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("gateway", hang=True)
    running = asyncio.create_task(chat.run())
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging)

    sandbox_discord.token = "sandbox.token.renewed"
    await send(chat, channel)

    with pytest.raises(LoginRefused):
        await running


async def test_one_wrong_401_does_not_end_the_run(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    """Discord answered so during outages, with a token that was valid."""
    await opened.wait_for(channel.id)
    checks = len(sandbox_discord.calls("application"))
    sandbox_discord.faults.next("send", status=401)

    await send(listening, channel)
    await sandbox_discord.wait_for(lambda: len(sandbox_discord.calls("application")) > checks)

    assert isinstance(await send(listening, channel), Sent)


async def test_an_event_that_ends_after_a_close_logs_no_error(
    chat: Chat,
    sandbox_discord: SandboxDiscord,
    channel: Channel,
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The database may be closed by then."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def fail_late(gateway: Gateway, _before: object, _after: object) -> None:
        began.set()
        while not gateway.is_closed():  # noqa: ASYNC110 -- discord.py has no event for it
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(ended.set)
        raise ValueError("Connection closed")

    monkeypatch.setattr(Gateway, "on_guild_channel_update", fail_late)
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)
    sandbox_discord.change_channel(channel.id, name="later")
    await began.wait()

    await chat.close()
    await running
    await ended.wait()

    assert "Ignoring exception" not in caplog.text


async def test_a_cut_while_the_gateway_reconnects_starts_a_new_session_and_is_no_error(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    """discord.py's `Shard.reconnect` ends the whole client when the new connection is cut before HELLO."""
    running = asyncio.create_task(chat.run())
    await opened.wait_for(channel.id)
    sandbox_discord.gateway.faults.next("connect", status=503)
    sandbox_discord.gateway.faults.next("hello", cut=True)

    with capture_logs() as logs:
        sandbox_discord.reconnect_gateway()
        await opened.wait_for(channel.id)

    assert [each["event"] for each in logs if each["log_level"] == "error"] == []
    assert "gateway down" in [each["event"] for each in logs]
    await chat.close()
    await running
