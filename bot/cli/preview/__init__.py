"""`preview`: the posts of a feed as they would be sent."""

from bot.cli.preview.command import preview

__all__ = ["preview"]
