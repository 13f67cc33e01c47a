"""Who is in which private thread: asked of Discord, since the gateway does not tell, and remembered for a moment."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import discord
import structlog
from discord.http import HTTPClient

REMEMBERED = timedelta(seconds=30)
"""A member types a word in that time, and who was removed from a thread no longer sees what it follows after it."""
MOST_ASKED = 25
"""Threads that one answer asks about."""
PATIENCE = 1.5
"""Seconds that one answer waits for Discord; completions have two."""
_MOST_KEPT = 10_000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Threads:
    """What is known of private threads for a moment."""

    _known: OrderedDict[tuple[int, int], tuple[bool, datetime]] = field(default_factory=OrderedDict)
    """By thread and member: whether they are in it, and until when that is relied on."""

    def remembers(self, thread_id: int, user_id: int, now: datetime) -> bool:
        """Whether `has` would answer without asking."""
        _is_in, until = self._known.get((thread_id, user_id), (False, now))
        return now < until

    async def has(self, http: HTTPClient, thread_id: int, user_id: int, now: datetime) -> bool:
        """Whether a member is in a private thread; False, too, where Discord does not say."""
        if self.remembers(thread_id, user_id, now):
            return self._known[thread_id, user_id][0]
        try:
            is_in = await _ask(http, thread_id, user_id)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.warning("thread not asked", thread=thread_id, error=type(error).__name__)
            return False
        self._known[thread_id, user_id] = (is_in, now + REMEMBERED)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return is_in


async def _ask(http: HTTPClient, thread_id: int, user_id: int) -> bool:
    try:
        await http.get_thread_member(thread_id, user_id)
    except (discord.NotFound, discord.Forbidden):
        return False
    return True
