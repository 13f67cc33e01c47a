"""The index matches the entries, whatever happened to them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import ChannelDeclaration, Entry, FeedDeclaration, PostSettings
from bot.search.query import parse_query
from bot.store.store import Store
from tests.store.conftest import GARDEN, LEASE, MINUTE, START, Services, budget, post, site_of
from tests.text.strategies import nasty_text

LATER = START + timedelta(days=400)


MANY = 20


@pytest.fixture
async def followed(services: Services) -> Services:
    await services.follow(ChannelDeclaration(100))
    return services


async def found(store: Store, typed: str) -> list[str]:
    return [hit.title for hit in (await store.search.find(parse_query(typed, START), None, limit=25)).hits]


def indexed(path: Path) -> set[tuple[str, ...]]:
    """Return every token of the index with its position; its entry is None if no entry has it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, search, instance)")
        rows = connection.execute(
            "SELECT w.term, d.entry_id, w.col, w.offset FROM words AS w LEFT JOIN document AS d ON d.docid = w.doc"
        )
        return set(rows.fetchall())


def segments(path: Path) -> int:
    """Count the index's b-trees; a search looks into each (https://www.sqlite.org/fts5.html#fts5_data_structures)."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT count(DISTINCT segid) FROM search_idx")
        count: int = rows.fetchone()[0]
        return count


def rows_in(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 -- our own table
        return int(count)


def outdate_index(path: Path) -> None:
    """Pretend that the index has tokens of an older version."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'of old' WHERE key = 'index version'")


async def caught_up(path: Path) -> None:
    async with await Store.open(path) as store:
        while await store.index.catch_up(2):
            pass


def sizes_of(path: Path, *words: str) -> list[int]:
    """Return about the binary logarithm of the number of posts with each word, as the word table has it."""
    with closing(sqlite3.connect(path)) as connection:
        sizes = dict(connection.execute("SELECT word, size FROM word"))
        return [sizes[word] for word in words]


async def test_posts_of_one_document_are_counted_by_their_words(followed: Services, tmp_path: Path) -> None:
    rare = post(0, title="Tulips", text="Red.")
    await followed.poll(rare, *(post(number, title="Roses", text="White.") for number in range(1, MANY)))

    assert sizes_of(tmp_path / "feed-relay.db", "tulips", "roses", "white") == [0, 4, 4]


async def test_a_document_of_known_words_counts_its_posts_as_well(followed: Services, tmp_path: Path) -> None:
    await followed.poll(post(0, title="Roses", text="White."))
    await followed.poll(*(post(number, title="Roses", text="White.") for number in range(MANY)))

    assert sizes_of(tmp_path / "feed-relay.db", "roses") == [4]


async def test_a_short_post_is_in_the_languages_of_the_document(followed: Services, tmp_path: Path) -> None:
    swedish = [
        post(number, title="Dikt", text="Det var en gång, och jag såg att han inte hade den som vi.", tags=())
        for number in range(3)
    ]
    await followed.poll(*swedish, post(3, title="Rosor", text="", tags=()))

    with closing(sqlite3.connect(tmp_path / "feed-relay.db")) as connection:
        assert connection.execute("SELECT DISTINCT languages FROM document").fetchall() == [("swedish",)]


async def test_many_posts_of_one_moment_are_indexed_within_the_hour(
    followed: Services, tmp_path: Path
) -> None:
    moment = START - timedelta(days=30)
    await followed.poll(post(MANY, title="Later"))
    await followed.poll(
        *(replace(post(number, title=f"Bed {number}"), published=moment) for number in range(MANY))
    )

    with closing(sqlite3.connect(tmp_path / "feed-relay.db")) as connection:
        *ids, _ = [docid for (docid,) in connection.execute("SELECT docid FROM document ORDER BY docid")]
    assert ids[0] == moment.timestamp() * 8
    assert ids[-1] < (moment + timedelta(hours=1)).timestamp() * 8
    assert len(await found(followed.store, "bed")) == MANY


