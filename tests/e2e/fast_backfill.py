"""`feed-relay` without the pauses between pages: `python -m tests.e2e.fast_backfill KILL_AFTER ARGUMENTS…`.

It kills itself, like `kill -9`, once it has recorded KILL_AFTER pages of a history; 0: never.
"""

import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

from bot import cli
from bot.relay import backfill
from bot.store import backfills

P = ParamSpec("P")
T = TypeVar("T")


def main() -> None:
    """Patch the pauses and the record, then be `feed-relay`."""
    setattr(backfill, "REQUEST_SPACING", timedelta())  # noqa: B010 -- a test's pace
    setattr(backfills, "POLL_PRIORITY", timedelta())  # noqa: B010 -- a test's pace
    record = _deadly(backfills.Backfills.record, int(sys.argv.pop(1)))
    setattr(backfills.Backfills, "record", record)  # noqa: B010 -- a step that kills
    cli.main()


def _deadly(record: Callable[P, Awaitable[T]], left: int) -> Callable[P, Awaitable[T]]:
    @functools.wraps(record)
    async def dying(*args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal left
        result = await record(*args, **kwargs)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return dying


if __name__ == "__main__":
    main()
