"""Decides which feeds and messages of a server a member may see. Nothing else does.

A member sees a feed if it is followed in a channel that they may view. Of a feed that isn't, they see the posts whose
messages are in a channel that they may view, and its name. Nothing else exists for them: no post, no count, no tag, no
name. Everything that members are shown, offered or linked to is checked here, every time.
"""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import discord

from bot.chat.commands.common.channels import AnyChannel
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, services_of
from bot.chat.messages import _
from bot.chat.permissions import GuildChannel, permissions_of
from bot.chat.services import Services
from bot.model import Posted
from bot.store.subscriptions import FollowedFeed, PostedFeed

MAX_LOOKUPS = 25
"""Requests to Discord of each kind for one answer."""
LOOKUP_TIMEOUT = 1.5
"""Seconds that one answer waits for Discord; autocomplete has two."""

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


@dataclass(frozen=True, slots=True)
class VisibleFeeds:
    """The feeds of a server that somebody may see."""

    followed: tuple[FollowedFeed, ...]
    sent: tuple[PostedFeed, ...] = ()
    """Feeds whose posts are in channels that no longer follow them."""

    @property
    def past(self) -> tuple[PostedFeed, ...]:
        """Those of them that are followed in no channel."""
        return tuple(each for each in self.sent if each.feed_id not in self.feeds)

    @property
    def feeds(self) -> frozenset[int]:
        """The ids of the followed feeds, all of whose posts are visible."""
        return frozenset(each.feed_id for each in self.followed)

    @property
    def named(self) -> tuple[FollowedFeed | PostedFeed, ...]:
        """The feeds whose names are visible."""
        return (*self.followed, *self.past)

    def within(self, channel_id: int) -> "VisibleFeeds":
        """Return what a channel follows, and what it followed; of all channels, if it is 0."""
        if not channel_id:
            return self
        return VisibleFeeds(
            tuple(each for each in self.followed if each.channel_id == channel_id),
            tuple(each for each in self.sent if each.channel_id == channel_id),
        )

    def posted(self, among: Container[int] | None = None) -> Posted | None:
        """Return the visible posts of the past feeds, or of those in `among`; None if there are none."""
        past = [each for each in self.past if among is None or each.feed_id in among]
        if not past:
            return None
        channels = frozenset(each.channel_id for each in past)
        return Posted(frozenset(each.feed_id for each in past), channels)


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
    if granted is None or not _may_read(granted, channel) or (history and not granted.read_message_history):
        return Access.NO
    if not isinstance(channel, discord.Thread) or not channel.is_private():
        return Access.YES
    return Access.YES if granted.manage_threads or channel.id == here else Access.IF_MEMBER


def is_for_everyone(channel: AnyChannel | None) -> bool:
    """Return whether everybody in the server may view a channel: @everyone may, and nobody is denied it."""
    if isinstance(channel, discord.Thread):
        return not channel.is_private() and is_for_everyone(channel.parent)
    everyone = None if channel is None else channel.guild.default_role
    if channel is None or everyone is None:
        return False
    granted = GuildChannel.permissions_for(channel, everyone)
    return _may_read(granted, channel) and not any(
        _denies(overwrite, channel) for overwrite in channel.overwrites.values()
    )


def _may_read(granted: discord.Permissions, channel: AnyChannel) -> bool:
    """Return whether messages can be read; in a voice channel that also requires permission to connect.

    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    return granted.view_channel and (granted.connect or not _is_voice(channel))


def _denies(overwrite: discord.PermissionOverwrite, channel: AnyChannel) -> bool:
    return overwrite.view_channel is False or (overwrite.connect is False and _is_voice(channel))


def _is_voice(channel: AnyChannel) -> bool:
    return isinstance(channel, discord.VoiceChannel | discord.StageChannel)


async def visible_to(services: Services, viewer: Viewer) -> VisibleFeeds:
    """Return what somebody may see now of what the server follows."""
    subscriptions = services.store.subscriptions
    followed = await subscriptions.in_guild(viewer.guild.id)
    posted = await subscriptions.posted_in_guild(viewer.guild.id)
    channels = {each.channel_id for each in followed} | {each.channel_id for each in posted}
    seen = await viewable(services, viewer, channels)
    return VisibleFeeds(
        tuple(each for each in followed if each.channel_id in seen),
        tuple(each for each in posted if each.channel_id in seen),
    )


async def require_visible_feeds(interaction: Interaction) -> VisibleFeeds:
    """Return the feeds that the user may see. Raises UserError if there are none."""
    visible = await visible_to(services_of(interaction), viewer_of(interaction))
    if visible.named:
        return visible
    if interaction.permissions.manage_guild:
        raise UserError(_("None of the channels that you can see follows a feed; start with `/feed add`."))
    raise UserError(_("None of the channels that you can see follows a feed; ask an admin to add one."))


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
