"""Poll the feeds that are due: claim, fetch, parse, plan, record."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

import structlog

from bot import errors
from bot.model import (
    Entry,
    Feed,
    Fetched,
    Hashes,
    Identified,
    Move,
    NotModified,
    ParsedFeed,
    Plan,
    PollResult,
    PollSettings,
    PostSettings,
    RecordResult,
    SiteBudget,
    Validators,
)
from bot.relay import poll_schedule
from bot.relay.identity import identify
from bot.relay.known_items import hashes_of, items_hash, known_items, merge, read_items
from bot.relay.plan import plan
from bot.relay.tasks import TAKE_BACK_AFTER, Tasks
from bot.source.formats.outline import Outline, outline_of
from bot.source.http.site import site_of
from bot.store.feeds import Feeds, PlanOutdated
from bot.text.address import label_of, safe_title

log = structlog.get_logger(__name__)

MAX_POLLS = 32
"""How many feeds are polled at the same time, across all sites."""
_MAX_QUICK_OUTLINE = 300_000
"""Bytes of a document whose items are found within about a millisecond."""
GATHER_TIME = timedelta(milliseconds=5)
"""How long a free place stays empty, so that one claim can fill several places."""
_NO_TIME = timedelta()

Fetch = Callable[[str, Validators], Awaitable[Fetched | NotModified]]
"""Fetch a feed's address. Raises SourceError."""

Parse = Callable[[Fetched], Awaitable[ParsedFeed]]
"""Parse a document. Raises SourceError."""


@dataclass(frozen=True, slots=True)
class PollRules:
    """The settings for polling and posting."""

    polling: PollSettings
    posts: PostSettings
    budget: Callable[[str], SiteBudget]
    lease: timedelta
    """How long a claim lasts if its poller dies. Longer than any fetch and parse."""


