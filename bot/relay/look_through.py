"""After a restore, find what was sent since the backup, by reading each channel's history before anything is sent.

A post whose message is found counts as sent. If a channel can't be read completely, the bot searches for each of its
posts before it sends it: see `Uncertainty`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.model import Dead, Delivery, FoundMessage, HistoryPage, Message, Recovery, Refused, Retry, sent_at
from bot.relay import retry
from bot.relay.backoff import backoff
from bot.relay.recover import FOUND_REASON, match_found
from bot.relay.rendering import render_or_give_up
from bot.store.recoveries import Recoveries

log = structlog.get_logger(__name__)

MAX_CHANNELS = 8
"""How many channels are looked through at the same time."""

MAX_PAGES = 100
"""Pages per channel, newest first, of up to 100 messages each. Older messages count as unread."""

MAX_ATTEMPTS = 8
"""Failures in a row, in about four minutes, after which the rest of a channel counts as unread."""

CHECK_INTERVAL = 1.0
"""Seconds between two checks of whether another process has looked through the channels."""

FIRST_WAIT = timedelta(seconds=2)
MAX_WAIT = timedelta(minutes=1)


class History(Protocol):
    """Reads the history of channels."""

    async def look_back(
        self, channel_id: int, since: datetime, read_down_to: int | None
    ) -> HistoryPage | Refused | Retry:
        """Return the page of messages older than `read_down_to` (None: the newest page), down to `since`."""


class LookThrough:
    """Reads the channels of a restored database."""

    def __init__(
        self,
        recoveries: Recoveries,
        history: History,
        summary_length: int,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._recoveries = recoveries
        self._history = history
        self._summary_length = summary_length
        self._clock = clock
        self._sleep = sleep
        self._places = asyncio.Semaphore(MAX_CHANNELS)

    async def run(self) -> None:
        """Read all channels if the database was restored. After a kill, it continues where it was.

        Raises StoreError. If cancelled, nothing is lost.
        """
        await self._recoveries.begin(self._clock(), retry.NONCE_WINDOW)
        left = await self._recoveries.unfinished()
        if not left:
            return
        log.warning("database restored", copied_at=f"{left[0].since:%Y-%m-%d %H:%M} UTC", channels=len(left))
        await self._await_late_messages(max(recovery.until for recovery in left))
        looks = [
            asyncio.create_task(self._look(each), name=f"look through {each.channel_id}") for each in left
        ]
        try:
            await asyncio.gather(*looks)
        finally:
            for look in looks:
                look.cancel()
        log.info("channels looked through", channels=len(left))

    async def wait(self) -> None:
        """Wait until another process has read all channels, if the database was restored. Raises StoreError."""
        if not await self._recoveries.are_due():
            return
        then = "feeds are polled when a process with the role deliver has looked through the channels"
        log.warning("database restored", then=then)
        while await self._recoveries.are_due():
            await self._sleep(CHECK_INTERVAL)
        log.info("channels looked through by another process")

    async def _await_late_messages(self, restored_at: datetime) -> None:
        """Wait until Discord has stored the messages that were on their way when the former bot was killed."""
        wait = restored_at + retry.LATE_ARRIVAL - self._clock()
        if wait > timedelta():
            await self._sleep(min(wait, retry.LATE_ARRIVAL).total_seconds())

    async def _look(self, recovery: Recovery) -> None:
        async with self._places:
            unread_until, reason = await self._read(recovery)
            found = await self._recoveries.found(recovery.channel_id)
            posted = await self._posted(recovery.channel_id, found)
            await self._recoveries.end(
                recovery, posted, FOUND_REASON, unread_until, self._clock(), retry.NONCE_WINDOW
            )
        fields = {"channel": recovery.channel_id, "messages": len(found), "waited": len(posted)}
        if unread_until is None:
            log.info("channel looked through", **fields)
        else:
            then = "searches for each post before it is sent"
            log.warning("channel not read completely", reason=reason, then=then, **fields)

    async def _read(self, recovery: Recovery) -> tuple[datetime | None, str]:
        """Store the channel's messages. Return before when they could not be read, and why; None: all were read."""
        read_down_to, pages, attempts = recovery.read_down_to, recovery.pages, 0
        reason, was_empty = f"it has more than {MAX_PAGES} pages of messages", False
        while pages < MAX_PAGES and attempts < MAX_ATTEMPTS:
            page = await self._history.look_back(recovery.channel_id, recovery.since, read_down_to)
            if isinstance(page, HistoryPage):
                await self._recoveries.add_page(recovery.channel_id, page)
                # An empty page counts only if it comes twice: after a wrong one, posts would be sent again.
                if page.is_last and (was_empty or page.read_down_to is not None):
                    return None, ""
                read_down_to, pages, attempts = page.read_down_to or read_down_to, pages + 1, 0
                was_empty = page.is_last
            elif isinstance(page, Retry):
                await self._sleep((page.after or backoff(FIRST_WAIT, attempts, MAX_WAIT)).total_seconds())
                reason, attempts = page.reason, attempts + 1
            else:
                return recovery.until, page.reason
        return recovery.until if read_down_to is None else sent_at(read_down_to), reason

    async def _posted(self, channel_id: int, found: Sequence[FoundMessage]) -> Mapping[int, FoundMessage]:
        """Return the messages of posts that were waiting in the backup and were sent since, by entry id."""
        waiting = await self._recoveries.unsettled(channel_id) if found else []
        matched = match_found([self._render(delivery) for delivery in waiting], found)
        return {waiting[place].entry_id: each for place, each in matched.items()}

    def _render(self, delivery: Delivery) -> Message | None:
        message = render_or_give_up(
            delivery.entry,
            delivery.feed_name,
            delivery.style,
            summary_length=self._summary_length,
            language=delivery.language,
        )
        return None if isinstance(message, Dead) else message
