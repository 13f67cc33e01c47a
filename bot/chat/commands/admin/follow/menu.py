"""The menu that asks which of a channel's feeds a change of tags is for; it works after restarts."""

from collections.abc import Sequence
from typing import Any

import discord

from bot.chat.commands.admin.base.rules import join_tags, list_tags, split_tags
from bot.chat.commands.admin.follow.change import Change, apply_change, describe_result
from bot.chat.commands.common.channels import find_target_channel_by_id
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, UserError, respond, services_of
from bot.chat.embeds import create_view
from bot.chat.messages import _, feed_label, plain_text
from bot.store.subscriptions import FollowedFeed
from bot.text import limits

_ALL = "all"
_MAX_CUSTOM_ID_LENGTH = 100


async def ask_which_feed(
    interaction: Interaction,
    change: Change,
    channel_id: int,
    tags: Sequence[str],
    followed: Sequence[FollowedFeed],
) -> None:
    """Ask for one of the feeds, or all. Raises UserError if there are too many feeds or tags for a menu."""
    custom_id = f"follow:{change}:{channel_id}:{join_tags(tags)}"
    if limits.utf16_length(custom_id) > _MAX_CUSTOM_ID_LENGTH or len(followed) >= limits.MENU_OPTIONS:
        raise UserError(_("This channel follows several feeds; choose one with the option `feed`."))
    view = create_view([_create_menu(custom_id, followed)])
    await respond(
        interaction,
        _("<#{channel}> follows {count} feeds. Choose one for {tags}:").format(
            channel=channel_id, count=len(followed), tags=list_tags(tags)
        ),
        view=view,
    )


def _create_menu(custom_id: str, followed: Sequence[FollowedFeed]) -> "FeedMenu":
    menu: discord.ui.Select[Any] = discord.ui.Select(custom_id=custom_id, placeholder=_("Choose a feed"))
    for each in followed:
        menu.add_option(
            label=feed_label(each.feed_name, each.feed_label),
            value=str(each.subscription.id),
            description=plain_text(each.feed_label),
        )
    menu.add_option(label=_("All of them"), value=_ALL)
    return FeedMenu(menu)


class FeedMenu(
    PersistentItem,
    template=r"follow:(?P<change>add|remove|exclude):(?P<channel>[0-9]{1,20}):(?P<tags>.{1,90})",
):
    """The feeds of a channel; the custom id holds the tags and what to do with them."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Change the rules of the chosen feed, or of all. Raises UserError."""
        await interaction.response.defer()
        target = await find_target_channel_by_id(interaction, int(self.fields["channel"]))
        services = services_of(interaction)
        change, chosen = Change(self.fields["change"]), self.values[0]
        ids = [
            each.subscription.id
            for each in await services.store.subscriptions.in_guild(target.guild_id)
            if each.subscription.channel_id == target.id and chosen in {_ALL, str(each.subscription.id)}
        ]
        result = await apply_change(
            interaction, target.guild_id, ids, change, split_tags(self.fields["tags"])
        )
        embed = await describe_result(services, result, change)
        await interaction.edit_original_response(content="", embed=embed, view=None)
