"""Notices: reports to admins about feeds, channels and held posts, and the messages that several of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """The events that admins are notified about."""

    FEED_BROKEN = "feed broken"
    FEED_RECOVERED = "feed recovered"
    FEED_MOVED = "feed moved"
    FEED_ENDED = "feed ended"
    CHANNEL_SUSPENDED = "channel suspended"
    CHANNEL_RESUMED = "channel resumed"
    POSTS_HELD = "posts held"
    FEEDS_IMPORTED = "feeds imported"
    BACKUP_FAILED = "backup failed"
    BACKUP_WORKS = "backup works"
    NO_SESSIONS = "no sessions"

    @property
    def opens(self) -> bool:
        """Whether it reports a problem that another notice closes."""
        return self in {self.FEED_BROKEN, self.FEED_ENDED, self.CHANNEL_SUSPENDED, self.BACKUP_FAILED}

    @property
    def closes(self) -> bool:
        """Whether it reports the end of a problem."""
        return self in {self.FEED_RECOVERED, self.CHANNEL_RESUMED, self.BACKUP_WORKS}


TO_OWNER = 0
"""In place of a member's id: the owner of the bot's application, who is looked up for each send."""

Problem = tuple[str, int | None]
"""Equal for all notices about one thing: a feed, its moves, a channel, the imports into one, backups, or sessions."""


def problem_of(kind: NoticeKind, feed_id: int | None, channel_id: int | None) -> Problem:
    """Return the problem that a notice about this feed, or this channel, belongs to."""
    if kind in {NoticeKind.CHANNEL_SUSPENDED, NoticeKind.CHANNEL_RESUMED}:
        return "channel", channel_id
    if kind is NoticeKind.FEEDS_IMPORTED:
        return "import", channel_id
    if kind in {NoticeKind.BACKUP_FAILED, NoticeKind.BACKUP_WORKS}:
        return "backup", None
    if kind is NoticeKind.NO_SESSIONS:
        return "sessions", None
    return "moves" if kind is NoticeKind.FEED_MOVED else "feed", feed_id


@dataclass(frozen=True, slots=True)
class Notice:
    """A report to the admins of a guild, sent once."""

    id: int
    kind: NoticeKind
    channel_id: int
    """Where it is sent: a channel, or a member if it is `direct`; TO_OWNER: the owner of the bot at Discord."""
    direct: bool
    guild_id: int | None
    """None until Discord reports it."""
    feed_id: int | None
    """None: it is not about a feed."""
    feed_name: str
    about_channel_id: int | None
    detail: str
    """A sentence: the error, the new address, the missing permission; "" if the kind says everything. Of an import, how
    many feeds of how many were read: "57/60". Of sessions, when the next one may begin, in seconds since 1970."""
    hold_id: int | None
    waiting: int
    """How many deliveries the hold has; 0 without a hold."""
    due_at: datetime
    managers_role_id: int | None = None
    """The role whose members may decide about held posts besides those with Manage Server; None: no role."""
    language: str = ""
    """The language of what the bot posts in the guild; "": English."""

    @property
    def problem(self) -> Problem:
        """The problem that it belongs to."""
        return problem_of(self.kind, self.feed_id, self.about_channel_id)


Unit = Sequence[Notice]
"""The notices about one problem that wait for a place, oldest first. A message has all of them or none."""


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A notice that was sent to a place within the last day."""

    kind: NoticeKind
    problem: Problem
    message: int
    """Equal for all notices that shared a message."""
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """What happens now to the notices that wait for one place."""

    message: tuple[int, ...] = ()
    """The notices that share the next message, by id; (): there is none yet."""
    postponed: Mapping[int, datetime] = field(default_factory=dict)
    """Until when the repeats of a problem wait, by id."""


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """Claimed notices that share one message, oldest first."""

    notices: tuple[Notice, ...]
    attempts: int
    """Earlier sends."""
    uncertain_since: datetime | None
    """Since when a send's result is unknown; None: nothing is uncertain."""
    leased_until: datetime

    @property
    def id(self) -> int:
        """The id of its first notice, which is part of the nonce."""
        return self.notices[0].id

    @property
    def channel_id(self) -> int:
        """Where it is sent: a channel, or a member if it is `direct`."""
        return self.notices[0].channel_id

    @property
    def direct(self) -> bool:
        """Whether it is a direct message to a member."""
        return self.notices[0].direct

    @property
    def guild_id(self) -> int | None:
        """The guild that it is about; None until Discord reports it."""
        return self.notices[0].guild_id

    @property
    def hold_id(self) -> int | None:
        """The hold that it asks about; None: it asks nothing."""
        return self.notices[0].hold_id
