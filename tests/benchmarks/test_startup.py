"""A short run of `benchmarks.startup`: every program starts once, also with a database of many posts."""

import asyncio
from pathlib import Path

import pytest

from benchmarks import startup
from benchmarks.grown_database import build
from bot.app import clock
from bot.search.query import parse_query
from bot.store.store import Store


def test_every_program_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")

    startup.main(3, 6, 1, tmp_path)

    printed = capsys.readouterr().out
    assert "| run, 3 feeds and 6 entries, by config file | " in printed
    assert "| search, 3 feeds and 6 entries | " in printed


def test_a_copied_post_is_found_like_the_first(tmp_path: Path) -> None:
    path = tmp_path / "grown.db"

    build(path, 3, 12, [1])

    assert asyncio.run(Store.read(path, _titles)) == ["Bed of garden 1"] * 4
    assert asyncio.run(Store.read(path, Store.check)) == []


async def _titles(store: Store) -> list[str]:
    found = await store.search.find(parse_query("title:1", clock()), None, limit=4)
    return [hit.title for hit in found.hits]
