"""How the posts that a feed no longer holds come into the archive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.feed import Feed


class BackfillState(StrEnum):
    """Where a back-fill stands. Only one that is `running` is worked on; the others go on when somebody asks again."""

    RUNNING = "running"
    STOPPED = "stopped"
    """By a person, or because nobody follows the feed any more."""
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a history was read."""

    kind: str = ""
    """The source that the cursor belongs to; "": none was asked yet."""
    cursor: str = ""
    """Where to go on; "": at the beginning."""
    pages: int = 0
    """Read since it was last asked for."""
    cycle_marker: str = ""
    """A cursor that was met some pages ago: one that comes back means that the pages lead in a circle."""
    page_hash: str = ""
    """Of the keys on the last page: one that comes back means that the site shows one page under many addresses."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """A back-fill that was claimed for its next page."""

    feed: Feed
    last_success: datetime
    """When the feed was last polled well: what came later is the poll's."""
    leased_until: datetime
    bookmark: Bookmark = Bookmark()
    archived: int = 0
    since: datetime | None = None
    """Posts before it are not wanted; None: all are."""
    limit: int | None = None
    """How many posts are wanted; None: all."""
    attempts: int = 0
    """Failed tries of this page in a row."""
    spacing: timedelta = timedelta()
    """How far apart requests to the site are."""


@dataclass(frozen=True, slots=True)
class BackfillStep:
    """What a page, or a failure, leaves at its back-fill."""

    state: BackfillState
    bookmark: Bookmark
    due_at: datetime
    read: int = 0
    """Posts that stood on the page."""
    total: int | None = None
    """In the whole history; None: as before."""
    attempts: int = 0
    error: str = ""
    """One sentence: why it waits or does not go on."""
    cooldown_until: datetime | None = None
    """Until when the whole site rests; None: it need not."""


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """How far a back-fill is, for people."""

    feed_id: int
    feed_name: str
    state: BackfillState
    archived: int
    """Posts that it brought into the archive."""
    read: int
    """Posts that it has looked at, known ones included."""
    total: int | None
    """In the whole history; None: the source does not tell."""
    error: str
    due_at: datetime
    """When it goes on, if it is running."""
    polled: bool
    """Whether the feed was ever polled well; until then a back-fill waits."""
