"""The facets of a search: as many posts as narrowing finds, of what the search may see."""

from datetime import timedelta

import pytest

from bot.model import ChannelDeclaration, FeedDeclaration, Narrowing, Order, TagCount, YearCount
from bot.search.query import parse_query
from bot.store.postgres import match
from bot.store.sqlite import fts_match
from tests.store.conftest import GARDEN, LEASE, NOW, STARS_FEED, Services, budget, post, site_of

YEAR = timedelta(days=365)


@pytest.fixture
async def years(services: Services) -> Services:
    """Two feeds with twelve posts each: of the years 2023 to 2026, with two tags and one of the feed's own."""
    declared = [
        FeedDeclaration(url, channels=(ChannelDeclaration(channel),))
        for url, channel in ((GARDEN, 100), (STARS_FEED, 200))
    ]
    await services.store.subscriptions.sync(declared, site_of, budget, services.now)
    for number, feed in enumerate(await services.store.feeds.claim(services.now, LEASE, 10)):
        await services.record(
            feed,
            *(
                post(
                    100 * number + each,
                    link=f"https://garden.example/{100 * number + each}",
                    title=f"Bed {each}",
                    text="The beans climb." if each < 9 else "A beanstalk.",
                    tags=("even" if each % 2 else "Odd", f"feed {number}", *(("rare",) if each == 3 else ())),
                    published=NOW - YEAR * (each % 4),
                )
                for each in range(12)
            ),
        )
    return services


async def test_years_and_tags_are_counted(years: Services) -> None:
    found = await years.store.search.find_narrowed(
        parse_query("bed", NOW), frozenset({1}), Narrowing(), order=Order.NEWEST
    )

    assert found.facets is not None
    assert found.facets.years == tuple(YearCount(year, 3) for year in (2026, 2025, 2024, 2023))
    assert found.facets.tags == (TagCount("even", 6), TagCount("Odd", 6), TagCount("rare", 1))
    assert (found.facets.counted, found.facets.is_more, found.facets.more_tags) == (12, False, 0)


@pytest.mark.parametrize(
    "typed", ["bed", "beans", "bean", "bed -beans", "tag:odd", "beens", "how many beans grow"]
)
async def test_narrowing_finds_as_many_posts_as_the_facets_say(years: Services, typed: str) -> None:
    """Also if the search was widened, or mended: nothing else is tried among the posts of a year."""
    query, search = parse_query(typed, NOW), years.store.search
    whole = await search.find_narrowed(query, None, Narrowing())
    assert whole.facets is not None

    for each in whole.facets.years:
        found = await search.find_narrowed(query, None, Narrowing(each.year))
        assert (found.total, found.corrections, found.left_out) == (
            each.posts,
            whole.corrections,
            whole.left_out,
        )
        assert found.facets is not None
        assert found.facets.years == whole.facets.years
        for tag in found.facets.tags:
            assert (
                await search.find_narrowed(query, None, Narrowing(each.year, tag.tag))
            ).total == tag.entries
    for tag in whole.facets.tags:
        found = await search.find_narrowed(query, None, Narrowing(tag=tag.tag))
        assert found.total == tag.entries
        assert found.facets is not None
        assert sum(each.posts for each in found.facets.years) == tag.entries


async def test_only_the_newest_hits_are_counted(years: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in (fts_match, match):
        monkeypatch.setattr(engine, "MAX_HITS", 7)

    found = await years.store.search.find_narrowed(parse_query("bed", NOW), None, Narrowing())

    assert found.facets is not None
    assert (found.facets.counted, found.facets.is_more) == (7, True)
    assert sum(each.posts for each in found.facets.years) == 7


async def test_a_single_page_has_no_facets(years: Services) -> None:
    found = await years.store.search.find_narrowed(parse_query("tag:rare", NOW), None, Narrowing())

    assert found.total == 2
    assert found.facets is None


async def test_facets_are_left_out_if_counting_takes_too_long(
    years: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_long(*_query: object) -> None:
        return None

    for engine in (fts_match.FtsMatches, match.VectorMatches):
        monkeypatch.setattr(engine, "dated", too_long)

    found = await years.store.search.find_narrowed(parse_query("bed", NOW), None, Narrowing())

    assert (found.total, found.facets) == (24, None)
