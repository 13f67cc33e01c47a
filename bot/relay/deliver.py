"""Shell: claim the deliveries that are due, render, send, settle; publish what announcement channels owe."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot import errors
from bot.model import Dead, Delivery, DeliveryState, Message, Outcome, Publication, Retry, Settlement
from bot.relay import retry
from bot.store.outbox import Outbox
from bot.text.render import render

log = structlog.get_logger(__name__)

AT_ONCE = 64
"""Channels sent to at the same time."""

SEND_DEADLINE = timedelta(minutes=5)
"""No send takes longer, discord.py's own waits included."""

BEFORE_A_DOUBT = timedelta(minutes=10)
"""How far before a doubt a look can reach: the clocks of Discord and of this machine differ."""

LEASE = SEND_DEADLINE * 2
"""A claim outlives its send: nobody sends again while someone still may."""


class Sender(Protocol):
    """What delivering needs of a chat."""

    async def send(
        self,
        channel_id: int,
        message: Message,
        *,
        nonce: str,
        uncertain_since: datetime | None,
        nonce_holds: bool,
        others: frozenset[int],
    ) -> Outcome:
        """Make the message stand in the channel, once: with a doubt, look or rely on the nonce before sending again.

        `others`: messages that look alike may be among these, and are not this one.
        """

    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        """Publish a message to the followers of its announcement channel."""


@dataclass(frozen=True, slots=True)
class DeliverRules:
    """What the config says of messages."""

    summary_length: int


class Deliverer:
    """Sends what is owed."""

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        rules: DeliverRules,
        instance: str,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """`instance`: the database's random name, part of each nonce; `wake` is called when more can be sent."""
        self._outbox = outbox
        self._sender = sender
        self._rules = rules
        self._instance = instance
        self._clock = clock
        self._wake = wake
        self._sends: set[asyncio.Task[None]] = set()

    async def tick(self) -> int:
        """Start sending what is due, and say how much; `drain` waits for it."""
        now = self._clock()
        room = AT_ONCE - len(self._sends)
        if room <= 0:
            return 0
        claimed = await self._outbox.claim(now, LEASE, room)
        for delivery in claimed:
            self._start(self._deliver_logged(delivery), f"deliver {delivery.id}")
        publications = await self._outbox.claim_publications(now, LEASE, room)
        for publication in publications:
            self._start(self._publish_logged(publication), f"publish {publication.delivery_id}")
        return len(claimed) + len(publications)

    async def drain(self, seconds: float | None = None) -> bool:
        """Wait for the sends under way, at most so long; whether all of them ended.

        What did not end by then is cut off, and stays in doubt in the outbox.
        """
        if self._sends:
            await asyncio.wait(self._sends, timeout=seconds)
        rest = list(self._sends)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        return not rest

    async def deliver(self, delivery: Delivery) -> None:
        """Send one claimed delivery and settle it."""
        sent_at = self._clock()
        outcome = await self._send(delivery, await self._others(delivery), sent_at)
        now = self._clock()
        settlement = retry.settle(delivery, outcome, sent_at, now)
        await self._outbox.settle(delivery, settlement, now)
        _log_settled(delivery, settlement)
        self._wake()

    async def _others(self, delivery: Delivery) -> frozenset[int]:
        """What a look for this delivery's message might take for it: posts of one feed can share a link."""
        if delivery.uncertain_since is None:
            return frozenset()
        return await self._outbox.posted(delivery.channel_id, delivery.uncertain_since - BEFORE_A_DOUBT)

    async def _send(self, delivery: Delivery, others: frozenset[int], now: datetime) -> Outcome:
        try:
            message = render(
                delivery.entry,
                delivery.feed_name,
                delivery.style,
                summary_length=self._rules.summary_length,
                mention_roles=delivery.mention_roles,
            )
        except Exception:
            log.exception("entry cannot be rendered", entry=delivery.entry.link, feed=delivery.feed_name)
            return Dead("the post cannot be rendered; the log has the reason, please report it.")
        try:
            async with asyncio.timeout(SEND_DEADLINE.total_seconds()):
                return await self._sender.send(
                    delivery.channel_id,
                    message,
                    nonce=f"{self._instance}-{delivery.id}",
                    uncertain_since=delivery.uncertain_since,
                    nonce_holds=retry.nonce_holds(delivery.uncertain_since, now),
                    others=others,
                )
        except TimeoutError:
            return Retry(
                "Discord did not answer in time; the message is looked for, then sent again.",
                uncertain=True,
            )

    async def publish(self, publication: Publication) -> None:
        """Publish one claimed message and settle it."""
        outcome = await self._sender.publish(publication.channel_id, publication.message_id)
        now = self._clock()
        again_at = retry.settle_publication(publication, outcome, now)
        await self._outbox.settle_publication(publication, outcome, again_at, now)
        self._wake()

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _deliver_logged(self, delivery: Delivery) -> None:
        try:
            await self.deliver(delivery)
        except errors.StoreError as error:
            log.error("delivery not settled", delivery=delivery.id, error=str(error))
        except Exception:
            log.exception("delivery failed by a bug", delivery=delivery.id, channel=delivery.channel_id)

    async def _publish_logged(self, publication: Publication) -> None:
        try:
            await self.publish(publication)
        except errors.StoreError as error:
            log.error("publication not settled", delivery=publication.delivery_id, error=str(error))
        except Exception:
            log.exception("publication failed by a bug", delivery=publication.delivery_id)


def _log_settled(delivery: Delivery, settlement: Settlement) -> None:
    fields = {"delivery": delivery.id, "channel": delivery.channel_id, "feed": delivery.feed_name}
    if settlement.state is DeliveryState.SENT:
        log.info("sent", message=settlement.message_id, entry=delivery.entry.link, **fields)
    elif settlement.probe_at is not None:
        log.warning("channel suspended", reason=settlement.reason, probe=_told(settlement.probe_at), **fields)
    elif settlement.state is DeliveryState.DEAD:
        log.error("delivery given up", reason=settlement.reason, entry=delivery.entry.link, **fields)
    else:
        log.warning("send put off", reason=settlement.reason, until=_told(settlement.due_at), **fields)


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