class Poller:
    """Polls the feeds that are due."""

    def __init__(
        self,
        feeds: Feeds,
        fetch: Fetch,
        parse: Parse,
        rules: PollRules,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        wake: Callable[[], None],
        tick_in: Callable[[timedelta], None] = lambda _: None,
        on_recorded: Callable[[RecordResult], None] = lambda _: None,
        on_failed: Callable[[errors.SourceError], None] = lambda _: None,
        seat: Callable[[], int] = lambda: 0,
    ) -> None:
        """`wake` is called after a poll that recorded deliveries; `jitter` returns numbers in [0, 1).

        `tick_in` asks for the next tick: when a feed becomes due, or when a poll has ended that others waited for.
        `seat` returns the seat of this process among those that poll; 0: there are no others.
        """
        self._feeds = feeds
        self._fetch = fetch
        self._parse = parse
        self._rules = rules
        self._clock = clock
        self._jitter = jitter
        self._wake = wake
        self._tick_in = tick_in
        self._on_recorded = on_recorded
        self._on_failed = on_failed
        self._seat = seat
        self._tasks = Tasks("poll", self.poll, _log_fields, lambda feed: feed.id, self._after_poll)
        self._computing = asyncio.Lock()
        self._is_full = False
        """Whether the last tick found no room for more polls, so that more feeds may be due."""
        self.drain = self._tasks.finish
        self.wait_for_one = self._tasks.wait_for_one

    async def tick(self) -> int:
        """Start polling the feeds that are due, and return how many; `drain` waits for them."""
        now, room = self._clock(), self._tasks.room(MAX_POLLS)
        claimed = await self._claim(now, room) if room else []
        self._is_full = len(claimed) == room
        started = self._tasks.start(claimed)
        if not self._is_full:
            await self._plan_tick(now)
        return started

    async def _claim(self, now: datetime, limit: int) -> list[Feed]:
        return await self._feeds.claim(now, self._rules.lease, limit, self._polling(), self._seat())

    async def take_back(self) -> None:
        """Take back old claims of feeds that this process doesn't poll. Raises StoreError."""
        until = self._clock() + self._rules.lease - TAKE_BACK_AFTER
        if count := await self._feeds.take_back_unpolled(until, self._polling(), self._seat()):
            log.warning("claims taken back", feeds=count)

    def _polling(self) -> list[int]:
        return [feed.id for feed in self._tasks.items]

    async def stop(self) -> None:
        """Cancel the polls in progress. Their feeds stay due. Raises StoreError; the next start releases the rest."""
        for feed in await self._tasks.cancel():
            await self._feeds.unclaim(feed.id)

    async def _plan_tick(self, now: datetime) -> None:
        if (next_poll := await self._feeds.next_poll(now)) is not None:
            self._tick_in(next_poll - self._clock())

    def _after_poll(self, feed: Feed) -> None:
        if self._is_full or self._was_full(feed.site):
            self._tick_in(GATHER_TIME)

    def _was_full(self, site: str) -> bool:
        """Return whether a site had no request left until one of its polls ended just now."""
        at_site = sum(other.site == site for other in self._tasks.items)
        return at_site + 1 >= self._rules.budget(site).max_concurrent

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Compute while no other poll does, then let everything else have its turn first.

        Of 32 polls that compute a few milliseconds each, a command would wait for all, at each of its own steps.
        """
        async with self._computing:
            yield
            await asyncio.sleep(0)

    async def poll(self, feed: Feed) -> None:
        """Fetch one feed, and record everything that follows from the answer."""
        try:
            validators = poll_schedule.validators_for(feed, self._clock())
            answer = await self._fetch(feed.url, validators)
            if isinstance(answer, NotModified):
                await self._unchanged(feed, answer, full=not (validators.etag or validators.last_modified))
            else:
                await self._read(feed, answer)
        except errors.SourceError as error:
            self._on_failed(error)
            await self._failed(feed, error)

    async def _read(self, feed: Feed, answer: Fetched) -> None:
        """Parse the items of a document that are not stored, and record it, or record that nothing is new."""
        async with self._turn():
            outline = await _outline_of(answer)
        if outline is not None and outline.digest == feed.items_hash:
            await self._same_items(feed, answer)
        else:
            document, hashes = await self._parsed(feed, answer, outline)
            await self._changed(feed, answer, document, outline, hashes)

    async def _parsed(
        self, feed: Feed, answer: Fetched, outline: Outline | None
    ) -> tuple[ParsedFeed, Mapping[Entry, Hashes]]:
        """Return the document, and what is known about its entries."""
        answer = replace(answer, last_parse_time=feed.parse_time)
        if outline is not None:
            stored = await self._feeds.items(feed.id, outline.frame, outline.hashes)
            if known := known_items(outline, stored):
                with suppress(errors.Unreadable, errors.NotAFeed, errors.Incomplete):
                    rest = await self._parse(replace(answer, body=outline.without(known), content_type=""))
                    if (document := merge(outline, known, rest)) is not None:
                        return document, hashes_of(known.values())
        return await self._parse(answer), {}

    async def _same_items(self, feed: Feed, answer: Fetched) -> None:
        """Record a poll whose document differs from the last one only in what means nothing, such as its date."""
        now = self._clock()
        result = PollResult(
            self._next_poll(feed, answer.max_age, feed.ttl, now),
            move=self._move(answer.moved_to),
            validators=answer.validators,
            full=True,
            leased_until=feed.leased_until,
        )
        await self._settle_unchanged(feed, result, now)

    async def _unchanged(self, feed: Feed, answer: NotModified, *, full: bool) -> None:
        now = self._clock()
        due = self._next_poll(feed, answer.max_age, None, now)
        result = PollResult(due, validators=answer.validators, full=full, leased_until=feed.leased_until)
        await self._settle_unchanged(feed, result, now)

    async def _settle_unchanged(self, feed: Feed, result: PollResult, now: datetime) -> None:
        if not await self._feeds.settle_unchanged(feed.id, result, now):
            _log_lost(feed)
            return
        _log_recovery(feed)
        _log_move(feed, result)
        log.debug("polled", feed=feed.name, unchanged=True)

    async def _changed(
        self,
        feed: Feed,
        answer: Fetched,
        document: ParsedFeed,
        outline: Outline | None,
        hashes: Mapping[Entry, Hashes],
    ) -> None:
        async with self._turn():
            identified = identify(document.entries, document.link, answer.url, hashes)
            now = self._clock()
            result = replace(
                self._result(feed, answer, document, now),
                items_hash=items_hash(outline, document),
                items=read_items(outline, document, identified, hashes),
            )
        while True:
            decided = await self._decide(feed, document, identified, now)
            with suppress(PlanOutdated):
                recorded = await self._feeds.record(feed.id, decided, result, now)
                break
        self._on_recorded(recorded)
        _log_recovery(feed)
        _log_poll(feed, document, decided, recorded, torn=result.torn)
        _log_move(feed, result)
        if recorded.deliveries:
            self._wake()

    async def _decide(
        self, feed: Feed, document: ParsedFeed, identified: Sequence[Identified], now: datetime
    ) -> Plan:
        """Return what the document changes. A torn one can't be a baseline, since what is missing may be old."""
        known, subscriptions = await self._feeds.planned_with(feed.id, identified)
        ready = [
            each
            for each in subscriptions
            if not (document.torn and each.baseline_due and feed.torn < poll_schedule.MAX_TORN)
        ]
        was_cut_off = feed.read_from_start and document.left_out > 0
        async with self._turn():
            decided = plan(feed.id, identified, known, ready, self._rules.posts, now, was_cut_off=was_cut_off)
        return replace(decided, planned_for=tuple(subscriptions))

    def _result(self, feed: Feed, answer: Fetched, document: ParsedFeed, now: datetime) -> PollResult:
        """Return the result. The validators of a document without its end would keep the rest from being fetched."""
        torn = document.torn or answer.short
        return PollResult(
            next_poll_at=self._after_torn(feed, document.parse_time, now)
            if torn
            else self._next_poll(feed, answer.max_age, document.ttl, now, document.parse_time),
            move=self._move(answer.moved_to),
            validators=None if torn else answer.validators,
            torn=torn,
            left_out=None if torn else document.left_out,
            title=safe_title(document.title, feed.url, answer.url),
            link=document.link,
            full=not torn,
            ttl=document.ttl,
            parse_time=document.parse_time,
            site_rest_until=poll_schedule.site_rest_until(document.parse_time, now),
            leased_until=feed.leased_until,
        )

    async def _failed(self, feed: Feed, error: errors.SourceError) -> None:
        now = self._clock()
        result = poll_schedule.after_failure(feed, self._rules.polling, error, self._jitter(), now)
        if not await self._feeds.settle_failed(feed.id, result, now):
            _log_lost(feed)
            return
        log.warning(
            "feed ended" if result.ended else "feed failed",
            feed=feed.name,
            error=result.error,
            failures=feed.failures + 1,
            next_poll=result.next_poll_at.isoformat(timespec="seconds"),
        )

    def _next_poll(
        self,
        feed: Feed,
        max_age: timedelta | None,
        ttl: timedelta | None,
        now: datetime,
        parse_time: timedelta = _NO_TIME,
    ) -> datetime:
        settings, jitter = self._rules.polling, self._jitter()
        return poll_schedule.after_success(feed, settings, (max_age, ttl), jitter, now, parse_time)

    def _after_torn(self, feed: Feed, parse_time: timedelta, now: datetime) -> datetime:
        return poll_schedule.after_torn(feed, self._rules.polling, self._jitter(), now, parse_time)

    def _move(self, url: str) -> Move | None:
        if not url:
            return None
        site = site_of(url)
        return Move(url, site, self._rules.budget(site))


