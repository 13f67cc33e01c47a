"""Checks that involve more than one key.

They use the raw values, so that their problems are reported together with all others.
"""

from collections.abc import Iterator
from datetime import timedelta

from bot.config import values
from bot.config.layers import Layer
from bot.config.line_numbers import Location
from bot.config.problems import Problem
from bot.config.schema import Polling, Values


def check_across_keys(merged: Values, feeds_layer: Layer) -> list[Problem]:
    """Return the problems with short intervals, with shards, and with feeds or channels that appear twice."""
    return [*_short_intervals(merged), *_uncounted_shards(merged), *_duplicate_feeds(merged, feeds_layer)]


def _uncounted_shards(merged: Values) -> Iterator[Problem]:
    """Processes that share the shards must agree on their number, and Discord's may change between two starts."""
    discord = merged.get("discord")
    if isinstance(discord, dict) and discord.get("shards_per_process") and not discord.get("shards"):
        yield (
            ("discord", "shards_per_process"),
            "set discord.shards, too: every process needs the same number of shards",
        )


def _short_intervals(merged: Values) -> Iterator[Problem]:
    polling = merged.get("polling")
    polling = polling if isinstance(polling, dict) else {}
    minimum = _duration(polling.get("minimum_interval", Polling().minimum_interval))
    default = _duration(polling.get("interval", Polling().interval))
    if minimum is None:
        return
    if default is not None and default < minimum:
        location = ("polling", "interval" if "interval" in polling else "minimum_interval")
        yield location, "polling.interval is below polling.minimum_interval; raise it, or lower the minimum"
    for number, feed in _tables(merged.get("feeds")):
        own = _duration(feed.get("interval"))
        if own is not None and own < minimum:
            yield (
                ("feeds", number, "interval"),
                "below polling.minimum_interval; raise it, or lower the minimum",
            )


def _duplicate_feeds(merged: Values, layer: Layer) -> Iterator[Problem]:
    feeds: dict[str, Location] = {}
    for number, feed in _tables(merged.get("feeds")):
        here: Location = ("feeds", number, "url")
        url = feed.get("url")
        if isinstance(url, str):
            first = feeds.setdefault(_normalised(url), here)
            if first != here:
                yield here, f"this feed is already at {layer.locate(first)[1]}; move its channels there"
        yield from _duplicate_channels(feed, number, layer)


def _duplicate_channels(feed: Values, number: int, layer: Layer) -> Iterator[Problem]:
    channels: dict[str, Location] = {}
    for position, channel in _tables(feed.get("channels")):
        here: Location = ("feeds", number, "channels", position, "id")
        if "id" in channel:
            first = channels.setdefault(str(channel["id"]).strip(), here)
            if first != here:
                yield here, f"this channel is already at {layer.locate(first)[1]}; merge the two"


def _tables(given: object) -> Iterator[tuple[int, Values]]:
    if isinstance(given, list):
        yield from ((number, table) for number, table in enumerate(given) if isinstance(table, dict))


def _duration(given: object) -> timedelta | None:
    try:
        return values.duration_or_none(given)
    except ValueError:
        return None


def _normalised(url: str) -> str:
    try:
        return values.web_address(url)
    except ValueError:
        return url
