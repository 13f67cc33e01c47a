"""What is known of channels: fetched once, forgotten when Discord says that something changed."""

from collections.abc import Callable
from dataclasses import dataclass

import discord

from bot.chat.permissions import AnyChannel, GuildChannel, Kind, Need, kind_of, missing, permissions_of

Lookup = Callable[[int], AnyChannel | None]
"""The gateway's cache; None where it does not know."""


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """How a channel stands, for `check` and for an admin who follows a feed there."""

    channel_id: int
    kind: Kind
    name: str = ""
    guild: str = ""
    missing: tuple[str, ...] = ()
    """Permissions by their names in Discord's settings."""
    demands_tag: bool = False
    """A forum that takes no post without a tag; the bot then sets one."""
    advice: str = ""
    """What is wrong and what to do; "" if all is well."""


class Channels:
    """The channels that the bot writes to, through the client that writes."""

    def __init__(self, rest: Callable[[], discord.Client], lookup: Lookup) -> None:
        self._rest = rest
        self._lookup = lookup
        self._known: dict[int, AnyChannel] = {}

    async def find(self, channel_id: int) -> AnyChannel:
        """Raises what discord.py raises."""
        if (known := self._known.get(channel_id)) is None:
            known = await self._rest().fetch_channel(channel_id)
            self._known[channel_id] = known
        return known

    def forget(self, channel_id: int) -> None:
        """It changed, or refused: ask again next time."""
        self._known.pop(channel_id, None)

    def forget_all(self) -> None:
        """Changes may have been missed."""
        self._known.clear()

    def missing_by_cache(self, channel_id: int) -> tuple[Need, ...]:
        """By what the gateway told; () also if it told nothing."""
        channel = self._lookup(channel_id)
        granted = self.granted_by_cache(channel_id)
        return missing(granted, kind_of(channel)) if channel is not None and granted is not None else ()

    def granted_by_cache(self, channel_id: int) -> discord.Permissions | None:
        """What the bot may do in the channel, by what the gateway told."""
        channel = self._lookup(channel_id)
        if not isinstance(channel, GuildChannel | discord.Thread) or channel.guild.unavailable:
            return None
        return permissions_of(channel.guild.me, channel)

    async def granted(self, channel: GuildChannel | discord.Thread) -> discord.Permissions:
        """What the bot may do in the channel; asks Discord if the gateway has not told."""
        told = self.granted_by_cache(channel.id)
        return await self._fetch_permissions(channel) if told is None else told

    async def inspect(self, channel_id: int) -> ChannelReport:
        """Asks Discord afresh; raises what discord.py raises."""
        channel = await self._rest().fetch_channel(channel_id)
        kind = kind_of(channel)
        if not isinstance(channel, GuildChannel | discord.Thread) or kind is Kind.OTHER:
            advice = "This holds no messages; choose a text, announcement or forum channel, or a thread."
            return ChannelReport(channel_id, Kind.OTHER, str(channel), advice=advice)
        guild = await self._rest().fetch_guild(channel.guild.id, with_counts=False)
        lacking = missing(await self._fetch_permissions(channel, guild), kind)
        return ChannelReport(
            channel_id,
            kind,
            channel.name,
            guild.name,
            tuple(need.name for need in lacking),
            demands_tag=isinstance(channel, discord.ForumChannel) and channel.flags.require_tag,
            advice=_advise(channel, lacking),
        )

    async def _fetch_permissions(
        self, channel: GuildChannel | discord.Thread, guild: discord.Guild | None = None
    ) -> discord.Permissions:
        guild = guild or await self._rest().fetch_guild(channel.guild.id, with_counts=False)
        me = self._rest().user
        assert me is not None  # noqa: S101  # the client is logged in, else it would not have answered
        member = await guild.fetch_member(me.id)
        home_id = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        # Fetched through this guild, so that it knows the guild's roles.
        home = await guild.fetch_channel(home_id)
        granted = permissions_of(member, home)
        return discord.Permissions.none() if granted is None else granted


def name_missing(lacking: tuple[Need, ...]) -> str:
    """A sentence that names permissions and says where they are granted."""
    names = " and ".join(need.name for need in lacking)
    return f"The bot lacks {names} in this channel; grant it in the channel's settings, under Permissions."


def _advise(channel: GuildChannel | discord.Thread, lacking: tuple[Need, ...]) -> str:
    if lacking:
        return name_missing(lacking)
    if isinstance(channel, discord.Thread) and channel.locked:
        return "This thread is locked; unlock it, or choose another channel."
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag and not channel.available_tags:
        return "This forum demands a tag and has none; add one that anyone may use."
    return ""
