"""The command line: one module per command, listed in `entry`. The only package that prints."""

import os
import signal
import sys
from datetime import UTC, datetime

__all__ = ["main"]


def main() -> None:
    """Run the command line and end the process. Ctrl-C during the imports leaves no traceback."""
    interactive = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interactive:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if "status" in sys.argv and (code := _quick_status()) is not None:
        sys.exit(code)
    from bot.cli import entry

    if interactive:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    entry.main()


def _quick_status() -> int | None:
    from bot.cli import quick_status

    # app.py has the clock, but importing it takes longer than this command may.
    return quick_status.answer(sys.argv[1:], os.environ, datetime.now(UTC))
