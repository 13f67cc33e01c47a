"""Page of a feed's history × known keys → what to archive, and how the backfill continues.

An unknown post may be old, or so new that no poll has seen it. A new one belongs to the poll: if the backfill archived
it, the next poll would take it for a known post and deliver it to nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from bot.errors import AddressError, Gone, NoHistory, SourceError
from bot.model import (
    Backfill,
    BackfillState,
    BackfillStep,
    Bookmark,
    Entry,
    Identified,
    Known,
    NewEntry,
)
from bot.relay.backoff import backoff
from bot.relay.plan import ascends, new_entry, oldest_first
from bot.relay.poll_schedule import cooldown_until, cools_down_site
from bot.relay.recognise import recognise
from bot.text.keys import LASTING_KINDS

CLOCK_TOLERANCE = timedelta(hours=1)
"""Posts dated up to this long before the last successful poll still belong to the poll: clocks differ, and caches serve
old documents."""

MAX_PAGES = 5_000
"""Pages read before a person has to ask again: links to older posts may never end."""

_MAX_TOTAL = 10**9
"""A site that reports more posts than this is not believed."""

MAX_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)
_PERMANENT = (NoHistory, AddressError, Gone)

_TOO_LONG = f"The bot read {MAX_PAGES:,} pages and there are more. Start the backfill again to continue."


@dataclass(frozen=True, slots=True)
class OwnedByPoll:
    """How to recognise the posts that a backfill must leave to the poll."""

    keys: frozenset[str]
    """The keys in the feed's current document."""
    changed_since: datetime
    """Posts that changed at this time or later may be newer than the last successful poll."""
    newest: datetime | None
    """The newest date in the document before `changed_since`; None if it has none."""
    dated_since: datetime
    """Posts with this date or a later one may be newer than the document, which may come from a cache."""

    @classmethod
    def from_document(cls, document: Sequence[Identified], last_success: datetime) -> "OwnedByPoll":
        """Build it from the feed's current document and the time of its last successful poll."""
        changed_since = last_success - CLOCK_TOLERANCE
        dates = [item.entry.published for item in document if item.entry.published]
        past = [date for date in dates if date < changed_since]
        newest = max(past, default=None)
        is_descending = dates == sorted(dates, reverse=True)
        dated_since = (_first_unsure_date(newest, past) if is_descending else None) or changed_since
        keys = frozenset(key for item in document for key in item.keys)
        return cls(keys, changed_since, newest, dated_since)

    def contains(self, item: Identified) -> bool:
        """Return whether the entry is in the current document."""
        is_named = any(key.startswith(LASTING_KINDS) for key in item.keys)
        return not self.keys.isdisjoint(item.keys if is_named else (*item.shared_keys, *item.keys))


def _first_unsure_date(newest: datetime | None, dates: Sequence[datetime]) -> datetime | None:
    """Return the newest date itself: a feed that reaches older days contains all posts of its newest day.

    If all its posts have the same date, as after a move to another site, the whole history may have that date, too.
    """
    return newest if newest is None or len(set(dates)) > 1 else newest + datetime.resolution


def archivable(
    page: Sequence[Identified], known: Known, owned_by_poll: OwnedByPoll, *, first: bool
) -> list[Identified]:
    """Return the entries of a page that are neither known nor owned by the poll, oldest first.

    `first`: this is the first page of the history, which has the newest posts.
    """
    ordered = oldest_first(page)
    met = recognise(page, known).entries.keys()
    old = _up_to_newest_known(ordered, met, owned_by_poll) if first else _up_to_feed(ordered, owned_by_poll)
    left = _left_to_poll(old, owned_by_poll)
    return [item for item in old if item not in met and item not in left]


def _up_to_newest_known(
    ordered: list[Identified], known: Collection[Identified], owned_by_poll: OwnedByPoll
) -> list[Identified]:
    """Drop the entries of the first page that are newer than all known ones and all in the feed.

    If nothing on the page is known, only dates can decide, so undated entries are dropped.
    """
    met = [index for index, item in enumerate(ordered) if item in known or owned_by_poll.contains(item)]
    return ordered[: met[-1] + 1] if met else [item for item in ordered if item.entry.published]


def _up_to_feed(ordered: list[Identified], owned_by_poll: OwnedByPoll) -> list[Identified]:
    """Drop the entries of a later page that are newer than the feed's own posts there.

    Archives may repeat the newest posts. Entries older than the feed's newest post stay: they come after a pinned post.
    """
    met = [index for index, item in enumerate(ordered) if owned_by_poll.contains(item)]
    end = met[-1] + 1 if met else len(ordered)
    return [*ordered[:end], *(item for item in ordered[end:] if _is_before(item.entry, owned_by_poll.newest))]


def _left_to_poll(ordered: Sequence[Identified], owned_by_poll: OwnedByPoll) -> set[Identified]:
    """Return the entries that are in the feed or may appear in its next document.

    A backdated post shows by its `updated` time. Entries older than an unchanged post that has left the feed will not
    appear there.
    """
    left: set[Identified] = set()
    older_than_feed = False
    for item in reversed(ordered):
        published, updated = item.entry.published, item.entry.updated
        is_recent = published is not None and published >= owned_by_poll.dated_since
        was_changed = published is not None and updated is not None and updated >= owned_by_poll.changed_since
        if owned_by_poll.contains(item) or is_recent or (was_changed and not older_than_feed):
            left.add(item)
        elif published is not None and not was_changed:
            older_than_feed = True
    return left


