"""A page of results shown to a whole channel: without what somebody who reads there may not see."""

from dataclasses import replace
from functools import partial

import discord

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, respond
from bot.chat.commands.member.search_page import Page, write_hits
from bot.chat.commands.member.search_run import Search, find_jumps, find_page, recall, resume
from bot.chat.commands.member.visibility import find_channel, is_for_everyone
from bot.chat.messages import _, n_
from bot.text import limits
from bot.text.summary import clip


class ShareButton(
    PersistentItem,
    template=r"share:(?P<token>[0-9]{1,18}):(?P<number>[0-9]{1,4})",
):
    """Shows a page to everybody in the channel."""

    async def press(self, interaction: Interaction) -> None:
        """Post it, or say why not."""
        await _share(interaction, self.fields["token"], int(self.fields["number"]))


async def _share(interaction: Interaction, token: str, number: int) -> None:
    await interaction.response.defer()
    _demand_voice(interaction)
    search = await resume(interaction, await recall(interaction, token))
    page = await find_page(interaction, search, number)
    common = common_feeds(interaction, search)
    shown = tuple(hit for hit in page.found.hits if hit.feed_id in common)
    if not shown:
        raise UserError(
            _(
                "Not everybody who reads here may see these posts, so they are not shared; name a post yourself."
            )
            if page.found.hits
            else _("There is nothing to share any more; run the command again.")
        )
    await _post(interaction, search, replace(page, found=replace(page.found, hits=shown)), common)
    await _close(interaction, f"share:{token}:{number}")
    if left_out := len(page.found.hits) - len(shown):
        await respond(interaction, _tell_left_out(left_out))


async def _post(interaction: Interaction, search: Search, page: Page, common: frozenset[int]) -> None:
    """What is said of the search names no feed that somebody here may not see, and counts nothing."""
    jumps = await find_jumps(interaction, page.found.hits, partial(is_common, interaction))
    names = {feed_id: name for feed_id, name in search.named.items() if feed_id in common}
    said = _say_who(interaction.user.id, replace(search, named=names))
    embed = discord.Embed(description=write_hits(replace(page, jumps=jumps), guild_of(interaction).id))
    await interaction.followup.send(
        clip(said, limits.CONTENT),
        embed=embed,
        allowed_mentions=discord.AllowedMentions.none(),
        ephemeral=False,
    )


def _say_who(user_id: int, search: Search) -> str:
    what = _("posts for {words}") if search.asked.most is None else _("the newest posts {words}")
    posts = what.format(words=search.words) if search.words else _("the newest posts")
    return _("{member} shares {posts}").format(member=f"<@{user_id}>", posts=posts)


async def _close(interaction: Interaction, custom_id: str) -> None:
    """One page is shared once, unless somebody presses twice at the same moment."""
    if interaction.message is None:
        return
    view = discord.ui.View.from_message(interaction.message, timeout=None)
    for item in view.children:
        if isinstance(item, discord.ui.Button) and item.custom_id == custom_id:
            item.label, item.disabled = _("Shared"), True
    view.stop()
    await interaction.edit_original_response(view=view)


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
    """Raise UserError unless the member could say it themselves."""
    here, may = interaction.channel, interaction.permissions
    if isinstance(here, discord.Thread):
        sends = may.send_messages_in_threads and (may.manage_threads or not here.locked)
    else:
        sends = may.send_messages
    if not sends:
        raise UserError(
            _("You may not write in this channel; run the command where you may, and share there.")
        )


def _tell_left_out(count: int) -> str:
    return n_(
        "{count} post was left out: not everybody who reads here may see it.",
        "{count} posts were left out: not everybody who reads here may see them.",
        count,
    )
