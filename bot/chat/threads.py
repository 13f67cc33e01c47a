"""What the gateway does not tell of threads: who is in a private one, and where an archived one belongs.

Asked of Discord, and remembered for a moment.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import aiohttp
import discord
import structlog

MEMBERS_LAST = timedelta(seconds=30)
"""A member types a word in that time, and who was removed from a thread no longer sees what it follows after it."""
ARCHIVED_LAST = timedelta(minutes=5)
"""Where an archived thread belongs does not change; that there is none may."""
_MOST_KEPT = 10_000

_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)

_log = structlog.get_logger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Threads:
    """What is known of threads for a moment; each answer with the time until which it is relied on."""

    _members: OrderedDict[tuple[int, int], tuple[bool, datetime]] = field(default_factory=OrderedDict)
    """Whether a member is in a private thread, by thread and member."""
    _archived: OrderedDict[int, tuple[discord.Thread | None, datetime]] = field(default_factory=OrderedDict)

    def knows_member(self, thread_id: int, user_id: int, now: datetime) -> bool:
        """Whether `has_member` answers without asking."""
        return now < self._members.get((thread_id, user_id), (False, now))[1]

    async def has_member(self, thread: discord.Thread, user_id: int, now: datetime) -> bool:
        """Whether somebody is in a private thread; False, too, where Discord does not say."""
        key = (thread.id, user_id)
        if not self.knows_member(thread.id, user_id, now):
            try:
                is_in = await _has_member(thread, user_id)
            except _UNREACHABLE as error:
                _log.warning("thread not asked", thread=thread.id, error=type(error).__name__)
                return False
            _keep(self._members, key, (is_in, now + MEMBERS_LAST))
        return self._members[key][0]

    def knows_archived(self, guild: discord.Guild, channel_id: int, now: datetime) -> bool:
        """Whether `find_archived` answers without asking."""
        known, until = self._archived.get(channel_id, (None, now))
        # After a new session of the gateway the guild is another object, and this one's channels are out of date.
        return now < until and (known is None or known.guild is guild)

    async def find_archived(
        self, guild: discord.Guild, channel_id: int, now: datetime
    ) -> discord.Thread | None:
        """A thread of the guild that the gateway does not know; None if it is none, or Discord does not say."""
        if not self.knows_archived(guild, channel_id, now):
            try:
                found = await _find_archived(guild, channel_id)
            except _UNREACHABLE as error:
                _log.warning("thread not found", thread=channel_id, error=type(error).__name__)
                return None
            _keep(self._archived, channel_id, (found, now + ARCHIVED_LAST))
        return self._archived[channel_id][0]


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)


async def _has_member(thread: discord.Thread, user_id: int) -> bool:
    try:
        await thread.fetch_member(user_id)
    except (discord.NotFound, discord.Forbidden):
        return False
    return True


async def _find_archived(guild: discord.Guild, channel_id: int) -> discord.Thread | None:
    try:
        found = await guild.fetch_channel(channel_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None
    return found if isinstance(found, discord.Thread) else None
