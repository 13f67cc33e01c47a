"""What a channel's history says about the time that a restored database doesn't know."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.model.message import Embed

_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""https://docs.discord.com/developers/reference#snowflakes"""


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message of the bot that a channel's history has."""

    message_id: int
    content: str
    embeds: tuple[Embed, ...] = ()
    thread_name: str = ""
    """The name of the forum post that it opens. Without content and embeds: somebody deleted the message."""
    publishable: bool = False
    """Whether it is in an announcement channel, and not published yet."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A channel to look through before anything is sent there."""

    channel_id: int
    since: datetime
    """When the copy was made. The database doesn't know later messages."""
    until: datetime
    """When the bot started with the restored database."""
    read_down_to: int | None
    """The id of the oldest message that was read; None: none was."""
    pages: int
    """How many were read."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of a channel's history, newest first."""

    found: tuple[FoundMessage, ...]
    read_down_to: int | None
    """The id of the oldest message that was read; None: as before."""
    is_last: bool
    """Whether all messages since the requested time were read."""


@dataclass(frozen=True, slots=True)
class ChannelPast:
    """What a channel has of the time between the copy and the restore, for a subscription."""

    since: datetime
    """When the copy was made."""
    feed_name: str
    """What posts of the subscription call their feed."""
    was_followed: bool
    """Whether the copy has the subscription."""
    unread_until: datetime | None = None
    """Messages before this time could not be read; None: all were read, or the bot is still reading."""
    found: tuple[FoundMessage, ...] = ()
    """The messages that belong to no delivery yet."""


def sent_at(message_id: int) -> datetime:
    """Return when a message was sent: Discord's ids are times."""
    return _DISCORD_EPOCH + timedelta(milliseconds=message_id >> 22)
