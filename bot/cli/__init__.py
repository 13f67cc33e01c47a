"""The command line: one file a command family. The only room that prints."""

from bot.cli.entry import main

__all__ = ["main"]
