"""A page of a feed's history × what is known → what of it is archived, and how the reading goes on.

What is not known may be old, or so new that no poll has met it yet. The second kind is the poll's alone: were it
archived here, the poll would take it for a known post, and nobody would be sent it.
"""

from collections.abc import Mapping, Sequence
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
    KnownEntry,
    NewEntry,
)
from bot.relay.identity import LASTING
from bot.relay.plan import ascends, known_as, new_entry, oldest_first
from bot.relay.poll_schedule import resting_until, rests_site

MARGIN = timedelta(hours=1)
"""Posts dated so long before the last good poll are still the poll's: clocks differ, and caches show old documents."""

MOST_PAGES = 5_000
"""Pages read before a person has to ask again: links to older posts may lead on without end."""

_BELIEVED = 10**9
"""A site that tells of more posts than this is not believed."""

ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)
_HOPELESS = (NoHistory, AddressError, Gone)

_TOO_LONG = (
    f"{MOST_PAGES:,} pages of history were read, and it still goes on; ask for it again if you want the rest."
)


@dataclass(frozen=True, slots=True)
class OwnedByPoll:
    """What the poll has, or will have: whatever belongs to it is none of the history's."""

    keys: frozenset[str]
    """Of the feed's document as it stands now."""
    since: datetime
    """What came or changed from then on may have come after the last good poll."""
    newest: datetime | None
    """The newest date in the document before `since`; None: it has none."""
    recent: datetime
    """What is dated from then on may have come after the document was made, which a cache may have kept."""

    def holds(self, item: Identified) -> bool:
        """Whether the entry stands in the document."""
        return not self.keys.isdisjoint(_named(item).keys)


def present(document: Sequence[Identified], last_success: datetime) -> OwnedByPoll:
    """What belongs to the poll, by the feed's document as it stands now, and when the feed was last polled well."""
    since = last_success - MARGIN
    dates = [item.entry.published for item in document if item.entry.published]
    past = [date for date in dates if date < since]
    newest = max(past, default=None)
    falls = dates == sorted(dates, reverse=True)
    keys = frozenset(key for item in document for key in item.keys)
    return OwnedByPoll(keys, since, newest, recent=(_next_after(newest, past) if falls else None) or since)


def _next_after(newest: datetime | None, dates: Sequence[datetime]) -> datetime | None:
    """The newest date itself, since a feed that goes on to older days has all posts of its newest one; but where all
    bear one date, as after a move to another site, so may the whole history.
    """
    return newest if newest is None or len(set(dates)) > 1 else newest + datetime.resolution


def archivable(
    page: Sequence[Identified], known: Mapping[str, KnownEntry], owned_by_poll: OwnedByPoll, *, first: bool
) -> list[Identified]:
    """The entries of a page that are neither known nor the poll's, oldest first. `first`: it is the history's first
    page, where the newest posts stand.
    """
    ordered = oldest_first(page)
    below = (
        _below_the_newest_known(ordered, known, owned_by_poll)
        if first
        else _below_the_feed(ordered, owned_by_poll)
    )
    left = _left_to_the_poll(below, owned_by_poll)
    return [item for item in below if not _is_known(item, known) and item not in left]


def shared(
    page: Sequence[Identified], known: Mapping[str, KnownEntry], owned_by_poll: OwnedByPoll
) -> list[str]:
    """The keys that a page shows to identify nothing; but what a history contains takes none away from a post that is
    known or the poll's, which would be new once more when it is edited.
    """
    borne = dict.fromkeys(key for item in page for key in item.shared_keys)
    return [key for key in borne if key not in known and key not in owned_by_poll.keys]


def _is_known(item: Identified, known: Mapping[str, KnownEntry]) -> bool:
    return known_as(_named(item), known) is not None


def _named(item: Identified) -> Identified:
    """One of several versions of a post on a page, none of which has a name of its own, under the post's name."""
    has_name = any(key.startswith(LASTING) for key in item.keys)
    return item if has_name else replace(item, keys=(*item.shared_keys, *item.keys))


def _below_the_newest_known(
    ordered: list[Identified], known: Mapping[str, KnownEntry], owned_by_poll: OwnedByPoll
) -> list[Identified]:
    """The first page without its newest entries: those that stand above all that is known or stands in the feed.

    Where nothing of it is known, only dates can tell, so that what has none is left.
    """
    met = [place for place, item in enumerate(ordered) if _is_known(item, known) or owned_by_poll.holds(item)]
    return ordered[: met[-1] + 1] if met else [item for item in ordered if item.entry.published]


def _below_the_feed(ordered: list[Identified], owned_by_poll: OwnedByPoll) -> list[Identified]:
    """A later page without what stands above the feed's own posts there, as in an archive that has the newest posts
    once more; but what is older than the feed's newest post stands above a pinned one, and is old.
    """
    met = [place for place, item in enumerate(ordered) if owned_by_poll.holds(item)]
    end = met[-1] + 1 if met else len(ordered)
    return [*ordered[:end], *(item for item in ordered[end:] if _is_older(item.entry, owned_by_poll.newest))]


def _is_older(entry: Entry, newest: datetime | None) -> bool:
    return newest is not None and entry.published is not None and entry.published < newest


