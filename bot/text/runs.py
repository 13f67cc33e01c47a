"""Runs put in order: what HTML's white space, empty elements and split words become before they are written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from bot.text.document import Run
from bot.text.escape import is_blank, strip_controls

_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" *\n[ \n]*")


def tidy_runs(runs: Iterable[Run], *, preformatted: bool = False) -> tuple[Run, ...]:
    """The runs of one block, joined where their shape is the same; none at all if nothing can be seen."""
    joined = [replace(run, text=strip_controls(run.text)) for run in merge_runs(runs)]
    spaced = merge_runs(joined) if preformatted else merge_runs(_single_spaces(joined))
    trimmed = _trimmed(list(spaced), "\n" if preformatted else None)
    return () if is_blank("".join(run.text for run in trimmed)) else tuple(trimmed)


def merge_runs(runs: Iterable[Run]) -> Iterator[Run]:
    """Neighbours of one shape as one run, the empty ones gone."""
    visible = (run for run in runs if run.text)
    for (marks, url, code), alike in groupby(visible, key=lambda run: (run.marks, run.url, run.code)):
        yield Run("".join(run.text for run in alike), marks, url, code)


def _single_spaces(runs: Iterable[Run]) -> Iterator[Run]:
    """White space as HTML shows it, also across the edges of elements."""
    last = "\n"
    for run in runs:
        text = _BREAKS.sub(lambda found: "\n" * min(found[0].count("\n"), 2), _SPACES.sub(" ", run.text))
        if last.isspace():
            text = text.lstrip(" ")
        if last == "\n" and text.startswith("\n"):
            text = "\n" + text.lstrip(" \n")
        if text:
            last = text[-1]
            yield replace(run, text=text)


def _trimmed(runs: list[Run], characters: str | None) -> list[Run]:
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
