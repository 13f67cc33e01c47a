"""Stores which servers the bot is in: an outage changes nothing, a removal suspends, a return holds what waited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import discord
import structlog

from bot.chat.permissions import GuildChannel, is_writable
from bot.store.store import Store

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GuildSync:
    """Keeps the store's servers and channels up to date with Discord's events."""

    store: Store
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    """Starts deliveries that are due, notices included."""

    async def add_guild(self, guild: discord.Guild) -> None:
        """Record that the bot is in this guild, whether or not it was before."""
        if guild.unavailable:
            return
        if held := await self.store.guilds.returned(guild.id, self.clock()):
            _log.info("back in a server", guild=guild.id, holds=len(held))
            self.wake()
        await self.add_channels(guild.id, [*guild.channels, *guild.threads])

    async def add_channels(self, guild_id: int, channels: Sequence[GuildChannel | discord.Thread]) -> None:
        """Record that these channels are in this guild."""
        await self.store.guilds.assign_channels({channel.id: guild_id for channel in channels})

    async def set_updates_channel(self, guild: discord.Guild) -> None:
        """Record Discord's own channel for the server's staff, if the bot can write there."""
        channels = (guild.public_updates_channel, guild.safety_alerts_channel)
        usable = [each.id for each in channels if each is not None and is_writable(guild.me, each)]
        await self.store.guilds.set_updates_channel(guild.id, next(iter(usable), None))

    async def remove_guild(self, guild_id: int) -> None:
        """Record that the bot was removed from this guild; an outage is not a removal."""
        if channels := await self.store.guilds.left(guild_id, self.clock()):
            _log.info("removed from a server", guild=guild_id, channels=channels)

    async def set_guilds(self, guild_ids: Sequence[int]) -> None:
        """Record that the bot is in exactly these guilds, outages included; it was removed from all others."""
        followed = await self.store.subscriptions.all()
        known = {each.guild_id for each in followed if each.guild_id is not None}
        for guild_id in known - set(guild_ids):
            await self.remove_guild(guild_id)

    async def remove_channel(self, channel_id: int) -> None:
        """Record that a channel or thread was deleted."""
        await self.store.guilds.channel_gone(channel_id, self.clock())
