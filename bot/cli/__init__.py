"""The command line."""

import signal

__all__ = ["main"]


def main() -> None:
    """Run it, and end the process. Ctrl-C while the program is still being loaded ends it without a traceback."""
    interactive = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interactive:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.cli import entry

    if interactive:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    entry.main()
