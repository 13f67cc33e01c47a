"""Tidy the runs of a block: collapse white space as HTML does, merge split words, drop empty runs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from bot.text.document import Run
from bot.text.escape import is_blank, strip_controls

_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" *\n[ \n]*")


def tidy_runs(runs: Iterable[Run], *, preformatted: bool = False) -> tuple[Run, ...]:
    """Return the runs of one block with collapsed white space, merged where they look the same.

    Empty if nothing in them is visible.
    """
    cleaned = [replace(run, text=strip_controls(run.text)) for run in merge_runs(runs)]
    spaced = merge_runs(cleaned) if preformatted else merge_runs(_collapse_spaces(cleaned))
    trimmed = _trim(list(spaced), "\n" if preformatted else None)
    return () if is_blank("".join(run.text for run in trimmed)) else tuple(trimmed)


def merge_runs(runs: Iterable[Run]) -> Iterator[Run]:
    """Merge neighbours with the same marks and link, and drop empty runs."""
    nonempty = (run for run in runs if run.text)
    for (marks, url, code), alike in groupby(nonempty, key=lambda run: (run.marks, run.url, run.code)):
        yield Run("".join(run.text for run in alike), marks, url, code)


def _collapse_spaces(runs: Iterable[Run]) -> Iterator[Run]:
    """Collapse white space as HTML does, also across the borders of elements."""
    last = "\n"
    for run in runs:
        text = _BREAKS.sub(lambda match: "\n" * min(match[0].count("\n"), 2), _SPACES.sub(" ", run.text))
        if last.isspace():
            text = text.lstrip(" ")
        if last == "\n" and text.startswith("\n"):
            text = "\n" + text.lstrip(" \n")
        if text:
            last = text[-1]
            yield replace(run, text=text)


def _trim(runs: list[Run], characters: str | None) -> list[Run]:
    start, end = 0, len(runs)
    while start < end and not runs[start].text.lstrip(characters):
        start += 1
    while end > start and not runs[end - 1].text.rstrip():
        end -= 1
    kept = runs[start:end]
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip(characters))
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return kept
