"""Shell: claim the notices that are due, render, send, settle."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.model import Dead, Notice, Refused, Retry, Sent
from bot.relay import retry
from bot.relay.deliver import Sender
from bot.store.notices import Notices
from bot.text.notices import render_notice

log = structlog.get_logger(__name__)

AT_ONCE = 8
LEASE = timedelta(minutes=10)
ATTEMPTS = 12
"""Sends begun before a notice is given up: nobody needs to hear of trouble that is long over.

One that asks for a decision is not given up: its posts would wait for ever.
"""


class Notifier:
    """Tells admins what they have to know."""

    def __init__(
        self, notices: Notices, sender: Sender, instance: str, clock: Callable[[], datetime]
    ) -> None:
        """`instance`: the database's random name, part of each nonce."""
        self._notices = notices
        self._sender = sender
        self._instance = instance
        self._clock = clock

    async def tick(self) -> int:
        """Tell what is due, one after the other, and say how much that was."""
        claimed = await self._notices.claim(self._clock(), LEASE, AT_ONCE)
        for notice in claimed:
            await self._tell(notice)
        return len(claimed)

    async def _tell(self, notice: Notice) -> None:
        begun = self._clock()
        outcome = await self._sender.send(
            notice.channel_id,
            render_notice(notice),
            nonce=f"{self._instance}-n{notice.id}",
            uncertain_since=notice.uncertain_since,
            nonce_holds=retry.nonce_holds(notice.uncertain_since, begun),
            others=frozenset(),
        )
        if isinstance(outcome, Refused | Dead) and await self._notices.redirect(notice, self._clock()):
            log.warning("notice refused", kind=notice.kind, channel=notice.channel_id, reason=outcome.reason)
            return
        message_id = outcome.message_id if isinstance(outcome, Sent) else None
        is_question = notice.hold_id is not None
        again_at = retry.notice_again(
            notice.attempts, outcome, self._clock(), ATTEMPTS, is_question=is_question
        )
        uncertain = isinstance(outcome, Retry) and outcome.uncertain
        await self._notices.settle(notice, message_id, again_at, uncertain=uncertain)
        log.info("notice", kind=notice.kind, channel=notice.channel_id, told=message_id is not None)
