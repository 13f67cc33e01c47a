"""`feed-relay` with short intervals and a clock that can be wrong: `python -m benchmarks.fault_runs.bot ARGUMENTS…`.

The file `clock` beside the config says by how many seconds this process's clock is wrong, and the file `upgrades` how
many versions later this program is. Leases and everything else that only a failure makes visible keep their real
length.
"""

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import discord

from bot import app, cli, start
from bot.chat import outcomes, sender
from bot.model import Outcome, Retry
from bot.relay import backup_schedule, deliver, poll_schedule, retry
from bot.store.postgres import connection, engine
from bot.store.sqlite import backups, database
from tests.e2e.fast_bot import patch_times
from tests.e2e.wrong_clock import READERS, WrongTime
from tests.newer_program import newer

NONCE_WINDOW = timedelta(seconds=2)
"""Discord's own is longer, until a step says that it has forgotten all nonces."""
LATE_ARRIVAL = timedelta(seconds=5)
"""Longer than the time for which a step keeps a request from arriving."""
SEND_TIMEOUT = 4.0
MIN_FREE = 1_000_000
"""Bytes that a backup leaves free; the disks of these runs are small."""
MAX_REQUESTED_WAIT = timedelta(seconds=1)


def shorten() -> None:
    """Shorten what a fault makes the bot wait for, so that a run of seconds has what takes hours in real life."""
    patch_times()
    database.BUSY_TIMEOUT = 0.5
    # Several processes wait for each other, too, and for long where the machine is busy.
    connection.SETTINGS["lock_timeout"] = "1s" if "--role" in sys.argv else "500ms"
    start.LOGIN_RETRY_DELAY = 0.3
    start.MAX_LOGIN_RETRY_DELAY = 2.0
    app.STOP_TIMEOUT = 3.0
    app.BACKUP_INTERVAL = backup_schedule.FIRST_RETRY = timedelta(seconds=1)
    backup_schedule.INTERVAL = timedelta(seconds=3)
    backups.RESERVE = MIN_FREE
    poll_schedule.COOLDOWN = timedelta(seconds=1)
    poll_schedule.FEED_REST = 0  # a busy machine takes long to parse
    retry.FIRST_WAIT = timedelta(milliseconds=300)
    retry.NONCE_WINDOW = NONCE_WINDOW
    retry.LATE_ARRIVAL = LATE_ARRIVAL
    sender.SEND_TIMEOUT = SEND_TIMEOUT
    vars(sender)["find_outcome"] = _find_outcome
    deliver.SEND_TIMEOUT = timedelta(seconds=SEND_TIMEOUT * 2)


def _find_outcome(error: Exception, rows: tuple[outcomes.Row, ...]) -> Outcome:
    """Return the outcome of an error, with a short wait: a page of Discord's firewall costs ten minutes."""
    outcome = outcomes.find_outcome(error, rows)
    if isinstance(outcome, Retry) and outcome.after is not None:
        return replace(outcome, after=min(outcome.after, MAX_REQUESTED_WAIT))
    return outcome


def shift_clock(file: Path) -> None:
    """Make this process read a clock that is wrong by as many seconds as the file says at that moment."""
    real = time.time

    def shifted() -> float:
        return real() + float(file.read_text("ascii"))

    class Shifted(WrongTime):
        """A datetime whose `now` is wrong."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:  # noqa: ANN401 - a plain datetime, as callers expect
            return datetime.fromtimestamp(shifted(), tz)

    time.time = shifted
    for module in READERS:
        vars(module)["datetime"] = Shifted
    discord.utils.utcnow = lambda: Shifted.now(UTC)


def upgrade(file: Path) -> None:
    """Be a later version, which changes the database."""
    if file.exists():
        program = newer(int(file.read_text("ascii")))
        vars(engine)["this_program"] = lambda: program


if __name__ == "__main__":
    folder = Path(sys.argv[sys.argv.index("--config") + 1]).parent
    shorten()
    shift_clock(folder / "clock")
    upgrade(folder / "upgrades")
    cli.main()
