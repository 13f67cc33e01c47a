"""Requests for servers, channels and roles."""

import discord
import pytest

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot


async def test_a_server_is_fetched_with_its_channels_roles_and_the_bots_member(
    sandbox_discord: SandboxDiscord, bot: Bot
) -> None:
    made = sandbox_discord.add_guild("Garden club", bot_permissions=Permission.MANAGE_MESSAGES)
    sandbox_discord.add_channel(made.id, "news", kind="announcement")
    sandbox_discord.add_thread(sandbox_discord.add_channel(made.id, "talk").id, "no channel")

    guild = await bot.fetch_guild(made.id)
    channels = await guild.fetch_channels()
    roles = await guild.fetch_roles()
    me = await guild.fetch_member(sandbox_discord.bot.id)

    assert guild.name == "Garden club"
    assert [each.name for each in channels] == ["news", "talk"]
    assert {each.name for each in roles} == {"@everyone", "feed-relay"}
    assert me.guild_permissions.manage_messages
    assert not me.guild_permissions.administrator


async def test_the_bots_servers_are_listed(sandbox_discord: SandboxDiscord, bot: Bot) -> None:
    first, second = sandbox_discord.add_guild("Roses"), sandbox_discord.add_guild("Tulips")
    sandbox_discord.remove_bot(first)

    assert [each.id async for each in bot.fetch_guilds()] == [second.id]


async def test_a_missing_object_is_unknown(sandbox_discord: SandboxDiscord, bot: Bot) -> None:
    guild = await bot.fetch_guild(sandbox_discord.add_guild("Garden club").id)
    codes = []

    for request in (bot.fetch_guild(5), bot.fetch_channel(5), guild.fetch_member(5)):
        with pytest.raises(discord.NotFound) as refused:
            await request
        codes.append(refused.value.code)

    assert codes == [10004, 10003, 10007]


async def test_an_old_value_does_not_change(sandbox_discord: SandboxDiscord, bot: Bot) -> None:
    channel = sandbox_discord.add_channel(sandbox_discord.add_guild("Garden club").id, "news")
    sent = await bot.get_partial_messageable(channel.id).send("Tulpis")
    before = sandbox_discord.messages(channel.id)

    await sent.edit(content="Tulips")

    assert [each.content for each in before] == ["Tulpis"]
    assert [each.content for each in sandbox_discord.messages(channel.id)] == ["Tulips"]
