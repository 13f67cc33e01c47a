"""Feeds as people name them in the shell."""

from collections.abc import Sequence

from bot.errors import FeedRelayError
from bot.store.archive import FeedHealth
from bot.text.fold import fold

_NAMED = 20
"""Feeds that are named where none was meant."""


def find_feeds(feeds: Sequence[FeedHealth], name: str) -> list[FeedHealth]:
    """Those of this name or address, also one of old; or else those with this in their name or address.

    Raises FeedRelayError if there is none.
    """
    meant = fold(name)
    exact = [feed for feed in feeds if name in feed.addresses or meant == fold(feed.name)]
    found = exact or [feed for feed in feeds if meant in fold(feed.name) or meant in fold(feed.url)]
    if not found:
        names = ", ".join(feed.name for feed in feeds[:_NAMED]) or "none yet"
        raise FeedRelayError(f"No feed is called {name}; name one of these: {names}.")
    return found
