"""`feed-relay` on a machine whose clock is wrong: `python -m tests.e2e.wrong_clock SECONDS JUMP ARGUMENTS…`.

The clock is SECONDS ahead. On SIGUSR1, it jumps by JUMP seconds. The monotonic clock is right, as on a real machine.
Its intervals are those of `fast_bot`.
"""

import datetime as dt
import signal
import sys
import time
from typing import Any

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval
import discord

from bot import app, cli, schedule
from tests.e2e.fast_bot import patch_times

READERS = (
    app,
    schedule,
    apscheduler.executors.base,
    apscheduler.schedulers.base,
    apscheduler.triggers.interval,
)
"""The modules that read the machine's clock, besides the log."""

_right_time = time.time


class Machine:
    """The clock of this machine."""

    error = dt.timedelta()
    """By how much it is ahead."""


class _Anything(type):
    """`isinstance(x, WrongTime)` is true for every datetime."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, dt.datetime)


class WrongTime(dt.datetime, metaclass=_Anything):
    """A datetime whose `now` is wrong."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:  # noqa: ANN401 - a plain datetime, as callers expect
        return dt.datetime.now(tz) + Machine.error


def main() -> None:
    """Patch whatever reads the machine's clock, then run `feed-relay`."""
    ahead, jump, *arguments = sys.argv[1:]
    Machine.error = dt.timedelta(seconds=float(ahead))
    signal.signal(signal.SIGUSR1, lambda *_: _jump(dt.timedelta(seconds=float(jump))))
    patch_times()
    for module in READERS:
        vars(module)["datetime"] = WrongTime
    time.time = lambda: _right_time() + Machine.error.total_seconds()
    discord.utils.utcnow = lambda: WrongTime.now(dt.UTC)
    sys.argv[1:] = arguments
    cli.main()


def _jump(by: dt.timedelta) -> None:
    Machine.error += by


if __name__ == "__main__":
    main()
