"""A query in words, for answers. Pure."""

from collections.abc import Collection, Sequence

import discord

from bot.chat.messages import _, escape_text, join_and, join_groups, join_or, shorten
from bot.model import Condition, Either, Facets, Field, Narrowing, Query, SearchResult, Term
from bot.search.facets import bounds
from bot.text import limits

_MAX_TERM_LENGTH = 40
"""UTF-16 units of a condition, or of a feed's name, in an answer."""
_NOTHING = Narrowing()
_MAX_TERMS = 6
_MAX_FEEDS = 3
_MAX_LEFT_OUT = 8
_MAX_LENGTH = 440
"""UTF-16 units of all conditions together."""


def describe(
    query: Query,
    feeds: Sequence[str] = (),
    widened: Collection[Term] = (),
    *,
    channel: int = 0,
    chosen: Narrowing = _NOTHING,
) -> str:
    """Return the conditions as words that can follow "posts"; "" if there are none.

    For example "with beans and peas, tagged stars, from **Garden Notes**". `feeds`: the names of the feeds in the
    query. `widened`: typed words that also match as the beginning of a word. `channel`: the id of the only searched
    channel. `chosen`: the facets that were chosen.
    """
    parts = [_describe_words(query, widened), *_describe_excluded(query.either)]
    for (field, is_excluded), phrase in _phrases().items():
        terms = [term for term in query.terms if (term.field, term.is_excluded) == (field, is_excluded)]
        names = shorten([_name(term) + "…" * (term in widened) for term in terms], _MAX_TERMS)
        parts.append(phrase.format(terms=(join_or if is_excluded else join_and)(names)) if names else "")
    if feeds:
        names = [f"**{escape_text(name, _MAX_TERM_LENGTH)}**" for name in feeds]
        parts.append(_("from {feeds}").format(feeds=join_or(shorten(names, _MAX_FEEDS))))
    if channel:
        parts.append(_("in {channel}").format(channel=f"<#{channel}>"))
    return _join_within_limit([part for part in (*parts, *_describe_dates(query, chosen)) if part])


def _describe_dates(query: Query, chosen: Narrowing) -> list[str]:
    """Return "in 2026", "since 1 May 2026" and "before 1 June 2026", as far as the query says so."""
    start, end = bounds(chosen)
    parts = [] if chosen.year is None else [_("in {year}").format(year=chosen.year)]
    if query.after and query.after != start:
        parts.append(_("since {date}").format(date=discord.utils.format_dt(query.after, "D")))
    if query.before and query.before != end:
        parts.append(_("before {date}").format(date=discord.utils.format_dt(query.before, "D")))
    return parts


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


def _describe_words(query: Query, widened: Collection[Term]) -> str:
    """Return "with beans, peas, words that start with clim and either moon or frost"; "" without words."""
    found = [term for term in query.terms if term.field is Field.ANY and not term.is_excluded]
    begun = [term for term in found if term in widened or (term.is_prefix and "*" in term.written)]
    words = [_name(term) for term in found if term not in begun]
    if prefixes := shorten([_name(term) for term in begun], _MAX_TERMS):
        words.append(_("words that start with {words}").format(words=join_or(prefixes)))
    either = [_alternatives(each) for each in query.either if not each.is_excluded]
    if words or len(either) > 1:
        either = [_("either {words}").format(words=each) for each in either]
    words += either
    return _("with {words}").format(words=join_and(shorten(words, _MAX_TERMS))) if words else ""


def _describe_excluded(either: Sequence[Either]) -> list[str]:
    """Return "not with moon and frost together" for each list of conditions that must not all hold."""
    return [
        _("not with {words} together").format(words=_alternatives(each))
        for each in either
        if each.is_excluded
    ]


def _alternatives(either: Either) -> str:
    options = shorten([join_and(list(map(_written, option))) for option in either.options], _MAX_TERMS)
    has_groups = any(len(option) > 1 for option in either.options)
    return join_groups(options) if has_groups else join_or(options)


def _written(condition: Condition) -> str:
    """Return a condition among alternatives: a word as it is, anything else as typed."""
    if isinstance(condition, Term) and condition.field is Field.ANY and not condition.is_excluded:
        return _name(condition) + "…" * ("*" in condition.written)
    return escape_text(condition.written, _MAX_TERM_LENGTH)


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
            return f"{line}, …" if line else "…"
        line = longer
    return line


def explain_mending(found: SearchResult) -> list[str]:
    """Return a line about replaced words, and one about words that were left out."""
    lines = []
    if found.corrections:
        meant = join_and([f"**{escape_text(each.meant, _MAX_TERM_LENGTH)}**" for each in found.corrections])
        lines.append(_("-# Did you mean {words}? Nothing has what you typed.").format(words=meant))
    if found.left_out:
        words = shorten([escape_text(word, _MAX_TERM_LENGTH) for word in found.left_out], _MAX_LEFT_OUT)
        lines.append(
            _("-# Left out, as too few posts have everything: {words}").format(words=", ".join(words))
        )
    return lines


def explain_facets(facets: Facets | None) -> list[str]:
    """Return a line if the menus below an answer do not count all posts."""
    if facets is None or not facets.is_more:
        return []
    return [_("-# The menus below count the newest {count} posts.").format(count=f"{facets.counted:,}")]


def explain_guesses(query: Query) -> list[str]:
    """Return a line for each date that can be read in two ways."""
    return [
        _("-# {written} was read as {day}; write {other} for the other day.").format(
            written=escape_text(guess.written), day=guess.day, other=guess.other
        )
        for guess in query.guesses
    ]
