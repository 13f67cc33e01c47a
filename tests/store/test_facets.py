"""The facets of a search: as many posts as narrowing finds, of what the search may see."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import ChannelDeclaration, FeedDeclaration, Narrowing, Order, Query, TagCount, YearCount
from bot.search.query import parse_query
from bot.store import kept_hits
from bot.store.kept_hits import RETENTION
from bot.store.matching import Matched, Matches
from bot.store.postgres import match
from bot.store.search import PAGE
from bot.store.sqlite import fts_match
from tests.store.conftest import GARDEN, LEASE, NOW, STARS_FEED, Services, budget, post, site_of

YEAR, MOMENT = timedelta(days=365), timedelta(seconds=1)
Match = Callable[..., Awaitable[Matched]]


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
        parse_query("bed", NOW), frozenset({1}), Narrowing(), order=Order.NEWEST, now=NOW
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
    whole = await search.find_narrowed(query, None, Narrowing(), now=NOW)
    assert whole.facets is not None

    for each in whole.facets.years:
        found = await search.find_narrowed(query, None, Narrowing(each.year), now=NOW)
        assert (found.total, found.corrections, found.left_out) == (
            each.posts,
            whole.corrections,
            whole.left_out,
        )
        assert found.facets is not None
        assert found.facets.years == whole.facets.years
        for tag in found.facets.tags:
            assert (
                await search.find_narrowed(query, None, Narrowing(each.year, tag.tag), now=NOW)
            ).total == tag.entries
    for tag in whole.facets.tags:
        found = await search.find_narrowed(query, None, Narrowing(tag=tag.tag), now=NOW)
        assert found.total == tag.entries
        assert found.facets is not None
        assert sum(each.posts for each in found.facets.years) == tag.entries


async def test_only_the_newest_hits_are_counted(years: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in (fts_match, match):
        monkeypatch.setattr(engine, "MAX_HITS", 7)

    found = await years.store.search.find_narrowed(parse_query("bed", NOW), None, Narrowing(), now=NOW)

    assert found.facets is not None
    assert (found.facets.counted, found.facets.is_more) == (7, True)
    assert sum(each.posts for each in found.facets.years) == 7


async def test_a_single_page_has_no_facets(years: Services) -> None:
    found = await years.store.search.find_narrowed(parse_query("tag:rare", NOW), None, Narrowing(), now=NOW)

    assert found.total == 2
    assert found.facets is None


async def test_facets_are_left_out_if_counting_takes_too_long(
    years: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some hits are not counted, so those of a year are searched for, which is cut short."""
    for engine in (fts_match, match):
        monkeypatch.setattr(engine, "MAX_HITS", 7)
    for matches in (fts_match.FtsMatches, match.VectorMatches):
        monkeypatch.setattr(matches, "match", cut_short_in_a_year(matches.match))

    found = await years.store.search.find_narrowed(parse_query("bed", NOW), None, Narrowing(2023), now=NOW)

    assert (found.total, found.is_partial, found.facets) == (6, True, None)


def cut_short_in_a_year(find: Match) -> Match:
    """Return a search that takes too long if it has dates."""

    async def found(
        self: Matches, query: Query, order: Order, limit: int, offset: int, without: Sequence[int] = ()
    ) -> Matched:
        matched = await find(self, query, order, limit, offset, without)
        return replace(matched, is_partial=query.after is not None)

    return found


