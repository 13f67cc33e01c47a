"""Finds the feeds that a person names on the command line."""

from collections.abc import Sequence

from bot.errors import FeedRelayError
from bot.store.archive import FeedHealth
from bot.text.fold import fold

_MAX_SUGGESTIONS = 20


def find_feeds(feeds: Sequence[FeedHealth], name: str) -> list[FeedHealth]:
    """Return the feeds with this name or address (current or former), else those whose name or address contains it.

    Raises FeedRelayError if there are none.
    """
    folded = fold(name)
    exact = [feed for feed in feeds if name in feed.addresses or folded == fold(feed.name)]
    found = exact or [feed for feed in feeds if folded in fold(feed.name) or folded in fold(feed.url)]
    if not found:
        names = ", ".join(feed.name for feed in feeds[:_MAX_SUGGESTIONS]) or "none yet"
        raise FeedRelayError(f"No feed is called {name}; use one of these: {names}.")
    return found
