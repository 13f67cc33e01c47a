"""Shell: claim the back-fills that are due, read a page of each, record what is neither known nor the poll's."""

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
from bot.source.history.base import CurrentFeed, History, HistoryPage, HistorySource, SiteAccess
from bot.source.history.choose import choose_history
from bot.store.backfills import REQUESTS, Backfills, Worker
from bot.store.feeds import Feeds

log = structlog.get_logger(__name__)

PAUSE = timedelta(seconds=1)
"""Between two requests to a site, unless it is known to need more."""

FRESH = timedelta(minutes=10)
"""How long the feed's document counts as what stands there now, for pages below the first."""

KEPT = timedelta(hours=1)
"""How long a history under way is remembered between two pages; it may be stopped, or be read by someone else."""

PATIENCE = timedelta(minutes=2)
"""How long a page waits within one claim while its site rests; it waits for the site's spacing however long that is."""

GLANCE = timedelta(seconds=1)
BLINK = timedelta(milliseconds=250)
"""How seldom and how often someone who waits for a back-fill looks at it again."""

NO_HISTORY = (
    "The feed shows no posts beyond its document: it has neither links to older pages nor a WordPress behind it; "
    "what it brings from now on is archived."
)
_BUG = "The page could not be read for an error of the bot's own; its log has more, please report it."
_RESTS = "The site rests, and is asked again when it allows."


@dataclass(frozen=True, slots=True)
class FillRules:
    """What the config says about histories."""

    timeout: timedelta = timedelta(seconds=30)
    """How long one request may take."""
    keep: timedelta | None = None
    """How long texts are kept: what is older is not read; None: for ever."""
    pause: timedelta | None = None
    """Between two requests to a site; None: PAUSE."""


