"""Parse what a person types into a `Query`.

All conditions must match: words, "phrases", `-not`, `title:`, `tag:`, `author:`, `feed:`, and the dates `before:` and
`after:`. Anything else is searched as words, so no input is an error.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.model import Field, Query, Term
from bot.search.tokens import NO_POST, QUOTES, is_unsegmented, tag_token, tokenize_query

MAX_QUERY_LENGTH = 500
"""Characters; the rest of what was typed is ignored."""
MAX_TERMS = 16
MAX_TERM_TOKENS = 24
"""Tokens of one term; the rest is ignored."""
MIN_PREFIX_LENGTH = 3
"""Letters of a prefix; a shorter one matches too many words."""

_CONDITION = re.compile(
    rf"""(?P<minus>[-−–](?=\S))?
        (?:(?P<field>title|tag|author|feed|before|after):)?
        (?: [{QUOTES}](?P<quoted>[^{QUOTES}]*)(?:[{QUOTES}]|$) | (?P<hash>\#(?=\w))?(?P<bare>[^\s{QUOTES}]+) )""",
    re.VERBOSE | re.IGNORECASE,
)
_QUOTES_TO_SPACES = {ord(quote): " " for quote in QUOTES}
_AGO = re.compile(r"(\d{1,4})\s*([hdwmy])", re.IGNORECASE)
_UNITS = {
    "h": timedelta(hours=1), "d": timedelta(1), "w": timedelta(7), "m": timedelta(30), "y": timedelta(365),
}  # fmt: skip
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_FIELDS = {"title": Field.TITLE, "tag": Field.TAG, "author": Field.AUTHOR}


@dataclass(frozen=True, slots=True)
class _Condition:
    """One condition as typed."""

    written: str
    field: str
    text: str
    is_quoted: bool
    is_excluded: bool


def parse_query(typed: str, now: datetime, *, is_partial: bool = False) -> Query:
    """Return the query that was typed; never raise. With `is_partial`, the last word is still being typed: a prefix."""
    query = Query(typed.strip())
    for match in _CONDITION.finditer(typed[:MAX_QUERY_LENGTH]):
        query = _add_condition(query, _read_condition(match), now)
    if is_partial and query.terms and typed.endswith(query.terms[-1].written):
        query = replace(query, terms=(*query.terms[:-1], allow_prefix(query.terms[-1])))
    if query.text and query == Query(query.text):
        return replace(query, terms=(Term(query.text, (NO_POST,)),))
    return query


def parse_with_options(
    typed: str, now: datetime, *, tag: str = "", after: str = "", before: str = ""
) -> Query:
    """Return the typed query, narrowed by a command's options. Where both give a date, the stricter one applies."""
    options = {"tag": tag, "after": after, "before": before}
    query = parse_query(typed, now)
    parts = [query]
    unquoted = {name: value.translate(_QUOTES_TO_SPACES).strip() for name, value in options.items()}
    parts += [parse_query(f'{name}:"{value}"', now) for name, value in unquoted.items() if value]
    return replace(
        query,
        text=typed,
        terms=tuple(dict.fromkeys(term for part in parts for term in part.terms)),
        after=max((part.after for part in parts if part.after), default=None),
        before=min((part.before for part in parts if part.before), default=None),
    )


def allow_prefix(term: Term) -> Term:
    """Return the term with its last word as a prefix, if that is long enough."""
    if term.is_exact or term.is_excluded or term.field is Field.TAG:
        return term
    return replace(term, is_prefix=is_unsegmented(term.words[-1]) or len(term.words[-1]) >= MIN_PREFIX_LENGTH)


def parse_date(typed: str, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the start and end of a year, month or day (in UTC), or of `7d`, `3w`, `6m`, `1y` until now.

    None if it is not a date.
    """
    ago = _AGO.fullmatch(typed.strip())
    try:
        if ago:
            return now - int(ago[1]) * _UNITS[ago[2].lower()], now
        return _parse_calendar_date(typed.strip(), now)
    except (ValueError, OverflowError):
        return None


def _parse_calendar_date(typed: str, now: datetime) -> tuple[datetime, datetime] | None:
    days = {"today": now.date(), "yesterday": now.date() - timedelta(days=1)}
    day = days.get(typed.lower())
    if day is not None:
        return _midnight(day), _midnight(day + timedelta(days=1))
    match = _DATE.fullmatch(typed)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 1)
    start = date(year, month, int(match[3] or 1))
    if match[3]:
        return _midnight(start), _midnight(start + timedelta(days=1))
    following = date(year + 1, 1, 1) if not match[2] or month == 12 else date(year, month + 1, 1)
    return _midnight(start), _midnight(following)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _read_condition(match: re.Match[str]) -> _Condition:
    field = (match["field"] or "").lower()
    return _Condition(
        written=match[0],
        field="tag" if match["hash"] and not field else field,
        text=match["bare"] if match["quoted"] is None else match["quoted"],
        is_quoted=match["quoted"] is not None,
        is_excluded=match["minus"] is not None,
    )


def _add_condition(query: Query, condition: _Condition, now: datetime) -> Query:
    apply = _FILTERS.get(condition.field)
    filtered = apply(query, condition, now) if apply and not condition.is_excluded else None
    if filtered is not None:
        return filtered
    term = _to_term(condition)
    if term is None or len(query.terms) == MAX_TERMS:
        return query
    return replace(query, terms=(*query.terms, term))


def _to_term(condition: _Condition) -> Term | None:
    """Return None if the condition contains no word."""
    field = _FIELDS.get(condition.field, Field.ANY)
    is_field = condition.field in _FIELDS or not condition.field
    text = condition.text if is_field else f"{condition.field} {condition.text}"
    words = tokenize_query(text)[:MAX_TERM_TOKENS]
    if not words and not (field is Field.TAG and text.strip("#")):
        return None
    if field is Field.TAG:
        words = (tag_token(text),)
    return Term(
        written=condition.written,
        words=words,
        field=field,
        is_exact=condition.is_quoted,
        is_prefix=len(words) == 1 and len(words[0]) == 1 and is_unsegmented(words[0]),
        is_excluded=condition.is_excluded,
        bare=text,
    )


def _filter_after(query: Query, condition: _Condition, now: datetime) -> Query | None:
    span = parse_date(condition.text, now)
    return None if span is None else replace(query, after=span[0])


def _filter_before(query: Query, condition: _Condition, now: datetime) -> Query | None:
    span = parse_date(condition.text, now)
    return None if span is None else replace(query, before=span[0])


def _filter_feed(query: Query, condition: _Condition, _now: datetime) -> Query | None:
    return replace(query, feeds=(*query.feeds, condition.text)) if condition.text.strip() else None


_FILTERS: dict[str, Callable[[Query, _Condition, datetime], Query | None]] = {
    "after": _filter_after,
    "before": _filter_before,
    "feed": _filter_feed,
}
"""Conditions that are not terms. A filter returns None if its text is not valid, which makes it a term."""
