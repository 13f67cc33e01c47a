"""Fetches what the gateway doesn't report about threads: the members of private ones, the parents of archived ones.

Discord is asked, and its answers are cached for a short time.
"""

from datetime import datetime, timedelta

import aiohttp
import discord
import structlog

from bot.chat.recent import RecentCache

MEMBER_TTL = timedelta(seconds=30)
"""Long enough to type a word; after it, someone who was removed from a thread no longer sees what it follows."""
ARCHIVED_TTL = timedelta(minutes=5)
"""An archived thread stays in its channel, but a missing one may appear."""
_MAX_CACHED = 10_000

_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)

_log = structlog.get_logger(__name__)


class Threads:
    """Cached answers about threads."""

    def __init__(self) -> None:
        self._members: RecentCache[tuple[int, int], bool] = RecentCache(_MAX_CACHED)
        """Whether a member is in a private thread, by thread and member."""
        self._archived: RecentCache[int, discord.Thread | None] = RecentCache(_MAX_CACHED)

    def knows_member(self, thread_id: int, user_id: int, now: datetime) -> bool:
        """Return whether `has_member` answers from the cache."""
        return self._members.has((thread_id, user_id), now)

    async def has_member(self, thread: discord.Thread, user_id: int, now: datetime) -> bool:
        """Return whether somebody is in a private thread; False if Discord doesn't answer."""
        key = (thread.id, user_id)
        if not self._members.has(key, now):
            try:
                is_member = await _fetch_is_member(thread, user_id)
            except _UNREACHABLE as error:
                _log.warning("thread members not fetched", thread=thread.id, error=type(error).__name__)
                return False
            self._members.put(key, is_member, now + MEMBER_TTL)
        return bool(self._members.get(key))

    def knows_archived(self, guild: discord.Guild, channel_id: int, now: datetime) -> bool:
        """Return whether `find_archived` answers from the cache."""
        known = self._archived.get(channel_id)
        # A new gateway session has a new guild object; channels of the old one are out of date.
        return self._archived.has(channel_id, now) and (known is None or known.guild is guild)

    def is_archived(self, channel_id: int) -> bool:
        """Return whether this was an archived thread when Discord was last asked."""
        return self._archived.get(channel_id) is not None

    async def find_archived(
        self, guild: discord.Guild, channel_id: int, now: datetime
    ) -> discord.Thread | None:
        """Return a thread of the guild that the gateway doesn't know; None if none, or Discord doesn't answer."""
        if not self.knows_archived(guild, channel_id, now):
            try:
                found = await _fetch_archived(guild, channel_id)
            except _UNREACHABLE as error:
                _log.warning("thread not fetched", thread=channel_id, error=type(error).__name__)
                return None
            self._archived.put(channel_id, found, now + ARCHIVED_TTL)
        return self._archived.get(channel_id)


async def _fetch_is_member(thread: discord.Thread, user_id: int) -> bool:
    try:
        await thread.fetch_member(user_id)
    except (discord.NotFound, discord.Forbidden):
        return False
    return True


async def _fetch_archived(guild: discord.Guild, channel_id: int) -> discord.Thread | None:
    try:
        found = await guild.fetch_channel(channel_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None
    return found if isinstance(found, discord.Thread) else None
