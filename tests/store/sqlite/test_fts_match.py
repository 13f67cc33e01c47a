"""The FTS5 engine: restricting feeds, limits on hits and on time, and interrupted searches."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import Posted
from bot.search.query import parse_query
from bot.store.database import Row, Value
from bot.store.sqlite import database, fts_match, fts_terms, values
from tests.sqlite_database import sqlite_of
from tests.store.conftest import (
    NOW,
    Services,
    found,
    post,
    record_in,
)

FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.mark.parametrize(("few", "share"), [(0, 0.0), (0, 2.0), (48, 0.1)])
async def test_every_way_to_restrict_feeds_finds_the_same_posts(
    archive: Services, monkeypatch: pytest.MonkeyPatch, few: int, share: float
) -> None:
    """Restrict a search by filtering the hits, or by the feeds' tokens in the index."""
    monkeypatch.setattr(fts_match, "_FEW_FEEDS", few)
    monkeypatch.setattr(fts_match, "_LARGE_SHARE", share)

    assert await found(archive, "rain", 1) == ["A quiet week"]
    assert await found(archive, "-tulips", 1) == ["東京の庭", "A quiet week"]


@pytest.mark.parametrize("filtered", [1, 2, 500])
async def test_several_words_find_the_same_posts_in_many_feeds(
    archive: Services, monkeypatch: pytest.MonkeyPatch, filtered: int
) -> None:
    """In many feeds, few hits are filtered; more are searched for by the feeds' tokens."""
    monkeypatch.setattr(fts_match, "_FEW_FEEDS", 0)
    monkeypatch.setattr(fts_match, "_LARGE_SHARE", 2.0)
    monkeypatch.setattr(fts_match, "_MAX_FILTERED", filtered)

    assert await found(archive, "rain week", 1) == ["A quiet week"]
    assert await found(archive, '"rain" "saturn"', 1) == []
    assert await found(archive, "rain -tulips", 1) == ["A quiet week"]


@pytest.mark.parametrize(("newest", "is_a_beginning"), [(4, False), (1000, True)])
async def test_a_short_word_in_most_posts_is_not_a_prefix_while_typing(
    archive: Services, monkeypatch: pytest.MonkeyPatch, newest: int, is_a_beginning: bool
) -> None:
    """This applies only to archives with enough posts for a sample; in small ones prefixes are cheap."""
    monkeypatch.setattr(fts_match, "_NEWEST", newest)
    archive.now += timedelta(hours=1)
    await record_in(archive, *(post(n, title=f"Cog {n}", text="The cog turns.") for n in range(30, 34)))
    await record_in(archive, post(40, title="Cogwheels", text="Made of brass."))
    query = parse_query("cog", NOW, is_partial=True)
    page = await archive.store.search.find(query, None, limit=25)

    assert ("Cogwheels" in [hit.title for hit in page.hits]) is is_a_beginning


@pytest.mark.parametrize("most", [0, 1_000_000])
async def test_hits_with_a_message_rank_like_those_in_the_feeds(
    archive: Services, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """A second statement scores the hits of a large archive."""
    monkeypatch.setattr(fts_match, "_SMALL_IN_FEEDS", 0)
    monkeypatch.setattr(fts_terms, "_MAX_COUNTED", most)
    archive.now += timedelta(hours=1)
    await record_in(archive, post(6, link="https://stars.example/6", title="Comet"), by=(2,))
    await archive.send_all()
    await record_in(archive, post(7, title="Diary", text=f"A comet, {'and then the moon, ' * 40}"))
    posted = Posted(frozenset({2}), frozenset({200}))
    page = await archive.store.search.find(parse_query("comet", NOW), frozenset({1}), posted=posted)

    assert [hit.title for hit in page.hits] == ["Comet", "Diary"]


async def test_hits_beyond_the_limit_are_counted_as_at_least_that_many(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fts_match, "MAX_HITS", 2)
    page = await archive.store.search.find(parse_query("the", NOW), None, limit=1)

    assert (page.total, page.is_more) == (2, True)


async def test_a_search_that_takes_too_long_is_interrupted_and_shows_the_newest_hits(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real interrupt in the middle of a real search: the first query never ends."""
    monkeypatch.setattr(database, "SQL", {**values.SQL, "forever": FOREVER})
    search_index = sqlite_of(archive.store).search
    first = iter(["forever"])

    async def slow(query: str, _seconds: float, /, **values: Value) -> Sequence[Row] | None:
        endless = next(first, None)
        if endless:
            return await search_index(endless, 0.05)
        return await search_index(query, 0.05, **values)

    monkeypatch.setattr(sqlite_of(archive.store), "search", slow)
    page = await archive.store.search.find(parse_query("rain", NOW), None)

    assert page.is_partial
    assert [hit.title for hit in page.hits] == ["Saturn", "A quiet week"]


async def test_a_search_that_nobody_waits_for_is_interrupted(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SQL", {**values.SQL, "forever": FOREVER})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await sqlite_of(archive.store).search("forever", 60)

    assert await found(archive, "saturn") == ["Saturn"]
