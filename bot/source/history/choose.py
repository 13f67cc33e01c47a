"""Choose the source that has a feed's history."""

from collections.abc import Sequence
from functools import partial

from bot.source.history import linked, paged, tumblr, wordpress
from bot.source.history.base import CurrentFeed, History, HistorySource, SiteAccess

KEYLESS_SOURCES: tuple[HistorySource, ...] = (linked.open_history, wordpress.open_history, paged.open_history)
"""The sources that need no API key. What the feed itself says comes first."""


def history_sources(*, tumblr_key: bool) -> tuple[HistorySource, ...]:
    """Return all sources. `tumblr_key`: whether there is a key for Tumblr's API."""
    return (partial(tumblr.open_history, has_key=tumblr_key), *KEYLESS_SOURCES)


async def choose_history(
    feed: CurrentFeed, access: SiteAccess, sources: Sequence[HistorySource] = KEYLESS_SOURCES
) -> History | None:
    """Return the history from the first source that has one; None if the feed has no posts beyond its document.

    Raises SourceError if a source cannot answer now, so that a temporary failure does not select a worse source.
    """
    for open_history in sources:
        history = await open_history(feed, access)
        if history is not None:
            return history
    return None
