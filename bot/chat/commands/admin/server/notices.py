"""`/notices`: the channel for notices about feeds, channels and held posts."""

import discord
from discord import app_commands

from bot.chat.commands.common.access import may_see
from bot.chat.commands.common.channels import Channel, find_target_channel, require_bot
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import (
    Interaction,
    defer,
    guild_of,
    respond,
    services_of,
)
from bot.chat.embeds import create_view
from bot.chat.messages import _
from bot.chat.services import Services
from bot.store.guilds import NoticesChannels


def create_notices(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command `/notices`."""

    @app_commands.command(
        description="Choose where the bot reports broken feeds, blocked channels and held posts"
    )
    @app_commands.describe(channel="The channel for notices (default: show the current one)")
    @app_commands.default_permissions(manage_guild=True)
    async def notices(interaction: Interaction, channel: Channel | None = None) -> None:
        await defer(interaction)
        guild_id = guild_of(interaction).id
        if channel is not None:
            target = await find_target_channel(interaction, channel)
            require_bot(interaction, target)
            await services.store.guilds.set_notices_channel(guild_id, target.id)
        channels = await services.store.guilds.notices_channels(guild_id)
        text = await _describe(interaction, channels)
        await respond(interaction, text, view=_create_reset_view(channels))

    return notices


async def _describe(interaction: Interaction, channels: NoticesChannels) -> str:
    if channels.used is None:
        return _(
            "Each notice goes in a direct message to the member who added the feed, or else to the channel that it is"
            " about. To get them all in one place, run `/notices` with a channel."
        )
    where = _(
        "Notices go to {channel}: feeds that break or move, channels that the bot can't post in, and held posts."
    ).format(channel=await _mention(interaction, channels.used))
    if channels.chosen is not None:
        return where
    why = _(
        "Discord sends its own updates for this server there, too. To use another channel, choose it with `/notices`."
    )
    return f"{where} {why}"


async def describe_place(interaction: Interaction, services: Services) -> str:
    """Return where problems of a feed that is being added are reported, and how to change that."""
    channels = await services.store.guilds.notices_channels(guild_of(interaction).id)
    if channels.used is None:
        return _("The bot reports problems to you in a direct message; choose a channel with `/notices`.")
    return _("The bot reports problems in {channel}; choose another channel with `/notices`.").format(
        channel=await _mention(interaction, channels.used)
    )


async def _mention(interaction: Interaction, channel_id: int) -> str:
    """Return the channel as a mention, unless the user may not know of it."""
    return f"<#{channel_id}>" if await may_see(interaction, channel_id) else _("a channel that you can't see")


def _create_reset_view(channels: NoticesChannels) -> discord.ui.View | None:
    if channels.chosen is None:
        return None
    return create_view([NoticesResetButton.button(_("Use the default"), "notices:own")])


class NoticesResetButton(PersistentItem, template="notices:own"):
    """Stops using the channel that an admin chose."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Forget this server's channel for notices."""
        await interaction.response.defer()
        guilds, guild_id = services_of(interaction).store.guilds, guild_of(interaction).id
        await guilds.set_notices_channel(guild_id, None)
        text = await _describe(interaction, await guilds.notices_channels(guild_id))
        await interaction.edit_original_response(content=text, view=None)
