"""**Why is this here?** in the menu of a message: what `/why` says about the post that it shows."""

import discord
from discord import app_commands

from bot.chat.commands.admin.why.command import describe_here
from bot.chat.commands.common.posted import find_posted
from bot.chat.commands.common.resolve import visible_subscriptions
from bot.chat.commands.common.responses import Interaction, defer, respond
from bot.chat.messages import fit_lines
from bot.chat.services import Services
from bot.text import limits


def create_why_here(services: Services) -> app_commands.ContextMenu:
    """Return the command."""

    @app_commands.context_menu(name="Why is this here?")
    @app_commands.default_permissions(manage_guild=True)
    async def why_here(interaction: Interaction, message: discord.Message) -> None:
        await defer(interaction)
        traces = await find_posted(interaction, services, message)
        followed = await visible_subscriptions(interaction, services)
        lines = describe_here(interaction, followed, traces, message.id)
        embed = discord.Embed(description=fit_lines(lines, limits.EMBED_DESCRIPTION))
        await respond(interaction, "", embeds=(embed,))

    return why_here
