"""Who may press buttons and fill in forms that change something.

Discord decides who may run a command (Server Settings, Integrations). It checks nothing for presses, so the bot does.
"""

import discord

from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.messages import _


def require_manage_guild(interaction: Interaction) -> None:
    """Raise UserError unless the user has the permission Manage Server."""
    guild_of(interaction)
    if not interaction.permissions.manage_guild:
        raise UserError(_("You need the Manage Server permission for this; ask someone who has it."))


async def require_manager(interaction: Interaction) -> None:
    """Raise UserError unless the user has Manage Server, or the role that `/server managers` names."""
    guild = guild_of(interaction)
    if interaction.permissions.manage_guild:
        return
    role_id = await services_of(interaction).store.guilds.managers_role(guild.id)
    role = None if role_id is None else guild.get_role(role_id)
    if role is None:
        raise UserError(
            _(
                "You need the Manage Server permission for this; ask someone who has it. They can also let a role press"
                " the bot's buttons with `/server managers`."
            )
        )
    if not isinstance(interaction.user, discord.Member) or interaction.user.get_role(role.id) is None:
        raise UserError(
            _("You need the Manage Server permission or the role {role} for this; ask someone who has it."),
            role=role.mention,
        )
