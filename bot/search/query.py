"""What a person typed → a safe search.

Words, of which all must occur; "phrases"; `-not`; `title:`, `tag:`, `author:`, `feed:`; `before:` and `after:` a date.
Whatever is none of these is plain text, so that no input is an error.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.model import Field, Query, Term
from bot.search.tokens import NOTHING, QUOTES, asked_words, is_unparted, whole_tag

LONGEST = 500
"""Characters of what was typed that are read."""
MOST_TERMS = 16
MOST_WORDS = 24
"""Of one term."""
LEAST_PREFIX = 3
"""Letters of a word that may go on: fewer begin too many words."""

_PIECE = re.compile(
    rf"""(?P<minus>[-−–](?=\S))?
        (?:(?P<field>title|tag|author|feed|before|after):)?
        (?: [{QUOTES}](?P<quoted>[^{QUOTES}]*)(?:[{QUOTES}]|$) | (?P<hash>\#(?=\w))?(?P<bare>[^\s{QUOTES}]+) )""",
    re.VERBOSE | re.IGNORECASE,
)
_SPACES = {ord(quote): " " for quote in QUOTES}
_AGO = re.compile(r"(\d{1,4})\s*([hdwmy])", re.IGNORECASE)
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_FIELDS = {"title": Field.TITLE, "tag": Field.TAG, "author": Field.AUTHOR}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of what was typed."""

    written: str
    field: str
    text: str
    is_quoted: bool
    is_excluded: bool


def parse(typed: str, now: datetime, *, typing: bool = False) -> Query:
    """What was typed, understood; never raises. `typing`: the last word may go on."""
    query = Query(typed.strip())
    for found in _PIECE.finditer(typed[:LONGEST]):
        query = _with(query, _piece(found), now)
    if typing and query.terms and typed.endswith(query.terms[-1].written):
        query = replace(query, terms=(*query.terms[:-1], may_go_on(query.terms[-1])))
    if query.text and query == Query(query.text):
        return replace(query, terms=(Term(query.text, (NOTHING,)),))
    return query


def narrow(typed: str, now: datetime, *, tag: str = "", after: str = "", before: str = "") -> Query:
    """What was typed, and what options add to it; of two dates the narrower holds."""
    options = {"tag": tag, "after": after, "before": before}
    query = parse(typed, now)
    parts = [query]
    quoted = {name: said.translate(_SPACES).strip() for name, said in options.items()}
    parts += [parse(f'{name}:"{said}"', now) for name, said in quoted.items() if said]
    return replace(
        query,
        text=typed,
        terms=tuple(dict.fromkeys(term for part in parts for term in part.terms)),
        after=max((part.after for part in parts if part.after), default=None),
        before=min((part.before for part in parts if part.before), default=None),
    )


def may_go_on(term: Term) -> Term:
    """The term as a prefix, where its last word is long enough for one."""
    if term.is_exact or term.is_excluded or term.field is Field.TAG:
        return term
    return replace(term, is_prefix=is_unparted(term.words[-1]) or len(term.words[-1]) >= LEAST_PREFIX)


def parse_date(typed: str, now: datetime) -> tuple[datetime, datetime] | None:
    """From when until when: a year, a month, a day (of UTC), or so long ago (`7d`, `3w`, `6m`, `1y`) until now."""
    ago = _AGO.fullmatch(typed.strip())
    try:
        if ago:
            return now - int(ago[1]) * _UNITS[ago[2].lower()], now
        return _calendar(typed.strip(), now)
    except (ValueError, OverflowError):
        return None


def _calendar(typed: str, now: datetime) -> tuple[datetime, datetime] | None:
    days = {"today": now.date(), "yesterday": now.date() - timedelta(days=1)}
    day = days.get(typed.lower())
    if day is not None:
        return _midnight(day), _midnight(day + timedelta(days=1))
    found = _DATE.fullmatch(typed)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 1)
    start = date(year, month, int(found[3] or 1))
    if found[3]:
        return _midnight(start), _midnight(start + timedelta(days=1))
    following = date(year + 1, 1, 1) if not found[2] or month == 12 else date(year, month + 1, 1)
    return _midnight(start), _midnight(following)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _piece(found: re.Match[str]) -> _Piece:
    return _Piece(
        written=found[0],
        field="tag" if found["hash"] and not found["field"] else (found["field"] or "").lower(),
        text=found["bare"] if found["quoted"] is None else found["quoted"],
        is_quoted=found["quoted"] is not None,
        is_excluded=found["minus"] is not None,
    )


def _with(query: Query, piece: _Piece, now: datetime) -> Query:
    """The query with one more condition."""
    reader = _READERS.get(piece.field)
    understood = reader(query, piece, now) if reader and not piece.is_excluded else None
    if understood is not None:
        return understood
    term = _term(piece)
    if term is None or len(query.terms) == MOST_TERMS:
        return query
    return replace(query, terms=(*query.terms, term))


def _term(piece: _Piece) -> Term | None:
    """None: there is no word in it."""
    field = _FIELDS.get(piece.field, Field.ANY)
    text = piece.text if piece.field in _FIELDS or not piece.field else f"{piece.field} {piece.text}"
    found = (whole_tag(text),) if field is Field.TAG else asked_words(text)[:MOST_WORDS]
    if not asked_words(text) and not (field is Field.TAG and text.strip("#")):
        return None
    single = len(found) == 1 and is_unparted(found[0]) and len(found[0]) == 1
    return Term(
        written=piece.written,
        words=found,
        field=field,
        is_exact=piece.is_quoted,
        is_prefix=single,
        is_excluded=piece.is_excluded,
        bare=text,
    )


def _after(query: Query, piece: _Piece, now: datetime) -> Query | None:
    span = parse_date(piece.text, now)
    return None if span is None else replace(query, after=span[0])


def _before(query: Query, piece: _Piece, now: datetime) -> Query | None:
    span = parse_date(piece.text, now)
    return None if span is None else replace(query, before=span[0])


def _feed(query: Query, piece: _Piece, _now: datetime) -> Query | None:
    return replace(query, feeds=(*query.feeds, piece.text)) if piece.text.strip() else None


_READERS: dict[str, Callable[[Query, _Piece, datetime], Query | None]] = {
    "after": _after,
    "before": _before,
    "feed": _feed,
}
