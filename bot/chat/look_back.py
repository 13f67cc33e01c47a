"""Finds the messages that the bot wrote in a channel, by reading its history page by page, newest first."""

from collections.abc import AsyncIterator
from datetime import datetime

import discord

from bot.chat.channels import Channels, name_missing
from bot.chat.embeds import read_embed
from bot.chat.find_sent import CLOCK_SKEW, archived_since
from bot.chat.permissions import HISTORY, VIEW, GuildChannel
from bot.model import FoundMessage, HistoryPage, Refused

PAGE = 100
"""Messages per page, the most that Discord returns at once."""

FORUM_PAGE = 20
"""Forum posts per page. Each takes a request."""

_NOTHING = HistoryPage((), None, is_last=True)


class LookBack:
    """Reads the history of channels, from the newest message to older ones."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def page(
        self, channel_id: int, me: int, since: datetime, read_down_to: int | None
    ) -> HistoryPage | Refused:
        """Return the page of messages older than `read_down_to` (None: the newest page). `me`: the bot's user id.

        Returns Refused if the bot may not read the channel. Raises discord.py's errors.
        """
        channel = await self._channels.find(channel_id)
        if isinstance(channel, GuildChannel | discord.Thread):
            granted = await self._channels.granted(channel)
            lacking = tuple(need for need in (VIEW, HISTORY) if not getattr(granted, need.flag))
            if lacking:  # Discord would return an empty history
                return Refused(name_missing(lacking))
        oldest = discord.utils.time_snowflake(since - CLOCK_SKEW)
        if isinstance(channel, discord.ForumChannel):
            return await _forum_page(channel, me, since, oldest, read_down_to)
        if not isinstance(channel, discord.abc.Messageable):
            return _NOTHING
        return await _page(channel, me, oldest, read_down_to)


async def _page(
    channel: discord.abc.Messageable, me: int, oldest: int, read_down_to: int | None
) -> HistoryPage:
    before = None if read_down_to is None else discord.Object(read_down_to)
    messages = [message async for message in channel.history(limit=PAGE, before=before)]
    publishable = isinstance(channel, discord.TextChannel) and channel.is_news()
    found = (
        FoundMessage(
            message.id,
            message.content,
            tuple(map(read_embed, message.embeds)),
            publishable=publishable and not message.flags.crossposted,
        )
        for message in messages
        if message.id >= oldest and _is_own_post(message, me)
    )
    last = messages[-1].id if messages else None
    return HistoryPage(tuple(found), last, is_last=len(messages) < PAGE or messages[-1].id < oldest)


async def _forum_page(
    forum: discord.ForumChannel, me: int, since: datetime, oldest: int, read_down_to: int | None
) -> HistoryPage:
    mine = [
        thread
        async for thread in _threads(forum, since)
        if thread.owner_id == me
        and oldest <= thread.id
        and (read_down_to is None or thread.id < read_down_to)
    ]
    mine.sort(key=lambda thread: -thread.id)
    read = mine[:FORUM_PAGE]
    found = tuple([await _opening(thread) for thread in read])
    return HistoryPage(found, read[-1].id if read else None, is_last=len(mine) <= FORUM_PAGE)


async def _threads(forum: discord.ForumChannel, since: datetime) -> AsyncIterator[discord.Thread]:
    for thread in await forum.guild.active_threads():
        if thread.parent_id == forum.id:
            yield thread
    async for thread in archived_since(forum, since - CLOCK_SKEW):
        yield thread


async def _opening(thread: discord.Thread) -> FoundMessage:
    """Return the first message of a forum post; without content if only the message was deleted."""
    try:
        message = await thread.fetch_message(thread.id)
    except discord.NotFound:
        return FoundMessage(thread.id, "", (), thread.name)
    return FoundMessage(thread.id, message.content, tuple(map(read_embed, message.embeds)), thread.name)


def _is_own_post(message: discord.Message, me: int) -> bool:
    """Return whether the message is a post: written by the bot, not an answer to a command, and without buttons."""
    is_answer = message.interaction_metadata is not None or message.webhook_id is not None
    return message.author.id == me and not is_answer and not message.components
