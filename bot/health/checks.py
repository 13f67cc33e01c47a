"""Decides from observations whether the bot works (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Backlog, BackupState

MAX_LATENESS = timedelta(minutes=5)
"""How late a poll or a send may be."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the checks look at."""

    now: datetime
    late_ticks: tuple[str, ...]
    """Jobs that should have run and did not: the event loop or the scheduler is stuck."""
    connected: bool
    """Whether the gateway is connected."""
    was_connected: bool
    """Whether it ever was since the start."""
    down_since: datetime | None
    """Since when the gateway is not connected; None if it is."""
    last_poll_at: datetime | None
    last_answer_at: datetime | None
    """When a site last answered as it should."""
    backlog: Backlog | None
    """None: the database does not answer now."""
    bytes: int | None
    """The size of the database; None: it does not answer now."""
    backups: BackupState | None
    """None: the database does not answer now, or the bot makes no backups."""


def live_problems(observed: Observed) -> tuple[str, ...]:
    """Return the problems that a restart would solve. An outage of Discord or a locked database isn't one."""
    return tuple(f"the job {name} has not run for more than a minute" for name in observed.late_ticks)


def ready_problems(observed: Observed) -> tuple[str, ...]:
    """Return what keeps posts from arriving in time, except an outage of Discord alone."""
    found = list(live_problems(observed))
    if observed.backlog is None:
        return (*found, "the database does not answer")
    if lateness := _lateness(observed.backlog.feed_due_at, observed.now):
        found.append(f"a poll is {lateness} late")
    if observed.connected and (lateness := _lateness(observed.backlog.send_due_at, observed.now)):
        found.append(f"a post is {lateness} late")
    if not observed.connected and not _discord_alone_fails(observed):
        found.append("the gateway is not connected")
    return tuple(found)


def _lateness(due_at: datetime | None, now: datetime) -> str:
    """Return how late something is, in minutes; "" if it is on time."""
    if due_at is None or now - due_at <= MAX_LATENESS:
        return ""
    return f"{(now - due_at) // timedelta(minutes=1)} minutes"


def _discord_alone_fails(observed: Observed) -> bool:
    """Return whether the rest of the web answers. Before the first connection, the bot is not ready in any case."""
    if not observed.was_connected:
        return False
    if observed.last_poll_at is None or observed.down_since is None:
        return True  # there is nothing to poll
    if observed.last_poll_at < observed.down_since:
        return True  # nothing was polled since
    return observed.last_answer_at is not None and observed.last_answer_at >= observed.down_since
