"""Limits sessions at Discord's gateway: the shards of each process, turns between processes, and a daily maximum.

https://docs.discord.com/developers/events/gateway#sharding
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.errors import StoreError
from bot.model import Role

MAX_SESSIONS_PER_DAY = 800
"""Over all shards. Discord resets the token of a bot that begins more than 1,000."""
IDENTIFY_INTERVAL = 5.0
"""Seconds between the starts of two sessions whose shards have the same remainder modulo `max_concurrency`."""
_DAY = timedelta(days=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of one process, and the number of shards of the whole bot."""

    ids: list[int]
    count: int

    def covers(self, guild_id: int) -> bool:
        """Return whether these shards receive the guild's events."""
        return (guild_id >> 22) % self.count in self.ids


def processes_of(shards: int, per_process: int, role: Role | None) -> int | None:
    """Return how many processes of this role work at the same time; None: any number. Further ones stand by."""
    if role is not Role.GATEWAY:
        return None
    return -(-shards // per_process) if shards and per_process else 1


def shards_of(shards: int, per_process: int, seat: int) -> Shards | None:
    """Return the shards of the process with this seat (from 1; 0: the only one); None: as many as Discord says."""
    if not shards:
        return None
    size = per_process if seat and per_process else shards
    first = max(seat - 1, 0) * size
    return Shards(list(range(first, min(first + size, shards))), shards)


@dataclass(slots=True)
class Sessions:
    """Decides when a gateway session may begin."""

    count: Callable[[int], Awaitable[datetime | None]]
    """Counts a session of a shard. If the daily maximum is reached, returns when it may begin. Raises StoreError."""
    clock: Callable[[], datetime]
    shards: Callable[[], Shards | None] = lambda: None
    take_turn: Callable[[int], Awaitable[None]] | None = None
    """Waits until no other process begins a session of this bucket; None: there are no other processes."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the daily maximum is reached."""
    _until: datetime | None = None

    async def begin(self, shard: int, max_concurrency: int) -> None:
        """Wait until a session may begin. If the daily maximum is reached, set `over` and never return."""
        if self.take_turn is not None:
            await self.take_turn(shard % max_concurrency)
        try:
            self._until = await self.count(shard)
        except StoreError as error:
            _log.warning("session not counted", error=str(error))
            return
        if self._until is not None:
            _log.error(
                "too many sessions began within a day; the bot begins no more, or Discord would reset its token",
                limit=MAX_SESSIONS_PER_DAY,
                next_one=self._until.isoformat(timespec="seconds"),
                advice="find out why the bot restarts so often",
            )
            self.over.set()
            await asyncio.Event().wait()

    def seconds_left(self) -> float:
        """Return the seconds until the next session may begin, and clear `over`."""
        self.over.clear()
        until, self._until = self._until, None
        wait = until - self.clock() if until is not None else timedelta()
        return max(0.0, min(wait, _DAY).total_seconds())


def foreign_guilds(shards: Shards | None, guild_ids: Iterable[int]) -> set[int]:
    """Return the guilds whose events another process receives."""
    return set() if shards is None else {each for each in guild_ids if not shards.covers(each)}
