"""`/server`: settings of the bot that concern a whole server."""

import discord
from discord import app_commands

from bot.chat.commands.admin.base.group import AdminGroup
from bot.chat.commands.admin.server.managers import show_managers
from bot.chat.commands.admin.server.settings import change_settings, show_server, zone_choices
from bot.chat.commands.common.autocomplete import Choices
from bot.chat.commands.common.responses import Interaction, defer
from bot.i18n import LANGUAGES

Zone = app_commands.Range[str, 0, 60]
_LANGUAGES = [app_commands.Choice(name=name, value=code) for code, name in LANGUAGES.items()]


class ServerGroup(AdminGroup, name="server", description="Change how the bot works in this server"):
    """The `/server` commands."""

    @app_commands.command(description="Show what is set for the whole server")
    async def show(self, interaction: Interaction) -> None:
        """Show notices, managers, time zone and language, and where they are changed."""
        await defer(interaction)
        await show_server(interaction, self._services)

    @app_commands.command(description="Choose the time zone and the language of this server")
    @app_commands.describe(
        time_zone="Where the days of searches begin (default: no change)",
        language="The language of notices and phrases such as “Keep reading” (default: no change)",
    )
    @app_commands.choices(language=_LANGUAGES)
    async def settings(self, interaction: Interaction, time_zone: Zone = "", language: str = "") -> None:
        """Choose the time zone and the language, or show them."""
        await defer(interaction)
        await change_settings(interaction, self._services, time_zone, language)

    @settings.autocomplete("time_zone")
    async def complete_zones(self, _interaction: Interaction, typed: str) -> Choices:
        """Suggest time zones."""
        return zone_choices(typed)

    @app_commands.command(description="Choose a role that may press the bot's buttons")
    @app_commands.describe(role="The role (default: show the current one)")
    async def managers(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Choose the role that may press buttons, or show it."""
        await show_managers(interaction, self._services, None if role is None else role.id)
