"""Years of hits are counted where the reader is, and a narrowed query finds the posts that were counted."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Narrowing, Query, TagCount, YearCount
from bot.search.facets import MAX_TAGS, bounds, count_tags, count_years, narrow
from bot.search.query import parse_query

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = tuple(map(ZoneInfo, ("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago")))


def seconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(seconds=1)


def test_a_year_begins_at_midnight_in_the_zone() -> None:
    new_year = [seconds(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)), seconds(NOW)]

    assert count_years(new_year, UTC) == (YearCount(2026, 1), YearCount(2025, 1))
    assert count_years(new_year, ZoneInfo("Europe/Berlin")) == (YearCount(2026, 2),)


def test_nothing_has_no_years() -> None:
    assert count_years([], UTC) == ()


@given(st.lists(st.datetimes(), min_size=1, max_size=20), st.sampled_from(ZONES))
def test_each_year_has_as_many_posts_as_its_bounds_contain(dates: list[datetime], zone: ZoneInfo) -> None:
    """Whatever a feed claims: from the year 1 to 9999."""
    moments = [seconds(each.replace(tzinfo=UTC)) for each in dates]

    counts = count_years(moments, zone)

    assert sum(each.posts for each in counts) == len(moments)
    for each in counts:
        if 1 < each.year < 9999:
            start, end = bounds(Narrowing(each.year, zone=zone))
            assert start is not None
            assert end is not None
            assert (
                len([moment for moment in moments if seconds(start) <= moment < seconds(end)]) == each.posts
            )


def test_a_tag_is_counted_in_all_its_spellings_and_shown_in_one() -> None:
    tally = count_tags(["beans", "beans\nBeans", "moss\nMoss", "beans\nBEANS", "peas", "moss\nMoss"])

    assert tally.tags == (TagCount("beans", 3), TagCount("Moss", 2), TagCount("peas", 1))


def test_only_the_most_used_tags_are_shown() -> None:
    """Of equally used ones, the first by the alphabet."""
    tally = count_tags([f"tag {number:02}" for number in reversed(range(40))] + ["tag 39"])

    assert [each.tag for each in tally.tags] == ["tag 39", *(f"tag {n:02}" for n in range(MAX_TAGS - 1))]
    assert tally.count == 40
    assert count_tags([]).tags == ()


def test_the_narrower_of_two_dates_counts() -> None:
    chosen = Narrowing(2026)
    start, end = bounds(chosen)

    narrowed = narrow(parse_query("beans after:2026-03 before:2030", NOW), chosen)
    free = narrow(Query(), chosen)

    assert (narrowed.after, narrowed.before) == (datetime(2026, 3, 1, tzinfo=UTC), end)
    assert (free.after, free.before) == (start, end)


def test_the_last_year_has_no_end() -> None:
    assert narrow(Query(), Narrowing(9999)).before is None


@pytest.mark.parametrize("tag", ['"', 'a" OR b', "feed:x", "-moon"])
def test_a_chosen_tag_is_one_tag_whatever_it_contains(tag: str) -> None:
    narrowed = narrow(parse_query("beans", NOW), Narrowing(tag=tag))

    assert [term.bare for term in narrowed.terms] == ["beans", tag]
    assert not narrowed.feeds
    assert not narrowed.either
