"""What people ask the archive, and what they get."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Field(StrEnum):
    """Where a term must occur."""

    ANY = "any"
    TITLE = "title"
    TAG = "tag"
    AUTHOR = "author"


class Order(StrEnum):
    """What stands first."""

    RELEVANCE = "relevance"
    """The best match, with a mild preference for newer posts."""
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a query."""

    written: str
    """As the person typed it, field and quotes included: for answers."""
    words: tuple[str, ...]
    """As the index has them (see `bot.search.tokens`), in this order and next to each other; never empty."""
    field: Field = Field.ANY
    is_exact: bool = False
    """A phrase in quotes: no other inflections."""
    is_prefix: bool = False
    """The last word may go on."""
    is_excluded: bool = False
    """Must not occur."""
    bare: str = ""
    """As typed, without minus, field and quotes."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, understood. Every condition must hold."""

    text: str = ""
    """As typed."""
    terms: tuple[Term, ...] = ()
    feeds: tuple[str, ...] = ()
    """What follows `feed:`, as typed; whoever asks the store says which feeds those are. Any of them."""
    after: datetime | None = None
    """Posts of this moment or later."""
    before: datetime | None = None
    """Posts before this moment."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A post of the archive."""

    entry_id: int
    feed_id: int
    identity: str
    """What the post is called across feeds."""
    title: str
    link: str
    feed_name: str
    tags: tuple[str, ...]
    published: datetime | None
    first_seen: datetime
    text: str
    """All of it, plain; `bot.search.snippet` finds the part that matches."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits."""

    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    """How many there are in all; at least so many where `is_more`."""
    is_more: bool = False
    """Counting ended at a bound."""
    is_partial: bool = False
    """The deadline ended the search: what was found by then."""
    query: Query = Query()
    """What was answered: its words are beginnings of words where nothing was found otherwise."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do when nothing was found."""

    dropped: str = ""
    """The condition that is best left out, as typed; "": none helps."""
    query: Query | None = None
    """The query without it."""
    total: int = 0
    """How many posts that finds."""
    tag: str = ""
    """The tag that is most like one that was asked for and no post bears; "": none is near."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a post stands in Discord."""

    identity: str
    channel_id: int
    message_id: int
