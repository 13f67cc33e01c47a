"""A page of results shown to a whole channel: without what somebody who reads there may not see."""

import re
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord

from bot.chat.commands.answers import Interaction, Refusal, answering, guild_of, say
from bot.chat.commands.results import Page, write_hits
from bot.chat.commands.searching import Search, find_jumps, find_page, recall, resume
from bot.chat.commands.visibility import find_channel, is_for_everyone
from bot.chat.words import _, n_


class ShareButton(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=r"share:(?P<token>[0-9]{1,18}):(?P<number>[0-9]{1,4})",
):
    """Shows a page to everybody in the channel."""

    def __init__(self, item: discord.ui.Item[Any], token: str, number: int) -> None:
        super().__init__(item)
        self._token = token
        self._number = number

    @classmethod
    def make(cls, token: int, number: int, *, disabled: bool = False) -> Self:
        """A new one; disabled: the page was shared."""
        label = _("Shared") if disabled else _("Share")
        custom_id = f"share:{token}:{number}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=custom_id, disabled=disabled
        )
        return cls(button, str(token), number)

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The one that was pressed."""
        return cls(item, match["token"], int(match["number"]))

    async def callback(self, interaction: Interaction) -> Any:  # noqa: ANN401 -- as discord.py has it
        """Post it, or say why not."""
        await answering(interaction, lambda: _share(interaction, self._token, self._number))


async def _share(interaction: Interaction, token: str, number: int) -> None:
    await interaction.response.defer()
    _demand_voice(interaction)
    search = await resume(interaction, await recall(interaction, token))
    page = await find_page(interaction, search, number)
    common = common_feeds(interaction, search)
    shown = tuple(hit for hit in page.found.hits if hit.feed_id in common)
    if not shown:
        raise Refusal(
            _(
                "Not everybody who reads here may see these posts, so they are not shared; name a post yourself."
            )
            if page.found.hits
            else _("There is nothing to share any more; run the command again.")
        )
    await _post(interaction, search, replace(page, found=replace(page.found, hits=shown)), common)
    if left_out := len(page.found.hits) - len(shown):
        await say(interaction, _tell_left_out(left_out))


async def _post(interaction: Interaction, search: Search, page: Page, common: frozenset[int]) -> None:
    """What is said of the search names no feed that somebody here may not see, and counts nothing."""
    jumps = await find_jumps(interaction, page.found.hits, partial(is_common, interaction))
    names = {feed_id: name for feed_id, name in search.named.items() if feed_id in common}
    words = replace(search, named=names).words
    by = f"<@{interaction.user.id}>"
    said = _("{member} shares posts for {words}").format(member=by, words=words)
    embed = discord.Embed(description=write_hits(replace(page, jumps=jumps), guild_of(interaction).id))
    await interaction.followup.send(
        said if words else _("{member} shares the newest posts").format(member=by),
        embed=embed,
        allowed_mentions=discord.AllowedMentions.none(),
        ephemeral=False,
    )


def common_feeds(interaction: Interaction, search: Search) -> frozenset[int]:
    """The feeds of a search that everybody who reads here may see: followed here, or where everybody may look."""
    return frozenset(
        each.subscription.feed_id
        for each in search.visible.followed
        if is_common(interaction, each.subscription.channel_id)
    )


def is_common(interaction: Interaction, channel_id: int) -> bool:
    """Whether everybody who reads here may view a channel: this one, the one that a thread is in, or an open one."""
    here = interaction.channel
    home = here.parent_id if isinstance(here, discord.Thread) else None
    return channel_id in {interaction.channel_id, home} or is_for_everyone(
        find_channel(interaction, channel_id)
    )


def _demand_voice(interaction: Interaction) -> None:
    """Raise Refusal unless the member could say it themselves."""
    here, may = interaction.channel, interaction.permissions
    if isinstance(here, discord.Thread):
        sends = may.send_messages_in_threads and (may.manage_threads or not here.locked)
    else:
        sends = may.send_messages
    if not sends:
        raise Refusal(_("You may not write in this channel; run the command where you may, and share there."))


def _tell_left_out(count: int) -> str:
    return n_(
        "{count} post was left out: not everybody who reads here may see it.",
        "{count} posts were left out: not everybody who reads here may see them.",
        count,
    )
