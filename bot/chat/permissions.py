"""The permissions that the bot needs in a channel, by the names that Discord shows.

`check`, the sender's errors, the commands and the invitation share one table.
"""

from dataclasses import dataclass
from enum import StrEnum

import discord

GuildChannel = discord.abc.GuildChannel
AnyChannel = GuildChannel | discord.abc.PrivateChannel | discord.Thread


class Kind(StrEnum):
    """The way to write in a channel."""

    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    THREAD = "thread"
    FORUM = "forum"
    OTHER = "other"
    """Categories and other channels that can't hold messages."""


@dataclass(frozen=True, slots=True)
class Need:
    """A permission: discord.py's flag, and its name in Discord's settings."""

    flag: str
    name: str
    essential: bool = True
    """Whether nothing can be written without it."""


VIEW = Need("view_channel", "View Channel")
SEND = Need("send_messages", "Send Messages")
SEND_IN_THREADS = Need("send_messages_in_threads", "Send Messages in Threads")
CREATE_POSTS = Need("send_messages", "Create Posts")
EMBED = Need("embed_links", "Embed Links", essential=False)
THREADS = Need("create_public_threads", "Create Public Threads", essential=False)
"""Only where each post gets a thread."""
HISTORY = Need("read_message_history", "Read Message History", essential=False)

NEEDS: dict[Kind, tuple[Need, ...]] = {
    Kind.TEXT: (VIEW, SEND, EMBED, HISTORY),
    Kind.ANNOUNCEMENT: (VIEW, SEND, EMBED, HISTORY),
    Kind.THREAD: (VIEW, SEND_IN_THREADS, EMBED, HISTORY),
    Kind.FORUM: (VIEW, CREATE_POSTS, EMBED, HISTORY),
    Kind.OTHER: (),
}


def kind_of(channel: AnyChannel) -> Kind:
    """Return a channel's kind. Media channels are forums; voice and stage channels have a text chat."""
    if isinstance(channel, discord.Thread):
        return Kind.THREAD
    if isinstance(channel, discord.ForumChannel):
        return Kind.FORUM
    if isinstance(channel, discord.TextChannel):
        return Kind.ANNOUNCEMENT if channel.is_news() else Kind.TEXT
    if isinstance(channel, discord.VoiceChannel | discord.StageChannel | discord.DMChannel):
        return Kind.TEXT
    return Kind.OTHER


def permissions_of(
    member: discord.Member, channel: GuildChannel | discord.Thread
) -> discord.Permissions | None:
    """Return a member's permissions; None if a thread's parent isn't known.

    discord.py's overrides of `permissions_for` also remove what a missing permission makes useless. The base method
    doesn't, so each missing permission can be named.
    """
    home = channel.parent if isinstance(channel, discord.Thread) else channel
    return None if home is None else GuildChannel.permissions_for(home, member)


def missing(
    granted: discord.Permissions, kind: Kind, *, embeds: bool = True, threads: bool = False
) -> tuple[Need, ...]:
    """Return the needs of this kind of channel that are not granted.

    `embeds`: also those of messages with embeds. `threads`: also those of a thread below each message.
    """
    has_threads = threads and kind in {Kind.TEXT, Kind.ANNOUNCEMENT}
    needs = [need for need in NEEDS[kind] if embeds or need is not EMBED] + [THREADS] * has_threads
    return tuple(need for need in needs if not getattr(granted, need.flag))


def is_writable(member: discord.Member, channel: GuildChannel | discord.Thread) -> bool:
    """Return whether a message could be sent; True if that isn't known."""
    kind = kind_of(channel)
    if kind is Kind.OTHER:
        return False
    granted = permissions_of(member, channel)
    return granted is None or not any(need.essential for need in missing(granted, kind))


def create_invite_url(application_id: int) -> str:
    """Return the address that invites the bot with the permissions it needs."""
    flags = {need.flag: True for needs in NEEDS.values() for need in needs}
    return discord.utils.oauth_url(
        application_id, permissions=discord.Permissions(**flags), scopes=("bot", "applications.commands")
    )
