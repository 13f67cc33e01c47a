"""Parse what a person types into a `Query`.

All conditions must match: words, "phrases", `-not`, `title:`, `tag:`, `author:`, `feed:`, and the dates `before:`,
`after:` and `on:`. `OR` and `|` join the conditions beside them as alternatives, brackets group, and `*` at the end of
a word matches any ending. Anything else is searched as words, so no input is an error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.model import Condition, Either, Field, Query, ReadDate, Term
from bot.search.dates import MAX_DATE_WORDS, PLAIN, DateSpan, Writer, parse_date
from bot.search.lexer import Bracket, Piece, Sign, Typed, split_pieces
from bot.search.tokens import NO_POST, QUOTES, is_unsegmented, tag_token, tokenize_query

MAX_TERMS = 16
MAX_TERM_TOKENS = 24
"""Tokens of one term; the rest is ignored."""
MIN_PREFIX_LENGTH = 3
"""Letters of a prefix; a shorter one matches too many words."""

_QUOTES_TO_SPACES = {ord(quote): " " for quote in QUOTES}
_FIELDS = {"title": Field.TITLE, "tag": Field.TAG, "author": Field.AUTHOR}
_DATES = frozenset({"after", "before", "on"})
_OPPOSITES = {"after": "before", "before": "after"}
"""What a date means with a minus before it."""

_Group = tuple[Condition, ...]
"""Conditions that must all hold."""


@dataclass(slots=True)
class _Filters:
    """The conditions of a query that are not terms. They apply to the whole query, wherever they are."""

    feeds: list[str] = field(default_factory=list)
    after: datetime | None = None
    before: datetime | None = None
    guesses: list[ReadDate] = field(default_factory=list)


def parse_query(typed: str, now: datetime, *, is_partial: bool = False, writer: Writer = PLAIN) -> Query:
    """Return the query that was typed; never raise. With `is_partial`, the last word is still being typed: a prefix."""
    text = typed.strip()
    filters = _Filters()
    pieces = _limit(_take_filters(list(split_pieces(typed)), filters, now, writer))
    conditions = _read_group(pieces, "")
    terms = tuple(each for each in conditions if isinstance(each, Term))
    either = tuple(each for each in conditions if isinstance(each, Either))
    if is_partial and terms and typed.endswith(terms[-1].written):
        terms = (*terms[:-1], allow_prefix(terms[-1]))
    query = Query(
        text, terms, either, tuple(filters.feeds), filters.after, filters.before, tuple(filters.guesses)
    )
    return query if query.has_conditions or not text else replace(query, terms=(_only_operators(text),))


def _only_operators(text: str) -> Term:
    """Return a term for a text without conditions, such as "OR": its words, or what no post has."""
    return Term(text, tokenize_query(text)[:MAX_TERM_TOKENS] or (NO_POST,), bare=text)


def parse_with_options(
    typed: str, now: datetime, *, tag: str = "", after: str = "", before: str = "", writer: Writer = PLAIN
) -> Query:
    """Return the typed query, narrowed by a command's options. Where both give a date, the stricter one applies."""
    options = {"tag": tag, "after": after, "before": before}
    query = parse_query(typed, now, writer=writer)
    parts = [query]
    unquoted = {name: without_quotes(value) for name, value in options.items()}
    parts += [
        parse_query(f'{name}:"{value}"', now, writer=writer) for name, value in unquoted.items() if value
    ]
    return replace(
        query,
        text=typed,
        terms=tuple(dict.fromkeys(term for part in parts for term in part.terms)),
        after=max((part.after for part in parts if part.after), default=None),
        before=min((part.before for part in parts if part.before), default=None),
        guesses=tuple(dict.fromkeys(guess for part in parts for guess in part.guesses)),
    )


def without_quotes(value: str) -> str:
    """Return a condition's value as it can be written between quotes."""
    return value.translate(_QUOTES_TO_SPACES).strip()


def allow_prefix(term: Term) -> Term:
    """Return the term with its last word as a prefix, if that is long enough."""
    if term.is_exact or term.is_excluded or term.field is Field.TAG:
        return term
    return replace(term, is_prefix=term.is_prefix or _may_be_prefix(term.words[-1]))


def _may_be_prefix(word: str) -> bool:
    return is_unsegmented(word) or len(word) >= MIN_PREFIX_LENGTH


# Dates and feeds


def _take_filters(
    pieces: Sequence[Piece], filters: _Filters, now: datetime, writer: Writer
) -> Iterator[Piece]:
    """Yield the pieces that are terms, and add the others to the filters."""
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if isinstance(piece, Typed) and piece.field in (_OPPOSITES if piece.is_excluded else _DATES):
            length = _take_date(piece, _following(pieces[at + 1 :]), filters, now, writer)
            if length:
                at += length
                continue
        if (
            isinstance(piece, Typed)
            and not piece.is_excluded
            and piece.field == "feed"
            and piece.text.strip()
        ):
            filters.feeds.append(piece.text)
        else:
            yield piece
        at += 1


