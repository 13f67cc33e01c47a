"""What people ask and decide: holds, notices, statuses, traces, the archive."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.feed import DeliveryState
from bot.model.source import Entry


class Decision(StrEnum):
    """What an admin decides about held posts."""

    NEWEST = "newest"
    ALL = "all"
    SKIP = "skip"


NEWEST_COUNT = 3
"""How many held posts `Decision.NEWEST` posts; it skips the others."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Posts kept back for one subscription until an admin decides, once."""

    id: int
    guild_id: int | None
    channel_id: int
    feed_name: str
    waiting: int
    """Deliveries that are held; 0 once it is decided."""
    decision: Decision | None = None
    decided_by: int | None = None
    """A member's id."""


class NoticeKind(StrEnum):
    """What the bot tells admins of."""

    FEED_BROKEN = "feed broken"
    FEED_RECOVERED = "feed recovered"
    FEED_MOVED = "feed moved"
    FEED_ENDED = "feed ended"
    CHANNEL_SUSPENDED = "channel suspended"
    CHANNEL_RESUMED = "channel resumed"
    POSTS_HELD = "posts held"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that admins are told, once."""

    id: int
    kind: NoticeKind
    channel_id: int
    """Where it is told."""
    feed_name: str
    """"" where no feed is meant."""
    about_channel_id: int | None
    detail: str
    """A sentence: the error, the new address, the missing permission; "" where the kind says it all."""
    hold_id: int | None
    waiting: int
    """How many posts the hold keeps; 0 without one."""
    more: int
    """Further things of this day that are not told one by one."""
    attempts: int
    uncertain_since: datetime | None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many entries bear it."""

    tag: str
    entries: int


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a member asked for, kept so that the buttons below the answer can ask it again."""

    token: int
    guild_id: int
    user_id: int
    request: str
    """JSON of whoever keeps it."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ArchivedEntry:
    """An entry as it stands in the archive."""

    id: int
    entry: Entry
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How a feed does, for the admins of one guild."""

    feed_id: int
    url: str
    name: str
    ended: bool
    failures: int
    error: str
    last_poll: datetime | None
    next_poll: datetime | None
    last_new: datetime | None
    posts_last_month: int
    """Entries that came in the last 28 days."""
    waiting: int
    """Deliveries to this guild that are owed."""
    held: int
    paused: int


@dataclass(frozen=True, slots=True)
class TracedDelivery:
    """What became of an entry in one channel."""

    channel_id: int
    state: DeliveryState
    reason: str
    attempts: int
    message_id: int | None
    created: datetime
    settled: datetime | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of a post through one feed."""

    feed_id: int
    feed_name: str
    entry_id: int
    entry: Entry
    first_seen: datetime
    edited: datetime | None
    keys: tuple[str, ...]
    deliveries: tuple[TracedDelivery, ...]
    """To channels of the asking guild."""
