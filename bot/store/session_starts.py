"""Counts the sessions that the bot begins at Discord's gateway, since Discord limits them per day."""

from datetime import datetime, timedelta

from bot.store import rows
from bot.store.database import Repository, Transaction, transaction

_DAY = timedelta(days=1)
_CLOCK_TOLERANCE = timedelta(hours=1)
"""By how much the clocks of two machines may differ."""


class SessionStarts(Repository):
    """Counts the sessions of the last day, including those of other processes."""

    @transaction
    async def add(self, tx: Transaction, shard: int, limit: int, now: datetime) -> datetime | None:
        """Count a session that begins now; if `limit` began within a day, return when the next one may begin.

        Then `Backlog.no_session_until` says so, and the bot's owner gets a notice.
        """
        await tx.run("forget_session_starts", before=now - _DAY, after=now + _CLOCK_TOLERANCE)
        (found,) = await tx.rows("count_session_starts", since=now - _DAY)
        if found["sessions"] >= limit:
            return await _stop(tx, rows.required(found["first_at"]) + _DAY, now)
        await tx.run("resume_sessions")
        await tx.run("add_session_start", shard=shard, now=now)
        return None


async def _stop(tx: Transaction, until: datetime, now: datetime) -> datetime:
    await tx.run("stop_sessions", until=until)
    await tx.run("add_session_notice", detail=str(int(until.timestamp())), now=now, since=now - _DAY)
    return until
