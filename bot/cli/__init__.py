"""The command line: one module per command, listed in `entry`. The only package that prints."""

import signal

__all__ = ["main"]


def main() -> None:
    """Run the command line and end the process. Ctrl-C during the imports leaves no traceback."""
    interactive = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interactive:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.cli import entry

    if interactive:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    entry.main()