def _left_to_the_poll(ordered: Sequence[Identified], owned_by_poll: OwnedByPoll) -> set[Identified]:
    """What the feed shows, or may show in its next document. A post that was dated back gives itself away by when it
    was changed; but below one that has stood for long and that the feed does not show, it will show nothing.
    """
    left: set[Identified] = set()
    below_the_feed = False
    for item in reversed(ordered):
        published, updated = item.entry.published, item.entry.updated
        is_recent = published is not None and published >= owned_by_poll.recent
        was_changed = published is not None and updated is not None and updated >= owned_by_poll.since
        if owned_by_poll.holds(item) or is_recent or (was_changed and not below_the_feed):
            left.add(item)
        elif published is not None and not was_changed:
            below_the_feed = True
    return left


def within(backfill: Backfill, keep: timedelta | None, now: datetime) -> Backfill:
    """Bounded by how long texts are kept, too: nothing is read only to be pruned. None: for ever."""
    if keep is None or (backfill.since is not None and backfill.since > now - keep):
        return backfill
    return replace(backfill, since=now - keep)


def wanted(found: Sequence[Identified], backfill: Backfill) -> list[Identified]:
    """Those of the back-fill's time and number, the newest where there are too many."""
    in_time = [item for item in found if not _is_before(item.entry, backfill.since)]
    return in_time if backfill.limit is None else in_time[max(0, len(in_time) - _room(backfill)) :]


def as_new(feed_id: int, found: Sequence[Identified], known: Mapping[str, KnownEntry]) -> list[NewEntry]:
    """As they are to be written: owed to nobody."""
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
    """How it goes on after a page was read. `found`: how many of its entries could be archived; `cursor`: where the
    source goes on, "" at its end.

    Where the back-fill's own bounds end it, it stays at this page: a later one with wider bounds begins here.
    """
    mine = backfill.bookmark
    here = replace(mine, kind=kind)
    page_hash = _hash(page)
    read = len(page)
    total = total if total is not None and 0 <= total <= _BELIEVED else None
    if _is_full(backfill, found) or _is_all_before(page, backfill.since):
        return BackfillStep(BackfillState.DONE, replace(here, page_hash=""), now, read, total)
    is_met_again = cursor in (mine.cursor, mine.cycle_marker) or (
        page_hash != "" and page_hash == mine.page_hash
    )
    if not cursor or is_met_again:
        return BackfillStep(BackfillState.DONE, Bookmark(kind), now, read, total)
    pages = mine.pages + 1
    onward = Bookmark(kind, cursor, pages, _marked(pages, cursor, mine.cycle_marker), page_hash)
    if pages >= MOST_PAGES:
        return BackfillStep(BackfillState.FAILED, onward, now, read, total, error=_TOO_LONG)
    return BackfillStep(BackfillState.RUNNING, onward, now, read, total)


def after_failure(backfill: Backfill, error: SourceError, now: datetime) -> BackfillStep:
    """The page is tried again, each time later; then the back-fill stops until it is asked for again. Where no further
    try would help it stops at once.
    """
    attempts = backfill.attempts + 1
    rest = resting_until(backfill.attempts, error, now)
    due_at = max(now + FIRST_WAIT * (1 << backfill.attempts), rest or now)
    cooldown_until = rest if rests_site(error) else None
    hopeless = attempts >= ATTEMPTS or isinstance(error, _HOPELESS)
    state = BackfillState.FAILED if hopeless else BackfillState.RUNNING
    return BackfillStep(
        state, backfill.bookmark, due_at, attempts=attempts, error=str(error), cooldown_until=cooldown_until
    )


def put_off(backfill: Backfill, reason: str, until: datetime) -> BackfillStep:
    """The page was not asked for: that is no failed try of it."""
    return BackfillStep(
        BackfillState.RUNNING, backfill.bookmark, until, attempts=backfill.attempts, error=reason
    )


def without_history(backfill: Backfill, reason: str, now: datetime) -> BackfillStep:
    """The feed has no history: there is nothing to do, and nothing to try again."""
    return BackfillStep(BackfillState.FAILED, backfill.bookmark, now, error=reason)


def from_the_beginning(backfill: Backfill) -> Backfill:
    """As if nothing was read yet: the source that the cursor belonged to is no longer there."""
    return replace(backfill, bookmark=Bookmark(pages=backfill.bookmark.pages))


def _marked(pages: int, cursor: str, mark: str) -> str:
    """Brent's way to find a circle with one mark: it moves on after 1, 2, 4, 8, … pages, and so comes to stand within
    the circle, which leads back to it.
    """
    return cursor if pages & (pages - 1) == 0 else mark


def _hash(page: Sequence[Identified]) -> str:
    """Empty for a page without posts, since all of those are alike."""
    if not page:
        return ""
    return sha256("\n".join(item.keys[0] for item in page).encode("utf-8", "replace")).hexdigest()[:32]


def _is_full(backfill: Backfill, found: int) -> bool:
    return backfill.limit is not None and found >= _room(backfill)


def _room(backfill: Backfill) -> int:
    return max(0, (backfill.limit or 0) - backfill.archived)


def _is_all_before(page: Sequence[Identified], since: datetime | None) -> bool:
    """Whether the history has gone past the earliest day that is wanted; one that begins with the oldest posts has yet
    to come to it.
    """
    dated = [item.entry for item in page if item.entry.published]
    return bool(dated) and all(_is_before(entry, since) for entry in dated) and not ascends(page)


def _is_before(entry: Entry, since: datetime | None) -> bool:
    return since is not None and entry.published is not None and entry.published < since
