"""Reads config.toml, secret files and the environment into one frozen Config.

`schema` lists the keys, `values` parses single values, `layers` reads the sources, `load` merges and checks them, and
`problems` words what is wrong. All problems are reported at once, each with its line or variable and what to write.
"""

from bot.config.load import choose_path, load
from bot.config.schema import Channel, Config, Discord, Feed, Polling, Posts, Store, Tumblr, all_keys

__all__ = [
    "Channel",
    "Config",
    "Discord",
    "Feed",
    "Polling",
    "Posts",
    "Store",
    "Tumblr",
    "all_keys",
    "choose_path",
    "load",
]
