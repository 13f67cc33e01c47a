"""Compares the servers and channels that the store knows with Discord's, and records what changed.

An outage changes nothing, a removal suspends, and a return holds what waited. Discord's events only trigger a
comparison. So the next one also records an event that was missed, or that the database could not take.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import discord
import structlog

from bot.chat.permissions import is_writable
from bot.store.guilds import FollowedChannel
from bot.store.store import Store

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What Discord says."""

    guilds: Collection[int] | None
    """The guilds that the bot is in, outages included; None while a session begins and they aren't all known."""
    available: Collection[int]
    """Those without an outage, whose channels are known."""
    guild_of: Mapping[int, int]
    """The guilds of the followed channels that exist. Archived threads are not among them."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What the store doesn't know yet."""

    left: frozenset[int]
    """Guilds that removed the bot."""
    returned: frozenset[int]
    assigned: Mapping[int, int]
    """Channels, and the guilds they belong to."""
    missing: tuple[int, ...]
    """Channels that were deleted, or that the gateway doesn't know: archived threads, for example."""


def compare(known: Iterable[FollowedChannel], seen: Seen) -> Changes:
    """Return what has changed since the store was last updated."""
    known = tuple(known)
    placed = [(each, each.guild_id) for each in known if each.guild_id is not None]
    return Changes(
        left=frozenset(
            guild
            for each, guild in placed
            if seen.guilds is not None and not each.has_left and guild not in seen.guilds
        ),
        returned=frozenset(guild for each, guild in placed if each.has_left and guild in seen.available),
        assigned={
            each.id: seen.guild_of[each.id]
            for each in known
            if seen.guild_of.get(each.id, each.guild_id) != each.guild_id
        },
        missing=tuple(
            each.id
            for each, guild in placed
            if guild in seen.available and each.id not in seen.guild_of and (each.has_left or not each.gone)
        ),
    )


@dataclass(frozen=True, slots=True)
class GuildSync:
    """Keeps the store's servers and channels up to date."""

    store: Store
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    """Starts deliveries that are due, notices included."""

    async def reconcile(
        self,
        look: Callable[[Iterable[FollowedChannel]], Seen],
        is_deleted: Callable[[int], Awaitable[bool]],
    ) -> None:
        """Record what changed. `is_deleted` asks Discord about a channel that `look` does not find."""
        known = await self.store.guilds.followed_channels()
        changes = compare(known, look(known))
        for channel_id in changes.missing:
            if await is_deleted(channel_id):
                await self.remove_channel(channel_id)
        for guild_id in changes.left:
            await self.remove_guild(guild_id)
        for guild_id in changes.returned:
            await self._return_to(guild_id)
        if changes.assigned:
            await self.store.guilds.assign_channels(changes.assigned)

    async def set_updates_channel(self, guild: discord.Guild) -> None:
        """Record Discord's own channel for the server's staff, if the bot can write there."""
        channels = (guild.public_updates_channel, guild.safety_alerts_channel)
        usable = [each.id for each in channels if each is not None and is_writable(guild.me, each)]
        channel_id = next(iter(usable), None)
        if channel_id != (await self.store.guilds.notices_channels(guild.id)).updates:
            await self.store.guilds.set_updates_channel(guild.id, channel_id)

    async def remove_guild(self, guild_id: int) -> None:
        """Record that the bot was removed from this guild; an outage is not a removal."""
        if channels := await self.store.guilds.left(guild_id, self.clock()):
            _log.info("removed from a server", guild=guild_id, channels=channels)

    async def remove_channel(self, channel_id: int) -> None:
        """Record that a channel or thread was deleted."""
        await self.store.guilds.channel_gone(channel_id, self.clock())

    async def _return_to(self, guild_id: int) -> None:
        if held := await self.store.guilds.returned(guild_id, self.clock()):
            _log.info("back in a server", guild=guild_id, holds=len(held))
            self.wake()
