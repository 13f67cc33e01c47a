"""Send the notices that are due: claim, render, send, settle."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.model import (
    Dead,
    Notice,
    NoticeMessage,
    NoticePlan,
    Outcome,
    Refused,
    Retry,
    Sent,
    SentNotice,
    Uncertainty,
)
from bot.relay import retry
from bot.relay.deliver import Sender
from bot.relay.notice_plan import plan_notices, units_of
from bot.relay.tasks import Tasks
from bot.store.notices import GATHER_TIME, Notices
from bot.text.notices import count_fitting, render_notices

log = structlog.get_logger(__name__)

MAX_MESSAGES = 8
"""How many messages are sent at the same time."""

LEASE = timedelta(minutes=10)

OpenDirect = Callable[[int, int], Awaitable[int | Outcome]]
"""Given a guild and a member's id, returns the id of the channel for direct messages to the member.

If the member can't get any or no longer manages the guild, it returns the outcome of such a message.
"""


def decide(waiting: Sequence[Notice], sent: Sequence[SentNotice], now: datetime) -> NoticePlan:
    """Decide about the notices that wait for a place; as many as fit share a message."""
    return plan_notices(waiting, sent, now, now + GATHER_TIME, count_fitting)


class Notifier:
    """Sends notices to admins."""

    def __init__(
        self,
        notices: Notices,
        sender: Sender,
        open_direct: OpenDirect,
        instance: str,
        clock: Callable[[], datetime],
    ) -> None:
        """`instance`: the database's random name, part of each nonce."""
        self._notices = notices
        self._sender = sender
        self._open_direct = open_direct
        self._instance = instance
        self._clock = clock
        self._tasks = Tasks("notice", self.notify, _log_fields, lambda message: message.id)
        self.drain = self._tasks.drain
        self.abandon = self._tasks.abandon

    async def tick(self) -> int:
        """Start sending the messages that are due, and return how many; `drain` waits for them."""
        room = self._tasks.room(MAX_MESSAGES)
        sending = [message.id for message in self._tasks.items]
        claimed = await self._notices.claim(self._clock(), LEASE, room, decide, sending) if room else []
        return self._tasks.start(claimed)

    async def notify(self, message: NoticeMessage) -> None:
        """Send one claimed message and settle it."""
        if not await self._notices.is_leased(message):
            log.warning("another process took over a notice", **_log_fields(message))
            return
        outcome = await self._send(message)
        if isinstance(outcome, Refused | Dead) and await self._notices.redirect(message, self._clock()):
            log.warning("notice refused", reason=outcome.reason, **_log_fields(message))
            return
        message_id = outcome.message_id if isinstance(outcome, Sent) else None
        retry_at = retry.notice_retry_at(message, outcome, self._clock())
        uncertain = isinstance(outcome, Retry) and outcome.uncertain
        await self._notices.settle(message, message_id, retry_at, uncertain=uncertain)
        log.info("notice", sent=message_id is not None, **_log_fields(message))

    async def _send(self, message: NoticeMessage) -> Outcome:
        channel = await self._channel_of(message)
        if not isinstance(channel, int):
            return channel
        return await self._sender.send(
            channel,
            render_notices(units_of(message.notices)),
            nonce=f"{self._instance}-n{message.id}",
            uncertainty=_uncertainty(message.uncertain_since, self._clock()),
        )

    async def _channel_of(self, message: NoticeMessage) -> int | Outcome:
        if not message.direct:
            return message.channel_id
        return await self._open_direct(message.guild_id or 0, message.channel_id)


def _uncertainty(since: datetime | None, now: datetime) -> Uncertainty | None:
    if since is None:
        return None
    arrives_within = retry.arrives_within(since, now)
    return Uncertainty(since, arrives_within=arrives_within, nonce_holds=retry.nonce_holds(since, now))


def _log_fields(message: NoticeMessage) -> dict[str, object]:
    kinds = sorted({notice.kind.value for notice in message.notices})
    return {"kinds": kinds, "notices": len(message.notices), "channel": message.channel_id}
