"""`feed-relay`, killed by itself at a step's boundary: `python -m tests.e2e.kill_at_step before|after STEP ARGUMENTS…`.

Kills like `kill -9`: nothing is closed, flushed or said.
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
from bot.store.feeds import Feeds
from bot.store.outbox import Outbox
from bot.store.subscriptions import Subscriptions

P = ParamSpec("P")
T = TypeVar("T")

STEPS: dict[str, tuple[type, str]] = {
    "sync": (Subscriptions, "sync"),
    "release": (Outbox, "release"),
    "claim feeds": (Feeds, "claim"),
    "fetch": (Fetcher, "fetch"),
    "parse": (Parser, "parse"),
    "known": (Feeds, "known"),
    "record": (Feeds, "record"),
    "settle unchanged": (Feeds, "settle_unchanged"),
    "claim deliveries": (Outbox, "claim"),
    "send": (Sender, "send"),
    "settle": (Outbox, "settle"),
    "claim publications": (Outbox, "claim_publications"),
    "publish": (Sender, "publish"),
    "settle publication": (Outbox, "settle_publication"),
}
"""The steps of a post's way, in order."""

IDLE: tuple[object, ...] = ([], 0)
"""What a claim gives when there is nothing to do: no boundary of anything."""


def main() -> None:
    """Patch the step, then be `feed-relay`."""
    when, step, *arguments = sys.argv[1:]
    owner, name = STEPS[step]
    setattr(owner, name, _deadly(getattr(owner, name), before=when == "before"))
    sys.argv[1:] = arguments
    cli.main()


def _deadly(step: Callable[P, Awaitable[T]], *, before: bool) -> Callable[P, Awaitable[T]]:
    @functools.wraps(step)
    async def dying(*args: P.args, **kwargs: P.kwargs) -> T:
        if before:
            _die()
        result = await step(*args, **kwargs)
        if result not in IDLE:
            _die()
        return result

    return dying


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
