"""The channels that the bot writes to, as the gateway reports them, or else fetched."""

import asyncio
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import discord

from bot.chat.permissions import EMBED, AnyChannel, GuildChannel, Kind, Need, kind_of, missing, permissions_of

Lookup = Callable[[int], AnyChannel | None]
"""The gateway's cache; None for a channel that it doesn't know."""


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """A line of `check`: whether the bot can write in a channel."""

    channel_id: int
    kind: Kind
    name: str = ""
    guild: str = ""
    missing: tuple[str, ...] = ()
    """Permissions by their names in Discord's settings."""
    requires_tag: bool = False
    """A forum that requires a tag on every post; the bot sets one."""
    advice: str = ""
    """What is wrong and what to do; "" if nothing is."""


class Channels:
    """The channels that the bot writes to, for the client that writes.

    A channel that the gateway knows costs no request. While the gateway starts, `find` waits until it has reported the
    channel, because otherwise the first sends after each start would use up the limit of requests twice.
    """

    def __init__(self, rest: Callable[[], discord.Client], lookup: Lookup) -> None:
        self._rest = rest
        self._lookup = lookup
        self._known: dict[int, AnyChannel] = {}
        self._doubted: set[int] = set()
        """Channels to fetch, even if the gateway knows them."""
        self._reported = asyncio.Event()
        """Set for a moment whenever the gateway reports a channel."""
        self._waiting: asyncio.TimerHandle | None = None
        """Ends the time in which `find` waits for the gateway; None: it doesn't wait."""

    async def find(self, channel_id: int) -> AnyChannel:
        """Return a channel, fetched if the gateway doesn't know it. Raises discord.py's errors."""
        if (known := self._known.get(channel_id)) is None:
            known = await self._from_gateway(channel_id) or await self._rest().fetch_channel(channel_id)
            self._known[channel_id] = known
            self._doubted.discard(channel_id)
        return known

    def wait_for_gateway(self, seconds: float) -> None:
        """Wait in `find` until the gateway has reported the channel, or all channels, or the time is over."""
        self.stop_waiting()
        self._waiting = asyncio.get_running_loop().call_later(seconds, self.stop_waiting)

    def stop_waiting(self) -> None:
        """Let `find` fetch channels that the gateway has not reported."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._wake()

    def forget(self, channel_id: int) -> None:
        """Look at the channel again next time: the gateway reported it, or a change."""
        self._known.pop(channel_id, None)
        self._wake()

    def forget_all(self) -> None:
        """Look at every channel again next time: changes may have been missed."""
        self._known.clear()

    def doubt(self, channel_id: int) -> None:
        """Fetch the channel next time: it refused a message, perhaps for a change that the gateway didn't report."""
        self._known.pop(channel_id, None)
        self._doubted.add(channel_id)

    def _wake(self) -> None:
        self._reported.set()
        self._reported.clear()

    async def _from_gateway(self, channel_id: int) -> AnyChannel | None:
        while channel_id not in self._doubted:
            if (found := self._copied(channel_id)) is not None or self._waiting is None:
                return found
            await self._reported.wait()
        return None

    def _copied(self, channel_id: int) -> AnyChannel | None:
        """Return the gateway's channel as if the client that writes had fetched it: it uses that client's requests."""
        found = self._lookup(channel_id)
        if not isinstance(found, GuildChannel | discord.Thread) or found.guild.unavailable:
            return None
        state = self._rest()._connection  # noqa: SLF001  # where `fetch_channel` takes it from
        channel = copy(found)
        channel._state = state  # noqa: SLF001  # the client of a channel has no other name
        channel.guild = state._get_or_create_unavailable_guild(found.guild.id)  # noqa: SLF001  # as `fetch_channel` does
        return channel

    def missing_by_cache(self, channel_id: int, *, embeds: bool) -> tuple[Need, ...]:
        """Return the missing permissions according to the gateway's cache; () if it doesn't know the channel."""
        channel = self._lookup(channel_id)
        granted = self.granted_by_cache(channel_id)
        if channel is None or granted is None:
            return ()
        return missing(granted, kind_of(channel), embeds=embeds)

    def granted_by_cache(self, channel_id: int) -> discord.Permissions | None:
        """Return the bot's permissions in the channel from the gateway's cache; None if they are unknown."""
        channel = self._lookup(channel_id)
        if not isinstance(channel, GuildChannel | discord.Thread) or channel.guild.unavailable:
            return None
        return permissions_of(channel.guild.me, channel)

    async def granted(self, channel: GuildChannel | discord.Thread) -> discord.Permissions:
        """Return the bot's permissions in the channel, fetched unless they are cached."""
        cached = self.granted_by_cache(channel.id)
        return await self._fetch_permissions(channel) if cached is None else cached

    async def inspect(self, channel_id: int, *, embeds: bool = True, threads: bool = False) -> ChannelReport:
        """Report on a channel, always fetched; `embeds`, `threads`: whether it gets any. Raises discord.py's errors."""
        channel = await self._rest().fetch_channel(channel_id)
        kind = kind_of(channel)
        if not isinstance(channel, GuildChannel | discord.Thread) or kind is Kind.OTHER:
            advice = (
                "This channel can't hold messages; choose a text, announcement or forum channel, or a thread."
            )
            return ChannelReport(channel_id, Kind.OTHER, str(channel), advice=advice)
        guild = await self._rest().fetch_guild(channel.guild.id, with_counts=False)
        lacking = missing(await self._fetch_permissions(channel, guild), kind, embeds=embeds, threads=threads)
        return ChannelReport(
            channel_id,
            kind,
            channel.name,
            guild.name,
            tuple(need.name for need in lacking),
            requires_tag=isinstance(channel, discord.ForumChannel) and channel.flags.require_tag,
            advice=_advise(channel, lacking),
        )

    async def _fetch_permissions(
        self, channel: GuildChannel | discord.Thread, guild: discord.Guild | None = None
    ) -> discord.Permissions:
        guild = guild or await self._rest().fetch_guild(channel.guild.id, with_counts=False)
        me = self._rest().user
        assert me is not None  # noqa: S101  # the client is logged in, or the fetch above would have failed
        member = await guild.fetch_member(me.id)
        home_id = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        # Fetched through this guild so that it knows the guild's roles.
        home = await guild.fetch_channel(home_id)
        granted = permissions_of(member, home)
        return discord.Permissions.none() if granted is None else granted


def name_missing(lacking: tuple[Need, ...]) -> str:
    """Return a sentence that names permissions and says where to grant them."""
    names = " and ".join(need.name for need in lacking)
    choice = ", or choose the style compact or link" if lacking[:1] == (EMBED,) else ""
    return f"The bot lacks {names} in this channel; grant it in the channel's settings, under Permissions{choice}."


def _advise(channel: GuildChannel | discord.Thread, lacking: tuple[Need, ...]) -> str:
    if lacking:
        return name_missing(lacking)
    if isinstance(channel, discord.Thread) and channel.locked:
        return "This thread is locked; unlock it, or choose another channel."
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag and not channel.available_tags:
        return "This forum requires a tag but has none; add one that anyone can use."
    return ""
