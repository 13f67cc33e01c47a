"""Texts of an earlier version are compressed step by step, and readable all the time."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ArchivedEntry, ChannelDeclaration, Query, SearchResult
from bot.search.query import parse_query
from bot.store import packing
from bot.store.store import Store
from tests.store.conftest import NOW, Services, only_sqlite, post

DUMP = Path(__file__).parents[1] / "data" / "databases" / "c65eedc.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database that c65eedc wrote."""
    path = tmp_path / "feed-relay.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    return path


def loose(path: Path) -> list[int]:
    """The entries whose texts are not compressed."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT id FROM entry WHERE text || content || summary <> '' ORDER BY id")
        return [entry_id for (entry_id,) in found]


def words_of(entry: ArchivedEntry) -> set[str]:
    return {f'"{word.lower()}"' for word in entry.entry.text.split() if word.isalpha()}


def posts_with(path: Path, words: set[str]) -> int:
    """How many posts of the index have one of these words in their texts."""
    match = f"text : ({' OR '.join(words)})"
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM search WHERE search MATCH ?", [match]).fetchone()
    return int(count)


async def everything(store: Store) -> list[ArchivedEntry]:
    return [
        entry for feed in await store.archive.feeds() for entry in await store.archive.newest(feed.id, 1_000)
    ]


async def found(store: Store, typed: str) -> SearchResult:
    return await store.search.find(parse_query(typed, NOW), None)


async def all_found(store: Store) -> SearchResult:
    return await store.search.find(Query(), None, limit=1_000)


async def test_compressing_changes_nothing_that_is_read(old: Path) -> None:
    async with await Store.open(old) as store:
        while await store.index.catch_up():
            pass
        entries, hits = await everything(store), await all_found(store)
        assert any(entry.entry.text for entry in entries)
        assert len(loose(old)) > 10
        await store.packing.finish()

        assert await everything(store) == entries
        assert await all_found(store) == hits
        assert await store.check() == []
    assert loose(old) == []


async def test_the_newest_are_compressed_first_and_a_later_start_continues(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "STEP", 5)
    async with await Store.open(old) as store:
        before = loose(old)
        assert await store.packing.step()
    async with await Store.open(old) as store:
        assert await store.packing.step()

    left = loose(old)
    assert 0 < len(left) < len(before)
    assert left == before[: len(left)]


async def test_a_pruned_entry_of_an_earlier_version_leaves_the_index(old: Path) -> None:
    """The index is changed with the words that it was made from, compressed or not."""
    async with await Store.open(old) as store:
        while await store.index.catch_up():
            pass
        words = {word for entry in await everything(store) for word in words_of(entry)}
        indexed = posts_with(old, words)
        assert await store.archive.prune(NOW + timedelta(days=9_999), NOW) > 0
        await store.packing.finish()
        left = [entry for entry in await everything(store) if entry.entry.text]

    assert posts_with(old, words) == len([entry for entry in left if words_of(entry)]) < indexed


@only_sqlite
async def test_a_new_database_has_nothing_to_compress(services: Services, tmp_path: Path) -> None:
    await services.follow(ChannelDeclaration(100))
    await services.poll(post(1, text="Beans.", content="<p>Beans.</p>", summary="Peas."))

    assert not await services.store.packing.step()
    assert loose(tmp_path / "feed-relay.db") == []
    (entry,) = await services.store.archive.newest(1)
    assert (entry.entry.text, entry.entry.content, entry.entry.summary) == (
        "Beans.",
        "<p>Beans.</p>",
        "Peas.",
    )


async def test_an_edit_is_found_by_its_new_words_only(services: Services) -> None:
    await services.follow(ChannelDeclaration(100))
    await services.poll(post(1, text="Beans."))
    await services.poll(post(1, text="Peas."))

    assert (await found(services.store, "beans")).total == 0
    (hit,) = (await found(services.store, "peas")).hits
    assert hit.text == "Peas."