async def test_an_edited_post_is_found_by_its_new_text(followed: Services) -> None:
    await followed.poll(post(1, title="Tulips", text="Red.", tags=("spring",)))
    await followed.poll(post(1, title="Roses", text="White.", tags=("summer",)))

    assert await found(followed.store, "roses white tag:summer") == ["Roses"]
    assert await found(followed.store, "tulips") == []
    assert await found(followed.store, "tag:spring") == []
    assert [count.tag for count in await followed.store.search.tags(None)] == ["summer"]


async def test_a_post_whose_date_is_corrected_is_found_at_its_new_date(followed: Services) -> None:
    await followed.poll(post(1, title="One"), post(2, title="Two"))
    await followed.poll(post(1, title="First", published=START - timedelta(days=3)), post(2, title="Two"))

    assert await found(followed.store, "before:2026-05-04") == ["First"]


texts = nasty_text | st.sampled_from(("Walking in the garden", "Die Rosen blühen und welken", "明日は雨です"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.sampled_from(["merge", "prune"]),
            st.tuples(
                st.integers(0, 1),
                st.dictionaries(st.integers(1, 4), st.tuples(texts, texts, st.lists(texts, max_size=2))),
            ),
        ),
        max_size=6,
    )
)
async def test_the_index_always_equals_a_rebuilt_one(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[str | tuple[int, dict[int, tuple[str, str, list[str]]]]],
) -> None:
    """Two feeds bring and change posts, some of them the same, and the index is pruned and merged in between."""
    path = tmp_path_factory.mktemp("index") / "feed-relay.db"
    async with await Store.open(path) as store:
        services = Services(store)
        declared = [
            FeedDeclaration(url, channels=(ChannelDeclaration(100),))
            for url in (GARDEN, "https://b.example/rss")
        ]
        await store.subscriptions.sync(declared, site_of, budget, services.now)
        for step in steps:
            services.now += timedelta(hours=1)
            if step == "merge":
                await store.index.merge()
            elif step == "prune":
                await store.archive.prune(services.now - timedelta(minutes=150), services.now)
            elif isinstance(step, tuple):
                which, record_in = step
                feeds = await store.feeds.claim(services.now, LEASE, 10)
                entries = [
                    post(number, title=title, text=text, tags=tuple(tags), published=services.now)
                    for number, (title, text, tags) in record_in.items()
                ]
                for place, feed in enumerate(feeds):
                    await services.record(feed, *(entries if place == which else ()))
    before = indexed(path)
    outdate_index(path)
    await caught_up(path)

    assert indexed(path) == before


async def test_an_outdated_index_is_rebuilt_in_steps_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(*(post(number, title=f"Bed {number}") for number in range(5)))
    outdate_index(path)

    async with await Store.open(path) as store:
        assert await store.index.lag() == 5
        assert indexed(path) == set()
        assert await store.index.catch_up(2) == 3
        assert rows_in(path, "document") == 2
        await Services(store, START + MINUTE).poll(post(9, title="Bed 9"))
        assert await store.index.catch_up(10) == 0
        assert await found(store, "bed") == ["Bed 9", "Bed 4", "Bed 3", "Bed 2", "Bed 1", "Bed 0"]
        assert await store.index.catch_up(10) == 0


async def test_every_post_is_found_at_each_step_of_a_rebuild(tmp_path: Path) -> None:
    """Also if the process ends after each step, and if the tokens change again before the rebuild is complete."""
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(*(post(number, title=f"Bed {number}", text="We walked.") for number in range(6)))
    outdate_index(path)
    expected = [f"Bed {number}" for number in reversed(range(6))]

    for step in range(5):
        async with await Store.open(path) as store:
            assert await found(store, "bed") == await found(store, "walked") == expected
            assert await found(store, "wal*") == expected
            await store.index.catch_up(2)
        if step == 0:
            outdate_index(path)
            async with await Store.open(path) as store:
                await store.index.catch_up(2)

    async with await Store.open(path) as store:
        assert await found(store, "walking") == expected
    assert rows_in(path, "former_document") == rows_in(path, "former_search_idx") == 0


