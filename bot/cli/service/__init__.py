"""`service`: running under systemd."""

from bot.cli.service.command import app

__all__ = ["app"]
