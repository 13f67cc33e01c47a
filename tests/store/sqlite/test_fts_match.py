"""The FTS5 engine: restricting feeds, limits on hits and on time, and interrupted searches."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import Posted
from bot.search.query import parse_query
from bot.search.tokens import feed_token
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


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search a small archive like a large one."""
    monkeypatch.setattr(fts_match, "_SMALL_ARCHIVE", 0)
    monkeypatch.setattr(fts_match, "_SMALL_ARCHIVE_WITHIN_FEEDS", 0)


Statements = list[tuple[str, dict[str, Value]]]


@pytest.fixture
def statements(archive: Services, monkeypatch: pytest.MonkeyPatch) -> Statements:
    """The searches of the index that follow, with their values."""
    run: Statements = []
    search_index = sqlite_of(archive.store).search

    async def recorded(query: str, seconds: float, /, **values: Value) -> Sequence[Row] | None:
        run.append((query, values))
        return await search_index(query, seconds, **values)

    monkeypatch.setattr(sqlite_of(archive.store), "search", recorded)
    return run


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("few", "is_later"), [(0, False), (10, True)])
@pytest.mark.parametrize("typed", ["comet", "comet moon"])
async def test_hits_with_a_message_rank_like_those_in_the_feeds(
    archive: Services,
    statements: Statements,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    is_later: bool,
    typed: str,
) -> None:
    """Whether the statement that finds the hits scores them, or a second one."""
    monkeypatch.setattr(fts_terms, "_FEW_HITS", few)
    monkeypatch.setattr(fts_terms, "_MAX_COUNTED_SHARE", 100)
    archive.now += timedelta(hours=1)
    await record_in(archive, post(6, link="https://stars.example/6", title="Comet and moon"), by=(2,))
    await archive.send_all()
    await record_in(archive, post(7, title="Diary", text=f"A comet, {'and then the moon, ' * 40}"))
    posted = Posted(frozenset({2}), frozenset({200}))
    page = await archive.store.search.find(parse_query(typed, NOW), frozenset({1}), posted=posted)

    assert [hit.title for hit in page.hits] == ["Comet and moon", "Diary"]
    assert next(values["is_ranked"] for name, values in statements if name == "hits") is not is_later
    after = [str(values["match"]) for name, values in statements if name in ("scores", "close_hits")]
    assert all(feed_token(1) in match and feed_token(2) in match for match in after)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("typed", "is_scored"), [("café", False), ("tulips", True)])
async def test_a_single_hit_is_not_scored(
    archive: Services, statements: Statements, typed: str, is_scored: bool
) -> None:
    await archive.store.search.find(parse_query(typed, NOW), frozenset({1}), limit=1)

    assert ("scores" in [name for name, _ in statements]) is is_scored


@pytest.mark.parametrize(("feeds", "is_later"), [(frozenset({1}), True), (None, False)])
async def test_frequencies_decide_in_a_smaller_archive_within_feeds(
    archive: Services,
    statements: Statements,
    monkeypatch: pytest.MonkeyPatch,
    feeds: frozenset[int] | None,
    is_later: bool,
) -> None:
    monkeypatch.setattr(fts_match, "_SMALL_ARCHIVE_WITHIN_FEEDS", 0)
    await archive.store.search.find(parse_query("tulips", NOW), feeds, limit=1)

    assert ("scores" in [name for name, _ in statements]) is is_later


@pytest.mark.parametrize("feeds", [frozenset({1}), frozenset()])
async def test_posts_of_many_removed_feeds_are_not_scored_by_the_statement_that_finds_them(
    archive: Services, statements: Statements, monkeypatch: pytest.MonkeyPatch, feeds: frozenset[int]
) -> None:
    """bm25 would count the posts of each feed."""
    monkeypatch.setattr(fts_match, "_FEW_FEEDS", 1)
    posted = Posted(frozenset({2, 3, 4}), frozenset({200}))
    await archive.store.search.find(parse_query("saturn", NOW), feeds, posted=posted)

    assert not any(values["is_ranked"] for name, values in statements if name == "hits")


@pytest.mark.parametrize(("feeds", "is_sampled"), [(frozenset({2}), False), (None, True)])
async def test_hits_of_any_feed_are_not_sampled_if_few_feeds_are_searched(
    archive: Services, statements: Statements, feeds: frozenset[int] | None, is_sampled: bool
) -> None:
    page = await archive.store.search.find(parse_query("satrun", NOW), feeds)

    assert [hit.title for hit in page.hits] == ["Saturn"]
    assert ("sample_hits" in [name for name, _ in statements]) is is_sampled


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("feeds", "is_preceded"), [(frozenset({1}), True), (None, False)])
async def test_within_feeds_a_phrase_is_preceded_by_its_only_word_that_is_not_small(
    archive: Services, statements: Statements, feeds: frozenset[int] | None, is_preceded: bool
) -> None:
    await archive.store.search.find(parse_query('"in the café"', NOW), feeds)
    (match,) = {values["match"] for name, values in statements if name == "hits"}

    assert ('"cafe"' in str(match)) is is_preceded


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