async def test_changes_during_a_rebuild_are_found(tmp_path: Path) -> None:
    path = tmp_path / "feed-relay.db"
    async with await Store.open(path) as store:
        services = Services(store)
        await services.follow(ChannelDeclaration(100))
        await services.poll(*(post(number, title=f"Bed {number}") for number in range(3)))
    outdate_index(path)

    async with await Store.open(path) as store:
        services = Services(store, START + MINUTE)
        await services.poll(post(0, title="Roses"), post(1, title="Bed 1"), post(2, title="Bed 2"))
        assert (await found(store, "bed"), await found(store, "roses")) == (["Bed 2", "Bed 1"], ["Roses"])
        while await store.index.catch_up(1):
            assert (await found(store, "bed"), await found(store, "roses")) == (["Bed 2", "Bed 1"], ["Roses"])


async def test_a_pruned_post_is_not_found_and_never_new_again(followed: Services) -> None:
    old = post(1, title="Tulips", text="Red.", content="<p>Red.</p>", tags=("spring",))
    await followed.poll(old)
    await followed.send_all()
    followed.now = LATER
    await followed.poll(post(2, title="Roses", published=LATER))

    assert await followed.store.archive.prune(LATER - timedelta(days=300), LATER) == 1
    assert await followed.store.archive.prune(LATER - timedelta(days=300), LATER) == 0
    assert await found(followed.store, "") == ["Roses"]
    assert await followed.store.search.tags(None) == ()
    (_roses, tulips) = await followed.store.archive.newest(1)
    assert (tulips.entry.text, tulips.entry.content, tulips.entry.title) == ("", "", "Tulips")
    assert (await followed.poll(old, post(2, title="Roses", published=LATER))).new == 0
    assert await followed.send_all() == [(100, "Roses")]


async def test_a_pruned_post_that_is_edited_is_found_until_it_is_pruned_again(followed: Services) -> None:
    await followed.poll(post(1, title="Tulips", text="Red."))
    await followed.store.archive.prune(LATER, LATER)
    await followed.poll(post(1, title="Tulips", text="White."))

    assert await found(followed.store, "white") == ["Tulips"]
    assert await followed.store.archive.prune(LATER, LATER) == 1
    assert await found(followed.store, "white") == []


async def test_a_post_that_is_still_to_be_sent_is_not_pruned(followed: Services) -> None:
    await followed.poll(post(1), settings=PostSettings(first_run=1))

    assert await followed.store.archive.prune(LATER, LATER) == 0
    assert await followed.send_all() == [(100, "Post 1")]
    assert await followed.store.archive.prune(LATER, LATER) == 1


async def test_many_posts_of_one_moment_get_document_ids_of_their_own(followed: Services) -> None:
    await followed.poll(*(Entry(guid=f"g{number}", title=f"Bed {number}") for number in range(40)))

    assert len(await found(followed.store, "bed")) == 25
    assert (await followed.store.search.find(parse_query("bed", START), None)).total == 40


async def test_a_long_text_is_indexed_up_to_a_limit(
    followed: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.search.tokens.MAX_TEXT_LENGTH", 21)
    await followed.poll(post(1, text="tulips along the wall and roses behind it"))

    assert await found(followed.store, "tulips wall") == ["Post 1"]
    assert await found(followed.store, "roses") == []


async def test_merging_leaves_few_b_trees_and_the_same_hits(followed: Services, tmp_path: Path) -> None:
    for number in range(40):
        await followed.poll(post(number, title=f"Bed {number}"))
    before, words = await found(followed.store, "bed"), indexed(tmp_path / "feed-relay.db")
    steps = 0
    while await followed.store.index.merge():
        steps += 1
    await followed.store.maintain()

    assert steps
    assert segments(tmp_path / "feed-relay.db") <= 3
    assert await found(followed.store, "bed") == before
    assert indexed(tmp_path / "feed-relay.db") == words
    assert await followed.store.check() == []
