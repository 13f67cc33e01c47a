"""Holds: posts kept back until an admin decides, once."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import NEWEST_COUNT, Decision, Hold
from bot.store import rows
from bot.store.queries import SQL
from bot.store.rows import as_json, milliseconds
from bot.store.sqlite.database import Database, Writer

_EVERYTHING = -1
_SKIPPED = "an admin skipped it"


class Holds:
    """What waits for a decision."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, hold_id: int) -> Hold | None:
        """A hold, decided or not; None: there is none of this id (any more)."""
        found = await self._db.read(SQL["hold"], {"id": hold_id})
        return rows.hold(found[0]) if found else None

    async def undecided(self, subscription_ids: Sequence[int]) -> list[Hold]:
        """What waits for these subscriptions, oldest first."""
        found = await self._db.read(SQL["undecided_holds"], (as_json(subscription_ids),))
        holds = [await self.get(row["id"]) for row in found]
        return [hold for hold in holds if hold is not None]

    async def decide(self, hold_id: int, decision: Decision, user_id: int, now: datetime) -> Hold | None:
        """Decide, and let the posts go or skip them, in one transaction.

        Returns the hold as it was before; None: there is none, or somebody decided before.
        """
        before = await self.get(hold_id)

        async def work(writer: Writer) -> bool:
            values = {"id": hold_id, "decision": decision, "user_id": user_id, "now": milliseconds(now)}
            if not await writer.rows(SQL["decide_hold"], values):
                return False
            most = {Decision.NEWEST: NEWEST_COUNT, Decision.ALL: _EVERYTHING, Decision.SKIP: 0}[decision]
            due = milliseconds(now)
            await writer.run(SQL["release_held"], {"hold_id": hold_id, "most": most, "now": due})
            await writer.run(SQL["skip_held"], {"hold_id": hold_id, "reason": _SKIPPED, "now": due})
            return True

        return before if await self._db.write(work) else None


async def open_hold(writer: Writer, subscription_id: int, now: datetime) -> int:
    """The undecided hold of a subscription, made and announced if there is none."""
    await writer.run(SQL["open_hold"], {"subscription_id": subscription_id, "now": milliseconds(now)})
    (row,) = await writer.rows(SQL["undecided_hold"], (subscription_id,))
    hold_id: int = row["id"]
    await writer.run(SQL["tell_of_hold"], {"hold_id": hold_id, "now": milliseconds(now)})
    return hold_id
