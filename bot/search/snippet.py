"""The part of a text that answers a query, with its hits marked."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.model import Field, Query, Term
from bot.search.stems import Language, is_inflection, language_of
from bot.search.tokens import Token, is_unparted, normalise, tokens
from bot.text import graphemes, limits
from bot.text.fold import one_line

_READ = 20_000
"""Characters of a text that are looked through."""
_BEFORE = 60
"""Characters in front of the first hit, so that it is read in its sentence."""
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a snippet."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    """Where a term occurs in a text, and which one it is."""

    start: int
    end: int
    term: int


def snippet(text: str, query: Query, room: int) -> tuple[Piece, ...]:
    """One line of the text where most of the query's terms stand together, at most `room` UTF-16 units."""
    line = one_line(text[:_READ])
    found = _hits(line, query.terms)
    start = _start(line, found, room)
    end = start + limits.fitting_length(line[start:], room - 2 * len(_ELLIPSIS))
    if end < len(line):
        space = line.rfind(" ", start + (end - start) // 2, end + 1)
        end = graphemes.floor_boundary(line, end) if space < 0 else space
    pieces = list(_pieces(line, start, end, found))
    before = [Piece(_ELLIPSIS)] if start else []
    after = [Piece(_ELLIPSIS)] if end < len(line) else []
    return tuple(before + pieces + after)


def _pieces(line: str, start: int, end: int, found: Iterable[_Hit]) -> Iterator[Piece]:
    place = start
    for hit in found:
        if hit.end > end or hit.start < place:
            continue
        if hit.start > place:
            yield Piece(line[place : hit.start])
        yield Piece(line[hit.start : hit.end], is_hit=True)
        place = hit.end
    if place < end:
        yield Piece(line[place:end])


def _start(line: str, found: Sequence[_Hit], room: int) -> int:
    """Where to begin so that most different terms are within the room; a little before the first of them."""
    starts = [hit.start for hit in found]
    best, most = 0, 0
    for index, hit in enumerate(found):
        last = bisect_left(starts, hit.start + room - _BEFORE - 2)
        different = len({each.term for each in found[index:last]})
        if different > most:
            best, most = hit.start, different
    if best <= _BEFORE:
        return 0
    return line.find(" ", best - _BEFORE, best) + 1 or graphemes.floor_boundary(line, best - _BEFORE)


def _hits(line: str, terms: Sequence[Term]) -> list[_Hit]:
    """Where the terms occur, in order; those of whole tags and authors stand elsewhere."""
    wanted = [
        (number, term)
        for number, term in enumerate(terms)
        if not term.is_excluded and term.field in (Field.ANY, Field.TITLE)
    ]
    if not wanted:
        return []
    folded, places = _folded(line)
    found = list(tokens(folded))
    words = {token.word for token in found}
    language = language_of(token.word for token in found)
    hits: list[_Hit] = []
    for number, term in wanted:
        ways = [{word for word in words if _is(word, term, at, language)} for at in range(len(term.words))]
        for first, last in _occurrences(found, ways):
            # of a pair of characters one may be the hit
            end = last.start + len(term.words[-1]) if is_unparted(term.words[-1]) else last.end
            hits.append(_Hit(places[first.start], graphemes.ceil_boundary(line, places[end - 1] + 1), number))
    return _joined(sorted(hits, key=lambda hit: (hit.start, -hit.end)))


def _occurrences(found: Sequence[Token], ways: Sequence[Collection[str]]) -> Iterator[tuple[Token, Token]]:
    """The first and the last of tokens that follow each other and are, one by one, among these words."""
    for index in range(len(found) - len(ways) + 1):
        stretch = found[index : index + len(ways)]
        if all(token.word in words for token, words in zip(stretch, ways, strict=True)):
            yield stretch[0], stretch[-1]


def _is(word: str, term: Term, at: int, language: Language) -> bool:
    """Whether a word of the text is the term's word at this place."""
    asked = term.words[at]
    if word == asked:
        return True
    if term.is_prefix and at == len(term.words) - 1 and word.startswith(asked):
        return True
    return not term.is_exact and len(term.words) == 1 and is_inflection(asked, word, language)


def _joined(hits: Iterable[_Hit]) -> list[_Hit]:
    """Hits that overlap become one, as those of pairs of characters do."""
    joined: list[_Hit] = []
    for hit in hits:
        if joined and hit.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = _Hit(last.start, max(last.end, hit.end), last.term)
        else:
            joined.append(hit)
    return joined


def _folded(line: str) -> tuple[str, list[int]]:
    """The line normalised character by character, and for each character left its place in the line."""
    if line.isascii():
        return line.lower(), list(range(len(line)))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(line):
        its = _normalised(character)
        folded.append(its)
        places.extend([place] * len(its))
    return "".join(folded), places


@lru_cache(maxsize=8192)
def _normalised(character: str) -> str:
    return " " if character == " " else normalise(character)