def limit_to_retention(backfill: Backfill, retention: timedelta | None, now: datetime) -> Backfill:
    """Skip posts whose texts would be pruned at once. `retention` None: texts are kept forever."""
    if retention is None or (backfill.since is not None and backfill.since > now - retention):
        return backfill
    return replace(backfill, since=now - retention)


def wanted(found: Sequence[Identified], backfill: Backfill) -> list[Identified]:
    """Return the entries within the backfill's `since` and `limit`; the newest if there are too many."""
    in_time = [item for item in found if not _is_before(item.entry, backfill.since)]
    return in_time if backfill.limit is None else in_time[max(0, len(in_time) - _room(backfill)) :]


def new_entries(feed_id: int, found: Sequence[Identified], known: Known) -> list[NewEntry]:
    """Return the entries as they are written to the archive, without deliveries."""
    return [new_entry(feed_id, item, known) for item in found]


def after_page(
    backfill: Backfill,
    kind: str,
    page: Sequence[Identified],
    found: int,
    cursor: str,
    total: int | None,
    now: datetime,
) -> BackfillStep:
    """Decide how the backfill continues after a page.

    `found`: how many of its entries can be archived. `cursor`: the source's next page, "" after the last one.
    If the backfill's own limits end it, its bookmark stays at this page, where a backfill with wider limits begins.
    """
    mine = backfill.bookmark
    page_hash = _hash(page)
    read = len(page)
    total = total if total is not None and 0 <= total <= _MAX_TOTAL else None
    if _is_full(backfill, found) or _is_all_before(page, backfill.since):
        return BackfillStep(BackfillState.DONE, replace(mine, kind=kind, page_hash=""), now, read, total)
    is_repeated = cursor in (mine.cursor, mine.cycle_marker) or (
        page_hash != "" and page_hash == mine.page_hash
    )
    if not cursor or is_repeated:
        return BackfillStep(BackfillState.DONE, Bookmark(kind), now, read, total)
    pages = mine.pages + 1
    marker = _next_cycle_marker(pages, cursor, mine.cycle_marker)
    bookmark = Bookmark(kind, cursor, pages, marker, page_hash)
    if pages >= MAX_PAGES:
        return BackfillStep(BackfillState.FAILED, bookmark, now, read, total, error=_TOO_LONG)
    return BackfillStep(BackfillState.RUNNING, bookmark, now, read, total)


def after_failure(backfill: Backfill, error: SourceError, now: datetime) -> BackfillStep:
    """Retry the page with growing delays. Fail after MAX_ATTEMPTS, or at once if no retry can help."""
    attempts = backfill.attempts + 1
    cooldown = cooldown_until(backfill.attempts, error, now)
    retry_at = now + backoff(FIRST_WAIT, backfill.attempts)
    failed = attempts >= MAX_ATTEMPTS or isinstance(error, _PERMANENT)
    return BackfillStep(
        BackfillState.FAILED if failed else BackfillState.RUNNING,
        backfill.bookmark,
        due_at=max(retry_at, cooldown or now),
        attempts=attempts,
        error=str(error),
        cooldown_until=cooldown if cools_down_site(error) else None,
    )


def postpone(backfill: Backfill, reason: str, until: datetime) -> BackfillStep:
    """Put the page off without counting a failed attempt."""
    return BackfillStep(
        BackfillState.RUNNING, backfill.bookmark, until, attempts=backfill.attempts, error=reason
    )


def without_history(backfill: Backfill, reason: str, now: datetime) -> BackfillStep:
    """End the backfill of a feed that has no history."""
    return BackfillStep(BackfillState.FAILED, backfill.bookmark, now, error=reason)


def from_the_beginning(backfill: Backfill) -> Backfill:
    """Drop the cursor, since its source no longer exists."""
    return replace(backfill, bookmark=Bookmark(pages=backfill.bookmark.pages))


def _next_cycle_marker(pages: int, cursor: str, marker: str) -> str:
    """Move the marker after 1, 2, 4, 8, … pages, until it lies on the cycle (Brent's algorithm)."""
    return cursor if pages & (pages - 1) == 0 else marker


def _hash(page: Sequence[Identified]) -> str:
    """Return a hash of the page's posts, or "" for an empty page: all of those are equal."""
    if not page:
        return ""
    return sha256("\n".join(item.keys[0] for item in page).encode("utf-8", "replace")).hexdigest()[:32]


def _is_full(backfill: Backfill, found: int) -> bool:
    return backfill.limit is not None and found >= _room(backfill)


def _room(backfill: Backfill) -> int:
    return max(0, (backfill.limit or 0) - backfill.archived)


def _is_all_before(page: Sequence[Identified], since: datetime | None) -> bool:
    """Return whether the history is past the earliest wanted date. One that begins with its oldest posts never is."""
    dated = [item.entry for item in page if item.entry.published]
    return bool(dated) and all(_is_before(entry, since) for entry in dated) and not ascends(page)


def _is_before(entry: Entry, moment: datetime | None) -> bool:
    return moment is not None and entry.published is not None and entry.published < moment
