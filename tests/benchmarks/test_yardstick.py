"""Times in lengths of a yardstick."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.yardstick import Lengths, Yardstick


async def test_what_is_measured_returns_its_result_and_takes_some_lengths(tmp_path: Path) -> None:
    archive = tmp_path / "feed-relay.db"
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute("CREATE VIRTUAL TABLE search USING fts5 (text)")

    async def work() -> int:
        return sum(range(100_000))

    found, length = await Yardstick(archive).measure(work)

    assert found == 4_999_950_000
    assert length > 0


def test_the_shortest_measurement_of_each_thing_counts() -> None:
    lengths: Lengths[str] = Lengths()
    for name, length in (("a", 3.0), ("b", 1.0), ("a", 2.0), ("a", 4.0)):
        lengths.add(name, length)

    assert lengths.seconds(fastest=0.5) == [1.0, 0.5]
