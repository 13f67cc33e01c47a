"""`feed-relay` with short intervals: `python -m tests.e2e.fast_bot ARGUMENTS…`.

It polls, ticks and sends notices several times a second and doesn't pause between the pages of a history. On a busy
machine it gives up as late as the other tests do. Everything else is the real program.
"""

from datetime import timedelta

from discord.backoff import ExponentialBackoff

from bot import app, cli
from bot.chat import session_begin
from bot.chat.commands.common import access, autocomplete
from bot.relay import backfill, once, poll_schedule, retry
from bot.store import backfills, notices, search
from bot.store.postgres import connection, locks, match, member
from bot.store.sqlite import database, fts_match

TICK_INTERVAL = timedelta(milliseconds=100)
POLL_INTERVAL = timedelta(milliseconds=250)
GENEROUS = 60.0


def patch_times() -> None:
    """Shorten the intervals of this process, and extend its deadlines."""
    app.CHECK_INTERVAL = once.CHECK_INTERVAL = TICK_INTERVAL
    app.NOTIFY_INTERVAL = TICK_INTERVAL
    session_begin.IDENTIFY_INTERVAL = 0.1
    ExponentialBackoff.delay = lambda _self: 0.2  # type: ignore[assignment, method-assign]  # however long an outage was
    member.PROBE_INTERVAL, member.SILENCE, member._PAUSE = 0.5, 3.0, 0.2
    poll_schedule.interval_of = lambda feed, settings: POLL_INTERVAL  # noqa: ARG005 -- names must match for mypy
    retry.LATE_ARRIVAL = timedelta(seconds=1)
    poll_schedule._STRICT_SITES.clear()
    notices.GATHER_TIME = timedelta()
    backfill.REQUEST_SPACING = timedelta()
    backfill.MAX_CHECK_INTERVAL = backfill.MIN_CHECK_INTERVAL = TICK_INTERVAL
    backfills.POLL_PRIORITY = timedelta()
    be_patient()


def be_patient() -> None:
    """Extend the deadlines of this process."""
    autocomplete.AUTOCOMPLETE_TIMEOUT = access.LOOKUP_TIMEOUT = search._ADVICE_TIMEOUT = GENEROUS
    database.BUSY_TIMEOUT = fts_match.SEARCH_TIMEOUT = match.SEARCH_TIMEOUT = GENEROUS
    connection.CONNECT_TIMEOUT = locks.WAIT = GENEROUS
    connection.SETTINGS["lock_timeout"] = f"{GENEROUS:.0f}s"


if __name__ == "__main__":
    patch_times()
    cli.main()
