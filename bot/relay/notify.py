"""Send the notices that are due: claim, render, send, settle."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.model import Dead, Notice, Refused, Retry, Sent
from bot.relay import retry
from bot.relay.deliver import Sender
from bot.store.notices import Notices
from bot.text.notices import render_notice

log = structlog.get_logger(__name__)

MAX_NOTICES = 8
"""How many notices one tick sends."""

LEASE = timedelta(minutes=10)

MAX_ATTEMPTS = 12
"""After this many attempts a notice is given up, because old trouble no longer matters.

A notice that asks for a decision is never given up: its posts would wait forever.
"""


class Notifier:
    """Sends notices to admins."""

    def __init__(
        self, notices: Notices, sender: Sender, instance: str, clock: Callable[[], datetime]
    ) -> None:
        """`instance`: the database's random name, part of each nonce."""
        self._notices = notices
        self._sender = sender
        self._instance = instance
        self._clock = clock

    async def tick(self) -> int:
        """Send the notices that are due, one after the other, and return how many were due."""
        claimed = await self._notices.claim(self._clock(), LEASE, MAX_NOTICES)
        for notice in claimed:
            await self._notify(notice)
        return len(claimed)

    async def _notify(self, notice: Notice) -> None:
        sent_at = self._clock()
        outcome = await self._sender.send(
            notice.channel_id,
            render_notice(notice),
            nonce=f"{self._instance}-n{notice.id}",
            uncertain_since=notice.uncertain_since,
            nonce_holds=retry.nonce_holds(notice.uncertain_since, sent_at),
            uncertain_until=None,
            arrives_within=retry.arrives_within(notice.uncertain_since, sent_at),
            others=frozenset(),
        )
        fields = {"kind": notice.kind, "channel": notice.channel_id}
        if isinstance(outcome, Refused | Dead) and await self._notices.redirect(notice, self._clock()):
            log.warning("notice refused", reason=outcome.reason, **fields)
            return
        message_id = outcome.message_id if isinstance(outcome, Sent) else None
        retry_at = retry.notice_retry_at(notice, outcome, self._clock(), MAX_ATTEMPTS)
        uncertain = isinstance(outcome, Retry) and outcome.uncertain
        await self._notices.settle(notice, message_id, retry_at, uncertain=uncertain)
        log.info("notice", sent=message_id is not None, **fields)
