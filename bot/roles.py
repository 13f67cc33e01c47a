"""The jobs of each role, if several processes share the work, and how they wake each other."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from bot.model import Role
from bot.schedule import Job, Schedule
from bot.store.engine import Member
from bot.store.feeds import Feeds

_POLL = frozenset({"poll", "backfill", "take back"})
_GATEWAY = frozenset({"reconcile"})
_DELIVER = frozenset(
    {"notify", "index", "maintain", "upkeep", "publish", "deliver", "backup", "take back sends"}
)

JOBS: Mapping[Role | None, frozenset[str]] = MappingProxyType(
    {
        Role.POLL: _POLL | {"ask time"},
        Role.GATEWAY: _GATEWAY,
        Role.DELIVER: _DELIVER | {"look again"},
        None: _POLL | _GATEWAY | _DELIVER,
    }
)
"""The jobs of each role. None is the process that has all roles."""

REQUESTS_PER_SECOND: Mapping[Role | None, int] = MappingProxyType(
    {Role.POLL: 1, Role.GATEWAY: 4, Role.DELIVER: 42, None: 50}
)
"""Each role's share of Discord's limit for the whole bot: sends get most, with room for two gateway processes."""


class Part:
    """The part of the bot's work that this process does."""

    def __init__(self, role: Role | None, schedule: Schedule) -> None:
        self.role = role
        self.member: Member | None = None
        """None: this is the only process."""
        self._schedule = schedule

    @property
    def name(self) -> str:
        """The name of this process in `status`; "" until it has a seat."""
        if self.role is None:
            return "run"
        return f"{self.role} {self.member.seat}" if self.member is not None and self.member.seat else ""

    @property
    def seat(self) -> int:
        """The seat of this process, which its claims carry; 0: there are no other processes."""
        return self.member.seat if self.member is not None else 0

    @property
    def has_gateway(self) -> bool:
        """Whether it receives Discord's events."""
        return self.role in (None, Role.GATEWAY)

    def wake(self, *names: str) -> None:
        """Run these jobs now, in this process or another one."""
        own = JOBS[self.role]
        self._schedule.wake(*(name for name in names if name in own))
        if self.member is not None and (others := set(names) - own):
            self.member.wake(*others)

    def woken(self, names: Sequence[str]) -> None:
        """Run those of these jobs that belong to this process, on request of another one."""
        self._schedule.wake(*(name for name in names if name in JOBS[self.role]))

    def jobs(self, of_all: Sequence[Job]) -> tuple[Job, ...]:
        """Return the jobs of this process, in the same order. In a standby, they do nothing until it leads."""
        own = [job for job in of_all if job.name in JOBS[self.role]]
        return tuple(job.replaced(self._if_leading(job.run)) if self._may_stand_by else job for job in own)

    @property
    def _may_stand_by(self) -> bool:
        return self.role is Role.DELIVER

    def _if_leading(self, run: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        async def run_if_leading() -> None:
            if self.member is not None and self.member.is_leading:
                await run()

        return run_if_leading


async def take_back(feeds: Feeds, member: Member, *, at_start: bool = False) -> None:
    """Release the claims of poll processes that no longer run, so that others can continue. Raises StoreError.

    `at_start`: also release claims of this process's own seat, which a former process may have left.
    """
    # In this order, so that a process that starts meanwhile keeps its claims.
    claiming = set(await feeds.claiming_seats())
    gone = claiming - set(await member.seats())
    if at_start:
        gone |= claiming & {member.seat}
    if gone:
        await feeds.take_back(sorted(gone))
