"""`feed-relay` with short intervals: `python -m tests.e2e.fast_bot ARGUMENTS…`.

It polls, ticks and sends notices several times a second and doesn't pause between the pages of a history. Everything
else is the real program.
"""

from datetime import timedelta
from types import ModuleType

from bot import app, cli
from bot.relay import backfill, poll_schedule
from bot.store import backfills

TICK_INTERVAL = timedelta(milliseconds=100)
POLL_INTERVAL = timedelta(milliseconds=250)


def shorten_intervals() -> None:
    """Patch the intervals of this process."""
    patch(app, "CHECK_INTERVAL", TICK_INTERVAL)
    patch(app, "NOTIFY_INTERVAL", TICK_INTERVAL)
    patch(poll_schedule, "interval_of", lambda _feed, _settings: POLL_INTERVAL)
    patch(poll_schedule, "_STRICT_SITES", {})
    patch(backfill, "REQUEST_SPACING", timedelta())
    patch(backfill, "MAX_CHECK_INTERVAL", TICK_INTERVAL)
    patch(backfill, "MIN_CHECK_INTERVAL", TICK_INTERVAL)
    patch(backfills, "POLLS_TURN", timedelta())


def patch(owner: ModuleType | type, name: str, value: object) -> None:
    """Replace an attribute. Raises AttributeError if the owner doesn't have it."""
    getattr(owner, name)
    setattr(owner, name, value)


if __name__ == "__main__":
    shorten_intervals()
    cli.main()
