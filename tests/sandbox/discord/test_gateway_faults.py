"""Scripted faults of the gateway, with the real client."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.models import Guild
from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot, Login


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _self: 0.0)


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("Garden club")


async def saw(server: SandboxDiscord, client: Bot, event: str, times: int = 1) -> None:
    """Wait until the client dispatched an event."""
    await server.wait_for(lambda: client.seen.count(event) >= times)


@pytest.mark.usefixtures("guild")
@pytest.mark.parametrize("stage", ["hello", "resume"])
@pytest.mark.parametrize("fault", [{"cut": True}, {"close": 4000}, {"close": 1001}, {"reconnect": True}])
async def test_trouble_while_reconnecting_is_survived_and_the_session_resumed(
    sandbox_discord: SandboxDiscord, connect: Login, stage: str, fault: dict[str, Any]
) -> None:
    client = await connect()
    sandbox_discord.gateway.faults.next(stage, **fault)

    sandbox_discord.reconnect_gateway()
    await sandbox_discord.wait_for(lambda: not sandbox_discord.gateway.faults.pending)
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.connected_shards)

    assert not client.is_closed()


@pytest.mark.usefixtures("guild")
@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"cut": True}])
async def test_a_gateway_that_refuses_connections_is_asked_again(
    sandbox_discord: SandboxDiscord, connect: Login, fault: dict[str, Any]
) -> None:
    client = await connect()
    sandbox_discord.gateway.faults.next("connect", times=3, **fault)

    sandbox_discord.reconnect_gateway()
    await sandbox_discord.wait_for(lambda: not sandbox_discord.gateway.faults.pending)
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.connected_shards)

    assert not client.is_closed()


@pytest.mark.usefixtures("guild")
async def test_a_connection_can_wait_until_it_is_released(
    sandbox_discord: SandboxDiscord, connect: Login
) -> None:
    client = await connect()
    sandbox_discord.gateway.faults.next("connect", hang=True)

    sandbox_discord.reconnect_gateway()
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.faults.hanging)
    sandbox_discord.gateway.faults.release()

    await saw(sandbox_discord, client, "resumed")


@pytest.mark.usefixtures("guild")
@pytest.mark.parametrize(("resumable", "identified", "event"), [(True, 1, "resumed"), (False, 2, "ready")])
async def test_an_invalid_session_is_resumed_only_if_it_can_be(
    sandbox_discord: SandboxDiscord, connect: Login, resumable: bool, identified: int, event: str
) -> None:
    client = await connect()
    client.seen.clear()

    sandbox_discord.invalidate_sessions(resumable=resumable)
    await saw(sandbox_discord, client, event)

    assert sandbox_discord.gateway.identified == identified


@pytest.mark.usefixtures("guild")
@pytest.mark.parametrize("code", [4007, 4009])
async def test_a_session_that_timed_out_is_replaced(
    sandbox_discord: SandboxDiscord, connect: Login, code: int
) -> None:
    client = await connect()
    client.seen.clear()

    await sandbox_discord.gateway.close(code)
    await saw(sandbox_discord, client, "ready")

    assert (sandbox_discord.gateway.identified, sandbox_discord.gateway.resumed) == (2, 0)


@pytest.mark.usefixtures("guild")
async def test_unanswered_heartbeats_make_the_client_reconnect(
    sandbox_discord: SandboxDiscord, connect: Login
) -> None:
    sandbox_discord.gateway.heartbeat_interval = 0.05
    client = await connect(heartbeat_timeout=0.5)
    sandbox_discord.gateway.faults.next("heartbeat", hang=True, times=1000)

    await sandbox_discord.wait_for(lambda: "shard_disconnect" in client.seen)
    sandbox_discord.gateway.faults.clear()

    await saw(sandbox_discord, client, "resumed")


async def test_one_shard_can_lose_its_connection(sandbox_discord: SandboxDiscord, connect: Login) -> None:
    first = sandbox_discord.add_guild("Even", id=2 << 22)
    sandbox_discord.add_guild("Odd", id=3 << 22)
    client = await connect(shard_count=2)
    client.seen.clear()

    sandbox_discord.invalidate_sessions(shard=0)
    await saw(sandbox_discord, client, "shard_ready")

    shards = {each.id: each.shard_id for each in client.guilds}
    assert sandbox_discord.gateway.identified == 3
    assert shards[first.id] == 0
    assert len(shards) == 2


async def test_a_fault_can_be_for_one_shard(sandbox_discord: SandboxDiscord, connect: Login) -> None:
    client = await connect(shard_count=2)
    sandbox_discord.gateway.faults.next("resume", shard=1, invalid_session=False)

    sandbox_discord.reconnect_gateway()
    await saw(sandbox_discord, client, "shard_resumed")
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.identified == 3)

    assert sandbox_discord.gateway.resumed == 1


async def test_a_token_that_was_reset_is_refused_everywhere(
    sandbox_discord: SandboxDiscord, bot: Bot
) -> None:
    old = sandbox_discord.token
    running = asyncio.create_task(bot.connect())
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.connected_shards)

    await sandbox_discord.reset_token("sandbox.token.renewed")

    with pytest.raises(discord.ConnectionClosed) as closed:
        await running
    async with aiohttp.ClientSession(sandbox_discord.api_url + "/") as http:
        statuses = [
            (await http.get("users/@me", headers={"Authorization": f"Bot {token}"})).status
            for token in (old, sandbox_discord.token)
        ]
    assert closed.value.code == 4004
    assert statuses == [401, 200]
