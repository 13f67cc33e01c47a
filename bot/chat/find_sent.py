"""Finds out from a channel's messages whether one was sent already, after its nonce has expired."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from bot.chat.channels import Channels, name_missing
from bot.chat.embeds import read_embed
from bot.chat.permissions import HISTORY, AnyChannel, GuildChannel, Kind, kind_of
from bot.chat.recent import RecentCache
from bot.model import Message, Refused, Retry, Sent, Uncertainty
from bot.text.same_message import is_same

CLOCK_SKEW = timedelta(minutes=65)
"""How far our clock may have differed from Discord's, which determines message ids."""

MAX_SEARCHES = 1000
"""Unfinished searches whose progress is kept."""


@dataclass(slots=True)
class Progress:
    """How far a channel was searched. A search that takes too long continues there."""

    read_until: int = 0
    """The id of the last message that was read."""
    is_empty: bool = True
    """Whether Discord has returned no messages so far."""


class SentSearch:
    """Searches channels for messages that may have been sent. An interrupted search continues where it stopped."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self._progress: RecentCache[str, Progress] = RecentCache(MAX_SEARCHES)
        """Messages by nonce."""

    async def find(
        self, channel: AnyChannel, me: int, message: Message, nonce: str, uncertainty: Uncertainty
    ) -> Sent | Refused | Retry | None:
        """Return the sent message; None: it isn't there. `me`: the bot's user id.

        Refused, Retry: that can't be seen, or not yet, so the bot must not send.
        """
        if isinstance(channel, GuildChannel | discord.Thread):
            granted = await self._channels.granted(channel)
            if not granted.read_message_history:
                return Refused(name_missing((HISTORY,)))
        found = await self._search(channel, me, message, nonce, uncertainty)
        if found is not None:
            return Sent(found, publishable=kind_of(channel) is Kind.ANNOUNCEMENT)
        if uncertainty.arrives_within:
            reason = "Discord's answer was lost; the bot waits in case the post still arrives."
            return Retry(reason, after=uncertainty.arrives_within)
        return None

    async def _search(
        self, channel: AnyChannel, me: int, message: Message, nonce: str, uncertainty: Uncertainty
    ) -> int | None:
        if isinstance(channel, discord.ForumChannel):
            return await _find_post(channel, me, message, uncertainty)
        if not isinstance(channel, discord.abc.Messageable):
            return None
        # A message that may still arrive can get an earlier id than those that were read.
        progress = Progress() if uncertainty.arrives_within else self._progress.get(nonce) or Progress()
        self._progress.put(nonce, progress)
        found = await _find_message(channel, me, message, uncertainty, progress)
        if found is None and progress.is_empty:
            # Only two empty answers in a row count: after a wrong one, the message would be sent twice.
            found = await _find_message(channel, me, message, uncertainty, progress)
        self._progress.drop(nonce)
        return found


async def _find_message(
    channel: discord.abc.Messageable, me: int, message: Message, uncertainty: Uncertainty, progress: Progress
) -> int | None:
    """Return the id of the message if the bot wrote it in this channel at that time, or None."""
    after = discord.Object(max(_oldest(uncertainty), progress.read_until + 1) - 1)
    async for found in channel.history(limit=None, after=after, oldest_first=True):
        progress.is_empty = False
        if found.author.id == me and _may_be(uncertainty, found.id):
            if _shows(message, found):
                return found.id
        elif _ends_before(uncertainty, found.id):
            return None
        progress.read_until = found.id
    return None


async def _find_post(
    forum: discord.ForumChannel, me: int, message: Message, uncertainty: Uncertainty
) -> int | None:
    """Return the id of the forum post (and of its first message) if the bot opened it at that time, or None."""
    threads = [thread for thread in await forum.guild.active_threads() if thread.parent_id == forum.id]
    threads += [thread async for thread in archived_since(forum, uncertainty.since - CLOCK_SKEW)]
    mine = [thread for thread in threads if thread.owner_id == me and _may_be(uncertainty, thread.id)]
    for thread in sorted(mine, key=lambda thread: (thread.name != message.thread_name, -thread.id)):
        if await _starts_with(thread, message):
            return thread.id
    return None


async def archived_since(forum: discord.ForumChannel, since: datetime) -> AsyncIterator[discord.Thread]:
    """Yield the threads archived since then; Discord lists the last archived first."""
    async for thread in forum.archived_threads(limit=None):
        if thread.archive_timestamp < since:
            return
        yield thread


async def _starts_with(thread: discord.Thread, message: Message) -> bool:
    try:
        starter = await thread.fetch_message(thread.id)
    except discord.NotFound:
        # A moderator deleted the message, but the post is still there.
        return thread.name == message.thread_name
    return _shows(message, starter)


def _shows(message: Message, found: discord.Message) -> bool:
    return is_same(message, found.content, [read_embed(embed) for embed in found.embeds])


def _oldest(uncertainty: Uncertainty) -> int:
    """Return the smallest id that the message can have: Discord's ids are times."""
    return max(1, discord.utils.time_snowflake(uncertainty.since - CLOCK_SKEW))


def _may_be(uncertainty: Uncertainty, message_id: int) -> bool:
    """Return whether the message can have this id."""
    is_in_time = _oldest(uncertainty) <= message_id and not _ends_before(uncertainty, message_id)
    return is_in_time and message_id not in uncertainty.others


def _ends_before(uncertainty: Uncertainty, message_id: int) -> bool:
    """Return whether the message must be older than the one with this id."""
    until = uncertainty.until
    return until is not None and message_id > discord.utils.time_snowflake(until + CLOCK_SKEW)
