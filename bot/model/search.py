"""Search queries and their results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from bot.model.admin import TagCount


class Field(StrEnum):
    """The part of a post where a term must occur."""

    ANY = "any"
    TITLE = "title"
    TAG = "tag"
    AUTHOR = "author"


class Order(StrEnum):
    """The order of results."""

    RELEVANCE = "relevance"
    """Best match first, with a mild preference for newer posts."""
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a query."""

    written: str
    """As typed, with field and quotes; for replies."""
    words: tuple[str, ...]
    """As in the index (see `bot.search.tokens`), consecutive and in this order; never empty."""
    field: Field = Field.ANY
    is_exact: bool = False
    """A phrase in quotes, which matches no other inflections."""
    is_prefix: bool = False
    """The last word is the beginning of a word."""
    is_excluded: bool = False
    """The post must not contain it."""
    bare: str = ""
    """As typed, without minus, field and quotes."""


@dataclass(frozen=True, slots=True)
class Either:
    """A condition with alternatives, of which a post must meet one."""

    written: str
    """As a person would type it."""
    options: tuple[tuple["Condition", ...], ...]
    """Each alternative is a list of conditions that must all be met; never empty."""
    is_excluded: bool = False
    """A post must meet none of the alternatives."""


Condition = Term | Either


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date that can be read in two ways, and how it was read."""

    written: str
    day: date

    @property
    def other(self) -> date:
        """The day that it would be with day and month swapped."""
        return self.day.replace(month=self.day.day, day=self.day.month)


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search. A post must meet all conditions."""

    text: str = ""
    """As typed."""
    terms: tuple[Term, ...] = ()
    either: tuple[Either, ...] = ()
    feeds: tuple[str, ...] = ()
    """What follows `feed:`, as typed. The caller resolves the names; a post of any of these feeds matches."""
    after: datetime | None = None
    """Only posts of this time or later."""
    before: datetime | None = None
    """Only posts before this time."""
    guesses: tuple[ReadDate, ...] = ()
    """Dates of which the order of day and month was guessed."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The terms, then the alternatives."""
        return (*self.terms, *self.either)

    @property
    def has_conditions(self) -> bool:
        """Whether anything narrows the search."""
        return bool(self.terms or self.either or self.feeds or self.after or self.before)

    def wanted(self) -> tuple[Term, ...]:
        """Return all terms that a post may have to contain, those of alternatives included."""
        return tuple(_terms(self.conditions, with_excluded=False))

    def all_terms(self) -> tuple[Term, ...]:
        """Return all terms, those of alternatives and exclusions included."""
        return tuple(_terms(self.conditions, with_excluded=True))


def _terms(conditions: Iterable[Condition], *, with_excluded: bool) -> Iterator[Term]:
    for condition in conditions:
        if condition.is_excluded and not with_excluded:
            continue
        if isinstance(condition, Term):
            yield condition
        else:
            for option in condition.options:
                yield from _terms(option, with_excluded=with_excluded)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A matching post."""

    entry_id: int
    feed_id: int
    identity: str
    """The post's identity across feeds."""
    title: str
    link: str
    feed_name: str
    tags: tuple[str, ...]
    published: datetime | None
    first_seen: datetime
    text: str
    """The complete plain text; `bot.search.snippet` finds the matching part."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What was chosen from the facets of an answer."""

    year: int | None = None
    """None: all years."""
    tag: str = ""
    """"": all tags."""
    zone: tzinfo = UTC
    """Where years begin."""

    @property
    def is_chosen(self) -> bool:
        """Whether anything was chosen."""
        return self.year is not None or bool(self.tag)


@dataclass(frozen=True, slots=True)
class YearCount:
    """A year and how many posts it has."""

    year: int
    posts: int


@dataclass(frozen=True, slots=True)
class TagTally:
    """The tags of some posts."""

    tags: tuple[TagCount, ...]
    """The most used ones, most used first."""
    count: int
    """How many tags there are."""


@dataclass(frozen=True, slots=True)
class Facets:
    """The years and tags of the hits, with counts: of each, as if only the other had been narrowed."""

    years: tuple[YearCount, ...] = ()
    """Newest first."""
    tags: tuple[TagCount, ...] = ()
    """The most used ones, most used first; those that all hits have are left out."""
    more_tags: int = 0
    """How many tags there are besides these."""
    counted: int = 0
    """How many hits were counted."""
    is_more: bool = False
    """Whether there are more hits: these are the newest."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was probably meant instead of the typed one."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits."""

    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    """How many hits there are; a lower bound if `is_more`."""
    is_more: bool = False
    """Whether counting stopped at a limit."""
    is_partial: bool = False
    """Whether the search timed out; these are the hits until then."""
    query: Query = Query()
    """The query that was run. If the typed one finds nothing, its words are tried as prefixes, then others."""
    corrections: tuple[Correction, ...] = ()
    """Words of that query that were not typed: no post has those that were."""
    suggestions: tuple[Correction, ...] = ()
    """Spellings that would find posts too, likeliest first."""
    left_out: tuple[str, ...] = ()
    """Typed words that not every hit has, because too few posts have all of them."""
    facets: Facets | None = None
    """None: not asked for, or counting them takes too long."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A suggestion if nothing was found."""

    dropped: str = ""
    """The condition to leave out, as typed; "" if that does not help."""
    query: Query | None = None
    """The query without that condition."""
    total: int = 0
    """How many posts that query finds."""
    tag: str = ""
    """The tag most similar to a searched tag that no post has; "" if none is similar."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Posts that are found because of their messages, although the reader sees no channel that follows their feeds."""

    feeds: frozenset[int]
    channels: frozenset[int]
    """Of the posts of these feeds, those with a message in one of these channels."""


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A post's message in Discord."""

    identity: str
    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A member's search, stored so that the buttons below the reply can repeat it."""

    token: int
    guild_id: int
    user_id: int
    request: str
    """The options as JSON, in the format of the caller."""
    created_at: datetime
