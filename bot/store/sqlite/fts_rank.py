"""Ranks the hits of the index. It takes whole lists of them: SQLite takes twice as long to group and sort rows."""

import json
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from statistics import fmean

from bot.store.database import Row
from bot.store.matching import DOCIDS_PER_SECOND, NONE, Ranked

_CLOSENESS = 1.3
"""A hit counts this many times if searched words are close together in it."""
_RECENCY = 0.25
"""How much more the newest hit counts than a very old one."""
_YEAR = 31_557_600 * DOCIDS_PER_SECOND
"""A hit that is a year older than the newest one counts half of that more."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Documents that match, newest first, as lists of the same length."""

    is_former: bool
    """Whether they are documents of the former index."""
    is_posted: bool
    """Whether they were found since a message shows their posts, whatever feeds they are from."""
    docids: Sequence[int]
    entries: Sequence[int]
    posts: Sequence[int]
    """Documents of one post are one hit."""
    feeds: Sequence[int]
    """Empty if all feeds are searched."""
    scores: Sequence[int]
    """In billionths; the lower, the better."""

    def at(self, places: Iterable[int]) -> "Hits":
        """Return the hits at these places."""
        places = tuple(places)
        lists = ([each[place] for place in places] if each else each for each in self.lists)
        return Hits(self.is_former, self.is_posted, *lists)

    @property
    def lists(self) -> tuple[Sequence[int], ...]:
        """Return all lists, in the order of the fields."""
        return self.docids, self.entries, self.posts, self.feeds, self.scores

    def visible(self, scope: frozenset[int] | None, without: frozenset[int]) -> "Hits":
        """Return the hits in feeds of `scope` that are not of the posts `without`."""
        found = self
        if not (scope is None or self.is_posted or scope.issuperset(self.feeds)):
            found = self.at(place for place, feed in enumerate(self.feeds) if feed in scope)
        if not without.isdisjoint(found.posts):
            found = found.at(place for place, post in enumerate(found.posts) if post not in without)
        return found

    def scored(self, scores: Mapping[int, int]) -> "Hits":
        """Return the hits with these scores of documents; those without one come last."""
        return replace(self, scores=[scores.get(docid, 0) for docid in self.docids])

    def with_close(self, close: Collection[int]) -> "Hits":
        """Return the hits with better scores for these documents, in which searched words are close together."""
        scores = zip(self.docids, self.scores, strict=True)
        return replace(
            self, scores=[round(score * _CLOSENESS) if docid in close else score for docid, score in scores]
        )


def read_hits(row: Row) -> Hits:
    """Read the hits of one index."""
    docids, entries, posts = (json.loads(row[name]) for name in ("docids", "entries", "posts"))
    feeds = json.loads(row["feeds"] or "[]")
    scores = json.loads(row["scores"]) if row["scores"] else [0] * len(docids)
    return Hits(bool(row["is_former"]), bool(row["is_posted"]), docids, entries, posts, feeds, scores)


def best_first(found: Sequence[Hits]) -> Ranked:
    """Return the newest entry of each post, best first. Of equally good hits, the newest comes first."""
    found = [hits for hits in found if hits.docids]
    if not found:
        return NONE
    hits = _one_of_each_post(found[0] if len(found) == 1 else _together(found))
    docids, entries = hits.docids, hits.entries
    if any(hits.scores):
        scores = _with_recency(hits)
        order = sorted(range(len(scores)), key=scores.__getitem__)
        docids, entries = [docids[place] for place in order], [entries[place] for place in order]
    return Ranked(array("q", entries), array("q", [docid // DOCIDS_PER_SECOND for docid in docids]))


def _with_recency(hits: Hits) -> list[float]:
    """Return the scores with what the date of each hit adds."""
    share, next_year = _RECENCY * _YEAR, hits.docids[0] + _YEAR
    return [
        score * (1 + share / (next_year - docid))
        for docid, score in zip(hits.docids, hits.scores, strict=True)
    ]


def _together(found: Sequence[Hits]) -> Hits:
    """Return the hits of several lists, newest first."""
    lists = zip(*(hits.lists for hits in found), strict=True)
    docids, *others = (list(chain.from_iterable(each)) for each in lists)
    order = sorted(range(len(docids)), key=docids.__getitem__, reverse=True)
    return Hits(found[0].is_former, found[0].is_posted, docids, *others).at(order)


def _one_of_each_post(hits: Hits) -> Hits:
    """Return the newest document of each post, with the average score of them all."""
    if len(set(hits.posts)) == len(hits.posts):
        return hits
    newest: dict[int, int] = {}
    copies: dict[int, list[int]] = {}
    for place, post in enumerate(hits.posts):
        if newest.setdefault(post, place) != place:
            copies.setdefault(newest[post], []).append(place)
    scores = list(hits.scores)
    for first, others in copies.items():
        scores[first] = round(fmean(hits.scores[place] for place in (first, *others)))
    return replace(hits, scores=scores).at(newest.values())
