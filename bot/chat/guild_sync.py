"""Where the bot is, by Discord's events: an outage changes nothing, a removal suspends, a return offers what waited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import discord
import structlog

from bot.chat.permissions import GuildChannel
from bot.store.store import Store

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GuildSync:
    """Tells the store where the bot is."""

    store: Store
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    """Deliver now what is owed, notices included."""

    async def arrive(self, guild: discord.Guild) -> None:
        """The bot is in this guild, whether or not it was before."""
        if guild.unavailable:
            return
        if held := await self.store.guilds.returned(guild.id, self.clock()):
            _log.info("back in a server", guild=guild.id, holds=len(held))
            self.wake()
        await self.see(guild.id, [*guild.channels, *guild.threads])

    async def see(self, guild_id: int, channels: Sequence[GuildChannel | discord.Thread]) -> None:
        """These channels are in this guild."""
        await self.store.guilds.assign_channels({channel.id: guild_id for channel in channels})

    async def leave(self, guild_id: int) -> None:
        """The bot was removed from this guild; an outage is no removal."""
        if channels := await self.store.guilds.left(guild_id, self.clock()):
            _log.info("removed from a server", guild=guild_id, channels=channels)

    async def compare(self, present: Sequence[int]) -> None:
        """All guilds of the bot are these, those in an outage included: from any other it was removed meanwhile."""
        followed = await self.store.subscriptions.all()
        known = {each.guild_id for each in followed if each.guild_id is not None}
        for guild_id in known - set(present):
            await self.leave(guild_id)

    async def lose(self, channel_id: int) -> None:
        """A channel or thread was deleted."""
        await self.store.guilds.channel_gone(channel_id, self.clock())
