"""Scripted faults, as the real client meets them."""

import asyncio
import json

import aiohttp
import discord
import pytest

from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot


@pytest.fixture
def target(sandbox_discord: SandboxDiscord, bot: Bot) -> discord.PartialMessageable:
    guild = sandbox_discord.add_guild("Garden club")
    return bot.get_partial_messageable(sandbox_discord.add_channel(guild.id, "news").id)


@pytest.mark.parametrize("store", [True, False])
async def test_a_server_error_may_come_after_the_message_was_stored(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable, store: bool
) -> None:
    sandbox_discord.faults.next("send", status=503, store=store)

    with pytest.raises(discord.DiscordServerError):
        await target.send("Tulips")

    assert len(sandbox_discord.messages(target.id)) == store


@pytest.mark.parametrize("store", [True, False])
async def test_the_connection_may_be_cut_after_the_message_was_stored(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable, store: bool
) -> None:
    sandbox_discord.faults.next("send", cut=True, store=store)

    with pytest.raises((aiohttp.ClientError, OSError)):
        await target.send("Tulips")

    assert len(sandbox_discord.messages(target.id)) == store
    assert sandbox_discord.requests[-1].status == 0


async def test_a_rate_limit_is_waited_for_by_the_client(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", rate_limited=0.0)

    await target.send("Tulips")

    assert [each.status for each in sandbox_discord.calls("send")] == [429, 200]


async def test_a_rate_limit_from_the_edge_has_no_via_header_and_raises(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", rate_limited=5.0, via=False)

    with pytest.raises(discord.HTTPException) as refused:
        await target.send("Tulips")

    assert refused.value.status == 429


async def test_a_garbled_answer_raises_and_the_message_stands(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", body="{ not JSON", store=True)

    with pytest.raises(json.JSONDecodeError):
        await target.send("Tulips")

    assert len(sandbox_discord.messages(target.id)) == 1


async def test_a_page_of_the_edge_is_no_answer_of_discord(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", cloudflare=True)

    with pytest.raises(discord.Forbidden) as refused:
        await target.send("Tulips")

    assert refused.value.code == 0


async def test_a_hanging_request_goes_on_when_released(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", hang=True)

    sending = asyncio.create_task(target.send("Tulips"))
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging)
    before = sandbox_discord.messages(target.id)
    sandbox_discord.faults.release()
    await sending

    assert before == ()
    assert len(sandbox_discord.messages(target.id)) == 1


async def test_a_fault_is_for_its_operation_and_channel_and_times(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("edit", status=503)
    sandbox_discord.faults.next("send", status=503, channel_id=1)
    sandbox_discord.faults.next("send", status=503, times=2, channel_id=target.id)

    outcomes = []
    for _ in range(3):
        try:
            await target.send("Tulips")
        except discord.DiscordServerError:
            outcomes.append("failed")
        else:
            outcomes.append("sent")

    assert outcomes == ["failed", "failed", "sent"]
    assert sandbox_discord.faults.pending == 2


async def test_a_scripted_refusal_bears_its_code(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", status=403, code=50013, message="Missing Permissions")

    with pytest.raises(discord.Forbidden) as refused:
        await target.send("Tulips")

    assert (refused.value.code, refused.value.text) == (50013, "Missing Permissions")


async def test_the_stand_in_comes_back_on_its_port_with_its_memory(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    await target.send("Tulips")
    await sandbox_discord.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await target.send("Roses")
    await sandbox_discord.start()
    await target.send("Lilies")

    assert [each.content for each in sandbox_discord.messages(target.id)] == ["Tulips", "Lilies"]
