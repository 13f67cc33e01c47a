"""Documents served one after another: nothing lost, nothing twice."""

import json
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


def old_database(path: Path) -> list[tuple[int, str, int]]:
    """Write the database in which c65eedc polled the cases; return its feeds: id, case, and documents polled."""
    schema = (DATABASES / "c65eedc.sql").read_text("utf-8").partition("INSERT INTO")[0]
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            schema + (DATABASES / "c65eedc-sequences.sql").read_text("utf-8") + "COMMIT;"
        )
        feeds = connection.execute("SELECT id, name FROM feed ORDER BY id").fetchall()
    named = [(feed_id, *name.removesuffix(" polled").rsplit(", ", 1)) for feed_id, name in feeds]
    return [(feed_id, name, int(polled)) for feed_id, name, polled in named]


def all_documents() -> dict[str, list[tuple[Entry, ...]]]:
    found = {name: list(case.documents) for name, case in CASES.items()}
    for each in given():
        found[f"given {each['name']}"] = [read.entries for read in documents(GIVEN / str(each["dir"]))]
    return found


async def served(reader: Reader, documents: Sequence[tuple[Entry, ...]]) -> list[list[str]]:
    """Poll documents three times each; return what each made the channel owe."""
    return [[link for _ in range(POLLS) for link in await reader.poll(document)] for document in documents]


async def test_after_an_upgrade_nothing_seen_is_posted_and_nothing_new_is_lost(tmp_path: Path) -> None:
    feeds, cases = old_database(tmp_path / "old.db"), all_documents()
    wrong: list[str] = []
    async with await Store.open(tmp_path / "old.db") as old, await Store.open(tmp_path / "new.db") as new:
        for feed_id, name, polled in feeds:
            if name not in cases:  # the case files are not beside this checkout
                continue
            upgraded = Reader(old, f"{SITE}/feed?case={feed_id - 1}", 999 + feed_id, NOW)
            fresh = Reader(new, f"{SITE}/feed?case={feed_id - 1}", 999 + feed_id, NOW)
            await fresh.follow()
            await served(fresh, cases[name][:polled])
            again = await served(upgraded, cases[name][polled - 1 :])
            if again != [[], *(await served(fresh, cases[name][polled:]))]:
                wrong.append(f"{name}, {polled} polled: {again}")

    assert wrong == []
