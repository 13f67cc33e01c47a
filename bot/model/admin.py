"""Values that admins see or decide about: holds, feed status, traces, archived entries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.feed import DeliveryState
from bot.model.source import Entry


class Decision(StrEnum):
    """An admin's decision about held posts."""

    NEWEST = "newest"
    ALL = "all"
    SKIP = "skip"


NEWEST_COUNT = 3
"""How many held posts `Decision.NEWEST` posts; it skips the others."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Deliveries of one subscription that wait for an admin's decision. There is one decision per hold."""

    id: int
    subscription_id: int
    guild_id: int | None
    channel_id: int
    feed_name: str
    waiting: int
    """How many deliveries are held; 0 after the decision."""
    paused: bool = False
    """Whether the subscription is paused."""
    decision: Decision | None = None
    decided_by: int | None = None
    """The id of a member."""
    managers_role_id: int | None = None
    """The role whose members may decide besides those with Manage Server; None: no role."""
    language: str = ""
    """The language of what the bot posts in the guild; "": English."""


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many entries have it."""

    tag: str
    entries: int


@dataclass(frozen=True, slots=True)
class ArchivedEntry:
    """An entry in the archive."""

    id: int
    entry: Entry
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """The state of a feed, for the admins of one guild."""

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
    """Entries first seen in the last 28 days."""
    waiting: int
    """Pending deliveries to this guild."""
    held: int
    paused: int
    torn: int
    """Documents in a row that broke off, or were shorter than announced."""
    left_out: int
    """The oldest posts of the last document, if it had more than are read at once."""


@dataclass(frozen=True, slots=True)
class TracedDelivery:
    """The delivery of an entry to one channel."""

    channel_id: int
    state: DeliveryState
    reason: str
    attempts: int
    message_id: int | None
    created: datetime
    settled: datetime | None


@dataclass(frozen=True, slots=True)
class Trace:
    """A post in one feed, with its deliveries."""

    feed_id: int
    feed_name: str
    entry_id: int
    entry: Entry
    first_seen: datetime
    edited: datetime | None
    keys: tuple[str, ...]
    deliveries: tuple[TracedDelivery, ...]
    """Only deliveries to channels of the guild where `/why` was run."""
