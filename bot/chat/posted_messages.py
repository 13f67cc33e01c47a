"""Finds out which of the bot's messages were deleted. The gateway reports that only together with everybody's
messages, so we ask Discord about the few messages of an answer, and cache the result.
"""

import asyncio
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import aiohttp
import discord
import structlog

from bot.chat.recent import RecentCache

LOOKUP_TIMEOUT = 1.5
"""Seconds that one answer waits for Discord; a message that it doesn't report in time counts as being there."""
PRESENT_TTL = timedelta(minutes=10)
"""How long an existing message is cached, since it may be deleted later."""
_MAX_CACHED = 10_000
_UNKNOWN_CHANNEL = 10003
"""A forum post is a channel, and its first message is deleted with it."""
_UNKNOWN_MESSAGE = 10008
_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)

_log = structlog.get_logger(__name__)


class Place(NamedTuple):
    """Where a message was sent."""

    channel_id: int
    """The channel's id; for a forum post, the post's own id."""
    message_id: int


class PostedMessages:
    """Cached answers about messages."""

    def __init__(self) -> None:
        self._gone: RecentCache[Place, bool] = RecentCache(_MAX_CACHED)

    async def find_gone(
        self, client: discord.Client, places: Iterable[Place], now: datetime
    ) -> Collection[Place]:
        """Return those of the messages that were deleted; the bot must be able to read them."""
        wanted = set(places)
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                await asyncio.gather(*(self._look_up(client, each, now) for each in wanted))
        return [each for each in wanted if self._gone.get(each)]

    async def _look_up(self, client: discord.Client, place: Place, now: datetime) -> None:
        if self._gone.has(place, now):
            return
        try:
            is_gone = await _is_gone(client, place)
        except _UNREACHABLE as error:
            _log.warning("message not looked up", channel=place.channel_id, error=type(error).__name__)
            return
        self._gone.put(place, is_gone, None if is_gone else now + PRESENT_TTL)


async def _is_gone(client: discord.Client, place: Place) -> bool:
    try:
        await client.get_partial_messageable(place.channel_id).fetch_message(place.message_id)
    except discord.NotFound as error:
        is_post = place.channel_id == place.message_id
        return error.code == _UNKNOWN_MESSAGE or (is_post and error.code == _UNKNOWN_CHANNEL)
    return False
