"""Holds: posts kept back until an admin decides, once."""

import sys
from collections.abc import Sequence
from datetime import datetime

from bot.model import NEWEST_COUNT, Decision, Hold
from bot.store import rows
from bot.store.database import Reader, Repository, Transaction, transaction

_RELEASED = {Decision.NEWEST: NEWEST_COUNT, Decision.ALL: sys.maxsize, Decision.SKIP: 0}


class Holds(Repository):
    """Posts that wait for an admin's decision."""

    async def get(self, hold_id: int) -> Hold | None:
        """Return a hold, decided or not; None if there is none with this id."""
        return await read_hold(self._db, hold_id)

    async def undecided(self, subscription_ids: Sequence[int]) -> list[Hold]:
        """Return the undecided holds of these subscriptions, oldest first."""
        found = await self._db.rows("undecided_holds", subscription_ids=subscription_ids)
        holds = [await self.get(row["id"]) for row in found]
        return [hold for hold in holds if hold is not None]

    @transaction
    async def decide(
        self, tx: Transaction, hold_id: int, decision: Decision, user_id: int, now: datetime
    ) -> Hold | None:
        """Decide, and release or skip the posts, in one transaction.

        Returns the hold as it was before; None if it does not exist, or somebody decided before.
        """
        return await decide_hold(tx, hold_id, decision, user_id, now)


async def decide_hold(
    tx: Transaction, hold_id: int, decision: Decision, user_id: int, now: datetime
) -> Hold | None:
    """Decide within a transaction: see `Holds.decide`."""
    before = await read_hold(tx, hold_id)
    if not await tx.rows("decide_hold", id=hold_id, decision=decision, user_id=user_id, now=now):
        return None
    await tx.run("release_held", hold_id=hold_id, limit=_RELEASED[decision], now=now)
    await tx.run("skip_held", hold_id=hold_id, reason="an admin skipped it", now=now)
    return before


async def read_hold(reader: Reader, hold_id: int) -> Hold | None:
    """Return a hold as the database, or an open transaction, sees it; None if none has this id."""
    row = await reader.row("hold", id=hold_id)
    return None if row is None else rows.hold(row)


async def open_hold(tx: Transaction, subscription_id: int, now: datetime) -> int:
    """Return the id of a subscription's undecided hold; if there is none, create one and announce it."""
    await tx.run("open_hold", subscription_id=subscription_id, now=now)
    (row,) = await tx.rows("undecided_hold", subscription_id=subscription_id)
    await tx.run("add_hold_notice", hold_id=row["id"], now=now)
    return int(row["id"])
