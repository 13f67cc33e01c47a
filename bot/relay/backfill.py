"""Archive the histories of feeds: claim the backfills that are due, read a page of each, record it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot import errors
from bot.model import (
    Backfill,
    BackfillProgress,
    BackfillState,
    BackfillStep,
    Fetched,
    Identified,
    NotModified,
    ParsedFeed,
    Validators,
)
from bot.relay import backfill_plan
from bot.relay.identity import identify
from bot.relay.poll import Fetch, Parse
from bot.relay.tasks import TAKE_BACK_AFTER, Tasks
from bot.source.history.base import CurrentFeed, History, HistoryPage, HistorySource, SiteAccess
from bot.source.history.choose import choose_history
from bot.store.backfills import REQUESTS, Backfills, Worker
from bot.store.feeds import Feeds

log = structlog.get_logger(__name__)

REQUEST_SPACING = timedelta(seconds=1)
"""The shortest time between two requests; some sites need longer."""

DOCUMENT_TTL = timedelta(minutes=10)
"""How long the feed's document counts as current while pages below the first are read."""

SESSION_TTL = timedelta(hours=1)
"""How long an open history is kept between two pages. Someone may stop it, or another process may continue it."""

MAX_SLOT_WAIT = timedelta(minutes=2)
"""How long a claimed page waits while its site is paused. It always waits for the site's spacing."""

MIN_CHECK_INTERVAL = timedelta(milliseconds=250)
MAX_CHECK_INTERVAL = timedelta(seconds=1)
"""How often `finish` checks a backfill that another process reads."""

NO_HISTORY = (
    "This feed offers no older posts: it has no links to older pages, and its site is not WordPress. "
    "New posts will be archived as they arrive."
)
_BUG = "The bot could not read this page because of a bug. The log has the details; please report it."
_TORN = "The site sent only a part of this page; the bot will try again later."
_COOLING_DOWN = "The site asked for a pause; the backfill continues when it is over."


@dataclass(frozen=True, slots=True)
class BackfillRules:
    """The settings for backfills."""

    timeout: timedelta = timedelta(seconds=30)
    """For one request."""
    retention: timedelta | None = None
    """Posts older than this are not read, since their texts would be pruned. None: no limit."""
    spacing: timedelta | None = None
    """The time between two requests to a site. None: REQUEST_SPACING."""


