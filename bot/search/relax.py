"""The conditions of a query one by one: what each is alone, and what is left without it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Query


@dataclass(frozen=True, slots=True)
class Condition:
    """One of several conditions of a query."""

    written: str
    """As one would type it."""
    alone: Query
    rest: Query
    """The query without it."""
    is_excluded: bool = False


def conditions(query: Query) -> tuple[Condition, ...]:
    """All of them; none where there is only one, since nothing would be left. What `feed:` names is not among them."""
    found = tuple(_each(query))
    return found if len(found) > 1 else ()


def _each(query: Query) -> Iterator[Condition]:
    for index, term in enumerate(query.terms):
        others = (*query.terms[:index], *query.terms[index + 1 :])
        yield Condition(
            term.written,
            _typed(Query(terms=(term,))),
            _typed(replace(query, terms=others)),
            is_excluded=term.is_excluded,
        )
    if query.after is not None:
        yield Condition(
            _day("after", query.after), Query(after=query.after), _typed(replace(query, after=None))
        )
    if query.before is not None:
        yield Condition(
            _day("before", query.before), Query(before=query.before), _typed(replace(query, before=None))
        )


def _typed(query: Query) -> Query:
    """With the text that one would type for it."""
    parts = [term.written for term in query.terms]
    parts += [f'feed:"{name}"' for name in query.feeds]
    parts += [
        _day(name, moment) for name, moment in (("after", query.after), ("before", query.before)) if moment
    ]
    return replace(query, text=" ".join(parts))


def _day(name: str, moment: datetime) -> str:
    return f"{name}:{moment:%Y-%m-%d}"
