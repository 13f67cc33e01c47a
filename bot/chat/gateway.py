"""Discord's events: which channels changed or became writable, and the commands of members.

The bot only uses the guilds intent. Discord sends GUILD_MEMBER_UPDATE for the bot itself without the members intent.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import structlog
from discord.state import AutoShardedConnectionState

from bot.chat.channels import Channels
from bot.chat.command_sync import CommandSync
from bot.chat.commands.tree import Tree, answer_stale, answer_submitted
from bot.chat.guild_sync import GuildSync, Seen
from bot.chat.noted_changes import NotedChanges, OnOpen
from bot.chat.permissions import GuildChannel
from bot.chat.route_limits import set_route_limits
from bot.chat.services import Services
from bot.chat.session_begin import Sessions, Shards, foreign_guilds
from bot.errors import StoreError
from bot.store.guilds import FollowedChannel

_ASK_INTERVAL = 3600.0
_UNKNOWN_CHANNEL = 10003

_log = structlog.get_logger(__name__)


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
        sessions: Sessions | None = None,
        shards: Shards | None = None,
    ) -> None:
        """`services`: what commands need; None: there are no commands. `sessions`: limits sessions; None: no limit.

        `shards`: the shards of this process; None: all, as many as Discord recommends.
        """
        super().__init__(
            shard_ids=None if shards is None else shards.ids,  # type: ignore[arg-type]  # None is its default
            shard_count=None if shards is None else shards.count,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=http_trace,
        )
        set_route_limits(self, max_wait=60.0)
        self._channels = channels
        self._sessions = sessions
        self._own_shards = shards
        self.max_concurrency = 1
        """How many sessions Discord allows to begin at the same time."""
        self.services = services
        self._command_sync: CommandSync | None = None
        self._registration: asyncio.Task[None] | None = None
        self._guild_sync: GuildSync | None = None
        self._reconciling = asyncio.Lock()
        self._may_differ = True
        """Whether something may have changed since the last comparison began."""
        self._ask_again: dict[int, float] = {}
        """When to ask Discord again about channels that the gateway doesn't know."""
        self._noted = NotedChanges(on_open, self._record_guild)
        if services is not None:
            self._guild_sync = GuildSync(services.store, services.clock, services.wake)
        self.on_launch: Callable[[], None] = lambda: None
        """Called when a shard has connected, or waits for its turn; from then on discord.py reconnects."""

    def _get_state(self, **options: Any) -> AutoShardedConnectionState["Gateway"]:  # noqa: ANN401 - as discord.py has it
        return _State(
            dispatch=self.dispatch, handlers=self._handlers, hooks=self._hooks, http=self.http, **options
        )

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the turn of this shard. Within one process, discord.py waits 5 seconds between two shards."""
        if self._sessions is None or self._sessions.take_turn is None:
            await super().before_identify_hook(shard_id, initial=initial)
        else:
            self._launched()
        if self._sessions is not None:
            await self._sessions.begin(shard_id or 0, self.max_concurrency)

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
        """Answer buttons and menus that no handler knows, and what somebody fills in."""
        if self.services is not None and interaction.type is discord.InteractionType.component:
            await answer_stale(interaction)
        if self.services is not None and interaction.type is discord.InteractionType.modal_submit:
            await answer_submitted(interaction)

    async def on_shard_connect(self, _shard_id: int) -> None:
        """Record that Discord accepted the session."""
        self._launched()

    def _launched(self) -> None:
        with suppress(RuntimeError):  # the timeout is for the first shard and may have ended
            self.on_launch()

    async def on_ready(self) -> None:
        """Start a session: anything may have changed, and guilds joined meanwhile cause no event."""
        await self._catch_up()
        if self._command_sync is not None:
            for guild in self.guilds:
                await self._command_sync.register_in(guild.id)

    async def on_resumed(self) -> None:
        """Continue a session, whose missed events have been repeated."""
        await self._catch_up()

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
        await self.reconcile()

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
        """Note a new channel, which the config may name already."""
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

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Log an event that the database could not take; the next `reconcile` records it.

        After `close` the database may be closed, too; the next start records what this event changed.
        """
        error = sys.exc_info()[1]
        if self.is_closed():
            _log.debug("event came too late", caused_by=event_method, error=type(error).__name__)
        elif isinstance(error, StoreError):
            _log.warning("event postponed", caused_by=event_method, error=str(error))
        else:
            await super().on_error(event_method, *args, **kwargs)

    async def reconcile(self) -> None:
        """Record what changed in Discord and isn't in the database: an event was missed, or the database was busy.

        Raises StoreError; the next call then does what is left.
        """
        self._may_differ = True
        async with self._reconciling:
            # If not, another call began after this one and has seen everything.
            if self._may_differ and self._guild_sync is not None:
                self._may_differ = False
                await self._guild_sync.reconcile(self._look, self._is_deleted)
        self._noted.repeat(self._find)
        await self._noted.record()

    def _look(self, channels: Iterable[FollowedChannel]) -> Seen:
        channels = tuple(channels)
        found = {each.id: self._guild_of(each) for each in channels}
        known = {each.guild_id for each in channels if each.guild_id is not None}
        foreign = foreign_guilds(self._own_shards, known)
        return Seen(
            guilds={guild.id for guild in self.guilds} | foreign if self.is_ready() else None,
            available={guild.id for guild in self.guilds if not guild.unavailable},
            guild_of={channel_id: guild_id for channel_id, guild_id in found.items() if guild_id is not None},
        )

    def _guild_of(self, channel: FollowedChannel) -> int | None:
        guild = None if channel.guild_id is None else self.get_guild(channel.guild_id)
        found = self.get_channel(channel.id) if guild is None else guild.get_channel_or_thread(channel.id)
        return found.guild.id if isinstance(found, GuildChannel | discord.Thread) else None

    async def _is_deleted(self, channel_id: int) -> bool:
        """Ask Discord about a channel that the gateway doesn't know; an hour later again if it isn't deleted."""
        now = asyncio.get_running_loop().time()
        if now < self._ask_again.get(channel_id, now):
            return False
        try:
            await self.fetch_channel(channel_id)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.NotFound) and error.code == _UNKNOWN_CHANNEL:
                return True
            _log.debug("channel not found", channel=channel_id, error=type(error).__name__)
        self._ask_again[channel_id] = now + _ASK_INTERVAL
        return False

    def _find(self, channel_id: int) -> GuildChannel | discord.Thread | None:
        found = self.get_channel(channel_id)
        return found if isinstance(found, GuildChannel | discord.Thread) else None

    async def _catch_up(self) -> None:
        self._channels.forget_all()
        self._ask_again.clear()
        for guild in self.guilds:
            self._note_guild(guild)
        self._channels.stop_waiting()
        await self.reconcile()

    async def _add_guild(self, guild: discord.Guild) -> None:
        self._note_guild(guild)
        await self.reconcile()

    async def _add_channel(self, channel: GuildChannel | discord.Thread) -> None:
        self._note(channel.guild, [channel])
        await self.reconcile()

    async def _remove_channel(self, channel_id: int) -> None:
        self._channels.forget(channel_id)
        self._ask_again.pop(channel_id, None)
        if self._guild_sync is not None:
            await self._guild_sync.remove_channel(channel_id)

    async def _reopen_guild(self, guild: discord.Guild) -> None:
        self._note_guild(guild)
        await self._noted.record()

    async def _reopen(self, guild: discord.Guild, channels: Sequence[GuildChannel | discord.Thread]) -> None:
        self._note(guild, channels)
        await self._noted.record()

    def _note_guild(self, guild: discord.Guild) -> None:
        if not guild.unavailable:
            self._note(guild, [*guild.channels, *guild.threads])

    def _note(self, guild: discord.Guild, channels: Sequence[GuildChannel | discord.Thread]) -> None:
        for channel in channels:
            self._channels.forget(channel.id)
        self._noted.note(guild, channels)

    async def _record_guild(self, guild_id: int) -> None:
        guild = self.get_guild(guild_id)
        if self._guild_sync is not None and guild is not None and not guild.unavailable:
            await self._guild_sync.set_updates_channel(guild)


class _State(AutoShardedConnectionState["Gateway"]):
    """Forgets a shard's guilds at the start of a new session; discord.py keeps those that removed the bot meanwhile."""

    def parse_ready(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Start a session."""
        for guild in self.guilds:
            if guild.shard_id == data["shard"][0]:
                self._remove_guild(guild)
        super().parse_ready(data)
