"""`version`."""

import bot
from bot.cli.output import say


def version() -> None:
    """Say which version this is."""
    say(bot.__version__)
