"""Reads deliveries, and records what follows when one was sent."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import Delivery, FoundMessage
from bot.store import rows
from bot.store.database import Reader, Transaction


async def read_deliveries(reader: Reader, ids: Sequence[int]) -> list[Delivery]:
    """Return the deliveries with these ids, with everything that rendering needs."""
    found = await reader.rows("claimed_deliveries", ids=ids) if ids else ()
    return [rows.delivery(row) for row in found]


async def read_found(reader: Reader, channel_id: int) -> tuple[FoundMessage, ...]:
    """Return the messages found in a channel after a restore that belong to no delivery yet, oldest first."""
    return tuple(map(rows.found_message, await reader.rows("found_messages", channel_id=channel_id)))


async def follow_up(
    tx: Transaction, delivery_id: int, now: datetime, *, opens_thread: bool, publishable: bool
) -> None:
    """Request a delivery's thread, and the publication of its message."""
    if opens_thread:
        await tx.run("add_thread", id=delivery_id, now=now)
    if publishable:
        await tx.run("add_publication", id=delivery_id, now=now)


async def settle_found(
    tx: Transaction, entry_id: int, channel_id: int, found: FoundMessage, reason: str, now: datetime
) -> bool:
    """Record that a post was sent as the found message; return False if that belongs to another post."""
    settled = await tx.rows(
        "settle_found",
        entry_id=entry_id,
        channel_id=channel_id,
        message_id=found.message_id,
        reason=reason,
        now=now,
    )
    for row in settled:
        is_thread = bool(found.thread_name)
        await follow_up(tx, row["id"], now, opens_thread=not is_thread, publishable=found.publishable)
    return bool(settled)
