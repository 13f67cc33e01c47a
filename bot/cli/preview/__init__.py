"""`preview`: shows the posts of a feed as they would be sent, in a terminal, as JSON or as a page."""

from bot.cli.preview.command import preview

__all__ = ["preview"]
