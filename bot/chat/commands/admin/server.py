"""`/server`: settings of the bot that concern a whole server."""

import discord
from discord import app_commands

from bot.chat.commands.admin.group import AdminGroup
from bot.chat.commands.admin.server_managers import show_managers
from bot.chat.commands.common.responses import Interaction


class ServerGroup(AdminGroup, name="server", description="Change how the bot works in this server"):
    """The `/server` commands."""

    @app_commands.command(description="Choose a role that may press the bot's buttons")
    @app_commands.describe(role="The role (default: show the current one)")
    async def managers(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Let a role press buttons, or show which one may."""
        await show_managers(interaction, self._services, None if role is None else role.id)
