"""Login with the real client, and what the sandbox imports."""

import subprocess
import sys

import discord
import pytest

from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot, Login


async def test_a_client_logs_in_without_the_gateway(bot: Bot, sandbox_discord: SandboxDiscord) -> None:
    assert bot.user is not None
    assert bot.user.id == sandbox_discord.bot.id
    assert bot.application_id == sandbox_discord.bot.id


@pytest.mark.usefixtures("_addresses")
async def test_a_wrong_token_is_refused(sandbox_discord: SandboxDiscord) -> None:
    async with Bot() as other:
        with pytest.raises(discord.LoginFailure):
            await other.login("wrong")

    assert sandbox_discord.invalid_requests == 1


async def test_a_connected_client_has_its_servers_and_channels(
    sandbox_discord: SandboxDiscord, connect: Login
) -> None:
    guild = sandbox_discord.add_guild("Garden club")
    news = sandbox_discord.add_channel(guild.id, "news", kind="announcement")

    client = await connect()

    assert [each.name for each in client.guilds] == ["Garden club"]
    assert isinstance(client.get_channel(news.id), discord.TextChannel)


async def test_a_message_is_sent_without_the_gateway(sandbox_discord: SandboxDiscord, bot: Bot) -> None:
    guild = sandbox_discord.add_guild("Garden club")
    news = sandbox_discord.add_channel(guild.id, "news")

    sent = await bot.get_partial_messageable(news.id).send("The roses bloom.", nonce="d1")

    [stored] = sandbox_discord.messages(news.id)
    assert (stored.id, stored.content, stored.nonce) == (sent.id, "The roses bloom.", "d1")
    assert stored.body["enforce_nonce"] is True
    assert not stored.pings


def test_the_sandbox_needs_neither_discord_py_nor_jsonschema() -> None:
    look = "import sys, bot.sandbox.discord; print({'discord', 'jsonschema'} & set(sys.modules))"

    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert found.stdout == "set()\n"
