"""`/server managers`: the role that may press the bot's buttons besides members with Manage Server."""

import discord

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.managers import require_manage_guild
from bot.chat.commands.common.responses import Interaction, UserError, defer, guild_of, respond, services_of
from bot.chat.embeds import create_view
from bot.chat.messages import _
from bot.chat.services import Services


async def show_managers(interaction: Interaction, services: Services, role_id: int | None) -> None:
    """Choose this role (None: none), and show which role may press buttons. Raises UserError.

    Only for members with Manage Server, whoever may run the command: the role may do almost everything that they may.
    """
    require_manage_guild(interaction)
    await defer(interaction)
    guild = guild_of(interaction)
    if role_id is not None:
        role = _require_suitable(guild, role_id)
        await services.store.guilds.set_managers_role(guild.id, role.id)
    current = await services.store.guilds.managers_role(guild.id)
    view = (
        None
        if current is None
        else create_view([ManagersResetButton.button(_("No role"), "managers:1:none")])
    )
    await respond(interaction, describe_managers(guild, current), view=view)


def describe_managers(guild: discord.Guild, role_id: int | None) -> str:
    """Return who may press the bot's buttons, and how to change that."""
    integrations = _("Who may run its commands is set in **Server Settings**, **Integrations**.")
    role = None if role_id is None else guild.get_role(role_id)
    if role is not None:
        who = _(
            "Members with the role {role} or Manage Server may press the bot's buttons and fill in its forms."
        ).format(role=role.mention)
    elif role_id is not None:
        who = _(
            "The role that could press the bot's buttons was deleted; choose another with `/server managers`."
        )
    else:
        who = _(
            "Only members with Manage Server may press the bot's buttons. To let others do that, too, choose a"
            " role with `/server managers`."
        )
    return f"{who} {integrations}"


def _require_suitable(guild: discord.Guild, role_id: int) -> discord.Role:
    """Return the server's role. Raises UserError if it is everybody's, or if an app or Discord decides who has it."""
    role = guild.get_role(role_id)
    if role is None:
        raise UserError(_("This server has no such role; choose another one."))
    if role.is_default():
        raise UserError(_("Every member has that role; choose one that only people you trust have."))
    if role.managed:
        raise UserError(
            _(
                "An app or Discord itself decides who gets {role}; choose a role that you give to members yourself."
            ),
            role=role.mention,
        )
    return role


class ManagersResetButton(PersistentItem, template="managers:1:none"):
    """Takes the right to press buttons away from the role."""

    async def press(self, interaction: Interaction) -> None:
        """Forget the role. Raises UserError for members without Manage Server, even if they have the role."""
        require_manage_guild(interaction)
        await interaction.response.defer()
        guild = guild_of(interaction)
        await services_of(interaction).store.guilds.set_managers_role(guild.id, None)
        await interaction.edit_original_response(content=describe_managers(guild, None), view=None)
