"""Opens the channel for direct messages to a member who manages a server, or to the owner of the bot."""

import asyncio
from collections.abc import Callable

import discord

from bot.chat.outcomes import DIRECT_ROWS, MAPPED, find_outcome
from bot.model import TO_OWNER, Outcome, Refused

OPEN_TIMEOUT = 60.0
"""Seconds for all requests together, including discord.py's own retries and waits."""


async def open_direct(rest: Callable[[], discord.Client], guild_id: int, member_id: int) -> int | Outcome:
    """Return the channel's id, or the outcome of a message if the member can't get one or no longer manages the guild.

    Someone who lost that right must not read what happens in the guild's channels. TO_OWNER as the member, without a
    guild: the owner of the bot's application, or of the team that has it.
    """
    try:
        async with asyncio.timeout(OPEN_TIMEOUT):
            if member_id == TO_OWNER:
                return await _open_owner(rest())
            guild = await rest().fetch_guild(guild_id, with_counts=False)
            member = await guild.fetch_member(member_id)
            if not member.guild_permissions.manage_guild:
                return Refused("The member who added the feed no longer manages the server.")
            return (await member.create_dm()).id
    except MAPPED as error:
        return find_outcome(error, DIRECT_ROWS)


async def _open_owner(client: discord.Client) -> int:
    application = await client.application_info()
    team_owner = application.team.owner_id if application.team else None
    return (await client.create_dm(discord.Object(team_owner or application.owner.id))).id
