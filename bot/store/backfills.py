"""Back-fills: histories of feeds on their way into the archive."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Backfill, BackfillProgress, BackfillStep, NewEntry
from bot.store import rows
from bot.store.feeds import add_entry, cool_site, see_shared
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Writer

REQUESTS = 10
"""What one page takes at most, and more: the feed, the sources that are tried, the page in smaller pieces, the feed."""

POLLS_TURN = timedelta(seconds=2)
"""How long a free site is left to its polls that are due: they look once a second."""

_MILLISECOND = timedelta(milliseconds=1)


class Worker(StrEnum):
    """Who reads pages. A lock of the system's makes sure that there is one process of each kind at most."""

    RUN = "run"
    CLI = "shell"


class Backfills:
    """What reading a history needs of the store."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def request(
        self, feed_id: int, now: datetime, since: datetime | None = None, limit: int | None = None
    ) -> None:
        """Let the feed's history be archived: from the beginning, or from where an earlier back-fill stopped."""
        values = {"feed_id": feed_id, "since": milliseconds(since), "most": limit, "now": milliseconds(now)}
        await self._db.write(lambda writer: writer.run(SQL["request_backfill"], values))

    async def stop(self, feed_id: int) -> None:
        """Go on only when it is asked for again."""
        await self._db.write(lambda writer: writer.run(SQL["stop_backfill"], (feed_id,)))

    async def progress(self, feed_id: int) -> BackfillProgress | None:
        """How far it is; None: nobody ever asked for it."""
        found = await self._db.read(SQL["backfill_progress"], (feed_id,))
        return rows.backfill_progress(found[0]) if found else None

    async def claim(
        self,
        now: datetime,
        worker: Worker,
        lease: timedelta,
        feed_id: int | None = None,
        reading: Sequence[int] = (),
        limit: int = 8,
    ) -> list[Backfill]:
        """The back-fills (or this one) whose next page is due and whose sites admit it, one a site; nobody else gets
        them until the lease ends, which is longer where requests are spaced. `reading`: feeds that are not meant, since
        the caller reads a page of theirs.
        """

        async def work(writer: Writer) -> list[Backfill]:
            parameters = {
                "now": milliseconds(now),
                "worker": worker,
                "lease": milliseconds(now + lease),
                "requests": REQUESTS,
                "polls_turn": POLLS_TURN // _MILLISECOND,
                "feed_id": feed_id,
                "reading": as_json(reading),
                "limit": limit,
            }
            claimed = [row["feed_id"] for row in await writer.rows(SQL["claim_backfills"], parameters)]
            found = await writer.rows(SQL["claimed_backfills"], (as_json(claimed),))
            return [rows.backfill(row) for row in found]

        return await self._db.write(work)

    async def take_slot(self, feed_id: int, pause: timedelta, now: datetime) -> datetime | None:
        """Take the feed's site for one request, after which everybody waits for the pause or the site's own spacing,
        whichever is longer. None: it is taken; else when to come again.
        """

        async def work(writer: Writer) -> datetime | None:
            values = {"feed_id": feed_id, "pause": pause // _MILLISECOND, "now": milliseconds(now)}
            if await writer.rows(SQL["take_slot"], values):
                return None
            (row,) = await writer.rows(SQL["next_slot"], (feed_id,))
            return rows.required(row["at"])

        return await self._db.write(work)

    async def record(
        self,
        backfill: Backfill,
        new: Sequence[NewEntry],
        shared_keys: Sequence[str],
        step: BackfillStep,
        now: datetime,
    ) -> int | None:
        """Write a page in one transaction: seen keys, entries, tags, and how far the history is read; so that a kill
        loses nothing, and nothing is read as new twice.

        Returns how many entries were really new; None: the lease had ended and someone else has the page, nothing was
        written.
        """

        async def work(writer: Writer) -> int | None:
            if not await _step(writer, backfill, step, now):
                return None
            feed_id = backfill.feed.id
            added = 0
            for item, seen_at in await _dated(writer, feed_id, new, now):
                added += await add_entry(writer, feed_id, item, seen_at)
            await see_shared(writer, feed_id, shared_keys)
            await writer.run(SQL["count_archived"], {"feed_id": feed_id, "archived": added})
            return added

        return await self._db.write(work)

    async def settle_failed(self, backfill: Backfill, step: BackfillStep, now: datetime) -> None:
        """A page that could not be read: it is tried again later or given up, and its site rests if it asked for it."""

        async def work(writer: Writer) -> None:
            await _step(writer, backfill, step, now)
            if step.cooldown_until is not None:
                await cool_site(writer, backfill.feed.id, step.cooldown_until)

        await self._db.write(work)

    async def release(self, worker: Worker) -> None:
        """Take back every claim of this kind of worker: call it at the start, when no other of it can be there."""
        await self._db.write(lambda writer: writer.run(SQL["release_backfills"], (worker,)))

    async def unclaim(self, backfill: Backfill) -> None:
        """Give one page back unread."""
        values = {"feed_id": backfill.feed.id, "lease": milliseconds(backfill.leased_until)}
        await self._db.write(lambda writer: writer.run(SQL["release_backfill"], values))


async def _step(writer: Writer, backfill: Backfill, step: BackfillStep, now: datetime) -> bool:
    """Whether the lease still held."""
    bookmark = step.bookmark
    values = {
        "feed_id": backfill.feed.id,
        "lease": milliseconds(backfill.leased_until),
        "state": step.state,
        "kind": bookmark.kind,
        "cursor": rows.whole(bookmark.cursor),
        "pages": bookmark.pages,
        "mark": rows.whole(bookmark.cycle_marker),
        "page_hash": bookmark.page_hash,
        "read": step.read,
        "total": step.total,
        "attempts": step.attempts,
        "error": rows.whole(step.error),
        "due_at": milliseconds(step.due_at),
        "now": milliseconds(now),
    }
    return bool(await writer.rows(SQL["step_backfill"], values))


async def _dated(
    writer: Writer, feed_id: int, new: Sequence[NewEntry], now: datetime
) -> list[tuple[NewEntry, datetime]]:
    """Each entry with the time that it shall count as first seen: one without a date must not count as the newest."""
    if all(item.identified.entry.published for item in new):
        return [(item, now) for item in new]
    (row,) = await writer.rows(SQL["first_seen"], (feed_id,))
    before = rows.moment(row["at"]) or now
    undated = (item for item in reversed(new) if not item.identified.entry.published)
    places = {item.keys: before - place * _MILLISECOND for place, item in enumerate(undated, 1)}
    return [(item, places.get(item.keys, now)) for item in new]