def _following(pieces: Sequence[Piece]) -> list[str]:
    """Return the plain words with which the pieces begin: a date may have several."""
    words = []
    for piece in pieces[: MAX_DATE_WORDS - 1]:
        if not isinstance(piece, Typed) or piece.field or piece.is_quoted or piece.is_excluded:
            break
        words.append(piece.text)
    return words


def _take_date(piece: Typed, following: list[str], filters: _Filters, now: datetime, writer: Writer) -> int:
    """Add the longest date that begins here; return how many pieces it has, 0 for none."""
    words = [piece.text, *([] if piece.is_quoted else following)]
    for length in range(len(words), 0, -1):
        text = " ".join(words[:length])
        span = parse_date(text, now, writer)
        if span is not None:
            _add_date(filters, _OPPOSITES[piece.field] if piece.is_excluded else piece.field, text, span)
            return length
    return 0


def _add_date(filters: _Filters, name: str, text: str, span: DateSpan) -> None:
    if name != "before":
        filters.after = span.start
    if name != "after":
        filters.before = span.end if name == "on" else span.start
    if span.guessed:
        filters.guesses.append(ReadDate(text, span.guessed))


# Terms


def _limit(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Leave out terms after the first MAX_TERMS, and those without a word."""
    terms = 0
    for piece in pieces:
        if isinstance(piece, Typed):
            if terms == MAX_TERMS or _to_term(piece, "") is None:
                continue
            terms += 1
        yield piece


def _read_group(pieces: Iterator[Piece], inherited: str) -> _Group:
    """Return the conditions up to the closing bracket; `inherited`: the field of the opening one."""
    groups: list[list[_Group]] = []
    is_joined = False
    for piece in pieces:
        if piece is Sign.CLOSE:
            break
        if piece is Sign.EITHER:
            is_joined = bool(groups)
            continue
        group = _read_item(piece, pieces, inherited)
        if not group:
            continue
        if is_joined:
            groups[-1].append(group)
        else:
            groups.append([group])
        is_joined = False
    return tuple(each for options in groups for each in _join(options))


def _read_item(piece: Piece, pieces: Iterator[Piece], inherited: str) -> _Group:
    if isinstance(piece, Bracket):
        group = _read_group(pieces, piece.field or inherited)
        return _exclude(group) if piece.is_excluded and group else group
    term = _to_term(piece, inherited) if isinstance(piece, Typed) else None
    return (term,) if term else ()


def _join(options: Sequence[_Group]) -> _Group:
    """Return alternatives as one condition; a single one as its own conditions."""
    different = tuple(dict.fromkeys(inner for option in options for inner in _options(option)))
    if len(options) == 1 or len(different) == 1:
        return options[0]
    return (Either(write_either(different), different),)


def _options(group: _Group) -> tuple[_Group, ...]:
    """Return the alternatives in a group that is nothing else."""
    (*others, last) = group
    return last.options if isinstance(last, Either) and not others and not last.is_excluded else (group,)


def _exclude(group: _Group) -> _Group:
    """Return conditions that hold where the group does not."""
    options = _options(group)
    if all(len(option) == 1 and not option[0].is_excluded for option in options):
        return tuple(_negate(option[0]) for option in options)
    return (Either(f"-({write_either(options)})", options, is_excluded=True),)


def _negate(condition: Condition) -> Condition:
    return replace(condition, written=f"-{condition.written}", is_excluded=True)


def write_either(options: Sequence[_Group]) -> str:
    """Return alternatives as a person would type them."""
    return " OR ".join(
        option[0].written if len(option) == 1 else f"({' '.join(each.written for each in option)})"
        for option in options
    )


def _to_term(typed: Typed, inherited: str) -> Term | None:
    """Return None if the condition contains no word."""
    name = typed.field or inherited
    is_field = name in _FIELDS or not name
    found = _FIELDS.get(name, Field.ANY)
    text = typed.text if is_field else f"{typed.field} {typed.text}".strip()
    words = tokenize_query(text)[:MAX_TERM_TOKENS]
    if not words and not (found is Field.TAG and text.strip("#")):
        return None
    if found is Field.TAG:
        words = (tag_token(text),)
    return Term(
        written=typed.written,
        words=words,
        field=found,
        is_exact=typed.is_quoted,
        is_prefix=_is_prefix(typed, found, words),
        is_excluded=typed.is_excluded,
        bare=text.removesuffix("*") if typed.is_prefix else text,
    )


def _is_prefix(typed: Typed, found: Field, words: Sequence[str]) -> bool:
    """Return whether the last word matches every word that begins with it: a single character of a run, or with `*`."""
    if len(words) == 1 and len(words[0]) == 1 and is_unsegmented(words[0]):
        return True
    return typed.is_prefix and found is not Field.TAG and _may_be_prefix(words[-1])
