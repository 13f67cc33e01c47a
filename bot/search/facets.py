"""Years and tags of hits, and a query narrowed to one of them."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, tzinfo

from bot.model import Field, Narrowing, Query, Term, YearCount
from bot.search.tokens import tag_token

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
    first, last = _year(min(seconds)) - 1, _year(max(seconds)) + 1  # a zone may be in another year than UTC
    years = [year for year in range(first, last + 1) if _start(year, zone)]
    starts = [_seconds(year, zone) for year in years]
    found = Counter(years[max(0, bisect_right(starts, each) - 1)] for each in seconds)
    return tuple(YearCount(year, found[year]) for year in sorted(found, reverse=True))


def _tag(tag: str) -> Term:
    return Term(f'tag:"{tag}"', (tag_token(tag),), Field.TAG, is_exact=True, bare=tag)


def _start(year: int, zone: tzinfo) -> datetime | None:
    """Return when a year begins; None if Python has no such year."""
    return datetime(year, 1, 1, tzinfo=zone) if MINYEAR <= year <= MAXYEAR else None


def _year(seconds: int) -> int:
    return (_EPOCH + timedelta(seconds=seconds)).year


def _seconds(year: int, zone: tzinfo) -> int:
    return (datetime(year, 1, 1, tzinfo=zone) - _EPOCH) // timedelta(seconds=1)