async def test_the_posts_of_a_year_are_found_among_more_hits_than_are_counted(
    years: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in (fts_match, match):
        monkeypatch.setattr(engine, "MAX_HITS", 7)
    query, search = parse_query("bed", NOW), years.store.search

    found = await search.find_narrowed(query, None, Narrowing(2023), now=NOW)
    both = await search.find_narrowed(query, None, Narrowing(2023, "even"), now=NOW)

    assert (found.total, found.is_more) == (6, False)
    assert (both.total, both.is_more) == (6, False)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("typed", ["bed", "beans", "beens"])
async def test_pages_and_choices_need_no_search_after_the_first_answer(
    years: Services, order: Order, typed: str
) -> None:
    query, search = parse_query(typed, NOW), years.store.search
    all_hits = await search.find(query, None, order=order, limit=100)
    whole = await search.find_narrowed(query, None, Narrowing(), order=order, now=NOW)
    searches: list[float] = []
    years.store.watch(lambda _seconds: None, searches.append)

    pages = [whole]
    while len(pages) * PAGE < whole.total:
        offset = len(pages) * PAGE
        pages.append(
            await search.find_narrowed(query, None, Narrowing(), order=order, offset=offset, now=NOW)
        )
    chosen = await search.find_narrowed(query, None, Narrowing(2024, "Odd"), order=order, now=NOW)

    assert [hit.entry_id for page in pages for hit in page.hits] == [hit.entry_id for hit in all_hits.hits]
    assert {page.facets for page in pages} == {whole.facets}
    assert [hit.entry_id for hit in chosen.hits] == [
        hit.entry_id
        for hit in all_hits.hits
        if "Odd" in hit.tags and hit.published and hit.published.year == 2024
    ][:PAGE]
    assert searches == []


async def test_a_choice_shows_what_its_menu_said_until_the_hits_are_forgotten(years: Services) -> None:
    query, search = parse_query("bed", NOW), years.store.search
    for chosen in (Narrowing(), Narrowing(2026)):
        await search.find_narrowed(query, None, chosen, now=NOW)
    await years.record(
        (await years.store.feeds.claim(NOW + 2 * LEASE, LEASE, 1))[0], post(999, title="Bed", published=NOW)
    )

    soon = await search.find_narrowed(query, None, Narrowing(2026), now=NOW + RETENTION - MOMENT)
    later = await search.find_narrowed(query, None, Narrowing(2026), now=NOW + RETENTION)

    assert (soon.total, later.total) == (6, 7)


@pytest.mark.parametrize("max_hits", [7, 5000])
async def test_the_same_search_finds_new_posts(
    years: Services, monkeypatch: pytest.MonkeyPatch, max_hits: int
) -> None:
    """Also if a choice is searched for, since some hits are not counted."""
    for engine in (fts_match, match):
        monkeypatch.setattr(engine, "MAX_HITS", max_hits)
    query, search = parse_query("bed", NOW), years.store.search
    for chosen in (Narrowing(), Narrowing(2026)):
        await search.find_narrowed(query, None, chosen, now=NOW)
    await years.record(
        (await years.store.feeds.claim(NOW + 2 * LEASE, LEASE, 1))[0], post(999, title="Bed", published=NOW)
    )

    await search.find_narrowed(query, None, Narrowing(), now=NOW + MOMENT)
    assert (await search.find_narrowed(query, None, Narrowing(2026), now=NOW + MOMENT)).total == 7


async def test_hits_are_only_for_those_who_may_see_as_much(years: Services) -> None:
    query, search = parse_query("bed", NOW), years.store.search
    await search.find_narrowed(query, frozenset({1, 2}), Narrowing(), now=NOW)

    second = await search.find_narrowed(query, frozenset({2}), Narrowing(), offset=PAGE, now=NOW)
    chosen = await search.find_narrowed(query, frozenset({2}), Narrowing(tag="even"), now=NOW)

    assert {hit.feed_id for hit in (*second.hits, *chosen.hits)} == {2}
    assert (second.total, chosen.total) == (12, 6)


async def test_only_a_few_searches_are_kept(years: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_hits, "MAX_SEARCHES", 2)
    search, searches = years.store.search, list[float]()
    for typed in ("bed", "beans", "tag:even"):
        await search.find_narrowed(parse_query(typed, NOW), None, Narrowing(), now=NOW)
    years.store.watch(lambda _seconds: None, searches.append)

    for typed in ("tag:even", "beans"):
        await search.find_narrowed(parse_query(typed, NOW), None, Narrowing(2025), now=NOW)
    kept = len(searches)
    await search.find_narrowed(parse_query("bed", NOW), None, Narrowing(2025), now=NOW)

    assert (kept, len(searches)) == (0, 1)
