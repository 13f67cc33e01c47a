"""A short run of `benchmarks.move`: there and back, and killed at one moment in each direction."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import move, results
from benchmarks.move_places import FileSide
from bot.store.store import Store


async def test_a_database_moves_there_and_back_and_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)

    status = await move.main(database=None, posts=20, kills=1, index=0, folder=tmp_path)

    printed = capsys.readouterr().out
    assert status == 0, printed
    assert printed.count("| copying, 2 % | the bot runs | not there |") == 2
    assert "No problem was found." in printed


async def test_a_table_that_differs_is_reported(tmp_path: Path) -> None:
    old, new = FileSide(tmp_path / "old.db"), FileSide(tmp_path / "new.db")
    for side in (old, new):
        async with await Store.open(side.place):
            pass
    with closing(sqlite3.connect(new.place)) as database, database:
        database.execute("INSERT INTO guild (id) VALUES (7)")

    before, after = [await side.digests(old.columns()) for side in (old, new)]

    assert {name for name in before if before[name] != after[name]} == {"guild", "meta"}
