"""The hits of the last searches, so that another page or a choice from an answer's menus needs no new search."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.model import Condition, Correction, Order, Posted, Query, TagTally
from bot.store.matching import NONE, Feeds, Ranked

RETENTION = timedelta(minutes=5)
"""Hits are forgotten after this."""
MAX_SEARCHES = 30
"""Older searches are forgotten. Each has up to 7,000 hits of 16 bytes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search, with everything that decides what it may find."""

    query: Query
    feeds: Feeds
    posted: Posted | None
    wanted: Condition | None
    order: Order
    chosen_from: datetime | None = None
    """If the query is narrowed to a choice from an answer's menus: when that answer was searched for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, before the posts of a page are read. See SearchResult for the fields that both have."""

    query: Query
    entries: tuple[int, ...] = ()
    """The ids of the entries of a page, best first."""
    ranked: Ranked = NONE
    """All hits that are counted, if they were asked for."""
    total: int = 0
    is_more: bool = False
    is_partial: bool = False
    corrections: tuple[Correction, ...] = ()
    suggestions: tuple[Correction, ...] = ()
    left_out: tuple[str, ...] = ()
    tally: TagTally | None = None
    """The tags of all hits, once they have been counted."""
    searched_at: datetime | None = None
    """When the hits that are kept were searched for."""

    @property
    def is_complete(self) -> bool:
        """Whether `ranked` has every hit, so that a choice need not be searched for."""
        return not (self.is_more or self.is_partial)

    def only(self, query: Query, places: list[int]) -> "Found":
        """Return the hits at these places of `ranked`, which are those of another query."""
        ranked = self.ranked.at(places)
        return replace(
            self, query=query, entries=(), ranked=ranked, total=len(places), suggestions=(), tally=None
        )


@dataclass(slots=True)
class KeptHits:
    """Keeps the hits of a few searches for a short time.

    Whoever may see other feeds or channels asks for something else, and so never gets them.
    """

    _found: OrderedDict[Asked, tuple[datetime, Found]] = field(default_factory=OrderedDict)

    def get(self, asked: Asked, now: datetime) -> Found | None:
        """Return what was found; None if that was too long ago."""
        until, found = self._found.get(asked, (now, None))
        return found if now < until else None

    def keep(self, asked: Asked, found: Found, now: datetime) -> None:
        """Keep what was found, unless the search was cut short."""
        self._found.pop(asked, None)
        if found.is_partial:
            return
        self._found[asked] = now + RETENTION, found
        while len(self._found) > MAX_SEARCHES:
            self._found.popitem(last=False)
