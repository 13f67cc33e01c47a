"""Send the deliveries that are due: claim, render, send, settle."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.model import Dead, Delivery, DeliveryState, Message, Outcome, Retry, Settlement, Uncertainty
from bot.relay import retry
from bot.relay.pings import roles_to_ping
from bot.relay.rendering import render_or_give_up
from bot.relay.tasks import TAKE_BACK_AFTER, Tasks
from bot.store.outbox import Outbox

log = structlog.get_logger(__name__)

MAX_SENDS = 64
"""How many channels are sent to at the same time."""

SEND_TIMEOUT = timedelta(minutes=5)
"""For one send, including the time that discord.py waits for rate limits."""

CLOCK_TOLERANCE = timedelta(hours=3)
"""By how much this machine's clock may have changed, twice what `chat/find_sent.py` allows for."""

LEASE = SEND_TIMEOUT * 2
"""A claim outlives its send, so that nobody else sends the delivery while this process still may."""
_TAKEN_OVER = "another process took over a delivery"


class Sender(Protocol):
    """Sends messages to Discord."""

    async def send(
        self,
        channel_id: int,
        message: Message,
        *,
        nonce: str,
        uncertainty: Uncertainty | None,
    ) -> Outcome:
        """Send the message once. If it may have arrived already, search for it or rely on the nonce first."""


class Deliverer:
    """Sends the deliveries that are due."""

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        summary_length: int,
        instance: str,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
        on_settled: Callable[[Settlement], None] = lambda _: None,
        *,
        has_deputies: bool = False,
    ) -> None:
        """`instance`: the database's random name, a part of each nonce. `wake` is called after each settled delivery.

        `has_deputies`: another process takes over if this one freezes for a while.
        """
        self._outbox = outbox
        self._sender = sender
        self._summary_length = summary_length
        self._instance = instance
        self._clock = clock
        self._wake = wake
        self._on_settled = on_settled
        self._has_deputies = has_deputies
        self._tasks = Tasks("delivery", self.deliver, _log_fields, lambda delivery: delivery.id)
        self.drain = self._tasks.drain  # a cancelled send is uncertain in the outbox
        self.abandon = self._tasks.abandon
        self.finish = self._tasks.finish

    async def tick(self) -> int:
        """Start sending the deliveries that are due, and return how many; `drain` waits for them."""
        room = self._tasks.room(MAX_SENDS)
        claimed = await self._outbox.claim(self._clock(), LEASE, room, self._sending()) if room else []
        return self._tasks.start(claimed)

    async def take_back(self) -> None:
        """Take back old claims of deliveries that this process doesn't send. Raises StoreError."""
        if count := await self._outbox.take_back(self._clock() - TAKE_BACK_AFTER, self._sending()):
            log.warning("claims taken back", deliveries=count)
            self._wake()

    def _sending(self) -> list[int]:
        return [delivery.id for delivery in self._tasks.items]

    async def deliver(self, delivery: Delivery) -> None:
        """Send one claimed delivery and settle it."""
        if self._has_deputies and not await self._outbox.is_leased(delivery):
            log.warning(_TAKEN_OVER, **_log_fields(delivery))
            return
        sent_at = self._clock()
        roles = roles_to_ping(delivery, sent_at)
        outcome = await self._send(delivery, roles, await self._uncertainty(delivery, sent_at))
        now = self._clock()
        settlement = retry.settle(delivery, outcome, sent_at, now, pings=bool(roles))
        if await self._outbox.settle(delivery, settlement, now):
            self._on_settled(settlement)
            _log_settlement(delivery, settlement)
        else:
            log.warning(_TAKEN_OVER, **_log_fields(delivery))
        self._wake()

    async def _uncertainty(self, delivery: Delivery, now: datetime) -> Uncertainty | None:
        """Return what is known of earlier sends; None: there was none that may have arrived."""
        since, until = delivery.uncertain_since, delivery.uncertain_until
        if since is None:
            return None
        others = await self._outbox.posted(delivery.channel_id, since - CLOCK_TOLERANCE)
        return Uncertainty(
            since, until, retry.arrives_within(until, now), others, nonce_holds=retry.nonce_holds(since, now)
        )

    async def _send(
        self, delivery: Delivery, roles: tuple[int, ...], uncertainty: Uncertainty | None
    ) -> Outcome:
        message = self._render(delivery, roles)
        if isinstance(message, Dead):
            return message
        try:
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                return await self._sender.send(
                    delivery.channel_id,
                    message,
                    nonce=f"{self._instance}-{delivery.id}",
                    uncertainty=uncertainty,
                )
        except TimeoutError:
            reason = "Discord did not answer in time. The bot checks for the message before it tries again."
            return Retry(reason, uncertain=True, lost=True)

    def _render(self, delivery: Delivery, roles: tuple[int, ...]) -> Message | Dead:
        message = render_or_give_up(
            delivery.entry,
            delivery.feed_name,
            delivery.style,
            summary_length=self._summary_length,
            mention_roles=roles,
            language=delivery.language,
        )
        if isinstance(message, Dead):
            return message
        return replace(message, silent=delivery.silent, link_keys=delivery.link_keys)


def _log_fields(delivery: Delivery) -> dict[str, object]:
    return {"delivery": delivery.id, "channel": delivery.channel_id, "feed": delivery.feed_name}


def _log_settlement(delivery: Delivery, settlement: Settlement) -> None:
    fields = _log_fields(delivery)
    if settlement.state is DeliveryState.SENT:
        noted = {"note": settlement.reason} if settlement.reason else {}
        log.info("sent", message=settlement.message_id, entry=delivery.entry.link, **noted, **fields)
    elif settlement.probe_at is not None:
        probe_at = settlement.probe_at.isoformat(timespec="seconds")
        log.warning("channel suspended", reason=settlement.reason, probe=probe_at, **fields)
    elif settlement.state is DeliveryState.DEAD:
        log.error("delivery given up", reason=settlement.reason, entry=delivery.entry.link, **fields)
    else:
        until = settlement.due_at.isoformat(timespec="seconds")
        log.warning("send postponed", reason=settlement.reason, until=until, **fields)
