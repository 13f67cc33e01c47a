"""Shorten texts: at the end of a sentence or else of a word, never inside a character or a link."""

import re
from collections.abc import Iterable

from bot.text import graphemes, limits
from bot.text.document import Document, truncate

ELLIPSIS = "…"
_MAX_LINES = 12
_MIN_SHARE = 0.4
"""A text is cut to no less than this share of its limit, if its words allow that."""
_TOLERANCE = 1.1
"""A text that exceeds the limit of a lead by no more than this factor is not cut."""

_SENTENCE_END = re.compile(
    r"""(?<![.!?…])(?P<latin>[.!?…]++)["'”’»)\]]*+(?=\s) | [。！？｡]+[」』”’）]* | [؟۔।॥]+["”)]*(?=\s|$) | (?=\n)""",
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"""(?:^|[\s(“"'«])
        (?: [^\W\d_] | \d{1,2} | [^\W\d_](?:\.[^\W\d_])+
          | mrs?|ms|dr|prof|st|vs|no|nr|jr|sr|inc|ltd|co|fig|ca|approx|bzw|usw|vgl|etc|dt|mme|sra?|op|vol|pp?|ed )
        \.$""",
    re.VERBOSE | re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+")


def lead(document: Document, limit: int) -> Document:
    """Return the start of a document as a summary: about `limit` UTF-16 units, and few lines."""
    text = document.text
    line_ends = [match.start() for match in re.finditer("\n", text)]
    end = line_ends[_MAX_LINES - 1] if len(line_ends) >= _MAX_LINES else len(text)
    if end == len(text) and limits.utf16_length(text) <= limit * _TOLERANCE:
        return document
    return shorten(document, min(limit, limits.utf16_length(text[:end])))


def shorten(document: Document, limit: int) -> Document:
    """Return the start of a document, at most `limit` UTF-16 units, cut where a reader would pause."""
    text = document.text
    if limits.utf16_length(text) <= limit:
        return document
    index, tail = find_cut(text, limit, _unbreakable(document))
    return truncate(document, index, tail)


def clip(text: str, limit: int) -> str:
    """Return the start of a line, at most `limit` UTF-16 units, cut at a word and with an ellipsis."""
    if limits.utf16_length(text) <= limit:
        return text
    index = _word_end(text, limits.fitting_length(text, limit - 1))
    return text[:index].rstrip(" ,;:–—-") + ELLIPSIS if index else limits.truncate(text, limit)


def find_cut(text: str, limit: int, unbreakable: Iterable[tuple[int, int]] = ()) -> tuple[int, str]:
    """Return the index to cut at, and what to write there; together at most `limit` UTF-16 units.

    The cut is not inside one of the `unbreakable` spans of a link, unless that would leave too little.
    """
    maximum = limits.fitting_length(text, limit - 1)
    minimum = int(maximum * _MIN_SHARE)
    spans = tuple(unbreakable)
    ends = [end for end in _sentence_ends(text, minimum, maximum) if not _span_around(end, spans)]
    if ends:
        return graphemes.floor_boundary(text, ends[-1]), ""
    index = _word_end(text, maximum)
    span = _span_around(index, spans)
    if span and (span[0] > minimum or _URL.match(text, span[0])):
        index = span[0]
    return index, ELLIPSIS


def _unbreakable(document: Document) -> Iterable[tuple[int, int]]:
    """Yield start and end of links, addresses and code in `document.text`."""
    index = 0
    for block in document.blocks:
        for run in block.runs:
            if run.url or run.code:
                yield index, index + len(run.text)
            else:
                yield from ((index + url.start(), index + url.end()) for url in _URL.finditer(run.text))
            index += len(run.text)
        index += 1


def _sentence_ends(text: str, minimum: int, maximum: int) -> Iterable[int]:
    for match in _SENTENCE_END.finditer(text, minimum, maximum + 1):
        if match.end() > maximum:
            continue
        if not match["latin"] or not _continues(text, match):
            yield match.end()


def _continues(text: str, end: re.Match[str]) -> bool:
    """Return whether what looks like the end of a sentence is inside one, such as after an abbreviation."""
    following = text[end.end() : end.end() + 2].strip()
    before = text[max(0, end.start() - 12) : end.start() + 1]
    return following[:1].islower() or (end["latin"] == "." and _ABBREVIATION.search(before) is not None)


def _span_around(index: int, spans: tuple[tuple[int, int], ...]) -> tuple[int, int] | None:
    return next(((start, end) for start, end in spans if start < index < end), None)


def _word_end(text: str, maximum: int) -> int:
    """Return the end of the last complete word, or of the last character in a script without spaces."""
    for index in range(maximum, int(maximum * (1 - _MIN_SHARE)), -1):
        if text[index].isspace():
            return graphemes.floor_boundary(text, index)
    return graphemes.floor_boundary(text, maximum)
