"""Which source has the history of a feed."""

from collections.abc import Sequence
from functools import partial

from bot.source.history import linked, paged, tumblr, wordpress
from bot.source.history.base import CurrentFeed, History, Offer, SiteAccess

OFFERS: tuple[Offer, ...] = (linked.offer, wordpress.offer, paged.offer)
"""The sources that need no key, the feed's own word first."""


def offers(*, tumblr_key: bool) -> tuple[Offer, ...]:
    """All sources. `tumblr_key`: whether Tumblr's API may be asked."""
    return (partial(tumblr.offer, has_key=tumblr_key), *OFFERS)


async def choose(live: CurrentFeed, ways: SiteAccess, offers: Sequence[Offer] = OFFERS) -> History | None:
    """The first history that is offered; None: the feed has none beyond its document.

    Raises SourceError where a source cannot tell now, so that no lesser one is chosen for a moment's trouble.
    """
    for offer in offers:
        history = await offer(live, ways)
        if history is not None:
            return history
    return None
