"""Both engines find the same posts, in the same order if it is by date, and the same facets and suggestions."""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ChannelDeclaration, Entry, FeedDeclaration, Narrowing, Order
from bot.search.query import parse_query
from bot.store.store import Store
from tests.postgres import Databases
from tests.store.conftest import GARDEN, NOW, STARS_FEED, START, Services, budget, site_of

WORDS = """
    tulip tulips garden gardens gardening rain rainy walk walked walking wall the and of to beans bean café cafe
    straße strasse Gärten Garten jardin jardins c++ c# ring rings saturn 2026 e-mail don't well-known o'neil
    東京の庭 明日は雨です 한국어로 สวัสดีครับ ভালো garden's x' back\\slash colon:word 100% _under a
""".split()  # noqa: SIM905 -- a list would take forty lines
TAGS = ("spring flowers", "Spring-Flowers", "c++", "c#", "rain", "庭", "o'neil")
AUTHORS = ("Ines B.", "Tomas", "O'Neil", "東京")
FORMS = (
    "{0}", "{0} {1}", "{0} {1} {2}", '"{0} {1}"', "{0} -{1}", "{0} OR {1}", "title:{0}", "tag:{t}", "-tag:{t} {0}",
    "author:{a}", "{0}*", '"{0} {1}" {2}', "title:{0} tag:{t}", "{0} OR tag:{t}", "-{0}", "{0} after:2026-05-01",
    "{0} before:2026-05-05", '"{0} the {1}"', 'title:"{0} of {1}"', "#{t}", '"{0}"', "{p}", "{p} {0}", "title:{p}",
)  # fmt: skip


def entries(chance: random.Random, feed: int, count: int) -> Iterator[Entry]:
    for number in range(count):
        yield Entry(
            guid=f"{feed}-{number}",
            link=f"https://blog{feed}.example/{number}",
            title=" ".join(chance.choices(WORDS, k=chance.randint(1, 4))),
            text=" ".join(chance.choices(WORDS, k=chance.randint(0, 30))),
            tags=tuple(chance.sample(TAGS, k=chance.randint(0, 2))),
            authors=tuple(chance.sample(AUTHORS, k=chance.randint(0, 1))),
            published=START - timedelta(days=chance.randint(0, 900), minutes=number),
        )


def queries(chance: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        words = chance.choices(WORDS, k=3)
        prefix = chance.choice(WORDS)[: chance.randint(2, 4)]
        form = chance.choice(FORMS)
        yield form.format(*words, t=chance.choice(TAGS), a=chance.choice(AUTHORS), p=prefix)


async def fill(store: Store) -> None:
    services, chance = Services(store), random.Random(1)
    declared = [
        FeedDeclaration(url, channels=(ChannelDeclaration(100 + number),))
        for number, url in enumerate((GARDEN, STARS_FEED))
    ]
    await store.subscriptions.sync(declared, site_of, budget, services.now)
    for feed in await store.feeds.claim(services.now, timedelta(minutes=5), 10):
        await services.record(feed, *entries(chance, feed.id, 80))


@pytest.fixture
async def stores(tmp_path: Path, postgres: Databases) -> AsyncIterator[tuple[Store, Store]]:
    """The same archive in each engine."""
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(await Store.open(place))
            for place in (tmp_path / "feed-relay.db", await postgres.clean())
        ]
        for store in opened:
            await fill(store)
        yield opened[0], opened[1]


async def answer(store: Store, typed: str, feeds: frozenset[int] | None, *, is_partial: bool) -> object:
    """Everything that an engine decides about."""
    query = parse_query(typed, NOW, is_partial=is_partial)
    newest = await store.search.find(query, feeds, order=Order.NEWEST, limit=200)
    best = await store.search.find(query, feeds, limit=200)
    narrowed = await store.search.find_narrowed(query, feeds, Narrowing(), now=NOW)
    titles = await store.search.titles(typed, feeds, NOW)
    return (
        [hit.entry_id for hit in newest.hits],
        sorted(hit.entry_id for hit in best.hits),
        (newest.total, best.total, newest.query, newest.corrections, newest.left_out, newest.suggestions),
        narrowed.facets,
        [hit.entry_id for hit in titles],
    )


async def test_both_engines_find_the_same_posts(stores: tuple[Store, Store]) -> None:
    chance = random.Random(2)
    different = []
    for typed in queries(chance, 120):
        feeds = chance.choice((None, None, frozenset({1}), frozenset({1, 2})))
        is_partial = chance.random() < 0.3
        answers = [await answer(store, typed, feeds, is_partial=is_partial) for store in stores]
        if answers[0] != answers[1]:
            different.append((typed, feeds, *answers))

    assert different == []


@pytest.mark.parametrize(
    "settings",
    [
        {"fts_expression._MAX_OR_PARTS": 1},
        {"fts_match._MAX_SAMPLED": 1},
        {"fts_match._SMALL_ARCHIVE": 0, "fts_match._SMALL_ARCHIVE_WITHIN_FEEDS": 0},
        {
            "fts_match._SMALL_ARCHIVE": 0,
            "fts_match._SMALL_ARCHIVE_WITHIN_FEEDS": 0,
            "fts_terms._MAX_COUNTED": 1,
        },
        {"fts_match._FEW_FEEDS": 0, "fts_match._LARGE_SHARE": 2.0, "fts_match._MAX_FILTERED": 1},
    ],
    ids=str,
)
async def test_every_way_to_search_the_index_finds_the_same_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, float]
) -> None:
    """Which way is taken depends on the size of the archive and on the number of feeds."""
    chance = random.Random(3)
    different = []
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        await fill(store)
        for typed in queries(chance, 80):
            feeds = chance.choice((None, frozenset({1}), frozenset({2})))
            usual = await answer(store, typed, feeds, is_partial=False)
            with monkeypatch.context() as patch:
                for name, value in settings.items():
                    patch.setattr(f"bot.store.sqlite.{name}", value)
                other = await answer(store, typed, feeds, is_partial=False)
            if usual != other:
                different.append((typed, feeds, usual, other))

    assert different == []


async def test_both_engines_count_the_same_tags(stores: tuple[Store, Store]) -> None:
    for starting in ("", "s", "spring", "c", "庭"):
        sqlite, postgres = [await store.search.tags(None, starting) for store in stores]
        assert [(tag.entries) for tag in sqlite] == [tag.entries for tag in postgres]
