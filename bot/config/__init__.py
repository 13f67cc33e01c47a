"""What the operator decides: config.toml, secret files and the environment, as one frozen Config.

All that is wrong is told at once, each with its place and what to write instead.
"""

from bot.config.load import load
from bot.config.schema import Channel, Config, Discord, Feed, Polling, Posts, Store, Tumblr, every_key

__all__ = ["Channel", "Config", "Discord", "Feed", "Polling", "Posts", "Store", "Tumblr", "every_key", "load"]
