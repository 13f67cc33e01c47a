"""The kinds of steps that a plan is made of."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.fault_runs.discord_faults import answer, drop_gateway, guild_outage, unreachable
from benchmarks.fault_runs.feed_faults import (
    break_feed,
    change_guids,
    edit,
    move,
    publish,
    reorder,
    tear_feed,
)
from benchmarks.fault_runs.people_faults import delete_channel, delete_message, kick, lock_thread, permissions
from benchmarks.fault_runs.process_faults import (
    clock,
    fill_disk,
    kill,
    kill_in_send,
    lock,
    long_absence,
    pause,
    terminate,
    terminate_without_gateway,
)
from benchmarks.fault_runs.restores import litestream, restore
from benchmarks.fault_runs.role_faults import (
    cut_connections,
    fail_commits,
    freeze_leader,
    lose_database,
    lose_gateway,
    lose_leader,
    lose_poller,
    two_leaders,
    upgrade,
)
from benchmarks.fault_runs.world import World


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step."""

    act: Callable[[World, random.Random, float], Awaitable[None]]
    weight: float
    """How often plans have it, compared with others; 0: only where a plan says so."""


STEPS = {
    "publish": Kind(publish, 0),
    "edit": Kind(edit, 1),
    "reorder": Kind(reorder, 1),
    "change guids": Kind(change_guids, 0.5),
    "move": Kind(move, 0.5),
    "break feed": Kind(break_feed, 3),
    "tear feed": Kind(tear_feed, 2),
    "kill": Kind(kill, 2),
    "kill in send": Kind(kill_in_send, 2),
    "long absence": Kind(long_absence, 1),
    "terminate": Kind(terminate, 1),
    "terminate without gateway": Kind(terminate_without_gateway, 0.5),
    "pause": Kind(pause, 1),
    "lock": Kind(lock, 2),
    "fill disk": Kind(fill_disk, 1.5),
    "clock": Kind(clock, 1),
    "answer": Kind(answer, 8),
    "unreachable": Kind(unreachable, 0.5),
    "drop gateway": Kind(drop_gateway, 2),
    "guild outage": Kind(guild_outage, 0.5),
    "permissions": Kind(permissions, 2),
    "lock thread": Kind(lock_thread, 0.5),
    "delete channel": Kind(delete_channel, 0.3),
    "kick": Kind(kick, 0.7),
    "delete message": Kind(delete_message, 0.5),
    "restore": Kind(restore, 0),
    "litestream": Kind(litestream, 0),
    "lose database": Kind(lose_database, 0),
    "lose poller": Kind(lose_poller, 0),
    "lose leader": Kind(lose_leader, 0),
    "lose gateway": Kind(lose_gateway, 0),
    "two leaders": Kind(two_leaders, 0),
    "freeze leader": Kind(freeze_leader, 0),
    "cut connections": Kind(cut_connections, 0),
    "fail commits": Kind(fail_commits, 0),
    "upgrade": Kind(upgrade, 0),
}
"""All kinds of steps, by the names that plans use."""