class _Resting(Exception):
    """The site rests for longer than a page waits."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class _Reading:
    """A history under way. Only what would have to be asked again after a restart is kept here."""

    history: History
    live: CurrentFeed
    document: tuple[Identified, ...]
    """What stands in the feed now."""
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
        rules: FillRules,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`worker`: which process this is."""
        self._backfills = backfills
        self._feeds = feeds
        self._fetch = fetch
        self._parse = parse
        self._sources = sources
        self._worker = worker
        self._clock = clock
        self._sleep = sleep
        self._keep = rules.keep
        self._pause = PAUSE if rules.pause is None else rules.pause
        self._lease = REQUESTS * (rules.timeout + self._pause)
        self._readings: dict[int, _Reading] = {}
        self._pages: dict[asyncio.Task[None], Backfill] = {}

    async def tick(self) -> int:
        """Start reading the pages that are due, one a site, and say how many."""
        self._forget()
        claimed = await self._claim()
        for backfill in claimed:
            task = asyncio.create_task(self._read_logged(backfill), name=f"backfill {backfill.feed.id}")
            self._pages[task] = backfill
            task.add_done_callback(self._pages.pop)
        return len(claimed)

    async def stop(self) -> None:
        """Cut the pages under way short; they stay due."""
        pages = dict(self._pages)
        for task in pages:
            task.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
        for backfill in pages.values():
            await self._backfills.unclaim(backfill)

    async def finish(self, feed_id: int, told: Callable[[BackfillProgress], None]) -> BackfillProgress:
        """Work on one back-fill that was asked for until it does not go on; `told` is called with each change.

        Someone else may read some of its pages. Where the feed was never polled this returns at once, and the back-fill
        stays asked for. Raises StoreError.
        """
        while True:
            progress = await self._backfills.progress(feed_id)
            if progress is None:
                raise LookupError("only a back-fill that was asked for can be finished")
            told(progress)
            if progress.state is not BackfillState.RUNNING or not progress.polled:
                return progress
            claimed = await self._claim(feed_id)
            for backfill in claimed:
                await self._read_or_give_back(backfill)
            if not claimed:
                left = progress.due_at - self._clock()
                await self._sleep(min(max(left, BLINK), GLANCE).total_seconds())

    async def read(self, backfill: Backfill) -> None:
        """Read the claimed page, and record what follows from it."""
        try:
            await self._page(backfill)
        except _Resting as site:
            await self._settle_failed(
                backfill, backfill_plan.put_off(backfill, _RESTS, site.until), self._clock()
            )
        except errors.SourceError as error:
            await self._fail(backfill, error)
        except errors.StoreError:
            raise
        except Exception:  # else the page would be read for ever
            log.exception("backfill page failed by a bug", feed=backfill.feed.name)
            await self._fail(backfill, errors.SourceError(backfill.feed.url, _BUG))

    async def _fail(self, backfill: Backfill, error: errors.SourceError) -> None:
        self._readings.pop(backfill.feed.id, None)
        now = self._clock()
        await self._settle_failed(backfill, backfill_plan.after_failure(backfill, error, now), now)

    async def _claim(self, feed_id: int | None = None) -> list[Backfill]:
        now = self._clock()
        reading = [backfill.feed.id for backfill in self._pages.values()]
        claimed = await self._backfills.claim(now, self._worker, self._lease, feed_id, reading)
        return [backfill_plan.within(backfill, self._keep, now) for backfill in claimed]

    async def _page(self, backfill: Backfill) -> None:
        reading = await self._reading(backfill)
        if reading is None:
            now = self._clock()
            await self._settle_failed(backfill, backfill_plan.without_history(backfill, NO_HISTORY, now), now)
            return
        if reading.history.kind != backfill.bookmark.kind:
            backfill = backfill_plan.from_the_beginning(backfill)
        first = not backfill.bookmark.cursor
        page = await reading.history.page(backfill.bookmark.cursor)
        if first:  # read after the page, so that what came to both in between is known to be the poll's
            reading = await self._renewed(backfill, reading)
        self._readings[backfill.feed.id] = reading
        await self._record(backfill, reading, page, first)

    async def _record(self, backfill: Backfill, reading: _Reading, page: HistoryPage, first: bool) -> None:
        entries = ParsedFeed("", link=reading.live.parsed.link, entries=page.entries)
        identified = identify(entries, reading.live.document.url)
        known = await self._feeds.known(backfill.feed.id, identified)
        owned_by_poll = backfill_plan.present(reading.document, backfill.last_success)
        found = backfill_plan.archivable(identified, known, owned_by_poll, first=first)
        chosen = backfill_plan.wanted(found, backfill)
        now = self._clock()
        step = backfill_plan.after_page(
            backfill, reading.history.kind, identified, len(chosen), page.cursor, page.total, now
        )
        shared = backfill_plan.shared(identified, known, owned_by_poll)
        step = replace(step, read=step.read + page.skipped)
        if page.skipped:
            log.warning("backfill skipped posts", feed=backfill.feed.name, skipped=page.skipped)
        new = backfill_plan.as_new(backfill.feed.id, chosen, known)
        recorded = await self._backfills.record(backfill, new, shared, step, now)
        self._tell(backfill, step, recorded)

    def _forget(self) -> None:
        since = self._clock() - KEPT
        self._readings = {
            feed: reading for feed, reading in self._readings.items() if reading.read_at > since
        }

    async def _reading(self, backfill: Backfill) -> _Reading | None:
        """The history with what stands in the feed; None: it has none."""
        reading = self._readings.get(backfill.feed.id)
        if reading is not None and backfill.bookmark.cursor:  # the beginning is the feed as it stands now
            is_fresh = self._clock() - reading.read_at < FRESH
            return reading if is_fresh else await self._renewed(backfill, reading)
        live = await self._live(backfill)
        history = await choose_history(live, self._ways(backfill), self._sources)
        return None if history is None else self._at_now(history, live)

    async def _renewed(self, backfill: Backfill, reading: _Reading) -> _Reading:
        return self._at_now(reading.history, await self._live(backfill))

    def _at_now(self, history: History, live: CurrentFeed) -> _Reading:
        return _Reading(history, live, identify(live.parsed, live.document.url), self._clock())

    async def _live(self, backfill: Backfill) -> CurrentFeed:
        ways = self._ways(backfill)
        document = await ways.fetch(backfill.feed.url)
        return CurrentFeed(backfill.feed.url, document, await ways.parse(document))

    def _ways(self, backfill: Backfill) -> SiteAccess:
        async def fetch(url: str) -> Fetched:
            await self._wait_for_slot(backfill)
            answer = await self._fetch(url, Validators())
            if isinstance(answer, NotModified):
                raise errors.EmptyDocument(url)
            return answer

        return SiteAccess(fetch, self._parse)

    async def _wait_for_slot(self, backfill: Backfill) -> None:
        feed_id, patience = backfill.feed.id, max(PATIENCE, backfill.spacing)
        while (free_at := await self._backfills.take_slot(feed_id, self._pause, self._clock())) is not None:
            wait = free_at - self._clock()
            if wait > patience:
                raise _Resting(free_at)
            await self._sleep(max(wait.total_seconds(), 0.01))

    async def _settle_failed(self, backfill: Backfill, step: BackfillStep, now: datetime) -> None:
        await self._backfills.settle_failed(backfill, step, now)
        failed = step.state is BackfillState.FAILED
        (log.warning if failed else log.info)(
            "backfill failed" if failed else "backfill put off", feed=backfill.feed.name, error=step.error
        )

    def _tell(self, backfill: Backfill, step: BackfillStep, recorded: int | None) -> None:
        fields = {"feed": backfill.feed.name, "read": step.read, "archived": recorded}
        if recorded is None:
            log.warning("backfill page lost its lease", **fields)
        elif step.state is BackfillState.RUNNING:
            log.debug("backfill page", **fields)
        else:
            self._readings.pop(backfill.feed.id, None)
            log.info("backfill ended", state=step.state, error=step.error, **fields)

    async def _read_or_give_back(self, backfill: Backfill) -> None:
        try:
            await self.read(backfill)
        except asyncio.CancelledError:
            await self._backfills.unclaim(backfill)
            raise

    async def _read_logged(self, backfill: Backfill) -> None:
        try:
            await self.read(backfill)
        except errors.StoreError as error:
            log.error("backfill page not recorded", feed=backfill.feed.name, error=str(error))
        except Exception:
            log.exception("backfill failed by a bug", feed=backfill.feed.name)
