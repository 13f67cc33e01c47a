"""The command line: one module per command, listed in `entry`. The only package that prints."""

import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime

from bot.errors import FeedRelayError

__all__ = ["main"]


def main() -> None:
    """Run the command line and end the process. Ctrl-C during the imports leaves no traceback."""
    interactive = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interactive:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if (code := _quick_answer(sys.argv[1:])) is not None:
        sys.exit(code)
    from bot.cli import entry

    if interactive:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    entry.main()


def _quick_answer(args: list[str]) -> int | None:
    """Answer what needs no config and no command line, and return the exit code; None for everything else."""
    if args in (["version"], ["--version"]):
        from bot.cli import version

        with suppress(FeedRelayError):  # the command says why it cannot be printed
            version.version()
            return 0
    if "status" in args:
        from bot.cli import quick_status

        # app.py has the clock, but importing it takes longer than this command may.
        return quick_status.answer(args, os.environ, datetime.now(UTC))
    return None
