"""Backfills: archiving older posts that are no longer in the feed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.feed import Feed


class BackfillState(StrEnum):
    """The state of a backfill. Only a `running` one is worked on; the others continue when someone asks again."""

    RUNNING = "running"
    STOPPED = "stopped"
    """By a person, or because nobody follows the feed."""
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The position in a history."""

    kind: str = ""
    """The source that the cursor belongs to; "" before the first page."""
    cursor: str = ""
    """The next page; "" for the first one."""
    pages: int = 0
    """Pages read since the backfill was last requested."""
    cycle_marker: str = ""
    """The cursor of an earlier page. If it comes back, the pages form a cycle."""
    page_hash: str = ""
    """A hash of the last page's keys. If it comes back, the site serves the same page under many addresses."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """A backfill whose next page is claimed."""

    feed: Feed
    last_success: datetime
    """When the feed was last polled successfully. Newer posts belong to the poll."""
    leased_until: datetime
    bookmark: Bookmark = Bookmark()
    archived: int = 0
    since: datetime | None = None
    """Posts before this time are skipped; None: no limit."""
    limit: int | None = None
    """How many posts are wanted; None: all of them."""
    attempts: int = 0
    """Failed attempts at this page in a row."""
    spacing: timedelta = timedelta()
    """The time between two requests to the site."""


@dataclass(frozen=True, slots=True)
class BackfillStep:
    """The change of a backfill after a page or a failure."""

    state: BackfillState
    bookmark: Bookmark
    due_at: datetime
    read: int = 0
    """How many posts were on the page."""
    total: int | None = None
    """Posts in the history; None: unchanged."""
    attempts: int = 0
    error: str = ""
    """One sentence: why the backfill waits or has ended."""
    cooldown_until: datetime | None = None
    """When the site's cool-down ends; None: no cool-down."""


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """The progress of a backfill, for people."""

    feed_id: int
    feed_name: str
    state: BackfillState
    archived: int
    """Posts that were added to the archive."""
    read: int
    """Posts that were read, including known ones."""
    total: int | None
    """Posts in the history; None if the source does not report it."""
    error: str
    due_at: datetime
    """When a running backfill continues."""
    polled: bool
    """Whether the feed was ever polled successfully. Until then a backfill waits."""
