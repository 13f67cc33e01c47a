"""**Why is this here?** in the menu of a message: what `/why` says about the post that it shows."""

from collections.abc import Sequence

import discord
from discord import app_commands

from bot.chat.commands.admin.why.explain import describe_traces
from bot.chat.commands.admin.why.text import create_answer
from bot.chat.commands.common.posted import find_posted
from bot.chat.commands.common.resolve import visible_subscriptions
from bot.chat.commands.common.responses import Interaction, defer, guild_of, respond
from bot.chat.services import Services
from bot.model import Trace
from bot.store.subscriptions import FollowedFeed


def create_why_here(services: Services) -> app_commands.ContextMenu:
    """Return the command."""

    @app_commands.context_menu(name="Why is this here?")
    @app_commands.default_permissions(manage_guild=True)
    async def why_here(interaction: Interaction, message: discord.Message) -> None:
        await defer(interaction)
        traces = await find_posted(interaction, services, message)
        followed = await visible_subscriptions(interaction, services)
        lines = _describe_here(interaction, followed, traces, message.id)
        await respond(interaction, "", embeds=(create_answer(lines),))

    return why_here


def _describe_here(
    interaction: Interaction, followed: Sequence[FollowedFeed], traces: Sequence[Trace], message_id: int
) -> list[str]:
    """Describe what happened to a post in the channel where this message shows it."""
    channels = {
        each.channel_id for trace in traces for each in trace.deliveries if each.message_id == message_id
    }
    return [
        line
        for channel_id in channels
        for line in describe_traces(guild_of(interaction).id, followed, traces, channel_id)
    ]
