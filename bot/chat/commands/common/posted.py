"""Finds the post that a message shows, for the commands in the menu of a message."""

from collections.abc import Sequence

import discord

from bot.chat.commands.common.responses import Interaction, UserError, guild_of
from bot.chat.messages import _
from bot.chat.services import Services
from bot.model import Trace


async def find_posted(
    interaction: Interaction, services: Services, message: discord.Message
) -> Sequence[Trace]:
    """Return the post that a message of this channel shows, in each of its feeds. Raises UserError if it shows none.

    A forum post, or a thread below a post, belongs to the channel that got the post.
    """
    channel = interaction.channel
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else None
    here = {interaction.channel_id, parent_id}
    found = await services.store.archive.trace_message([message.id], guild_of(interaction).id)
    posted = [
        trace
        for trace in found
        if any(each.message_id == message.id and each.channel_id in here for each in trace.deliveries)
    ]
    if not posted:
        raise UserError(
            _("That message isn't one of the bot's posts; right-click one that is, then choose **Apps**.")
        )
    return posted
