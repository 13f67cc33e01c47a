"""Discord's events: which channels can be written to (again), which have changed, and what members ask.

Only the guilds intent is asked for. Discord sends GUILD_MEMBER_UPDATE for the bot itself without the members intent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import aiohttp
import discord

from bot.chat.channels import Channels
from bot.chat.command_sync import CommandSync
from bot.chat.commands.tree import Tree, answer_stale
from bot.chat.guild_sync import GuildSync
from bot.chat.permissions import GuildChannel, is_writable
from bot.chat.services import Services

OnOpen = Callable[[Sequence[int]], Awaitable[None]]


class Gateway(discord.AutoShardedClient):
    """One life of the connection; after a failure that discord.py does not mend, another one is made.

    Sharded even for one shard: discord.Client dies if its first connect fails (discord.py #10520).
    """

    def __init__(
        self,
        *,
        on_open: OnOpen,
        channels: Channels,
        http_trace: aiohttp.TraceConfig,
        services: Services | None = None,
    ) -> None:
        """`services`: where those who ask are served; None: nobody is."""
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60,
            http_trace=http_trace,
        )
        self._on_open = on_open
        self._changed = channels
        self.services = services
        self._registrar: CommandSync | None = None
        self._registering: asyncio.Task[None] | None = None
        self._presence: GuildSync | None = None
        if services is not None:
            self._presence = GuildSync(services.store, services.clock, services.wake)
        self.on_launch: Callable[[], None] = lambda: None
        """Called when a shard has connected; from then on discord.py mends its connections."""

    async def setup_hook(self) -> None:
        """Logged in: commands are answered from the first event on, and registered meanwhile."""
        if self.services is None:
            return
        tree = Tree(self, self.services)
        self._registrar = CommandSync(self, await tree.describe(), self.services.settings.sync_guilds)
        self._registering = asyncio.create_task(self._registrar.run(), name="register commands")

    async def close(self) -> None:
        """Also ends what this life has begun."""
        if self._registering is not None:
            self._registering.cancel()
            await asyncio.wait({self._registering})
        await super().close()

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Beside the commands, buttons and menus that answer for themselves."""
        if self.services is not None and interaction.type is discord.InteractionType.component:
            await answer_stale(interaction)

    async def on_shard_connect(self, _shard_id: int) -> None:
        """Discord has accepted the session."""
        with suppress(RuntimeError):  # the patience was for the first shard and is over
            self.on_launch()

    async def on_ready(self) -> None:
        """A new session: anything may have changed. Guilds joined while it began bring no event of their own."""
        self._changed.forget_all()
        if self._presence is not None:
            await self._presence.compare([guild.id for guild in self.guilds])
        for guild in self.guilds:
            await self._arrive(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """An outage of this guild is over."""
        await self._arrive(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was invited, perhaps again."""
        await self._arrive(guild)
        if self._registrar is not None:
            await self._registrar.register_in(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed, or the server deleted; discord.py tells of an outage by another event."""
        for channel in (*guild.channels, *guild.threads):
            self._changed.forget(channel.id)
        if self._presence is not None:
            await self._presence.leave(guild.id)

    async def on_guild_update(self, _before: discord.Guild, after: discord.Guild) -> None:
        """A new owner, for one, has other rights."""
        await self._reopen_guild(after)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Rights of a whole role."""
        await self._reopen_guild(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """It may have been the role that forbade."""
        await self._reopen_guild(role.guild)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """The bot's own roles, or the end of a time-out."""
        if after == after.guild.me:
            await self._reopen_guild(after.guild)

    async def on_guild_channel_create(self, channel: GuildChannel) -> None:
        """A new one may stand in the config already."""
        await self._see(channel)

    async def on_guild_channel_update(self, _before: GuildChannel, after: GuildChannel) -> None:
        """Rights, kind, tags of a forum; threads have the rights of their channel."""
        threads = after.threads if isinstance(after, discord.TextChannel | discord.ForumChannel) else ()
        await self._reopen(after.guild, [after, *threads])

    async def on_guild_channel_delete(self, channel: GuildChannel) -> None:
        """What followed there is suspended."""
        await self._lose(channel.id)

    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Likewise, also for a thread that had not been seen."""
        await self._lose(deleted.thread_id)

    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """Unlocked, for one."""
        await self._reopen(after.guild, [after])

    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Seen for the first time, or open again."""
        await self._see(thread)

    async def _arrive(self, guild: discord.Guild) -> None:
        if self._presence is not None:
            await self._presence.arrive(guild)
        await self._reopen_guild(guild)

    async def _see(self, channel: GuildChannel | discord.Thread) -> None:
        if self._presence is not None:
            await self._presence.see(channel.guild.id, [channel])
        await self._reopen(channel.guild, [channel])

    async def _lose(self, channel_id: int) -> None:
        self._changed.forget(channel_id)
        if self._presence is not None:
            await self._presence.lose(channel_id)

    async def _reopen_guild(self, guild: discord.Guild) -> None:
        if not guild.unavailable:
            await self._reopen(guild, [*guild.channels, *guild.threads])

    async def _reopen(self, guild: discord.Guild, channels: Sequence[GuildChannel | discord.Thread]) -> None:
        for channel in channels:
            self._changed.forget(channel.id)
        writable = [each.id for each in channels if is_writable(guild.me, each) and not _is_locked(each)]
        if writable:
            await self._on_open(writable)


def _is_locked(channel: GuildChannel | discord.Thread) -> bool:
    return isinstance(channel, discord.Thread) and channel.locked
