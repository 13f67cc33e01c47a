"""What a member asked for, as buttons remember it; the query that it means, and that query in plain words. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import discord

from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _, escape_text, join_and, join_or, shorten
from bot.model import Field, Order, Query, Term
from bot.search.query import parse_date, parse_with_options
from bot.text import limits

_WORDS = 40
"""UTF-16 units of a condition, or of a feed's name, where it is told."""
_MOST_WORDS = 6
_MOST_FEEDS = 3
_ROOM = 440
"""UTF-16 units for all conditions together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with its options, as typed."""

    query: str = ""
    tag: str = ""
    feed: str = ""
    after: str = ""
    before: str = ""
    order: Order = Order.RELEVANCE
    most: int | None = None
    """No more posts than this are shown; None: all that are found."""
    without: tuple[str, ...] = ()
    """Conditions that are left out, as `left_out` names them."""

    @property
    def command(self) -> str:
        """The one that asks this."""
        return "/search" if self.most is None else "/latest"


def write(asked: Asked) -> str:
    """As JSON."""
    return json.dumps(asdict(asked))


def read(written: str) -> Asked:
    """What `write` wrote, also an earlier version of it: what it does not know stays out."""
    found = json.loads(written)
    fields = {name: found[name] for name in Asked.__dataclass_fields__ if name in found}
    without = tuple(fields.get("without", ()))
    return Asked(**{**fields, "order": Order(fields.get("order", Order.RELEVANCE)), "without": without})


def understand(asked: Asked, now: datetime) -> Query:
    """The query with what the options add to it. Raises UserError for a date that cannot be read.

    The option `feed` is left to who knows the feeds.
    """
    for typed in filter(str.strip, (asked.after, asked.before)):
        if parse_date(typed, now) is None:
            raise UserError(
                _("{typed} is no date; write one such as `2026`, `2026-05`, `2026-05-04` or `7d`."),
                typed=escape_text(typed, _WORDS),
            )
    query = parse_with_options(asked.query, now, tag=asked.tag, after=asked.after, before=asked.before)
    return _lessened(query, asked.without)


def left_out(query: Query, lessened: Query) -> tuple[str, ...]:
    """What the second query lacks of the first: terms as typed; names of bounds begin with a space, as no term does."""
    terms = [term.written for term in query.terms if term not in lessened.terms]
    bounds = [name for name in ("after", "before") if getattr(query, name) and not getattr(lessened, name)]
    return (*terms, *(f" {name}" for name in bounds))


def describe(query: Query, feeds: Sequence[str] = ()) -> str:
    """The conditions in plain words: "beans and peas, tagged stars, of **Garden Notes**"; "" if there are none.

    `feeds`: names of the feeds that were asked for.
    """
    words = [_describe(term) for term in query.terms if _is_word(term)]
    parts = [join_and(shorten(words, _MOST_WORDS))]
    parts += [_describe(term) for term in query.terms if not _is_word(term)]
    if feeds:
        names = [f"**{escape_text(name, _WORDS)}**" for name in feeds]
        parts.append(_("of {feeds}").format(feeds=join_or(shorten(names, _MOST_FEEDS))))
    if query.after:
        parts.append(_("since {date}").format(date=discord.utils.format_dt(query.after, "D")))
    if query.before:
        parts.append(_("before {date}").format(date=discord.utils.format_dt(query.before, "D")))
    return _joined([part for part in parts if part])


def _joined(parts: Sequence[str]) -> str:
    """As many as there is room for, none of them cut."""
    line = ""
    for part in parts:
        longer = f"{line}, {part}" if line else part
        if limits.utf16_length(longer) > _ROOM:
            return f"{line}, …"
        line = longer
    return line


def _lessened(query: Query, without: Sequence[str]) -> Query:
    return replace(
        query,
        terms=tuple(term for term in query.terms if term.written not in without),
        after=None if " after" in without else query.after,
        before=None if " before" in without else query.before,
    )


def _describe(term: Term) -> str:
    sentences = {
        Field.ANY: "{it}",
        Field.TITLE: _("{it} in the title"),
        Field.TAG: _("tagged {it}"),
        Field.AUTHOR: _("by {it}"),
    }
    told_of = sentences[term.field].format(it=_bare(term))
    return _("not {it}").format(it=told_of) if term.is_excluded else told_of


def _is_word(term: Term) -> bool:
    return term.field is Field.ANY and not term.is_excluded


def _bare(term: Term) -> str:
    """The words of a condition without its field and quotes; a phrase in quotes stays one."""
    bare = escape_text(term.bare.strip(), _WORDS) or "…"
    return f"“{bare}”" if term.is_exact and term.field is Field.ANY else bare
