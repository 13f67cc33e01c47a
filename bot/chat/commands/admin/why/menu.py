"""The menu that asks which of several posts `/why` is about; it works after restarts."""

from typing import Any

import discord

from bot.chat.commands.admin.why.explain import SeveralPosts, explain_entry
from bot.chat.commands.admin.why.text import create_answer
from bot.chat.commands.common.autocomplete import post_title
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, respond
from bot.chat.embeds import create_view
from bot.chat.messages import _, escape_text, plain_text
from bot.model import ArchivedEntry
from bot.text import limits
from bot.text.address import hide_secrets


async def ask_which_post(interaction: Interaction, several: SeveralPosts, channel_id: int | None) -> None:
    """Ask for one of the newest posts. `channel_id`: see `explain`."""
    question = (
        _("Several posts have {part} in their title or address; choose one:")
        if len(several.posts) <= limits.MENU_OPTIONS
        else _(
            "Many posts have {part} in their title or address. Choose one of the newest {count}, or run `/why` with"
            " more of the title:"
        )
    )
    part = escape_text(hide_secrets(several.part.strip()), 200)
    view = create_view([_create_menu(several, channel_id)])
    await respond(interaction, question.format(part=part, count=limits.MENU_OPTIONS), view=view)


def _create_menu(several: SeveralPosts, channel_id: int | None) -> "PostMenu":
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"why:{channel_id or 0}", placeholder=_("Choose a post")
    )
    for each in several.posts[: limits.MENU_OPTIONS]:
        label = post_title(each) or plain_text(hide_secrets(each.entry.link or each.entry.guid)) or "—"
        menu.add_option(label=label, value=str(each.id), description=_describe(each))
    return PostMenu(menu)


def _describe(archived: ArchivedEntry) -> str:
    """Return what distinguishes posts with the same title: their day and address."""
    entry = archived.entry
    day = entry.published or archived.first_seen
    return plain_text(f"{day:%Y-%m-%d} {hide_secrets(entry.link)}")


class PostMenu(PersistentItem, template=r"why:(?P<channel>[0-9]{1,20})"):
    """The posts that a part of a title may mean; the custom id holds the channel, 0 for all."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Explain the chosen post above the menu, so that another one can be chosen. Raises UserError."""
        await interaction.response.defer()
        explained = await explain_entry(interaction, int(self.values[0]), int(self.fields["channel"]) or None)
        await interaction.edit_original_response(embed=create_answer(explained))
