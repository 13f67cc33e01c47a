"""Split what a person types into pieces: conditions, brackets and `OR`. Anything is accepted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from bot.search.tokens import QUOTES

MAX_QUERY_LENGTH = 500
"""Characters; the rest of what was typed is ignored."""
MAX_DEPTH = 8
"""Brackets within brackets; deeper ones are ignored."""

_PIECE = re.compile(
    rf"""\s*(?:
        (?P<either> \|+ | (?-i:OR)(?=[\s()|{QUOTES}]|$) )
        | (?P<both> (?: (?-i:AND) | &+ )(?=[\s()|{QUOTES}]|$) )
        | (?P<close> \) )
        | (?P<minus>[-−–](?=\S))?
          (?:(?P<field>title|tag|author|feed|before|after|on):)?
          (?: (?P<open>\()
            | [{QUOTES}](?P<quoted>[^{QUOTES}]*)(?:[{QUOTES}]|$)
            | (?P<hash>\#(?=\w))?(?P<bare>[^\s|{QUOTES}]+)
          )
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_PREFIXED = re.compile(r"[^*]*\w\*")


class Sign(Enum):
    """A piece that connects others."""

    EITHER = "OR"
    CLOSE = ")"


@dataclass(frozen=True, slots=True)
class Bracket:
    """An opening bracket, and what applies to everything in it."""

    field: str = ""
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """One condition as typed."""

    written: str
    field: str
    text: str
    is_quoted: bool
    is_excluded: bool
    is_prefix: bool = False
    """Whether it ends with its only `*`."""


Piece = Sign | Bracket | Typed


def split_pieces(typed: str) -> Iterator[Piece]:
    """Yield the pieces in order. A closing bracket without an opening one is a part of its word."""
    depth = 0
    for match in _PIECE.finditer(typed[:MAX_QUERY_LENGTH]):
        for piece in _read(match, depth):
            is_open, is_close = isinstance(piece, Bracket), piece is Sign.CLOSE
            if not ((is_open and depth >= MAX_DEPTH) or (is_close and depth > MAX_DEPTH)):
                yield piece
            depth += is_open - is_close


def _read(match: re.Match[str], depth: int) -> Iterator[Piece]:
    if match["both"]:
        return  # all conditions must hold anyway
    if match["either"]:
        yield Sign.EITHER
    elif match["close"]:
        yield from [Sign.CLOSE] * bool(depth)
    elif match["open"]:
        yield Bracket((match["field"] or "").lower(), match["minus"] is not None)
    else:
        condition = _read_condition(match)
        closing = 0 if condition.is_quoted else min(depth, _count_closing(condition.text))
        yield _shorten(condition, closing)
        yield from [Sign.CLOSE] * closing


def _read_condition(match: re.Match[str]) -> Typed:
    field = (match["field"] or "").lower()
    text = match["bare"] if match["quoted"] is None else match["quoted"]
    return Typed(
        written=match[0].strip(),
        field="tag" if match["hash"] and not field else field,
        text=text,
        is_quoted=match["quoted"] is not None,
        is_excluded=match["minus"] is not None,
        is_prefix=_PREFIXED.fullmatch(text) is not None,
    )


def _count_closing(text: str) -> int:
    """Return how many brackets at the end of a word were not opened in it, as in "frost))" but not "f(x)"."""
    at_end = len(text) - len(text.rstrip(")"))
    return max(0, min(at_end, text.count(")") - text.count("(")))


def _shorten(condition: Typed, by: int) -> Typed:
    if not by:
        return condition
    text = condition.text[:-by]
    return replace(
        condition, written=condition.written[:-by], text=text, is_prefix=_PREFIXED.fullmatch(text) is not None
    )
