"""The config file of the demo's bot."""

import json
from collections.abc import Mapping, Sequence

from bot.sandbox.allotment import FOLLOWS
from bot.sandbox.discord.models import Channel

_REAL_INTERVAL = "5m"
_HEAD = """# Written by `feed-relay demo` at each start.
[discord]
token = {token}
api_url = {api_url}

[store]
path = {database}
backups = 0

[polling]
minimum_interval = "1s"
per_site = 3
allow_private_addresses = {own}
"""


def config_text(
    *,
    token: str,
    api_url: str,
    database: str,
    own: Sequence[str],
    feeds: Mapping[str, str],
    real_feeds: Sequence[str],
    channels: Mapping[str, Channel],
    real_channel: Channel | None,
) -> str:
    """Return the config in TOML. JSON's strings and lists are also TOML's.

    `own`: the sandbox's addresses, the only private ones that the bot may fetch. `feeds`: those of the blogs' feeds by
    name. `real_feeds`: the addresses that a person gave; `real_channel` gets their posts.
    """
    head = _HEAD.format(
        token=_toml(token), api_url=_toml(api_url), database=_toml(database), own=_toml(list(own))
    )
    blogs = (_feed(url, "1s", _followers(name, channels)) for name, url in feeds.items())
    real = (
        _feed(url, _REAL_INTERVAL, [_channel(real_channel)] if real_channel else []) for url in real_feeds
    )
    return "\n".join((head, *blogs, *real))


def _followers(feed: str, channels: Mapping[str, Channel]) -> list[str]:
    return [
        _channel(channels[each.channel], each.style, each.tags)
        for each in FOLLOWS
        if each.feed == feed and each.channel in channels
    ]


def _feed(url: str, interval: str, channels: Sequence[str]) -> str:
    return f"[[feeds]]\nurl = {_toml(url)}\ninterval = {_toml(interval)}\n{''.join(channels)}"


def _channel(channel: Channel, style: str = "card", tags: Sequence[str] = ()) -> str:
    return f"[[feeds.channels]]\nid = {channel.id}\nstyle = {_toml(style)}\ntags = {_toml(list(tags))}\n"


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
