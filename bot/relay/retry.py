"""Outcome of a send → what happens to the delivery, publication or notice.

Nothing that can still succeed is given up. A waiting channel keeps its order, and Discord's outages end.
"""

from datetime import datetime, timedelta

from bot.model import (
    Dead,
    Delivery,
    DeliveryState,
    NoticeMessage,
    Outcome,
    Publication,
    Refused,
    Retry,
    Sent,
    Settlement,
    Upkeep,
)
from bot.relay.backoff import backoff

NONCE_WINDOW = timedelta(minutes=2)
"""How long Discord is sure to remember a nonce. Its documentation says "the past few minutes"."""

LATE_ARRIVAL = timedelta(seconds=30)
"""How long after a lost answer Discord may still store the message. Before that, finding nothing proves nothing."""

FIRST_WAIT = timedelta(seconds=2)
MAX_WAIT = timedelta(minutes=10)
FIRST_PROBE = timedelta(minutes=5)
MAX_PROBE = timedelta(hours=6)
MAX_PUBLICATION_ATTEMPTS = 30
"""After this many attempts the message stays unpublished."""

MAX_UPKEEP_ATTEMPTS = 30
"""After this many attempts a message gets no thread, or keeps its look."""

MAX_NOTICE_ATTEMPTS = 12
"""After this many attempts, notices are repeated rarely: somebody must let the bot write first."""


def nonce_holds(uncertain_since: datetime | None, now: datetime) -> bool:
    """Return whether a second send with the same nonce still cannot post twice.

    A send in the future was dated by a wrong clock, and may be long past.
    """
    return uncertain_since is not None and timedelta() <= now - uncertain_since < NONCE_WINDOW


def arrives_within(uncertain_until: datetime | None, now: datetime) -> timedelta:
    """Return for how long the message of an uncertain send may still arrive."""
    if uncertain_until is None:
        return timedelta()
    return min(max(uncertain_until + LATE_ARRIVAL - now, timedelta()), LATE_ARRIVAL)


def settle(
    delivery: Delivery, outcome: Outcome, sent_at: datetime, now: datetime, *, pings: bool = False
) -> Settlement:
    """Decide what happens to a delivery after a send that began at `sent_at`. `pings`: whether the message does."""
    match outcome:
        case Sent(message_id, publishable, note):
            return Settlement(
                DeliveryState.SENT,
                now,
                note,
                message_id=message_id,
                publishable=publishable,
                pinged=pings,
            )
        case Retry(reason):
            since, until = _uncertainty(delivery, outcome, sent_at, now)
            due_at = now + _wait(outcome, delivery.attempts)
            return Settlement(
                DeliveryState.PENDING, due_at, reason, uncertain_since=since, uncertain_until=until
            )
        case Refused(reason):
            probe_at = now + backoff(FIRST_PROBE, delivery.probes, MAX_PROBE)
            return Settlement(
                DeliveryState.PENDING,
                now,
                reason,
                uncertain_since=delivery.uncertain_since,
                uncertain_until=delivery.uncertain_until,
                probe_at=probe_at,
            )
        case Dead(reason):
            return Settlement(DeliveryState.DEAD, now, reason)


def _uncertainty(
    delivery: Delivery, outcome: Retry, sent_at: datetime, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return the start and end of the time in which an unknown message may have been sent; None: there is none."""
    since = None if outcome.searched else delivery.uncertain_since
    if not outcome.uncertain and since is None:
        return None, None
    is_new = outcome.lost or since is None
    return since or sent_at, now if is_new else delivery.uncertain_until


def publication_retry_at(publication: Publication, outcome: Outcome, now: datetime) -> datetime | None:
    """Return when to try to publish again, or None if it is published or given up."""
    if isinstance(outcome, Retry) and publication.attempts < MAX_PUBLICATION_ATTEMPTS:
        return now + _wait(outcome, publication.attempts)
    return None


def upkeep_retry_at(upkeep: Upkeep, outcome: Outcome, now: datetime) -> datetime | None:
    """Return when to try to work on a message again, or None if it is done or given up."""
    if isinstance(outcome, Retry | Refused) and upkeep.attempts < MAX_UPKEEP_ATTEMPTS:
        return now + _wait(outcome, upkeep.attempts)
    return None


def notice_retry_at(message: NoticeMessage, outcome: Outcome, now: datetime) -> datetime | None:
    """Return when to send notices again, or None if they are sent or given up.

    After MAX_NOTICE_ATTEMPTS they are repeated as rarely as a refusing channel is probed. Only what Discord never
    accepts is given up, unless it asks for a decision about held posts.
    """
    if isinstance(outcome, Retry | Refused):
        is_early = message.attempts < MAX_NOTICE_ATTEMPTS
        return now + (_wait(outcome, message.attempts) if is_early else MAX_PROBE)
    needs_decision = message.hold_id is not None and not isinstance(outcome, Sent)
    return now + MAX_PROBE if needs_decision else None


def _wait(outcome: Retry | Refused, attempts: int) -> timedelta:
    """Return how long Discord asks to wait, or our own back-off if it does not say."""
    requested = outcome.after if isinstance(outcome, Retry) else None
    return backoff(FIRST_WAIT, attempts, MAX_WAIT) if requested is None else requested
