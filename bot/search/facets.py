"""Years and tags of hits, and a query narrowed to one of them."""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from bot.model import Field, Narrowing, Query, TagCount, TagTally, Term, YearCount
from bot.search.tokens import tag_token

MAX_TAGS = 25
"""Of the tags of an answer, the most used are shown."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def narrow(query: Query, chosen: Narrowing) -> Query:
    """Return the query for those of its posts that have what was chosen."""
    if chosen.tag:
        query = replace(query, terms=(*query.terms, _tag(chosen.tag)))
    start, end = bounds(chosen)
    return replace(
        query,
        after=max((each for each in (query.after, start) if each), default=None),
        before=min((each for each in (query.before, end) if each), default=None),
    )


def bounds(chosen: Narrowing) -> tuple[datetime | None, datetime | None]:
    """Return when the chosen year begins and ends; None for no bound."""
    if chosen.year is None:
        return None, None
    return _start(chosen.year, chosen.zone), _start(chosen.year + 1, chosen.zone)


def count_years(seconds: Sequence[int], zone: tzinfo) -> tuple[YearCount, ...]:
    """Return the years of these times since 1970, newest first."""
    if not seconds:
        return ()
    ordered = sorted(seconds)
    first, last = _year(ordered[0]) - 1, _year(ordered[-1]) + 1  # a zone may be in another year than UTC
    years = [year for year in range(first, last + 1) if _start(year, zone)]
    starts = [0, *(bisect_left(ordered, _seconds(year, zone)) for year in years[1:]), len(ordered)]
    counts = [end - start for start, end in pairwise(starts)]
    return tuple(
        YearCount(year, count) for year, count in zip(reversed(years), reversed(counts), strict=True) if count
    )


def count_tags(written: Iterable[str]) -> TagTally:
    """Return how many posts have each tag, in any spelling; one of the spellings is shown.

    A tag is written as it is compared, or so that its spelling follows after a line break.
    """
    posts = Counter(written)
    spelled = [each.partition("\n") for each in posts if "\n" in each]
    spellings = {folded: folded for folded, _, _ in spelled if folded in posts}
    for folded, newline, spelling in spelled:
        posts[folded] += posts.pop(folded + newline + spelling)
        spellings[folded] = max(spellings.get(folded, ""), spelling)
    least = min(heapq.nlargest(MAX_TAGS, posts.values()), default=0)
    most = sorted((each for each in posts if posts[each] >= least), key=lambda each: (-posts[each], each))
    shown = tuple(TagCount(spellings.get(each, each), posts[each]) for each in most[:MAX_TAGS])
    return TagTally(shown, len(posts))


def places_in_year(seconds: Sequence[int], chosen: Narrowing) -> list[int]:
    """Return the places of the times in the chosen year; all places if none was chosen."""
    start, end = (None if each is None else _since_1970(each) for each in bounds(chosen))
    return [
        place
        for place, each in enumerate(seconds)
        if (start is None or each >= start) and (end is None or each < end)
    ]


def _tag(tag: str) -> Term:
    return Term(f'tag:"{tag}"', (tag_token(tag),), Field.TAG, is_exact=True, bare=tag)


def _start(year: int, zone: tzinfo) -> datetime | None:
    """Return when a year begins; None if Python has no such year."""
    return datetime(year, 1, 1, tzinfo=zone) if MINYEAR <= year <= MAXYEAR else None


def _year(seconds: int) -> int:
    return (_EPOCH + timedelta(seconds=seconds)).year


def _seconds(year: int, zone: tzinfo) -> int:
    return _since_1970(datetime(year, 1, 1, tzinfo=zone))


def _since_1970(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)
