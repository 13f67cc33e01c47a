"""A page of hits, shown to a whole channel, without posts that somebody who reads the channel may not see."""

from dataclasses import replace

import discord

from bot.chat.commands.common.access import Viewer, find_channel, viewer_of
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, respond, services_of
from bot.chat.commands.common.turns import defer_edit, search_turn
from bot.chat.commands.member.search_jumps import find_jumps
from bot.chat.commands.member.search_page import Page, render_hits
from bot.chat.commands.member.search_run import (
    Search,
    choose_names,
    find_page,
    load_request,
    start_search,
)
from bot.chat.commands.member.visibility import is_for_everyone
from bot.chat.messages import _, n_
from bot.model import Query
from bot.text import limits
from bot.text.summary import clip


class ShareButton(PersistentItem, template=r"share:(?P<token>[0-9]{1,18}):(?P<number>[0-9]{1,4})"):
    """Shows a page to everybody in the channel."""

    async def press(self, interaction: Interaction) -> None:
        """Post the page, or say why not."""
        async with search_turn(interaction, defer_edit):
            _require_may_write(interaction)
            search = await start_search(interaction, await load_request(interaction, self.fields["token"]))
            page = await find_page(interaction, search, int(self.fields["number"]))
        common = common_feeds(viewer_of(interaction), search)
        posted = await _commonly_posted(interaction, page)
        shown = tuple(hit for hit in page.found.hits if hit.feed_id in common or hit.identity in posted)
        if not shown:
            raise _nothing_to_share_error(page)
        await _post(interaction, search, replace(page, found=replace(page.found, hits=shown)), common)
        await _mark_as_shared(interaction, self.custom_id)
        if left_out := len(page.found.hits) - len(shown):
            await respond(interaction, _count_left_out(left_out))


def _nothing_to_share_error(page: Page) -> UserError:
    if not page.found.hits:
        return UserError(_("There's nothing left to share; run the command again."))
    return UserError(_("Not everyone here can see these posts; share them in a channel where everyone can."))


async def _post(interaction: Interaction, search: Search, page: Page, common: frozenset[int]) -> None:
    """Post the hits; the text above them names no feed that somebody here may not see, and counts nothing."""
    viewer = viewer_of(interaction)
    jumps = await find_jumps(interaction, page.found.hits, lambda channel_id: is_common(viewer, channel_id))
    names = common_names(viewer, search)
    named = {feed_id: names[feed_id] for feed_id in search.named if feed_id in common}
    channel = search.channel if is_common(viewer, search.channel) else 0
    text = _describe_share(interaction.user.id, replace(search, named=named, channel=channel), page.query)
    shown = replace(page, jumps=jumps, names=names)
    embed = discord.Embed(description=render_hits(shown, guild_of(interaction).id))
    await interaction.followup.send(
        clip(text, limits.CONTENT),
        embed=embed,
        allowed_mentions=discord.AllowedMentions.none(),
        ephemeral=False,
    )


def _describe_share(user_id: int, search: Search, query: Query) -> str:
    member, conditions = f"<@{user_id}>", search.describe(query)
    if not conditions:
        return _("{member} shares the newest posts").format(member=member)
    if search.options.limit is None:
        return _("{member} shares posts {conditions}").format(member=member, conditions=conditions)
    return _("{member} shares the newest posts {conditions}").format(member=member, conditions=conditions)


async def _mark_as_shared(interaction: Interaction, custom_id: str) -> None:
    """Disable the button, so that a page is shared once unless somebody presses twice at the same moment."""
    if interaction.message is None:
        return
    view = discord.ui.View.from_message(interaction.message, timeout=None)
    for item in view.children:
        if isinstance(item, discord.ui.Button) and item.custom_id == custom_id:
            item.label, item.disabled = _("Shared"), True
    view.stop()
    await interaction.edit_original_response(view=view)


def common_feeds(viewer: Viewer, search: Search) -> frozenset[int]:
    """Return the feeds of a search that everybody who reads the viewer's channel may see."""
    return frozenset(common_names(viewer, search))


def common_names(viewer: Viewer, search: Search) -> dict[int, str]:
    """Return the names of feeds in the channels that all readers of the viewer's channel may see."""
    common = (each for each in search.visible.followed if is_common(viewer, each.channel_id))
    return choose_names(common, search.channel, viewer.channel_id)


async def _commonly_posted(interaction: Interaction, page: Page) -> frozenset[str]:
    """Return the identities of hits with a message in a channel that all readers of this one may view."""
    viewer, search = viewer_of(interaction), services_of(interaction).store.search
    messages = await search.posted([hit.identity for hit in page.found.hits], viewer.guild.id)
    return frozenset(each.identity for each in messages if is_common(viewer, each.channel_id))


def is_common(viewer: Viewer, channel_id: int) -> bool:
    """Return whether all readers of the viewer's channel may view this one: the same, its parent, or a public one."""
    parent_id = viewer.channel.parent_id if isinstance(viewer.channel, discord.Thread) else None
    return channel_id in {viewer.channel_id, parent_id} or is_for_everyone(find_channel(viewer, channel_id))


def _require_may_write(interaction: Interaction) -> None:
    """Raise UserError unless the member could write in the channel themselves."""
    here, may = interaction.channel, interaction.permissions
    if isinstance(here, discord.Thread):
        may_write = may.send_messages_in_threads and (may.manage_threads or not here.locked)
    else:
        may_write = may.send_messages
    if not may_write:
        raise UserError(_("You can't write in this channel; run the command where you can, and share there."))


def _count_left_out(count: int) -> str:
    return n_(
        "{count} post was left out because not everyone here can see it.",
        "{count} posts were left out because not everyone here can see them.",
        count,
    )
