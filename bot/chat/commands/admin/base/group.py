"""The base of the groups of admin commands: who sees them at first, and autocomplete for their options."""

from discord import app_commands

from bot.chat.commands.admin.base.autocomplete import AdminAutocomplete
from bot.chat.commands.common.autocomplete import Choices
from bot.chat.commands.common.responses import Interaction, guild_of
from bot.chat.services import Services


@app_commands.default_permissions(manage_guild=True)
class AdminGroup(app_commands.Group):
    """A group of commands for members who may manage the server, unless its admins decide otherwise."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._completions = AdminAutocomplete(services.store)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Require a server. Discord checks who may run the commands: its admins may have opened them to others."""
        guild_of(interaction)
        return True

    async def complete_feeds(self, interaction: Interaction, typed: str) -> Choices:
        """Return the feeds that match what was typed."""
        return await self._completions.feeds(interaction, typed)

    async def complete_tags(self, interaction: Interaction, typed: str) -> Choices:
        """Return the tags of the feeds that match what was typed."""
        return await self._completions.tags(interaction, typed)

    async def complete_rule_tags(self, interaction: Interaction, typed: str) -> Choices:
        """Return the tags that the channel's rules follow or exclude and that match what was typed."""
        return await self._completions.rule_tags(interaction, typed)
