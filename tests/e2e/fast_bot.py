"""`feed-relay` with short intervals: `python -m tests.e2e.fast_bot ARGUMENTS…`.

It polls, ticks and sends notices several times a second and doesn't pause between the pages of a history. Everything
else is the real program.
"""

from datetime import timedelta

from bot import app, cli
from bot.relay import backfill, poll_schedule
from bot.store import backfills

TICK_INTERVAL = timedelta(milliseconds=100)
POLL_INTERVAL = timedelta(milliseconds=250)


def shorten_intervals() -> None:
    """Patch the intervals of this process."""
    app.CHECK_INTERVAL = TICK_INTERVAL
    app.NOTIFY_INTERVAL = TICK_INTERVAL
    poll_schedule.interval_of = lambda feed, settings: POLL_INTERVAL  # noqa: ARG005 -- names must match for mypy
    poll_schedule._STRICT_SITES.clear()
    backfill.REQUEST_SPACING = timedelta()
    backfill.MAX_CHECK_INTERVAL = backfill.MIN_CHECK_INTERVAL = TICK_INTERVAL
    backfills.POLL_PRIORITY = timedelta()


if __name__ == "__main__":
    shorten_intervals()
    cli.main()
