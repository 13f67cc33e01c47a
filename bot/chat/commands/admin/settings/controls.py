"""`/feed settings`: the settings of a subscription, and buttons that open forms, undo a change or restyle old posts."""

from collections.abc import Sequence

from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.admin.settings.change import apply_form, find_here, lay_out_change, restyle, undo
from bot.chat.commands.admin.settings.fields import FIELDS, Panel
from bot.chat.commands.admin.settings.form import FORM_TEMPLATE, form_id, form_title, lay_out_form, read_form
from bot.chat.commands.admin.settings.view import lay_out_panel
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.forms import PersistentForm, show_form
from bot.chat.commands.common.resolve import explain_declared, list_channels
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, respond, services_of
from bot.chat.messages import _
from bot.store.subscriptions import FollowedFeed


async def show_settings(interaction: Interaction, followed: Sequence[FollowedFeed]) -> None:
    """Show the settings of one subscription; if there are several, this channel's. Raises UserError if it has
    none.
    """
    here = [each for each in followed if each.subscription.channel_id == interaction.channel_id]
    if len(followed) > 1 and not here:
        raise UserError(
            fill(
                _("**{feed}** is followed in {channels}; choose one of them with the option `channel`."),
                followed[0],
                channels=list_channels(followed),
            )
        )
    each = (here or followed)[0]
    progress = await services_of(interaction).store.settings_changes.look_progress(each.subscription.id)
    embed, view = lay_out_panel(each, progress)
    await respond(interaction, "", embeds=(embed,), view=view)


class SettingsButton(
    PersistentItem, template=r"set:1:(?P<panel>look|filter|pings|schedule):(?P<subscription>[0-9]{1,18})"
):
    """Opens one of the forms, with the current values."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Open the form, as the first response. Raises UserError if there is nothing in it to change."""
        panel = Panel(self.fields["panel"])
        each = await find_here(interaction, int(self.fields["subscription"]))
        if each.fixed.issuperset(FIELDS[panel]):
            raise UserError(explain_declared(each))
        polling, guild = services_of(interaction).settings.polling, guild_of(interaction)
        inputs = lay_out_form(panel, each, polling, guild)
        await show_form(interaction, form_title(panel, each), form_id(panel, each, polling, guild), inputs)


class SettingsForm(PersistentForm):
    """What somebody filled in."""

    template = FORM_TEMPLATE

    async def submit(self, interaction: Interaction) -> None:
        """Write the changes, and show the current values and the effect. Raises UserError."""
        await interaction.response.defer()
        polling = services_of(interaction).settings.polling
        each = await find_here(interaction, int(self.fields["subscription"]))
        filled = read_form(Panel(self.fields["panel"]), self.fields["shown"], self.values, polling)
        change, kept = await apply_form(interaction, each, filled)
        await _refresh(interaction, change.after)
        embed, view = await lay_out_change(interaction, change, kept)
        await respond(interaction, "", embeds=(embed,), view=view)


async def _refresh(interaction: Interaction, each: FollowedFeed) -> None:
    """Show the current values above the buttons."""
    progress = await services_of(interaction).store.settings_changes.look_progress(each.subscription.id)
    embed, view = lay_out_panel(each, progress)
    await interaction.edit_original_response(embed=embed, view=view)


class UndoButton(PersistentItem, template=r"undo:1:(?P<change>[0-9]{1,18})"):
    """Undoes a change of settings, once."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Undo what nobody has changed since. Raises UserError if there is nothing to undo."""
        await interaction.response.defer()
        stored = await services_of(interaction).store.settings_changes.read_change(int(self.fields["change"]))
        if stored is None:
            raise UserError(_("This can no longer be undone; change it back with `/feed settings`."))
        await find_here(interaction, stored.subscription_id)
        change, kept = await undo(interaction, stored)
        embed, view = await lay_out_change(interaction, change, kept)
        await interaction.edit_original_response(content=_("Undone."), embed=embed, view=view)


class RestyleMenu(PersistentItem, template=r"restyle:1:(?P<subscription>[0-9]{1,18})"):
    """Gives posts that are already in the channel the current look."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Edit the chosen number of the newest posts. Raises UserError."""
        await interaction.response.defer()
        each = await find_here(interaction, int(self.fields["subscription"]))
        chosen = self.values[0] if self.values else ""
        await restyle(interaction, each, int(chosen) if chosen.isdecimal() and len(chosen) < 4 else 1)
