"""Decides which channels somebody may view, for the commands of admins and members. Nothing else does."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import discord

from bot.chat.commands.common.responses import Interaction, guild_of, services_of
from bot.chat.permissions import GuildChannel, permissions_of
from bot.chat.services import Services

MAX_LOOKUPS = 25
"""Requests to Discord of each kind for one answer."""
LOOKUP_TIMEOUT = 1.5
"""Seconds that one answer waits for Discord; autocomplete has two."""

AnyChannel = GuildChannel | discord.Thread
Who = discord.Member | discord.User
T = TypeVar("T")


class Access(Enum):
    """A person's access to a channel."""

    YES = "yes"
    NO = "no"
    IF_MEMBER = "if member"
    """A private thread: only its members may view it, and the gateway doesn't report who they are."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody in a server, and where they are."""

    who: Who
    guild: discord.Guild
    channel_id: int | None = None
    """The channel where they are now; None: none."""
    channel: AnyChannel | None = None
    """That channel, if it is known."""


def viewer_of(interaction: Interaction) -> Viewer:
    """Return the user. Raises UserError outside of a server."""
    channel = interaction.channel
    known = channel if isinstance(channel, GuildChannel | discord.Thread) else None
    return Viewer(interaction.user, guild_of(interaction), interaction.channel_id, known)


def check_access(who: Who, channel: AnyChannel | None, here: int | None, *, history: bool = False) -> Access:
    """Return whether somebody may view a channel; `here`: the channel where they are; `history`: and read old messages.

    None is a channel that the bot doesn't know: deleted, or a thread that it may not see itself.
    """
    if channel is None or not isinstance(who, discord.Member):
        return Access.NO
    granted = permissions_of(who, channel)
    if granted is None or not may_read(granted, channel) or (history and not granted.read_message_history):
        return Access.NO
    if not isinstance(channel, discord.Thread) or not channel.is_private():
        return Access.YES
    return Access.YES if granted.manage_threads or channel.id == here else Access.IF_MEMBER


def may_read(granted: discord.Permissions, channel: AnyChannel) -> bool:
    """Return whether messages can be read; in a voice channel that also requires permission to connect.

    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    return granted.view_channel and (granted.connect or not is_voice(channel))


def is_voice(channel: AnyChannel) -> bool:
    """Return whether it is a voice channel, whose messages only those read who may connect."""
    return isinstance(channel, discord.VoiceChannel | discord.StageChannel)


async def may_see(interaction: Interaction, channel_id: int) -> bool:
    """Return whether somebody who manages feeds may see those of a channel."""
    return channel_id in await seen_channels(interaction, [channel_id])


async def seen_channels(interaction: Interaction, channel_ids: Iterable[int]) -> frozenset[int]:
    """Return the channels of these whose feeds the user may manage: those that they may view.

    With Manage Server, also those that the bot doesn't know, such as deleted ones: their subscriptions are still the
    server's.
    """
    viewer, wanted = viewer_of(interaction), frozenset(channel_ids)
    services = services_of(interaction)
    seen = await viewable(services, viewer, wanted)
    if not interaction.permissions.manage_guild:
        return seen
    unknown = {each for each in wanted - seen if find_channel(viewer, each) is None}
    return seen | {each for each in unknown if not services.threads.is_archived(each)}


async def viewable(
    services: Services, viewer: Viewer, channel_ids: Iterable[int], *, history: bool = False
) -> frozenset[int]:
    """Return the channels of these that somebody may view; `history`: and read old messages in.

    Asks Discord about archived threads and, only if it decides, about members of private threads. A channel for which
    Discord doesn't answer in time is left out.
    """
    channels = {each: find_channel(viewer, each) for each in set(channel_ids)}
    seen: set[int] = set()
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOKUP_TIMEOUT):
            await _add_viewable(services, viewer, channels, seen, history=history)
    return frozenset(seen)


def find_channel(viewer: Viewer, channel_id: int) -> AnyChannel | None:
    """Return a channel of the server that the gateway knows, or the one where the viewer is."""
    known = viewer.guild.get_channel_or_thread(channel_id)
    return viewer.channel if known is None and viewer.channel_id == channel_id else known


async def _add_viewable(
    services: Services,
    viewer: Viewer,
    channels: Mapping[int, AnyChannel | None],
    seen: set[int],
    *,
    history: bool,
) -> None:
    """Add the channels that may be viewed to `seen`, first those that need no request."""
    private = _sort(viewer, channels, seen, history=history)
    unknown = [each for each, found in channels.items() if found is None]
    private += _sort(viewer, await _find_archived(services, viewer, unknown), seen, history=history)
    user_id, now = viewer.who.id, services.clock()

    async def check(thread: discord.Thread) -> None:
        if await services.threads.has_member(thread, user_id, now):
            seen.add(thread.id)

    await asyncio.gather(
        *map(check, _bounded(private, lambda thread: services.threads.knows_member(thread.id, user_id, now)))
    )


def _sort(
    viewer: Viewer, channels: Mapping[int, AnyChannel | None], seen: set[int], *, history: bool
) -> list[discord.Thread]:
    """Add the channels that may be viewed to `seen`; return the private threads whose members decide."""
    private = []
    for channel_id, channel in channels.items():
        access = check_access(viewer.who, channel, viewer.channel_id, history=history)
        if access is Access.YES:
            seen.add(channel_id)
        elif access is Access.IF_MEMBER and isinstance(channel, discord.Thread):
            private.append(channel)
    return private


async def _find_archived(
    services: Services, viewer: Viewer, channel_ids: Sequence[int]
) -> dict[int, AnyChannel | None]:
    """Return archived threads among the channels that the gateway doesn't know; None for one that is gone."""
    threads, guild, now = services.threads, viewer.guild, services.clock()
    checked = _bounded(sorted(channel_ids), lambda each: threads.knows_archived(guild, each, now))
    found = await asyncio.gather(*(threads.find_archived(guild, each, now) for each in checked))
    return dict(zip(checked, found, strict=True))


def _bounded(wanted: Iterable[T], is_cached: Callable[[T], bool]) -> list[T]:
    """Return the cached ones, plus at most MAX_LOOKUPS uncached ones."""
    cached: list[T] = []
    uncached: list[T] = []
    for each in wanted:
        (cached if is_cached(each) else uncached).append(each)
    return [*cached, *uncached[:MAX_LOOKUPS]]
