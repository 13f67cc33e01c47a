"""Backfills: reading the histories of feeds into the archive."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Backfill, BackfillProgress, BackfillStep, NewEntry
from bot.store import rows
from bot.store.database import Transaction, attempt, long_transaction, transaction
from bot.store.entries import EntryRepository
from bot.store.feeds import cool_down_site
from bot.store.rows import MILLISECOND

REQUESTS = 10
"""At least as many requests as one page takes: the feed, the sources tried, the page in smaller pieces, the feed."""

POLL_PRIORITY = timedelta(seconds=2)
"""How long a free site is left to its due polls, which look for work once a second."""


class Worker(StrEnum):
    """The kind of process that reads pages. `Store.lock` makes sure that there is at most one process of each kind.

    Several processes of a bot are one of the kind RUN. Their claims also carry their seats.
    """

    RUN = "run"
    CLI = "cli"


class Backfills(EntryRepository):
    """Claims and records the pages of backfills."""

    @transaction
    async def request(
        self,
        tx: Transaction,
        feed_id: int,
        now: datetime,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> None:
        """Start to archive the feed's history, or continue where an earlier backfill stopped.

        `since`: only posts from then on; `limit`: at most this many posts; None: all.
        """
        await tx.run("request_backfill", feed_id=feed_id, since=since, max_posts=limit, now=now)

    @transaction
    async def stop(self, tx: Transaction, feed_id: int) -> None:
        """Stop a running backfill until somebody requests it again."""
        await tx.run("stop_backfill", feed_id=feed_id)

    async def progress(self, feed_id: int) -> BackfillProgress | None:
        """Return the progress of the backfill; None if it was never requested."""
        row = await self._db.row("backfill_progress", feed_id=feed_id)
        return None if row is None else rows.backfill_progress(row)

    async def are_due(self, now: datetime) -> bool:
        """Return whether `claim` may find a page. Usually none is due, and a claim keeps others from writing."""
        return await self._db.row("due_backfill", now=now) is not None

    @attempt
    async def claim(
        self,
        tx: Transaction,
        now: datetime,
        worker: Worker,
        lease: timedelta,
        feed_id: int | None = None,
        reading: Sequence[int] = (),
        limit: int = 8,
        seat: int = 0,
    ) -> list[Backfill]:
        """Claim backfills (or only this feed's) whose next page is due, one per site, within the sites' budgets.

        Nobody else gets them until the lease ends, which is longer where requests are spaced. `reading`: feeds to leave
        out, since the caller is reading a page of them. `seat`: the caller's seat among the processes that poll; 0:
        there are no others.
        """
        claimed = await tx.rows(
            "claim_backfills",
            now=now,
            worker=worker,
            lease=now + lease,
            requests=REQUESTS,
            poll_priority=POLL_PRIORITY,
            feed_id=feed_id,
            reading=reading,
            limit=limit,
            seat=seat,
        )
        found = await tx.rows("claimed_backfills", feed_ids=[row["feed_id"] for row in claimed])
        return [rows.backfill(row) for row in found]

    @attempt
    async def take_back_unread(
        self, tx: Transaction, until: datetime, worker: Worker, seat: int, reading: Sequence[int]
    ) -> int:
        """End the caller's leases that end by `until`, except for the feeds in `reading`; return how many."""
        return await tx.run("take_back_unread", until=until, worker=worker, seat=seat, reading=reading)

    @attempt
    async def take_slot(
        self, tx: Transaction, feed_id: int, pause: timedelta, now: datetime
    ) -> datetime | None:
        """Take the feed's site for one request; the next may start after the pause or the site's spacing, whichever is
        longer. Returns None if the slot was taken, else when to try again.
        """
        if await tx.rows("take_slot", feed_id=feed_id, pause=pause, now=now):
            return None
        (row,) = await tx.rows("next_slot", feed_id=feed_id)
        return rows.required(max(row["next_start_at"], row["cooldown_until"]))

    @long_transaction
    async def record(
        self,
        tx: Transaction,
        backfill: Backfill,
        new: Sequence[NewEntry],
        known_up_to: int,
        step: BackfillStep,
        now: datetime,
    ) -> int | None:
        """Write a page in one transaction: keys, entries, tags, and the bookmark of the next page.

        So a kill loses nothing, and nothing is archived as new twice. Returns how many entries were really new. If the
        lease ended and another process has the page, writes nothing and returns None.
        """
        if not await _step(tx, backfill, step, now):
            return None
        feed_id = backfill.feed.id
        rivals = await self._entries.rivals(tx, feed_id, known_up_to)
        dated = await _dated(tx, feed_id, new, now)
        added = [await self._entries.add(tx, feed_id, item, rivals, first_seen) for item, first_seen in dated]
        kept = [entry_id for entry_id in added if entry_id is not None]
        await self._entries.index(tx, kept)
        await tx.run("count_archived", feed_id=feed_id, archived=len(kept))
        return len(kept)

    @transaction
    async def settle_failed(
        self, tx: Transaction, backfill: Backfill, step: BackfillStep, now: datetime
    ) -> None:
        """Record a page that could not be read: it is tried again later or given up, and its site may cool down."""
        await _step(tx, backfill, step, now)
        await cool_down_site(tx, backfill.feed.id, step.cooldown_until)

    @transaction
    async def release(self, tx: Transaction, worker: Worker) -> None:
        """Release every claim of this kind of worker. Call it at a start, when no other worker of this kind can run."""
        await tx.run("release_backfills", worker=worker)

    @transaction
    async def unclaim(self, tx: Transaction, backfill: Backfill) -> None:
        """Give one page back unread."""
        await tx.run("release_backfill", feed_id=backfill.feed.id, lease=backfill.leased_until)


async def _step(tx: Transaction, backfill: Backfill, step: BackfillStep, now: datetime) -> bool:
    """Write a step; return False, and write nothing, if the lease has ended."""
    bookmark = step.bookmark
    stepped = await tx.rows(
        "step_backfill",
        feed_id=backfill.feed.id,
        lease=backfill.leased_until,
        state=step.state,
        kind=bookmark.kind,
        cursor=bookmark.cursor,
        pages=bookmark.pages,
        cycle_marker=bookmark.cycle_marker,
        page_hash=bookmark.page_hash,
        read=step.read,
        total=step.total,
        attempts=step.attempts,
        error=step.error,
        due_at=step.due_at,
        now=now,
    )
    return bool(stepped)


async def _dated(
    tx: Transaction, feed_id: int, new: Sequence[NewEntry], now: datetime
) -> list[tuple[NewEntry, datetime]]:
    """Pair each entry with the time it counts as first seen: one without a date must not count as the newest."""
    if all(item.identified.entry.published for item in new):
        return [(item, now) for item in new]
    (row,) = await tx.rows("first_seen", feed_id=feed_id)
    before = rows.moment(row["at"]) or now
    undated = (item for item in reversed(new) if not item.identified.entry.published)
    first_seen = {item.keys: before - number * MILLISECOND for number, item in enumerate(undated, 1)}
    return [(item, first_seen.get(item.keys, now)) for item in new]
