"""`version`."""

import bot
from bot.cli.output import print_line


def version() -> None:
    """Show the version."""
    print_line(bot.__version__)
