"""Does a message stand already? The bot's own messages in the channel answer, where no nonce can."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import discord

from bot.model import Message

SKEW = timedelta(minutes=2)
"""Our clock against Discord's, by which message ids are made."""

MOST_MESSAGES = 500
MOST_POSTS = 25


def is_same(message: Message, content: str, embed_urls: Iterable[str | None]) -> bool:
    """Whether a message with this content and these embeds is this one."""
    if not message.link:
        return content.strip() == message.content.strip()
    # The link, not the beginning of a longer one.
    alone = re.compile(re.escape(message.link) + r"(?=[\s>)\]]|$)")
    return message.link in embed_urls or alone.search(content) is not None


def _is_standing(message: Message, found: discord.Message) -> bool:
    return is_same(message, found.content, (embed.url for embed in found.embeds))


async def find_message(
    channel: discord.abc.Messageable, me: int, message: Message, since: datetime
) -> int | None:
    """The id of the message if the bot wrote it in this channel since then."""
    history = channel.history(limit=MOST_MESSAGES, after=since - SKEW, oldest_first=True)
    async for found in history:
        if found.author.id == me and _is_standing(message, found):
            return found.id
    return None


async def find_post(forum: discord.ForumChannel, me: int, message: Message, since: datetime) -> int | None:
    """The id of the forum post (and of its first message) if the bot opened it since then."""
    oldest = discord.utils.time_snowflake(since - SKEW)
    threads = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
    threads += [thread async for thread in forum.archived_threads(limit=MOST_POSTS)]
    mine = [thread for thread in threads if thread.owner_id == me and thread.id >= oldest]
    likely_first = sorted(mine, key=lambda thread: (thread.name != message.thread_name, -thread.id))
    for thread in likely_first[:MOST_POSTS]:
        if await _starts_with(thread, message):
            return thread.id
    return None


async def _starts_with(thread: discord.Thread, message: Message) -> bool:
    try:
        starter = await thread.fetch_message(thread.id)
    except discord.NotFound:
        # Deleted by a moderator, while the post itself stands.
        return thread.name == message.thread_name
    return _is_standing(message, starter)
