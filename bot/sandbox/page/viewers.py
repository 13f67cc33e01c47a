"""The members of the demo's server as whom the page can act, and what each may see."""

from dataclasses import dataclass

from bot.sandbox.discord.models import Channel, ChannelKind, StoredMessage, Thinking, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of the server."""

    name: str
    """In the page's addresses."""
    label: str
    about: str
    """What this member may do, for the list of viewers."""
    user: User


def sees(discord: SandboxDiscord, viewer: Viewer, channel: Channel) -> bool:
    """Return whether the viewer may open a channel, thread or conversation with the bot."""
    if channel.deleted:
        return False
    if channel.kind is ChannelKind.DIRECT:
        return channel.owner_id == viewer.user.id
    may = discord.permissions_in(channel.id, viewer.user.id)
    inside = (
        channel.kind is not ChannelKind.PRIVATE_THREAD
        or (channel.id, viewer.user.id) in discord.thread_members
        or bool(may & Permission.MANAGE_THREADS)
    )
    return inside and bool(may & Permission.VIEW_CHANNEL)


def may_read(discord: SandboxDiscord, viewer: Viewer, channel: Channel) -> bool:
    """Return whether the viewer may read the channel's earlier messages."""
    may = discord.permissions_in(channel.id, viewer.user.id)
    return sees(discord, viewer, channel) and bool(may & Permission.READ_MESSAGE_HISTORY)


def may_write(discord: SandboxDiscord, viewer: Viewer, channel: Channel) -> bool:
    """Return whether the viewer may write messages."""
    if channel.kind is ChannelKind.FORUM or channel.locked or not sees(discord, viewer, channel):
        return False
    needed = Permission.SEND_MESSAGES_IN_THREADS if channel.kind.is_thread else Permission.SEND_MESSAGES
    return bool(discord.permissions_in(channel.id, viewer.user.id) & needed)


def sees_message(viewer: Viewer, message: StoredMessage) -> bool:
    """Return whether a message in a channel that the viewer sees is shown to this viewer."""
    return not message.deleted and message.visible_to in {None, viewer.user.id}


def sees_thinking(viewer: Viewer, thinking: Thinking) -> bool:
    """Return whether an announced response in a channel that the viewer sees is shown to this viewer."""
    return not thinking.ephemeral or thinking.user == viewer.user