async def _outline_of(answer: Fetched) -> Outline | None:
    """Return the document's items; those of a long one in a thread, so that nothing else waits."""
    if len(answer.body) <= _MAX_QUICK_OUTLINE:
        return outline_of(answer)
    return await asyncio.to_thread(outline_of, answer)


def _log_fields(feed: Feed) -> dict[str, object]:
    return {"feed": feed.name}


def _log_lost(feed: Feed) -> None:
    log.info(
        "poll lost its claim", feed=feed.name, effect="the feed is polled again, if it has not been already"
    )


def _log_recovery(feed: Feed) -> None:
    if feed.failures:
        log.info("feed recovered", feed=feed.name, failures=feed.failures)


def _log_move(feed: Feed, result: PollResult) -> None:
    if result.move is not None:
        log.info("feed moved", feed=feed.name, to=label_of(result.move.url))


def _count_found(decided: Plan) -> int:
    """Return how many posts were sent before the database was restored."""
    planned = [each.deliveries for each in decided.new] + [each.deliveries for each in decided.known]
    return sum(delivery.found is not None for delivery in chain.from_iterable(planned))


def _log_poll(feed: Feed, document: ParsedFeed, decided: Plan, recorded: RecordResult, *, torn: bool) -> None:
    fields = {
        "feed": feed.name,
        "new": recorded.new,
        "edited": recorded.edited,
        "seen": decided.unchanged,
        "deliveries": recorded.deliveries,
    }
    if found := _count_found(decided):
        fields["found"] = found
    if document.skipped:
        fields["unreadable_entries"] = document.skipped
    if document.left_out:
        fields["left_out"] = document.left_out
    if torn:
        fields["torn"] = "the document breaks off or is shorter than announced; it is fetched again soon"
    elif recorded.new and not decided.unchanged and not decided.known and not decided.baselined:
        fields["gap"] = "the last poll's entries are gone, so posts in between may be missing"
    if document.parse_time > poll_schedule.SLOW_PARSE:
        fields["parse_seconds"] = round(document.parse_time.total_seconds(), 1)
    if recorded.held:
        log.warning("posts held", held=recorded.held, see="feed-relay db stats", **fields)
    else:
        notable = recorded.new or recorded.edited or document.left_out or torn
        (log.info if notable else log.debug)("polled", **fields)
