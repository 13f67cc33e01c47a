"""Changes of servers and channels that wait until the database has them."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

import discord

from bot.chat.permissions import GuildChannel, is_writable
from bot.errors import StoreError

OnOpen = Callable[[Sequence[int]], Awaitable[None]]
"""Gets the ids of channels that became writable."""

OnChange = Callable[[int], Awaitable[None]]
"""Gets the id of a guild whose settings or permissions changed."""


class NotedChanges:
    """Notes changes, and records them later. A change that can't be stored stays noted."""

    def __init__(self, on_open: OnOpen, on_change: OnChange) -> None:
        """`on_open` and `on_change` record; each may raise StoreError."""
        self._on_open = on_open
        self._on_change = on_change
        self._writable: set[int] = set()
        self._reported: set[int] = set()
        self._repeated: set[int] = set()
        self._guilds: set[int] = set()

    def note(self, guild: discord.Guild, channels: Iterable[GuildChannel | discord.Thread]) -> None:
        """Note a change of these channels of a guild."""
        self._writable |= {each.id for each in channels if _is_open(each)}
        self._guilds.add(guild.id)

    def repeat(self, find: Callable[[int], GuildChannel | discord.Thread | None]) -> None:
        """Report again the channels that became writable since the last call, if they still are. `find` looks them up.

        A refusal from before the change may have been recorded after it, once the database took it.
        """
        found = [each for channel_id in self._repeated | self._reported if (each := find(channel_id))]
        self._repeated = {each.id for each in found if _is_open(each)}
        self._reported = set()

    async def record(self) -> None:
        """Record what was noted. Raises StoreError; the next call then records the rest."""
        while self._guilds:
            guild_id = self._guilds.pop()  # before the call: during it, the guild may be noted again
            try:
                await self._on_change(guild_id)
            except StoreError:
                self._guilds.add(guild_id)
                raise
        writable, self._writable = self._writable, set()
        repeated, self._repeated = self._repeated, set()
        try:
            if writable | repeated:
                await self._on_open(sorted(writable | repeated))
        except StoreError:
            self._writable |= writable
            self._repeated |= repeated
            raise
        self._reported |= writable


def _is_open(channel: GuildChannel | discord.Thread) -> bool:
    is_locked = isinstance(channel, discord.Thread) and channel.locked
    return is_writable(channel.guild.me, channel) and not is_locked
