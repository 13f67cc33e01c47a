"""A query with one condition left out, to suggest what to drop when nothing is found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Condition, Query, Term


@dataclass(frozen=True, slots=True)
class RelaxedQuery:
    """A query without one of its conditions, and that condition."""

    dropped: str
    """The condition as a person would type it."""
    alone: Query
    """A query with only the dropped condition."""
    query: Query
    """The query without it."""
    is_excluded: bool = False
    """Whether the dropped condition is a `-not`."""


def relax(query: Query) -> tuple[RelaxedQuery, ...]:
    """Return the query once without each of its conditions; nothing if it has fewer than two.

    `feed:` filters are always kept.
    """
    relaxed = tuple(_relaxed(query))
    return relaxed if len(relaxed) > 1 else ()


def _relaxed(query: Query) -> Iterator[RelaxedQuery]:
    for condition in query.conditions:
        yield RelaxedQuery(
            condition.written,
            with_text(_of(condition)),
            with_text(without(query, condition)),
            is_excluded=condition.is_excluded,
        )
    if query.after is not None:
        rest = with_text(replace(query, after=None))
        yield RelaxedQuery(_date_filter("after", query.after), Query(after=query.after), rest)
    if query.before is not None:
        rest = with_text(replace(query, before=None))
        yield RelaxedQuery(_date_filter("before", query.before), Query(before=query.before), rest)


def _of(condition: Condition) -> Query:
    return Query(terms=(condition,)) if isinstance(condition, Term) else Query(either=(condition,))


def without(query: Query, *conditions: Condition) -> Query:
    """Return the query without some of its terms and alternatives."""
    return replace(
        query,
        terms=tuple(term for term in query.terms if term not in conditions),
        either=tuple(each for each in query.either if each not in conditions),
    )


def with_text(query: Query) -> Query:
    """Set the query's text to what a person would type for it."""
    parts = [term.written for term in query.terms]
    parts += [f"({each.written})" if not each.is_excluded else each.written for each in query.either]
    parts += [f'feed:"{name}"' for name in query.feeds]
    dates = (("after", query.after), ("before", query.before))
    parts += [_date_filter(name, moment) for name, moment in dates if moment]
    return replace(query, text=" ".join(parts))


def _date_filter(name: str, moment: datetime) -> str:
    return f"{name}:{moment:%Y-%m-%d}"
