"""Documents served one after another: nothing lost, nothing twice."""

import asyncio
import json
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.model import Entry, Fetched, ParsedFeed
from bot.source.formats.parse import parse_feed
from bot.store.store import Store
from tests.conftest import SHARED
from tests.relay.sequence_cases import CASES, SITE, Case
from tests.relay.sequences import POLLS, Reader

DATABASES = Path(__file__).parents[1] / "data" / "databases"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
GIVEN = SHARED / "cases"
MINE = ("same-link", "fragment", "same-words", "constant-guid", "session-token", "encoding-of-link")


def given() -> list[dict[str, object]]:
    """The sequences beside the checkout that are about identity."""
    if not (GIVEN / "cases.json").is_file():
        return []
    listed = json.loads((GIVEN / "cases.json").read_text("utf-8"))
    return [each for each in listed if each["mode"] == "sequence" and each["kind"] in MINE]


def documents(folder: Path) -> list[ParsedFeed]:
    files = sorted(folder.glob("*.xml"), key=lambda file: int(file.stem))
    return [parse_feed(Fetched(f"{SITE}/feed", file.read_bytes())) for file in files]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_nothing_is_lost_and_nothing_posted_twice(case: Case, tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        reader = Reader(store)
        await reader.follow()
        await reader.poll_all([ParsedFeed("rss20", link=f"{SITE}/", entries=each) for each in case.documents])

    assert sorted(reader.posted) == sorted(case.expected)


@pytest.mark.skipif(not given(), reason="the case files are not beside this checkout")
@pytest.mark.parametrize("case", given(), ids=lambda case: case["name"])
async def test_the_given_sequences_come_out_right(case: dict[str, object], tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        reader = Reader(store)
        await reader.follow()
        await reader.poll_all(documents(GIVEN / str(case["dir"])))

    assert sorted(reader.posted) == sorted(case["expect"])  # type: ignore[call-overload]  # a list of links


OLD_ROWS = (DATABASES / "c65eedc-sequences.sql").read_text("utf-8")
OLD_CASES = sorted(
    {name.replace("''", "'") for name in re.findall(r"'((?:[^']|'')+), \d+ polled'", OLD_ROWS)}
)
"""The names of the cases that c65eedc polled, each once for every document that it had got to."""


@pytest.fixture(scope="module")
def upgraded_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database in which c65eedc polled the cases, after the upgrade."""
    path = tmp_path_factory.mktemp("upgraded") / "old.db"
    dump = (DATABASES / "c65eedc.sql").read_text("utf-8")
    tables, indexes = dump.partition("INSERT INTO")[0], dump[dump.index("CREATE INDEX") :]
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(tables + OLD_ROWS + indexes)

    async def upgrade() -> None:
        async with await Store.open(path):
            pass

    asyncio.run(upgrade())
    return path


def feeds_of(case: str, path: Path) -> list[tuple[int, int]]:
    """Return the feeds of a case: id, and how many documents c65eedc polled."""
    with closing(sqlite3.connect(path)) as connection:
        feeds = connection.execute("SELECT id, name FROM feed ORDER BY id").fetchall()
    named = [(feed_id, *name.removesuffix(" polled").rsplit(", ", 1)) for feed_id, name in feeds]
    return [(feed_id, int(polled)) for feed_id, name, polled in named if name == case]


def all_documents() -> dict[str, list[tuple[Entry, ...]]]:
    found = {name: list(case.documents) for name, case in CASES.items()}
    for each in given():
        found[f"given {each['name']}"] = [read.entries for read in documents(GIVEN / str(each["dir"]))]
    return found


async def served(reader: Reader, documents: Sequence[tuple[Entry, ...]]) -> list[list[str]]:
    """Poll documents three times each; return what each made the channel owe."""
    return [[link for _ in range(POLLS) for link in await reader.poll(document)] for document in documents]


@pytest.mark.parametrize("name", OLD_CASES)
async def test_after_an_upgrade_nothing_seen_is_posted_and_nothing_new_is_lost(
    name: str, upgraded_database: Path, tmp_path: Path
) -> None:
    case = all_documents().get(name)
    if case is None:
        pytest.skip("the case files are not beside this checkout")
    feeds = feeds_of(name, upgraded_database)
    shutil.copyfile(upgraded_database, tmp_path / "old.db")
    wrong: list[str] = []
    async with await Store.open(tmp_path / "old.db") as old, await Store.open(tmp_path / "new.db") as new:
        for feed_id, polled in feeds:
            upgraded = Reader(old, f"{SITE}/feed?case={feed_id - 1}", 999 + feed_id, NOW)
            fresh = Reader(new, f"{SITE}/feed?case={feed_id - 1}", 999 + feed_id, NOW)
            await fresh.follow()
            await served(fresh, case[:polled])
            again = await served(upgraded, case[polled - 1 :])
            if again != [[], *(await served(fresh, case[polled:]))]:
                wrong.append(f"{polled} polled: {again}")

    assert feeds
    assert wrong == []
