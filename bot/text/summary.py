"""The lead of a text: cut at the end of a sentence, else at a word, never inside a character or a link."""

import re
from collections.abc import Iterable

from bot.text import graphemes, limits
from bot.text.document import Document, truncate

ELLIPSIS = "…"
_MOST_LINES = 12
_SHORTEST_SHARE = 0.4
"""A lead is no shorter than this share of what it may be, if its words allow that."""
_SLACK = 1.1
"""A text that is hardly longer than asked is shown whole."""

_SENTENCE_END = re.compile(
    r"""(?P<latin>[.!?…]+)["'”’»)\]]*(?=\s) | [。！？｡]+[」』”’）]* | [؟۔।॥]+["”)]*(?=\s|$) | (?=\n)""",
    re.VERBOSE,
)
_NO_END = re.compile(
    r"""(?:^|[\s(“"'«])
        (?: [^\W\d_] | \d{1,2} | [^\W\d_](?:\.[^\W\d_])+
          | mrs?|ms|dr|prof|st|vs|no|nr|jr|sr|inc|ltd|co|fig|ca|approx|bzw|usw|vgl|etc|dt|mme|sra?|op|vol|pp?|ed )
        \.$""",
    re.VERBOSE | re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+")


def lead(document: Document, length: int) -> Document:
    """The first `length` UTF-16 units or so, of few enough lines to be a summary."""
    text = document.text
    lines = [found.start() for found in re.finditer("\n", text)]
    end = lines[_MOST_LINES - 1] if len(lines) >= _MOST_LINES else len(text)
    if end == len(text) and limits.utf16_length(text) <= length * _SLACK:
        return document
    return shorten(document, min(length, limits.utf16_length(text[:end])))


def shorten(document: Document, length: int) -> Document:
    """The first `length` UTF-16 units at most, cut where a reader would stop."""
    text = document.text
    if limits.utf16_length(text) <= length:
        return document
    place, tail = find_cut(text, length, _unbreakable(document))
    return truncate(document, place, tail)


def clip(text: str, length: int) -> str:
    """One line of at most `length` UTF-16 units, cut at a word, with an ellipsis."""
    if limits.utf16_length(text) <= length:
        return text
    place = _word_end(text, limits.fitting_length(text, length - 1))
    return text[:place].rstrip(" ,;:–—-") + ELLIPSIS if place else limits.truncate(text, length)


def find_cut(text: str, length: int, unbreakable: Iterable[tuple[int, int]] = ()) -> tuple[int, str]:
    """Where to cut so that at most `length` UTF-16 units remain, and what to write there."""
    most = limits.fitting_length(text, length - 1)
    least = int(most * _SHORTEST_SHARE)
    spans = tuple(unbreakable)
    ends = [end for end in _sentence_ends(text, least, most) if not _inside(end, spans)]
    if ends:
        return graphemes.floor_boundary(text, ends[-1]), ""
    place = _word_end(text, most)
    around = _inside(place, spans)
    if around and (around[0] > least or _URL.match(text, around[0])):
        place = around[0]
    return place, ELLIPSIS


def _unbreakable(document: Document) -> Iterable[tuple[int, int]]:
    place = 0
    for block in document.blocks:
        for run in block.runs:
            if run.url or run.code:
                yield place, place + len(run.text)
            else:
                yield from ((place + url.start(), place + url.end()) for url in _URL.finditer(run.text))
            place += len(run.text)
        place += 1


def _sentence_ends(text: str, least: int, most: int) -> Iterable[int]:
    for found in _SENTENCE_END.finditer(text, least, most + 1):
        if found.end() > most:
            continue
        if not found["latin"] or not _goes_on(text, found):
            yield found.end()


def _goes_on(text: str, end: re.Match[str]) -> bool:
    following = text[end.end() : end.end() + 2].strip()
    before = text[max(0, end.start() - 12) : end.start() + 1]
    return following[:1].islower() or (end["latin"] == "." and _NO_END.search(before) is not None)


def _inside(place: int, spans: tuple[tuple[int, int], ...]) -> tuple[int, int] | None:
    return next(((start, end) for start, end in spans if start < place < end), None)


def _word_end(text: str, most: int) -> int:
    """The end of the last whole word; in scripts that write no spaces, of the last whole character."""
    for place in range(most, int(most * (1 - _SHORTEST_SHARE)), -1):
        if text[place].isspace():
            return graphemes.floor_boundary(text, place)
    return graphemes.floor_boundary(text, most)
