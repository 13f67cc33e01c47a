"""`feed-relay` that kills itself at a step: `python -m tests.e2e.kill_at_step before|after STEP COUNT ARGUMENTS…`.

It dies as by `kill -9`, so nothing is closed, flushed or logged, when it reaches the step for the COUNTth time. Its
intervals are those of `fast_bot`.
"""

import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from bot import cli
from bot.chat.sender import Sender
from bot.source.formats.process import Parser
from bot.source.http.fetch import Fetcher
from bot.store.backfills import Backfills
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.subscriptions import Subscriptions
from tests.e2e.fast_bot import patch_times

P = ParamSpec("P")
T = TypeVar("T")

STEPS: dict[str, tuple[type, str]] = {
    "sync": (Subscriptions, "sync"),
    "release": (Outbox, "release"),
    "claim feeds": (Feeds, "claim"),
    "fetch": (Fetcher, "fetch"),
    "parse": (Parser, "parse"),
    "known": (Feeds, "planned_with"),
    "record": (Feeds, "record"),
    "settle unchanged": (Feeds, "settle_unchanged"),
    "claim deliveries": (Outbox, "claim"),
    "send": (Sender, "send"),
    "settle": (Outbox, "settle"),
    "claim publications": (Outbox, "claim_publications"),
    "publish": (Sender, "publish"),
    "settle publication": (Outbox, "settle_publication"),
}
"""The steps from a feed to Discord, in order."""

RECORD_PAGE = "record page"
"""The step that archives one page of a history."""

LOOK = "look at progress"
"""What a command does between the pages of a history, even if a running bot reads them all."""

IDLE: tuple[object, ...] = ([], 0)
"""What a claim returns when nothing is due; such a call doesn't count."""


def main() -> None:
    """Patch the step and the intervals, then run `feed-relay`."""
    when, step, count, *arguments = sys.argv[1:]
    owner, name = {**STEPS, RECORD_PAGE: (Backfills, "record"), LOOK: (Backfills, "progress")}[step]
    patch_times()
    setattr(owner, name, _kill_at(getattr(owner, name), int(count), before=when == "before"))
    sys.argv[1:] = arguments
    cli.main()


def _kill_at(step: Callable[P, Awaitable[T]], count: int, *, before: bool) -> Callable[P, Awaitable[T]]:
    @functools.wraps(step)
    async def killing(*args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal count
        if before and count == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await step(*args, **kwargs)
        count -= result not in IDLE
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return killing


if __name__ == "__main__":
    main()
