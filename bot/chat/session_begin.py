"""How sessions at Discord's gateway begin: which shards a process has, one after the other, and not too many a day.

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
"""Discord resets the token of a bot that begins more than 1,000, over all shards."""
IDENTIFY_INTERVAL = 5.0
"""Seconds between two sessions that begin, of the shards with the same remainder of `max_concurrency`."""
_DAY = timedelta(days=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of one process, of so many."""

    ids: list[int]
    count: int

    def covers(self, guild_id: int) -> bool:
        """Return whether events of this guild arrive here."""
        return (guild_id >> 22) % self.count in self.ids


def processes_of(shards: int, per_process: int, role: Role | None) -> int | None:
    """Return how many processes of this role work at the same time; None: any number. The others are standbys."""
    if role is not Role.GATEWAY:
        return None
    return -(-shards // per_process) if shards and per_process else 1


def shards_of(shards: int, per_process: int, seat: int) -> Shards | None:
    """Return the shards of the process with this number, from 1; 0: of the only one. None: Discord says how many."""
    if not shards:
        return None
    size = per_process if seat and per_process else shards
    first = max(seat - 1, 0) * size
    return Shards(list(range(first, min(first + size, shards))), shards)


@dataclass(slots=True)
class Sessions:
    """Lets sessions begin."""

    count: Callable[[int], Awaitable[datetime | None]]
    """Counts a session of a shard that begins now; if it may not, returns when it may. Raises StoreError."""
    clock: Callable[[], datetime]
    shards: Callable[[], Shards | None] = lambda: None
    take_turn: Callable[[int], Awaitable[None]] | None = None
    """Waits until no other process begins a session of this bucket; None: there is no other process."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while those of the day are used up."""
    _until: datetime | None = None

    async def begin(self, shard: int, max_concurrency: int) -> None:
        """Return when a session may begin. If those of the day are used up, set `over` and don't return."""
        if self.take_turn is not None:
            await self.take_turn(shard % max_concurrency)
        try:
            self._until = await self.count(shard)
        except StoreError as error:
            _log.warning("session not counted", error=str(error))
            return
        if self._until is not None:
            _log.error(
                "too many sessions began within a day; the bot must not begin more, or Discord resets its token",
                limit=MAX_SESSIONS_PER_DAY,
                next_one=self._until.isoformat(timespec="seconds"),
                advice="look for what makes the bot start again and again",
            )
            self.over.set()
            await asyncio.Event().wait()

    def seconds_left(self) -> float:
        """Return for how long no session may begin, and forget it."""
        self.over.clear()
        until, self._until = self._until, None
        wait = until - self.clock() if until is not None else timedelta()
        return max(0.0, min(wait, _DAY).total_seconds())


def foreign_guilds(shards: Shards | None, guild_ids: Iterable[int]) -> set[int]:
    """Return the guilds whose events another process gets."""
    return set() if shards is None else {each for each in guild_ids if not shards.covers(each)}
