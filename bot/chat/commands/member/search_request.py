"""The options of a search as stored for its buttons, the query that they mean, and that query in words. Pure."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import discord

from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _, escape_text, join_and, join_or, shorten
from bot.model import Field, Order, Query, Term
from bot.search.query import parse_date, parse_with_options
from bot.text import limits

_MAX_TERM_LENGTH = 40
"""UTF-16 units of a condition, or of a feed's name, in an answer."""
_MAX_TERMS = 6
_MAX_FEEDS = 3
_MAX_LENGTH = 440
"""UTF-16 units of all conditions together."""
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


def parse_options(options: SearchOptions, now: datetime) -> Query:
    """Return the query that the options mean, except for `feed`, which the caller resolves.

    Raises UserError for a date that can't be read.
    """
    for typed in filter(str.strip, (options.after, options.before)):
        if parse_date(typed, now) is None:
            raise UserError(
                _("{typed} isn't a date; try one like `2026`, `2026-05`, `2026-05-04` or `7d`."),
                typed=escape_text(typed, _MAX_TERM_LENGTH),
            )
    query = parse_with_options(
        options.query, now, tag=options.tag, after=options.after, before=options.before
    )
    return _remove(query, options.without)


def removed_conditions(query: Query, relaxed: Query) -> tuple[str, ...]:
    """Return what the second query lacks: terms as typed; " after" and " before", as no term starts with a space."""
    terms = [term.written for term in query.terms if term not in relaxed.terms]
    bounds = [name for name in ("after", "before") if getattr(query, name) and not getattr(relaxed, name)]
    return (*terms, *(f" {name}" for name in bounds))


def _remove(query: Query, without: Collection[str]) -> Query:
    return replace(
        query,
        terms=tuple(term for term in query.terms if term.written not in without),
        after=None if " after" in without else query.after,
        before=None if " before" in without else query.before,
    )


def describe(query: Query, feeds: Sequence[str] = (), widened: Collection[Term] = ()) -> str:
    """Return the conditions as words that can follow "posts"; "" if there are none.

    For example "with beans and peas, tagged stars, from **Garden Notes**". `feeds`: the names of the feeds in the
    query. `widened`: terms that match the beginning of a word although that wasn't typed.
    """
    parts = [_describe_words(query.terms, widened)]
    for (field, is_excluded), phrase in _phrases().items():
        terms = [term for term in query.terms if (term.field, term.is_excluded) == (field, is_excluded)]
        names = shorten([_name(term) + "…" * (term in widened) for term in terms], _MAX_TERMS)
        parts.append(phrase.format(terms=(join_or if is_excluded else join_and)(names)) if names else "")
    if feeds:
        names = [f"**{escape_text(name, _MAX_TERM_LENGTH)}**" for name in feeds]
        parts.append(_("from {feeds}").format(feeds=join_or(shorten(names, _MAX_FEEDS))))
    if query.after:
        parts.append(_("since {date}").format(date=discord.utils.format_dt(query.after, "D")))
    if query.before:
        parts.append(_("before {date}").format(date=discord.utils.format_dt(query.before, "D")))
    return _join_within_limit([part for part in parts if part])


def _phrases() -> dict[tuple[Field, bool], str]:
    """Phrases that describe terms, by field and whether they are excluded; words without a field have their own."""
    return {
        (Field.TITLE, False): _("with {terms} in the title"),
        (Field.TAG, False): _("tagged {terms}"),
        (Field.AUTHOR, False): _("by {terms}"),
        (Field.ANY, True): _("without {terms}"),
        (Field.TITLE, True): _("without {terms} in the title"),
        (Field.TAG, True): _("without the tag {terms}"),
        (Field.AUTHOR, True): _("by anyone but {terms}"),
    }


def _describe_words(terms: Sequence[Term], widened: Collection[Term]) -> str:
    """Return "with beans, peas and words that start with clim"; "" without words."""
    found = [term for term in terms if term.field is Field.ANY and not term.is_excluded]
    words = [_name(term) for term in found if term not in widened]
    if prefixes := shorten([_name(term) for term in found if term in widened], _MAX_TERMS):
        words.append(_("words that start with {words}").format(words=join_or(prefixes)))
    return _("with {words}").format(words=join_and(shorten(words, _MAX_TERMS))) if words else ""


def _name(term: Term) -> str:
    """Return a term without its field and quotes; a phrase in quotes keeps them."""
    bare = escape_text(term.bare.strip(), _MAX_TERM_LENGTH) or "…"
    return f"“{bare}”" if term.is_exact and term.field is Field.ANY else bare


def _join_within_limit(parts: Sequence[str]) -> str:
    """Return as many parts as fit, each of them whole."""
    line = ""
    for part in parts:
        longer = f"{line}, {part}" if line else part
        if limits.utf16_length(longer) > _MAX_LENGTH:
            return f"{line}, …"
        line = longer
    return line
