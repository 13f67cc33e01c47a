"""Does a message stand already? The bot's own messages in the channel answer, where no nonce can."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from bot.model import Embed, Message

SKEW = timedelta(minutes=2)
"""Our clock against Discord's, by which message ids are made."""

MOST_MESSAGES = 1000
MAX_POSTS = 25


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A message may stand."""

    since: datetime
    others: frozenset[int] = frozenset()
    """Messages that are known to be other posts, though they may bear the same link."""
    nonce_holds: bool = False
    """Discord still answers a second send with the first message."""


Card = Embed | discord.Embed
"""Ours, or as Discord tells it."""


def is_same(message: Message, content: str, embeds: Sequence[Card]) -> bool:
    """Whether a message with this content and these embeds is this one."""
    if not message.link:
        return _words(content, embeds) == _words(message.content, message.embeds)
    # The link, not the beginning of a longer one.
    alone = re.compile(re.escape(message.link) + r"(?=[\s>)\]]|$)")
    return any(embed.url == message.link for embed in embeds) or alone.search(content) is not None


def _words(content: str, embeds: Iterable[Card]) -> list[str]:
    """All words of a message; Discord does not keep white space as it was."""
    told = (part for embed in embeds for part in (embed.title, embed.description))
    return " ".join(part or "" for part in (content, *told)).split()


async def find_message(
    channel: discord.abc.Messageable, me: int, message: Message, doubt: Uncertainty
) -> int | None:
    """The id of the message if the bot wrote it in this channel since then."""
    history = channel.history(limit=MOST_MESSAGES, after=doubt.since - SKEW, oldest_first=True)
    async for found in history:
        if found.author.id != me or found.id in doubt.others:
            continue
        if is_same(message, found.content, found.embeds):
            return found.id
    return None


async def find_post(forum: discord.ForumChannel, me: int, message: Message, doubt: Uncertainty) -> int | None:
    """The id of the forum post (and of its first message) if the bot opened it since then."""
    oldest = discord.utils.time_snowflake(doubt.since - SKEW)
    threads = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
    threads += [thread async for thread in _archived_since(forum, doubt.since - SKEW)]
    mine = [thread for thread in threads if thread.owner_id == me and thread.id >= oldest]
    unknown = [thread for thread in mine if thread.id not in doubt.others]
    likely_first = sorted(unknown, key=lambda thread: (thread.name != message.thread_name, -thread.id))
    for thread in likely_first[:MAX_POSTS]:
        if await _starts_with(thread, message):
            return thread.id
    return None


async def _archived_since(forum: discord.ForumChannel, since: datetime) -> AsyncIterator[discord.Thread]:
    """Discord tells the last archived first."""
    async for thread in forum.archived_threads(limit=None):
        if thread.archive_timestamp < since:
            return
        yield thread


async def _starts_with(thread: discord.Thread, message: Message) -> bool:
    try:
        starter = await thread.fetch_message(thread.id)
    except discord.NotFound:
        # Deleted by a moderator, while the post itself stands.
        return thread.name == message.thread_name
    return is_same(message, starter.content, starter.embeds)
