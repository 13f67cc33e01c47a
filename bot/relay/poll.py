"""Shell: claim the feeds that are due, fetch, parse, plan, record."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import errors
from bot.model import (
    Feed,
    Fetched,
    Move,
    NotModified,
    ParsedFeed,
    Plan,
    PollResult,
    PollSettings,
    PostSettings,
    Recorded,
    SiteBudget,
    Validators,
)
from bot.relay import poll_schedule
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.source.http.site import site_of
from bot.store.feeds import Feeds
from bot.text.canonical import label_of

log = structlog.get_logger(__name__)

AT_ONCE = 32
"""Feeds polled at the same time, of all sites together."""


Fetch = Callable[[str, Validators], Awaitable[Fetched | NotModified]]
"""Ask a feed's address; raises SourceError."""

Parse = Callable[[Fetched], Awaitable[ParsedFeed]]
"""Read a document; raises SourceError."""


@dataclass(frozen=True, slots=True)
class PollRules:
    """What the config says of polling and posting."""

    polling: PollSettings
    posts: PostSettings
    budget: Callable[[str], SiteBudget]
    lease: timedelta
    """Longer than any fetch and parse: the claim of a poller that died ends then."""


class Poller:
    """Polls what is due."""

    def __init__(
        self,
        feeds: Feeds,
        fetch: Fetch,
        parse: Parse,
        rules: PollRules,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when deliveries were recorded; `jitter` gives numbers in [0, 1)."""
        self._feeds = feeds
        self._fetch = fetch
        self._parse = parse
        self._rules = rules
        self._clock = clock
        self._jitter = jitter
        self._wake = wake
        self._polls: dict[asyncio.Task[None], Feed] = {}
        self._unrecorded: errors.StoreError | None = None

    async def tick(self) -> int:
        """Start polling the feeds that are due, and say how many; `drain` waits for them."""
        room = AT_ONCE - len(self._polls)
        claimed = await self._feeds.claim(self._clock(), self._rules.lease, room) if room > 0 else []
        for feed in claimed:
            task = asyncio.create_task(self._poll_logged(feed), name=f"poll {feed.id}")
            self._polls[task] = feed
            task.add_done_callback(self._polls.pop)
        return len(claimed)

    async def drain(self) -> None:
        """Wait until the polls under way are done. Raises StoreError if one of them could not be recorded."""
        while self._polls:
            await asyncio.wait(self._polls)
        if self._unrecorded is not None:
            raise self._unrecorded

    async def stop(self) -> None:
        """Cut the polls under way short; their feeds stay due."""
        polls = dict(self._polls)
        for task in polls:
            task.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
        for feed in polls.values():
            await self._feeds.unclaim(feed.id)

    async def _poll_logged(self, feed: Feed) -> None:
        try:
            await self.poll(feed)
        except errors.StoreError as error:
            self._unrecorded = error
            log.error("poll not recorded", feed=feed.name, error=str(error))
        except Exception:
            log.exception("poll failed by a bug", feed=feed.name)

    async def poll(self, feed: Feed) -> None:
        """Ask one feed, and record all that follows from its answer."""
        try:
            answer = await self._fetch(feed.url, feed.validators)
            if isinstance(answer, NotModified):
                await self._unchanged(feed, answer)
            else:
                await self._changed(feed, answer, await self._parse(answer))
        except errors.SourceError as error:
            await self._failed(feed, error)

    async def _unchanged(self, feed: Feed, answer: NotModified) -> None:
        now = self._clock()
        due = self._next_poll(feed, answer.max_age, None, now)
        await self._feeds.settle_unchanged(feed.id, PollResult(due, validators=answer.validators), now)
        self._log_recovery(feed)
        log.debug("polled", feed=feed.name, unchanged=True)

    async def _changed(self, feed: Feed, answer: Fetched, document: ParsedFeed) -> None:
        identified = identify(document, answer.url)
        known = await self._feeds.known(feed.id, identified)
        subscriptions = await self._feeds.subscriptions(feed.id)
        now = self._clock()
        decided = plan(feed.id, identified, known, subscriptions, self._rules.posts, now)
        result = PollResult(
            next_poll_at=self._next_poll(feed, answer.max_age, document.ttl, now),
            move=self._move(answer.moved_to),
            validators=answer.validators,
            title=document.title,
            link=document.link,
        )
        recorded = await self._feeds.record(feed.id, decided, result, now)
        self._log_recovery(feed)
        self._log_poll(feed, document, decided, recorded)
        if result.move is not None:
            log.info("feed moved", feed=feed.name, to=label_of(result.move.url))
        if recorded.deliveries:
            self._wake()

    async def _failed(self, feed: Feed, error: errors.SourceError) -> None:
        now = self._clock()
        result = poll_schedule.after_failure(feed, self._rules.polling, error, self._jitter(), now)
        await self._feeds.settle_failed(feed.id, result, now)
        log.warning(
            "feed ended" if result.ended else "feed failed",
            feed=feed.name,
            error=result.error,
            failures=feed.failures + 1,
            next_poll=result.next_poll_at.isoformat(timespec="seconds"),
        )

    def _next_poll(
        self, feed: Feed, max_age: timedelta | None, ttl: timedelta | None, now: datetime
    ) -> datetime:
        return poll_schedule.after_success(feed, self._rules.polling, (max_age, ttl), self._jitter(), now)

    def _move(self, url: str) -> Move | None:
        if not url:
            return None
        site = site_of(url)
        return Move(url, site, self._rules.budget(site))

    def _log_recovery(self, feed: Feed) -> None:
        if feed.failures:
            log.info("feed recovered", feed=feed.name, failures=feed.failures)

    def _log_poll(self, feed: Feed, document: ParsedFeed, decided: Plan, recorded: Recorded) -> None:
        fields = {
            "feed": feed.name,
            "new": recorded.new,
            "edited": recorded.edited,
            "seen": decided.unchanged,
            "deliveries": recorded.deliveries,
        }
        if document.skipped:
            fields["unreadable_entries"] = document.skipped
        if recorded.new and not decided.unchanged and not decided.known and not decided.baselined:
            fields["gap"] = "no entry of the last poll is left; posts between may be missing"
        if recorded.held:
            log.warning("posts held", held=recorded.held, see="feed-relay db stats", **fields)
        else:
            (log.info if recorded.new or recorded.edited else log.debug)("polled", **fields)
