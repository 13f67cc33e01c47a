"""`/notices`: where the bot tells of broken feeds, refused channels and held posts."""

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
    """The command."""

    @app_commands.command(description="Where the bot tells of broken feeds, refused channels and held posts")
    @app_commands.describe(channel="Where to from now on; without it, where to now")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def notices(interaction: Interaction, channel: Channel | None = None) -> None:
        require_admin(interaction)
        await defer(interaction)
        guild_id = guild_of(interaction).id
        if channel is not None:
            target = await find_target_channel(interaction, channel)
            require_bot(interaction, target)
            await services.store.guilds.set_notices_channel(guild_id, target.id)
        chosen = await services.store.guilds.notices_channel(guild_id)
        await respond(interaction, _where(chosen), view=_view(chosen))

    return notices


def _where(channel_id: int | None) -> str:
    if channel_id is None:
        return _(
            "Each notice goes to the channel that it concerns; "
            "name a channel with `/notices channel:` to have all of them there."
        )
    return _(
        "Notices go to <#{channel}>: feeds that break or move, channels that refuse the bot, held posts."
    ).format(channel=channel_id)


def _view(channel_id: int | None) -> discord.ui.View | None:
    if channel_id is None:
        return None
    return create_view([OwnChannels.button(_("Tell each channel its own"), "notices:own")])


class OwnChannels(PersistentItem, template="notices:own"):
    """Each notice goes to the channel that it concerns again."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Forget the channel, for the server where this is pressed."""
        await interaction.response.defer()
        await services_of(interaction).store.guilds.set_notices_channel(guild_of(interaction).id, None)
        await interaction.edit_original_response(content=_where(None), view=None)
