"""What becomes of a delivery after a send: data and one pure function.

Nothing that can still succeed is given up: a channel that waits keeps its order, and Discord's outages end.
"""

from datetime import datetime, timedelta

from bot.model import Dead, Delivery, DeliveryState, Outcome, Publication, Refused, Retry, Sent, Settlement

NONCE_WINDOW = timedelta(minutes=2)
"""How long Discord surely remembers a nonce; its documentation says "the past few minutes"."""

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
FIRST_PROBE = timedelta(minutes=5)
LONGEST_PROBE = timedelta(hours=6)
PUBLICATION_ATTEMPTS = 30
"""Publishing is given up after that many tries; the message itself stands."""


def nonce_holds(uncertain_since: datetime | None, now: datetime) -> bool:
    """Whether sending again with the same nonce is still safe."""
    return uncertain_since is not None and now - uncertain_since < NONCE_WINDOW


def settle(delivery: Delivery, outcome: Outcome, sent_at: datetime, now: datetime) -> Settlement:
    """`sent_at`: when the send began, since which a message may stand if its answer was lost."""
    match outcome:
        case Sent(message_id, publishable):
            return Settlement(DeliveryState.SENT, now, message_id=message_id, publishable=publishable)
        case Retry(reason, after, uncertain):
            return Settlement(
                DeliveryState.PENDING,
                now + (after if after is not None else _wait(delivery.attempts)),
                reason,
                uncertain_since=(delivery.uncertain_since or sent_at)
                if uncertain
                else delivery.uncertain_since,
            )
        case Refused(reason):
            probe_at = now + min(FIRST_PROBE * (1 << min(delivery.probes, 16)), LONGEST_PROBE)
            return Settlement(
                DeliveryState.PENDING,
                now,
                reason,
                uncertain_since=delivery.uncertain_since,
                probe_at=probe_at,
            )
        case Dead(reason):
            return Settlement(DeliveryState.DEAD, now, reason)


def settle_publication(publication: Publication, outcome: Outcome, now: datetime) -> datetime | None:
    """When to try to publish again; None: it is done, or never will be."""
    if isinstance(outcome, Retry) and publication.attempts < PUBLICATION_ATTEMPTS:
        return now + (outcome.after if outcome.after is not None else _wait(publication.attempts))
    return None


def notice_again(
    attempts: int, outcome: Outcome, now: datetime, most: int, *, is_question: bool
) -> datetime | None:
    """When to try to tell a notice again; None: it is told, or never will be.

    After `most` attempts it is given up; a question, which posts wait for, is then asked as rarely as a refusing
    channel is probed.
    """
    if isinstance(outcome, Retry | Refused) and attempts < most:
        after = outcome.after if isinstance(outcome, Retry) else None
        return now + (after if after is not None else _wait(attempts))
    return now + LONGEST_PROBE if is_question and not isinstance(outcome, Sent) else None


def _wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(attempts, 16)), LONGEST_WAIT)
