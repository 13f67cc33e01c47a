"""Which of a channel's feeds is meant: asked by a menu that works after restarts."""

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.chat.commands.admin.follow_change import Change, apply, report
from bot.chat.commands.admin.rules import list_tags, split_tags
from bot.chat.commands.common.channels import find_target_channel_by_id
from bot.chat.commands.common.responses import (
    Interaction,
    UserError,
    answering,
    require_admin,
    respond,
    services_of,
)
from bot.chat.messages import _, plain_text
from bot.store.subscriptions import Followed
from bot.text import limits
from bot.text.canonical import label_of

_ALL = "all"
_OPTIONS = 25
_CUSTOM_ID = 100


async def ask_which(
    interaction: Interaction,
    change: Change,
    channel_id: int,
    tags: Sequence[str],
    followed: Sequence[Followed],
) -> None:
    """Let the asker choose one feed, or all. Raises UserError where that cannot be asked by a menu."""
    custom_id = f"follow:{change}:{channel_id}:{','.join(tags)}"
    if limits.utf16_length(custom_id) > _CUSTOM_ID or len(followed) >= _OPTIONS:
        raise UserError(_("This channel follows several feeds; say which one with the option `feed`."))
    view = discord.ui.View(timeout=None)
    view.add_item(FeedMenu.make(custom_id, followed))
    sentence = _("<#{channel}> follows {count} feeds; for which of them do you mean {tags}?")
    await respond(
        interaction,
        sentence.format(channel=channel_id, count=len(followed), tags=list_tags(tags)),
        view=view,
    )


class FeedMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"follow:(?P<change>add|remove|exclude):(?P<channel>[0-9]{1,20}):(?P<tags>.{1,90})",
):
    """The feeds of a channel; what is to be done with which tags stands in the custom id."""

    def __init__(
        self, item: discord.ui.Select[Any], change: Change, channel_id: int, tags: Sequence[str]
    ) -> None:
        super().__init__(item)
        self._change = change
        self._channel_id = channel_id
        self._tags = tags

    @classmethod
    def make(cls, custom_id: str, followed: Sequence[Followed]) -> Self:
        """A new one."""
        menu: discord.ui.Select[Any] = discord.ui.Select(custom_id=custom_id, placeholder=_("Choose a feed"))
        for each in followed:
            address = plain_text(label_of(each.feed_url))
            menu.add_option(
                label=plain_text(each.feed_name) or address,
                value=str(each.subscription.id),
                description=address,
            )
        menu.add_option(label=_("All of them"), value=_ALL)
        _prefix, change, channel, tags = custom_id.split(":", 3)
        return cls(menu, Change(change), int(channel), split_tags(tags))

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The one that was used."""
        if not isinstance(item, discord.ui.Select):
            raise TypeError("a menu bears this custom id")
        return cls(item, Change(match["change"]), int(match["channel"]), split_tags(match["tags"]))

    async def callback(self, interaction: Interaction) -> Any:  # noqa: ANN401 -- as discord.py has it
        """Do it, for what was chosen."""
        await answering(interaction, lambda: self._use(interaction))

    async def _use(self, interaction: Interaction) -> None:
        require_admin(interaction)
        await interaction.response.defer()
        target = await find_target_channel_by_id(interaction, self._channel_id)
        services = services_of(interaction)
        chosen = self.item.values[0]
        ids = [
            each.subscription.id
            for each in await services.store.subscriptions.in_guild(target.guild_id)
            if each.subscription.channel_id == target.id and chosen in {_ALL, str(each.subscription.id)}
        ]
        changes = await apply(services, target.guild_id, ids, self._change, self._tags)
        embed = await report(services, changes, self._change)
        await interaction.edit_original_response(content="", embed=embed, view=None)
