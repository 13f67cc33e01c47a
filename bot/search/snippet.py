"""The part of a post's text that matches a query, with its matches marked."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.model import Field, Query, Term
from bot.search.languages import detect_languages
from bot.search.stems import have_same_stem
from bot.search.tokens import Token, is_unsegmented, iter_tokens, normalise
from bot.text import graphemes, limits
from bot.text.fold import one_line
from bot.text.summary import ELLIPSIS

_MAX_SEARCHED_LENGTH = 20_000
"""Characters of a text that are searched for matches."""
_CONTEXT = 60
"""Characters before the first match, so that it can be read in its sentence."""


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A stretch of a snippet that matches, or one between matches."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    """A match of the term with this number."""

    start: int
    end: int
    term: int


def build_snippet(text: str, query: Query, limit: int) -> tuple[SnippetPart, ...]:
    """Return one line of at most `limit` UTF-16 units, from where most of the query's terms are close together."""
    line = one_line(text[:_MAX_SEARCHED_LENGTH])
    hits = _find_hits(line, query.wanted())
    start = _find_start(line, hits, limit)
    end = start + limits.fitting_length(line[start:], limit - 2 * len(ELLIPSIS))
    if end < len(line):
        space = line.rfind(" ", start + (end - start) // 2, end + 1)
        end = graphemes.floor_boundary(line, end) if space < 0 else space
    before = [SnippetPart(ELLIPSIS)] if start else []
    after = [SnippetPart(ELLIPSIS)] if end < len(line) else []
    return (*before, *_split_at_hits(line, start, end, hits), *after)


def _split_at_hits(line: str, start: int, end: int, hits: Iterable[_Hit]) -> Iterator[SnippetPart]:
    position = start
    for hit in hits:
        if hit.end > end or hit.start < position:
            continue
        if hit.start > position:
            yield SnippetPart(line[position : hit.start])
        yield SnippetPart(line[hit.start : hit.end], is_hit=True)
        position = hit.end
    if position < end:
        yield SnippetPart(line[position:end])


def _find_start(line: str, hits: Sequence[_Hit], limit: int) -> int:
    """Return where to start so that the most different terms fit, with some context before the first."""
    starts = [hit.start for hit in hits]
    best, most = 0, 0
    for index, hit in enumerate(hits):
        last = bisect_left(starts, hit.start + limit - _CONTEXT - 2)
        different = len({each.term for each in hits[index:last]})
        if different > most:
            best, most = hit.start, different
    if best <= _CONTEXT:
        return 0
    return line.find(" ", best - _CONTEXT, best) + 1 or graphemes.floor_boundary(line, best - _CONTEXT)


def _find_hits(line: str, terms: Sequence[Term]) -> list[_Hit]:
    """Return where the terms match, in order. Terms for tags and authors match other columns, so they are skipped."""
    wanted = [
        (number, term)
        for number, term in enumerate(terms)
        if not term.is_excluded and term.field in (Field.ANY, Field.TITLE)
    ]
    if not wanted:
        return []
    folded, origins = _fold_with_origins(line)
    tokens = list(iter_tokens(folded))
    languages = detect_languages(token.text for token in tokens).languages
    hits: list[_Hit] = []
    for number, term in wanted:
        for first, last in _find_term(term, tokens, languages):
            # The last token may be a bigram of which only the first character matches.
            end = last.start + len(term.words[-1]) if is_unsegmented(term.words[-1]) else last.end
            hits.append(
                _Hit(origins[first.start], graphemes.ceil_boundary(line, origins[end - 1] + 1), number)
            )
    return _merge_overlaps(sorted(hits, key=lambda hit: (hit.start, -hit.end)))


def _find_term(
    term: Term, tokens: Sequence[Token], languages: Sequence[str]
) -> Iterator[tuple[Token, Token]]:
    """Yield the first and last token of each place where the term's words follow one another."""
    words = {token.text for token in tokens}
    accepted = [
        {word for word in words if _matches(word, term, index, languages)} for index in range(len(term.words))
    ]
    yield from _find_sequences(tokens, accepted)


def _find_sequences(
    tokens: Sequence[Token], accepted: Sequence[Collection[str]]
) -> Iterator[tuple[Token, Token]]:
    for index in range(len(tokens) - len(accepted) + 1):
        sequence = tokens[index : index + len(accepted)]
        if all(token.text in words for token, words in zip(sequence, accepted, strict=True)):
            yield sequence[0], sequence[-1]


def _matches(word: str, term: Term, index: int, languages: Sequence[str]) -> bool:
    """Return whether a word of the text matches the term's word at this index."""
    wanted = term.words[index]
    if word == wanted:
        return True
    if term.is_prefix and index == len(term.words) - 1 and word.startswith(wanted):
        return True
    return not term.is_exact and len(term.words) == 1 and have_same_stem(wanted, word, languages)


def _merge_overlaps(hits: Iterable[_Hit]) -> list[_Hit]:
    """Merge hits that overlap, as those of bigrams do."""
    merged: list[_Hit] = []
    for hit in hits:
        if merged and hit.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = _Hit(last.start, max(last.end, hit.end), last.term)
        else:
            merged.append(hit)
    return merged


def _fold_with_origins(line: str) -> tuple[str, list[int]]:
    """Return the normalised line, and for each of its characters the index in `line` that it comes from."""
    if line.isascii():
        return line.lower(), list(range(len(line)))
    folded: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(line):
        normalised = _normalise_character(character)
        folded.append(normalised)
        origins.extend([index] * len(normalised))
    return "".join(folded), origins


@lru_cache(maxsize=8192)
def _normalise_character(character: str) -> str:
    return " " if character == " " else normalise(character)
