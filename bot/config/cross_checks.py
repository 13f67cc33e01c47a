"""What must hold between keys.

Judged on the raw values, so that it is told together with all other problems.
"""

from collections.abc import Iterator
from datetime import timedelta

from bot.config import values
from bot.config.layers import Layer
from bot.config.line_numbers import Path as Location
from bot.config.problems import Problem
from bot.config.schema import Polling, Values


def between_keys(merged: Values, layer_of_feeds: Layer) -> list[Problem]:
    """Intervals under the minimum, and feeds or channels that stand twice."""
    return [*_too_often(merged), *_twice(merged, layer_of_feeds)]


def _too_often(merged: Values) -> Iterator[Problem]:
    polling = merged.get("polling")
    polling = polling if isinstance(polling, dict) else {}
    minimum = _duration(polling.get("minimum_interval")) or Polling().minimum_interval
    default = _duration(polling.get("interval")) or Polling().interval
    if default < minimum:
        location = ("polling", "interval" if "interval" in polling else "minimum_interval")
        yield location, "polling.interval is below polling.minimum_interval; raise the one or lower the other"
    for number, feed in _tables(merged.get("feeds")):
        own = _duration(feed.get("interval"))
        if own is not None and own < minimum:
            yield (
                ("feeds", number, "interval"),
                "this is below polling.minimum_interval; raise it, or lower the minimum",
            )


def _twice(merged: Values, layer: Layer) -> Iterator[Problem]:
    feeds: dict[str, Location] = {}
    for number, feed in _tables(merged.get("feeds")):
        here: Location = ("feeds", number, "url")
        url = feed.get("url")
        if isinstance(url, str):
            first = feeds.setdefault(_comparable(url), here)
            if first != here:
                yield here, f"this feed stands at {layer.place(first)[1]} already; put its channels there"
        yield from _twice_in_feed(feed, number, layer)


def _twice_in_feed(feed: Values, number: int, layer: Layer) -> Iterator[Problem]:
    channels: dict[str, Location] = {}
    for position, channel in _tables(feed.get("channels")):
        here: Location = ("feeds", number, "channels", position, "id")
        if "id" in channel:
            first = channels.setdefault(str(channel["id"]).strip(), here)
            if first != here:
                yield here, f"this channel stands at {layer.place(first)[1]} already; join the two into one"


def _tables(given: object) -> Iterator[tuple[int, Values]]:
    if isinstance(given, list):
        yield from ((number, table) for number, table in enumerate(given) if isinstance(table, dict))


def _duration(given: object) -> timedelta | None:
    try:
        return values.duration_or_none(given)
    except ValueError:
        return None


def _comparable(url: str) -> str:
    try:
        return values.web_address(url)
    except ValueError:
        return url
