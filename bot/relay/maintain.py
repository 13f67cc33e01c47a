"""Keep the database in shape: prune old texts, end abandoned subscriptions, maintain the search index."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.store.store import Store

log = structlog.get_logger(__name__)

MAX_PRUNED = 500
"""Entries pruned in one transaction, so that other writes do not wait long."""

SUBSCRIPTION_RETENTION = timedelta(days=30)
"""How long subscriptions outlive their channel, or the bot's removal from their server."""

RECOVERY_RETENTION = timedelta(days=30)
"""How long messages found after a restore are kept, for feeds that can't be polled at first."""


async def maintain(store: Store, retention: timedelta | None, now: datetime) -> None:
    """Delete what is too old, and tidy the database file. `retention` None: texts are kept forever."""
    if retention is not None:
        while await store.archive.prune(now - retention, now, MAX_PRUNED) == MAX_PRUNED:
            pass
    ended = await store.guilds.forget(now - SUBSCRIPTION_RETENTION, now)
    if ended:
        log.info("subscriptions ended", subscriptions=ended, reason="their channels are gone")
    await store.removals.forget(now)
    await store.recoveries.forget(now - RECOVERY_RETENTION)
    await store.maintain()


async def index(store: Store, wake: Callable[[], None]) -> None:
    """Index some of the missing entries, tidy the index, or compress some texts that an earlier version wrote.

    `wake` asks for another run, so that others can write.
    """
    if await store.index.catch_up() or await store.index.merge() or await store.packing.step():
        wake()