class _CoolingDown(Exception):
    """The site's cool-down is longer than a claimed page waits."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class _Session:
    """An open history. It can be opened again after a restart."""

    history: History
    current: CurrentFeed
    document: tuple[Identified, ...]
    """The entries of the current feed."""
    read_at: datetime


class Backfiller:
    """Reads histories into the archive."""

    def __init__(
        self,
        backfills: Backfills,
        feeds: Feeds,
        fetch: Fetch,
        parse: Parse,
        sources: Sequence[HistorySource],
        worker: Worker,
        rules: BackfillRules,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tick_in: Callable[[timedelta], None] = lambda _: None,
        seat: Callable[[], int] = lambda: 0,
    ) -> None:
        """`worker`: which process this is. `tick_in` asks for the next tick: when another page may be read.

        `seat` returns the seat of this process among those that poll; 0: there are no others.
        """
        self._backfills = backfills
        self._feeds = feeds
        self._fetch = fetch
        self._parse = parse
        self._sources = sources
        self._worker = worker
        self._seat = seat
        self._clock = clock
        self._sleep = sleep
        self._retention = rules.retention
        self._spacing = REQUEST_SPACING if rules.spacing is None else rules.spacing
        self._lease = REQUESTS * (rules.timeout + self._spacing)
        self._sessions: dict[int, _Session] = {}
        self._tick_in = tick_in
        self._tasks = Tasks(
            "backfill page", self.read, _log_fields, lambda backfill: backfill.feed.id, self._after_page
        )

    async def tick(self) -> int:
        """Start reading the pages that are due, one per site, and return how many."""
        self._close_old_sessions()
        claimed = await self._claim() if await self._backfills.are_due(self._clock()) else []
        return self._tasks.start(claimed)

    async def take_back(self) -> None:
        """Take back old claims of pages that this process doesn't read. Raises StoreError."""
        until = self._clock() + self._lease - TAKE_BACK_AFTER
        seat, reading = self._seat(), self._reading()
        if count := await self._backfills.take_back_unread(until, self._worker, seat, reading):
            log.warning("claims taken back", backfills=count)

    def _reading(self) -> list[int]:
        return [backfill.feed.id for backfill in self._tasks.items]

    def _after_page(self, backfill: Backfill) -> None:
        self._tick_in(max(self._spacing, backfill.spacing))

    async def stop(self) -> None:
        """Cancel the reads in progress. Their pages stay due. Raises StoreError; the next start releases the rest."""
        for backfill in await self._tasks.cancel():
            await self._backfills.unclaim(backfill)

    async def finish(self, feed_id: int, on_progress: Callable[[BackfillProgress], None]) -> BackfillProgress:
        """Read one requested backfill until it stops, and report each change.

        Another process may read some of its pages. If the feed has never been polled this returns at once, and the
        backfill stays requested. Raises StoreError.
        """
        while True:
            progress = await self._backfills.progress(feed_id)
            if progress is None:
                raise LookupError("only a requested backfill can be finished")
            on_progress(progress)
            if progress.state is not BackfillState.RUNNING or not progress.polled:
                return progress
            claimed = await self._claim(feed_id)
            for backfill in claimed:
                await self._read_or_unclaim(backfill)
            if not claimed:
                wait = progress.due_at - self._clock()
                await self._sleep(min(max(wait, MIN_CHECK_INTERVAL), MAX_CHECK_INTERVAL).total_seconds())

    async def read(self, backfill: Backfill) -> None:
        """Read the claimed page and record the result."""
        try:
            await self._read_page(backfill)
        except _CoolingDown as site:
            step = backfill_plan.postpone(backfill, _COOLING_DOWN, site.until)
            await self._settle_failed(backfill, step, self._clock())
        except errors.SourceError as error:
            await self._fail(backfill, error)
        except errors.StoreError as error:
            if error.heals:  # only the start of a request is not repeated: see `Database.attempt`
                await self._backfills.unclaim(backfill)
            raise
        except Exception:  # the page would otherwise be read forever
            log.exception("backfill page failed unexpectedly", **_log_fields(backfill))
            await self._fail(backfill, errors.SourceError(backfill.feed.url, _BUG))

    async def _fail(self, backfill: Backfill, error: errors.SourceError) -> None:
        self._sessions.pop(backfill.feed.id, None)
        now = self._clock()
        await self._settle_failed(backfill, backfill_plan.after_failure(backfill, error, now), now)

    async def _claim(self, feed_id: int | None = None) -> list[Backfill]:
        now = self._clock()
        claimed = await self._backfills.claim(
            now, self._worker, self._lease, feed_id, self._reading(), seat=self._seat()
        )
        return [backfill_plan.limit_to_retention(backfill, self._retention, now) for backfill in claimed]

    async def _read_page(self, backfill: Backfill) -> None:
        session = await self._session(backfill)
        if session is None:
            now = self._clock()
            step = backfill_plan.without_history(backfill, NO_HISTORY, now)
            await self._settle_failed(backfill, step, now)
            return
        if session.history.kind != backfill.bookmark.kind:
            backfill = backfill_plan.from_the_beginning(backfill)
        first = not backfill.bookmark.cursor
        page = await session.history.page(backfill.bookmark.cursor)
        if first:  # posts published in between are in the feed now, and so belong to the poll
            session = await self._refresh(backfill, session)
        self._sessions[backfill.feed.id] = session
        await self._record(backfill, session, page, first)

    async def _record(self, backfill: Backfill, session: _Session, page: HistoryPage, first: bool) -> None:
        current = session.current
        identified = identify(page.entries, current.parsed.link, current.document.url)
        known = await self._feeds.known(backfill.feed.id, identified)
        owned_by_poll = backfill_plan.OwnedByPoll.from_document(session.document, backfill.last_success)
        archivable = backfill_plan.archivable(identified, known, owned_by_poll, first=first)
        wanted = backfill_plan.wanted(archivable, backfill)
        now = self._clock()
        step = backfill_plan.after_page(
            backfill, session.history.kind, identified, len(wanted), page.cursor, page.total, now
        )
        step = replace(step, read=step.read + page.skipped)
        if page.skipped:
            log.warning("backfill skipped posts", skipped=page.skipped, **_log_fields(backfill))
        new = backfill_plan.new_entries(backfill.feed.id, wanted, known)
        recorded = await self._backfills.record(backfill, new, known.up_to, step, now)
        if recorded is not None and step.state is not BackfillState.RUNNING:
            self._sessions.pop(backfill.feed.id, None)
        _log_page(backfill, step, recorded)

    def _close_old_sessions(self) -> None:
        oldest = self._clock() - SESSION_TTL
        self._sessions = {
            feed_id: session for feed_id, session in self._sessions.items() if session.read_at > oldest
        }

    async def _session(self, backfill: Backfill) -> _Session | None:
        """Return the open history with the current feed, or None if the feed has no history."""
        session = self._sessions.get(backfill.feed.id)
        if session is not None and backfill.bookmark.cursor:  # the first page needs the feed as it is now
            is_fresh = self._clock() - session.read_at < DOCUMENT_TTL
            return session if is_fresh else await self._refresh(backfill, session)
        current = await self._current_feed(backfill)
        history = await choose_history(current, self._site_access(backfill), self._sources)
        return None if history is None else self._open(history, current)

    async def _refresh(self, backfill: Backfill, session: _Session) -> _Session:
        return self._open(session.history, await self._current_feed(backfill))

    def _open(self, history: History, current: CurrentFeed) -> _Session:
        parsed = current.parsed
        document = identify(parsed.entries, parsed.link, current.document.url)
        return _Session(history, current, document, self._clock())

    async def _current_feed(self, backfill: Backfill) -> CurrentFeed:
        access = self._site_access(backfill)
        document = await access.fetch(backfill.feed.url)
        return CurrentFeed(backfill.feed.url, document, await access.parse(document))

    def _site_access(self, backfill: Backfill) -> SiteAccess:
        async def fetch(url: str) -> Fetched:
            await self._wait_for_slot(backfill)
            answer = await self._fetch(url, Validators())
            if isinstance(answer, NotModified):
                raise errors.EmptyDocument(url)
            return answer

        async def parse(document: Fetched) -> ParsedFeed:
            parsed = await self._parse(document)
            if (
                parsed.torn or document.short
            ):  # the rest would be taken for posts that the feed no longer contains
                raise errors.Incomplete(document.url, _TORN)
            return parsed

        return SiteAccess(fetch, parse)

    async def _wait_for_slot(self, backfill: Backfill) -> None:
        feed_id, longest = backfill.feed.id, max(MAX_SLOT_WAIT, backfill.spacing)
        while (
            start_at := await self._backfills.take_slot(feed_id, self._spacing, self._clock())
        ) is not None:
            wait = start_at - self._clock()
            if wait > longest:
                raise _CoolingDown(start_at)
            await self._sleep(max(wait.total_seconds(), 0.01))

    async def _settle_failed(self, backfill: Backfill, step: BackfillStep, now: datetime) -> None:
        await self._backfills.settle_failed(backfill, step, now)
        failed = step.state is BackfillState.FAILED
        (log.warning if failed else log.info)(
            "backfill failed" if failed else "backfill postponed", error=step.error, **_log_fields(backfill)
        )

    async def _read_or_unclaim(self, backfill: Backfill) -> None:
        try:
            await self.read(backfill)
        except asyncio.CancelledError:
            await self._backfills.unclaim(backfill)
            raise


def _log_fields(backfill: Backfill) -> dict[str, object]:
    return {"feed": backfill.feed.name}


def _log_page(backfill: Backfill, step: BackfillStep, recorded: int | None) -> None:
    fields = {"read": step.read, "archived": recorded, **_log_fields(backfill)}
    if recorded is None:
        log.warning("backfill page lost its lease", **fields)
    elif step.state is BackfillState.RUNNING:
        log.debug("backfill page", **fields)
    else:
        log.info("backfill ended", state=step.state, error=step.error, **fields)
