"""What channels show about the time between a backup and its restore."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.model.message import Embed

_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""https://docs.discord.com/developers/reference#snowflakes"""


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message of the bot in a channel's history."""

    message_id: int
    content: str
    embeds: tuple[Embed, ...] = ()
    thread_name: str = ""
    """The name of the forum post that it opens. If there are no content and embeds, the message was deleted."""
    publishable: bool = False
    """Whether it is in an announcement channel, and not published yet."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A channel whose history must be read before anything is sent there."""

    channel_id: int
    since: datetime
    """When the backup was made. The database doesn't contain later messages."""
    until: datetime
    """When the bot started with the restored database."""
    read_down_to: int | None
    """The id of the oldest message that was read; None: nothing was read yet."""
    pages: int
    """How many pages were read."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of a channel's history, newest first."""

    found: tuple[FoundMessage, ...]
    read_down_to: int | None
    """The id of the oldest message on the page; None: the page was empty."""
    is_last: bool
    """Whether all messages since the requested time were read."""


@dataclass(frozen=True, slots=True)
class ChannelPast:
    """What a channel shows about the time between the backup and the restore, for one subscription."""

    since: datetime
    """When the backup was made."""
    feed_name: str
    """The feed's name in the subscription's posts."""
    was_followed: bool
    """Whether the backup contains the subscription."""
    unread_until: datetime | None = None
    """Messages before this time could not be read; None: all were read, or reading has not ended yet."""
    found: tuple[FoundMessage, ...] = ()
    """Messages that were not matched with a delivery yet."""


def sent_at(message_id: int) -> datetime:
    """Return when a message was sent, which its id contains."""
    return _DISCORD_EPOCH + timedelta(milliseconds=message_id >> 22)
