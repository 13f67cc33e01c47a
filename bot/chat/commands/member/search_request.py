"""The options of a search as stored for its buttons, and the query that they mean. Pure."""

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, tzinfo

from bot.chat.commands.common.responses import UserError
from bot.chat.commands.member.search_facets import TAG
from bot.chat.messages import _, escape_text
from bot.model import Order, Query
from bot.search.dates import PLAIN, Writer, parse_date
from bot.search.query import parse_with_options

_MAX_DATE_LENGTH = 40
"""UTF-16 units of a date in an answer."""
_YEAR = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_STORED_LIMIT = "most"
"""The name of `SearchOptions.limit` in stored requests."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """The options of a command, as typed."""

    query: str = ""
    tag: str = ""
    feed: str = ""
    after: str = ""
    before: str = ""
    order: Order = Order.RELEVANCE
    limit: int | None = None
    """Posts at most; None: all that are found."""
    without: tuple[str, ...] = ()
    """Conditions that are left out, as `removed_conditions` names them."""
    channel: int = 0
    """The id of a channel; 0: all channels."""
    year: int = 0
    """Chosen from the years of an answer; 0: all."""
    facet: str = ""
    """Chosen from the tags of an answer; "": all."""
    language: str = ""
    """The person's language, as Discord names it; dates follow it. "": stored by an earlier version."""

    @property
    def command(self) -> str:
        """The command that has these options."""
        return "/search" if self.limit is None else "/latest"


def to_json(options: SearchOptions) -> str:
    """Return the options as a stored request."""
    fields = asdict(options)
    return json.dumps({**fields, _STORED_LIMIT: fields.pop("limit")})


def from_json(stored: str) -> SearchOptions:
    """Return the options of a stored request; those that this version doesn't know are ignored."""
    found = json.loads(stored)
    found["limit"] = found.get(_STORED_LIMIT)
    found["order"] = Order(found.get("order", Order.RELEVANCE))
    found["without"] = tuple(found.get("without", ()))
    return SearchOptions(
        **{name: found[name] for name in SearchOptions.__dataclass_fields__ if name in found}
    )


def parse_options(options: SearchOptions, now: datetime, zone: tzinfo = UTC) -> Query:
    """Return the query that the options mean, except for `feed`, which the caller resolves.

    `zone`: where days begin. Raises UserError for a date that can't be read.
    """
    writer = Writer(options.language or PLAIN.language, zone)
    for typed in filter(str.strip, (options.after, options.before)):
        if parse_date(typed.strip(), now, writer) is None:
            raise UserError(
                _("{typed} isn't a date; try one like `2026`, `2026-05`, `2026-05-04` or `7d`."),
                typed=escape_text(typed, _MAX_DATE_LENGTH),
            )
    query = parse_with_options(
        options.query, now, tag=options.tag, after=options.after, before=options.before, writer=writer
    )
    return _remove(query, options.without)


def respell(options: SearchOptions, typed: str, meant: str) -> SearchOptions:
    """Return the options with one typed word replaced by another."""
    word = re.compile(rf"(?<!\w){re.escape(typed)}(?!\w)", re.IGNORECASE)
    return replace(options, query=word.sub(meant, options.query, count=1))


def choose_facet(options: SearchOptions, what: str, value: str) -> SearchOptions:
    """Return the options narrowed to a year or a tag of a menu, or without the one that was chosen before."""
    if what == "year":
        return replace(options, year=int(value) if _YEAR.fullmatch(value) else 0)
    return replace(options, facet=value.removeprefix(TAG) if value.startswith(TAG) else "")


def removed_conditions(query: Query, relaxed: Query) -> tuple[str, ...]:
    """Return what the second query lacks: terms as typed; " after" and " before", as no term starts with a space."""
    terms = [each.written for each in query.conditions if each not in relaxed.conditions]
    bounds = [name for name in ("after", "before") if getattr(query, name) and not getattr(relaxed, name)]
    return (*terms, *(f" {name}" for name in bounds))


def _remove(query: Query, without: Collection[str]) -> Query:
    return replace(
        query,
        terms=tuple(term for term in query.terms if term.written not in without),
        either=tuple(each for each in query.either if each.written not in without),
        after=None if " after" in without else query.after,
        before=None if " before" in without else query.before,
    )
