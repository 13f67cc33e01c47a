"""Decides which feeds and messages of a server a member may see. Nothing else does.

A member sees a feed if it is followed in a channel that they may view. Of a feed that isn't, they see the posts whose
messages are in a channel that they may view, and its name. Nothing else exists for them: no post, no count, no tag, no
name. Everything that members are shown, offered or linked to is checked here, every time.
"""

from collections.abc import Container
from dataclasses import dataclass

import discord

from bot.chat.commands.common.access import AnyChannel, Viewer, is_voice, may_read, viewable, viewer_of
from bot.chat.commands.common.responses import Interaction, UserError, services_of
from bot.chat.messages import _
from bot.chat.permissions import GuildChannel
from bot.chat.services import Services
from bot.model import Posted
from bot.store.subscriptions import FollowedFeed, PostedFeed


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


def is_for_everyone(channel: AnyChannel | None) -> bool:
    """Return whether everybody in the server may view a channel: @everyone may, and nobody is denied it."""
    if isinstance(channel, discord.Thread):
        return not channel.is_private() and is_for_everyone(channel.parent)
    everyone = None if channel is None else channel.guild.default_role
    if channel is None or everyone is None:
        return False
    granted = GuildChannel.permissions_for(channel, everyone)
    return may_read(granted, channel) and not any(
        _denies(overwrite, channel) for overwrite in channel.overwrites.values()
    )


def _denies(overwrite: discord.PermissionOverwrite, channel: AnyChannel) -> bool:
    return overwrite.view_channel is False or (overwrite.connect is False and is_voice(channel))


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
