"""`/feed`: what a server's channels follow, seen and changed by its admins."""

from discord import app_commands

from bot.chat.commands.answers import Interaction, guild_of, require_admin, say, think
from bot.chat.desk import Desk
from bot.chat.words import _


@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Feeds(app_commands.Group, name="feed", description="Feeds that this server follows"):
    """For admins."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Each subcommand, by whoever runs it."""
        require_admin(interaction)
        return True

    @app_commands.command(name="list", description="What the channels of this server follow")
    async def list_(self, interaction: Interaction) -> None:
        """One line a subscription."""
        await think(interaction)
        followed = await self._desk.store.subscriptions.in_guild(guild_of(interaction).id)
        await say(interaction, _("This server follows {count} feeds.").format(count=len(followed)))
