"""The list of commands, lists and buttons; an error in one becomes an answer."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import discord
from discord import app_commands

from bot.chat.commands.admin.add.backfill import BackfillButton
from bot.chat.commands.admin.add.draft import DraftItem
from bot.chat.commands.admin.add.many import AddManyButton
from bot.chat.commands.admin.add.newest import NewestButton
from bot.chat.commands.admin.add.opml_import import ImportButton
from bot.chat.commands.admin.feed.commands import FeedGroup
from bot.chat.commands.admin.feed.holds import HoldButton
from bot.chat.commands.admin.feed.remove import RestoreButton
from bot.chat.commands.admin.feed.status import FEED_LIST, STATUS_LIST
from bot.chat.commands.admin.follow.commands import RULE_LIST, FollowGroup
from bot.chat.commands.admin.follow.menu import FeedMenu
from bot.chat.commands.admin.server.commands import ServerGroup
from bot.chat.commands.admin.server.managers import ManagersResetButton
from bot.chat.commands.admin.server.notices import NoticesResetButton, create_notices
from bot.chat.commands.admin.settings.controls import RestyleMenu, SettingsButton, SettingsForm, UndoButton
from bot.chat.commands.admin.why.command import create_why
from bot.chat.commands.admin.why.here import create_why_here
from bot.chat.commands.admin.why.menu import PostMenu
from bot.chat.commands.common.forms import PersistentForm, answer_form
from bot.chat.commands.common.pager import PageButton, PagedList
from bot.chat.commands.common.responses import Interaction, handle_errors, respond, respond_error
from bot.chat.commands.member.help import create_help
from bot.chat.commands.member.more import create_more_from, create_more_tagged
from bot.chat.commands.member.search import (
    FOUND_LIST,
    FacetMenu,
    RelaxButton,
    SpellButton,
    create_latest,
    create_search,
)
from bot.chat.commands.member.search_share import ShareButton
from bot.chat.commands.member.tags import TAG_LIST, create_tags
from bot.chat.messages import Descriptions, _, use_locale
from bot.chat.services import Services

Command = app_commands.Group | app_commands.Command[Any, ..., None]

IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
FOR_SERVERS = app_commands.AppInstallationType(guild=True, user=False)

LISTS = (FEED_LIST, STATUS_LIST, RULE_LIST, TAG_LIST, FOUND_LIST)


class ListPageButton(PageButton, template=PageButton.__discord_ui_compiled_template__):
    """Pages through the lists of all commands."""

    lists: ClassVar[Mapping[str, PagedList]] = {paged.name: paged for paged in LISTS}


ITEMS = (
    DraftItem,
    FeedMenu,
    PostMenu,
    BackfillButton,
    AddManyButton,
    ImportButton,
    NewestButton,
    RestoreButton,
    HoldButton,
    ManagersResetButton,
    NoticesResetButton,
    SettingsButton,
    UndoButton,
    RestyleMenu,
    ListPageButton,
    RelaxButton,
    ShareButton,
    SpellButton,
    FacetMenu,
)
"""Buttons and menus that work at any time after they were sent, across restarts."""
FORMS: tuple[type[PersistentForm], ...] = (SettingsForm,)
"""Forms that can be submitted at any time after they were opened, across restarts."""
_TEMPLATES = tuple(item.__discord_ui_compiled_template__ for item in ITEMS)


def create_commands(services: Services) -> tuple[Command, ...]:
    """Return all commands, new ones for each tree."""
    for_admins = (
        FeedGroup(services),
        FollowGroup(services),
        ServerGroup(services),
        create_notices(services),
        create_why(services),
    )
    for_members = (
        create_search(services),
        create_latest(services),
        create_tags(services),
        create_help(services),
    )
    return (*for_admins, *for_members)


def create_message_commands(services: Services) -> tuple[app_commands.ContextMenu, ...]:
    """Return the commands in the menu of each message, new ones for each tree."""
    return (create_why_here(services), create_more_from(services), create_more_tagged(services))


class Tree(app_commands.CommandTree[discord.Client]):
    """The commands of one gateway session."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        super().__init__(client, allowed_contexts=IN_SERVERS, allowed_installs=FOR_SERVERS)
        for command in (*create_commands(services), *create_message_commands(services)):
            self.add_command(command)
        client.add_dynamic_items(*ITEMS)

    async def describe(self) -> list[Mapping[str, Any]]:
        """Return the commands as Discord registers them, in all languages."""
        translator = Descriptions()
        await self.set_translator(translator)
        return [await each.get_translated_payload(self, translator) for each in self.get_commands()]

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Use the user's language in the command's task."""
        use_locale(interaction.locale)
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Answer with a command's error."""
        await respond_error(interaction, error)


async def answer_submitted(interaction: Interaction) -> None:
    """Answer a submitted form."""
    await answer_form(interaction, FORMS)


async def answer_stale(interaction: Interaction) -> None:
    """Answer the press of a button or menu that no item knows, as from another version."""
    custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
    if not any(template.fullmatch(custom_id) for template in _TEMPLATES):
        await handle_errors(
            interaction, partial(respond, interaction, _("This no longer works; run the command again."))
        )
