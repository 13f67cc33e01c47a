"""`/notices`: the channel for notices about feeds, channels and held posts."""

import discord
from discord import app_commands

from bot.chat.commands.common.channels import Channel, find_target_channel, require_bot
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import (
    Interaction,
    defer,
    guild_of,
    require_admin,
    respond,
    services_of,
)
from bot.chat.embeds import create_view
from bot.chat.messages import _
from bot.chat.services import Services


def create_notices(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command `/notices`."""

    @app_commands.command(
        description="Choose where the bot reports broken feeds, blocked channels and held posts"
    )
    @app_commands.describe(channel="The channel for notices (default: show the current one)")
    @app_commands.default_permissions(manage_guild=True)
    async def notices(interaction: Interaction, channel: Channel | None = None) -> None:
        require_admin(interaction)
        await defer(interaction)
        guild_id = guild_of(interaction).id
        if channel is not None:
            target = await find_target_channel(interaction, channel)
            require_bot(interaction, target)
            await services.store.guilds.set_notices_channel(guild_id, target.id)
        chosen = await services.store.guilds.notices_channel(guild_id)
        await respond(interaction, _describe(chosen), view=_create_reset_view(chosen))

    return notices


def _describe(channel_id: int | None) -> str:
    if channel_id is None:
        return _(
            "Each notice goes to the channel that it is about. To get them all in one place, run `/notices` with a"
            " channel."
        )
    return _(
        "Notices go to <#{channel}>: feeds that break or move, channels that the bot can't post in, and held posts."
    ).format(channel=channel_id)


def _create_reset_view(channel_id: int | None) -> discord.ui.View | None:
    if channel_id is None:
        return None
    return create_view([NoticesResetButton.button(_("Send each to its own channel"), "notices:own")])


class NoticesResetButton(PersistentItem, template="notices:own"):
    """Ends the use of one channel for all notices: each goes to the channel that it is about."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Forget this server's channel for notices."""
        await interaction.response.defer()
        await services_of(interaction).store.guilds.set_notices_channel(guild_of(interaction).id, None)
        await interaction.edit_original_response(content=_describe(None), view=None)
