"""Reads the bot's state from a database in use. Importing this costs a tenth of importing `store`."""

from bot.store.sqlite.glance import glance

__all__ = ["glance"]
