"""Discord's events: which channels changed or became writable, and the commands of members.

The bot only uses the guilds intent. Discord sends GUILD_MEMBER_UPDATE for the bot itself without the members intent.
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
from bot.chat.route_limits import set_route_limits
from bot.chat.services import Services

OnOpen = Callable[[Sequence[int]], Awaitable[None]]


class Gateway(discord.AutoShardedClient):
    """One session at the gateway; after a failure that discord.py can't recover from, another one is started.

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
        """`services`: what commands need; None: there are no commands."""
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=http_trace,
        )
        set_route_limits(self, max_wait=60.0)
        self._on_open = on_open
        self._channels = channels
        self.services = services
        self._command_sync: CommandSync | None = None
        self._registration: asyncio.Task[None] | None = None
        self._guild_sync: GuildSync | None = None
        if services is not None:
            self._guild_sync = GuildSync(services.store, services.clock, services.wake)
        self.on_launch: Callable[[], None] = lambda: None
        """Called when a shard has connected; from then on discord.py reconnects."""

    async def setup_hook(self) -> None:
        """Prepare the commands for the first event, and register them meanwhile."""
        if self.services is None:
            return
        tree = Tree(self, self.services)
        self._command_sync = CommandSync(self, await tree.describe(), self.services.settings.sync_guilds)
        self._registration = asyncio.create_task(self._command_sync.run(), name="register commands")

    async def close(self) -> None:
        """Close the connection and end the registration of commands."""
        if self._registration is not None:
            self._registration.cancel()
            await asyncio.wait({self._registration})
        await super().close()

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Answer buttons and menus that no handler knows."""
        if self.services is not None and interaction.type is discord.InteractionType.component:
            await answer_stale(interaction)

    async def on_shard_connect(self, _shard_id: int) -> None:
        """Note that Discord accepted the session."""
        with suppress(RuntimeError):  # the timeout is for the first shard and may have ended
            self.on_launch()

    async def on_ready(self) -> None:
        """Start a session: anything may have changed, and guilds joined meanwhile cause no event."""
        self._channels.forget_all()
        if self._guild_sync is not None:
            await self._guild_sync.set_guilds([guild.id for guild in self.guilds])
        for guild in self.guilds:
            await self._add_guild(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Handle the end of a guild's outage."""
        await self._add_guild(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Handle an invitation of the bot, perhaps a repeated one."""
        await self._add_guild(guild)
        if self._command_sync is not None:
            await self._command_sync.register_in(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Handle the removal of the bot or the server; discord.py reports an outage by another event."""
        for channel in (*guild.channels, *guild.threads):
            self._channels.forget(channel.id)
        if self._guild_sync is not None:
            await self._guild_sync.remove_guild(guild.id)

    async def on_guild_update(self, _before: discord.Guild, after: discord.Guild) -> None:
        """Check the guild's channels: a new owner, for example, has other permissions."""
        await self._reopen_guild(after)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Check the guild's channels: a role's permissions changed."""
        await self._reopen_guild(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Check the guild's channels: the role may have denied something."""
        await self._reopen_guild(role.guild)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """Check the guild's channels if the bot's roles changed or its time-out ended."""
        if after == after.guild.me:
            await self._reopen_guild(after.guild)

    async def on_guild_channel_create(self, channel: GuildChannel) -> None:
        """Note a new channel; the config may name it already."""
        await self._add_channel(channel)

    async def on_guild_channel_update(self, _before: GuildChannel, after: GuildChannel) -> None:
        """Check a channel after a change, and its threads, which have its permissions."""
        threads = after.threads if isinstance(after, discord.TextChannel | discord.ForumChannel) else ()
        await self._reopen(after.guild, [after, *threads])

    async def on_guild_channel_delete(self, channel: GuildChannel) -> None:
        """Suspend what the channel followed."""
        await self._remove_channel(channel.id)

    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Suspend what the thread followed, even if it was never seen."""
        await self._remove_channel(deleted.thread_id)

    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """Check a thread after a change; it may have been unlocked."""
        await self._reopen(after.guild, [after])

    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Note a thread that is new or no longer archived."""
        await self._add_channel(thread)

    async def _add_guild(self, guild: discord.Guild) -> None:
        if self._guild_sync is not None:
            await self._guild_sync.add_guild(guild)
        await self._reopen_guild(guild)

    async def _add_channel(self, channel: GuildChannel | discord.Thread) -> None:
        if self._guild_sync is not None:
            await self._guild_sync.add_channels(channel.guild.id, [channel])
        await self._reopen(channel.guild, [channel])

    async def _remove_channel(self, channel_id: int) -> None:
        self._channels.forget(channel_id)
        if self._guild_sync is not None:
            await self._guild_sync.remove_channel(channel_id)

    async def _reopen_guild(self, guild: discord.Guild) -> None:
        if not guild.unavailable:
            await self._reopen(guild, [*guild.channels, *guild.threads])

    async def _reopen(self, guild: discord.Guild, channels: Sequence[GuildChannel | discord.Thread]) -> None:
        for channel in channels:
            self._channels.forget(channel.id)
        writable = [each.id for each in channels if is_writable(guild.me, each) and not _is_locked(each)]
        if self._guild_sync is not None:
            await self._guild_sync.set_updates_channel(guild)
        if writable:
            await self._on_open(writable)


def _is_locked(channel: GuildChannel | discord.Thread) -> bool:
    return isinstance(channel, discord.Thread) and channel.locked
