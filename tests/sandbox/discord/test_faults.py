"""Scripted faults, seen by the real client."""

import asyncio
import json
from typing import Any

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
async def test_a_server_error_can_happen_before_or_after_the_message_is_stored(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable, store: bool
) -> None:
    sandbox_discord.faults.next("send", status=503, store=store)

    with pytest.raises(discord.DiscordServerError):
        await target.send("Tulips")

    assert len(sandbox_discord.messages(target.id)) == store


@pytest.mark.parametrize("store", [True, False])
async def test_the_connection_can_be_cut_before_or_after_the_message_is_stored(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable, store: bool
) -> None:
    sandbox_discord.faults.next("send", cut=True, store=store)

    with pytest.raises((aiohttp.ClientError, OSError)):
        await target.send("Tulips")

    assert len(sandbox_discord.messages(target.id)) == store
    assert sandbox_discord.requests[-1].status == 0


async def test_only_answers_that_are_not_lost_are_noted(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    noted: list[int] = []
    sandbox_discord.on_answer(lambda answer: noted.append(answer.status))
    sandbox_discord.faults.next("send", cut=True, store=True)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await target.send("Tulips")

    await target.send("Crocuses")

    assert noted == [200]


async def test_the_client_waits_for_a_rate_limit(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", rate_limited=0.0)

    await target.send("Tulips")

    assert [each.status for each in sandbox_discord.calls("send")] == [429, 200]


async def test_a_rate_limit_without_via_header_raises(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", rate_limited=5.0, via=False)

    with pytest.raises(discord.HTTPException) as refused:
        await target.send("Tulips")

    assert refused.value.status == 429


async def test_invalid_json_raises_although_the_message_is_stored(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", body="{ not JSON", store=True)

    with pytest.raises(json.JSONDecodeError):
        await target.send("Tulips")

    assert len(sandbox_discord.messages(target.id)) == 1


async def test_a_cloudflare_page_has_no_error_code(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", cloudflare=True)

    with pytest.raises(discord.Forbidden) as refused:
        await target.send("Tulips")

    assert refused.value.code == 0


async def test_a_hanging_request_continues_after_release(
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


async def test_a_fault_applies_to_its_operation_and_channel_a_number_of_times(
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


async def test_a_scripted_error_has_its_code(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", status=403, code=50013, message="Missing Permissions")

    with pytest.raises(discord.Forbidden) as refused:
        await target.send("Tulips")

    assert (refused.value.code, refused.value.text) == (50013, "Missing Permissions")


@pytest.mark.parametrize("fault", [{}, {"status": 408}, {"status": 200, "body": "{"}])
async def test_a_message_can_be_stored_after_its_answer_is_lost(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable, fault: dict[str, Any]
) -> None:
    sandbox_discord.faults.next("send", late=3600.0, **fault)

    with pytest.raises((aiohttp.ClientError, OSError, discord.HTTPException, ValueError)):
        await target.send("Tulips")
    before = sandbox_discord.messages(target.id)
    sandbox_discord.faults.finish_late()

    assert before == ()
    assert len(sandbox_discord.messages(target.id)) == 1


async def test_a_late_message_comes_without_being_asked_for(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", late=0.001)

    with pytest.raises((aiohttp.ClientError, OSError)):
        await target.send("Tulips")

    await sandbox_discord.wait_for(lambda: sandbox_discord.messages(target.id))
    assert sandbox_discord.faults.late == 0


async def test_a_late_message_with_a_known_nonce_is_not_stored(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", late=3600.0)

    with pytest.raises((aiohttp.ClientError, OSError)):
        await target.send("Tulips", nonce="bed-1")
    await target.send("Tulips", nonce="bed-1")
    sandbox_discord.faults.finish_late()

    assert len(sandbox_discord.messages(target.id)) == 1


@pytest.mark.parametrize("store", [True, False])
async def test_a_408_can_happen_before_or_after_the_message_is_stored(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable, store: bool
) -> None:
    sandbox_discord.faults.next("send", status=408, store=store)

    with pytest.raises(discord.HTTPException) as refused:
        await target.send("Tulips")

    assert refused.value.status == 408
    assert len(sandbox_discord.messages(target.id)) == store


async def test_a_field_is_refused_with_its_path(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", refused=["embeds.0.image.url"])
    embed = discord.Embed(title="Tulips").set_image(url="https://garden.example/tulips.jpg")

    with pytest.raises(discord.HTTPException) as refused:
        await target.send(embed=embed)

    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert "In embeds.0.image.url: Not a well formed URL." in refused.value.text
    assert sandbox_discord.messages(target.id) == ()


async def test_a_body_without_the_field_is_not_refused(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    sandbox_discord.faults.next("send", refused=["embeds.0.image.url"])

    await target.send("Tulips", embed=discord.Embed(title="Tulips"))

    assert len(sandbox_discord.messages(target.id)) == 1
    assert sandbox_discord.faults.pending == 1


async def test_a_restart_keeps_the_port_and_the_state(
    sandbox_discord: SandboxDiscord, target: discord.PartialMessageable
) -> None:
    await target.send("Tulips")
    await sandbox_discord.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await target.send("Roses")
    await sandbox_discord.start()
    await target.send("Lilies")

    assert [each.content for each in sandbox_discord.messages(target.id)] == ["Tulips", "Lilies"]
