"""A database that c65eedc wrote keeps its meaning: every row, and everything that the repositories read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.model import BackfillState, Decision, Order, Query, Style
from bot.search.query import parse_query
from bot.store.backfills import Worker
from bot.store.sqlite import migrate
from bot.store.store import Store
from tests.store.conftest import LEASE

DUMP = Path(__file__).parents[2] / "data" / "databases" / "c65eedc.sql"
NOW = datetime(2026, 5, 4, 13, 10, tzinfo=UTC)

TABLES = {
    "question": "search_request",
    "document": "former_document",
    "search": "former_search",
    **{f"search_{part}": f"former_search_{part}" for part in ("config", "data", "docsize", "idx")},
}
"""Old names → new ones; the old index is searched until the new one is complete."""
COLUMNS = {
    "site": {"at_once": "max_concurrent", "free_at": "next_start_at", "cool_until": "cooldown_until"},
    "feed": {"last_good_at": "last_success_at", "told_broken": "failure_reported"},
    "document": {"place": "docid", "post": "post_id"},
    "delivery": {"doubt_since": "uncertain_since"},
    "notice": {"doubt_since": "uncertain_since"},
    "backfill": {"most": "max_posts", "mark": "cycle_marker"},
    "question": {"asked": "request", "asked_at": "created_at"},
}
"""Old names → new ones; names that are not here stayed."""
INDEX_STATE = {"index version", "unindexed"}
"""Keys of `meta` that are written again because the index is rebuilt."""
NEW_COLUMNS = {
    "texts",
    "items_hash",
    "ttl",
    "display_name",
    "warning",
    "torn",
    "left_out",
    "last_full_at",
    "parse_time",
    "read_from_start",
    "uncertain_until",
    "updates_channel_id",
    "managers_role_id",
    "time_zone",
    "language",
    "added_by",
    "about_guild_id",
    "direct",
    "leader_id",
    "is_followed",
    "first_due_at",
    "languages",
    "leased_by",
}
OWN_NEW_COLUMNS = {
    "feed": {"due_at", "asked_interval", "asks_default"},
    "site": {"due_at"},
    "channel": {"due_at"},
    "subscription": {
        "name", "silent", "thread", "ping_cooldown", "interval", "pinged_at", "fixed", "chosen",
    },
}  # fmt: skip
"""New columns with names that other tables had before."""
VALUES = {("backfill", "worker", "shell"): "cli"}
"""Stored values that changed; all others stayed."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "feed-relay.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    return path


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, shadow tables of the index included."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608 -- our own
            for (name,) in names.fetchall()
        }


def renamed(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as the upgrade must leave it."""
    names = COLUMNS.get(table, {})
    return {
        names.get(column, column): VALUES.get((table, column, value), value) for column, value in row.items()
    }


def without_new_columns(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    new = NEW_COLUMNS | OWN_NEW_COLUMNS.get(table, set())
    return [{column: value for column, value in row.items() if column not in new} for row in rows]


async def test_every_row_keeps_its_meaning(old: Path) -> None:
    before = rows_of(old)
    async with await Store.open(old) as store:
        assert await store.check() == []
    after = {name: without_new_columns(name, rows) for name, rows in rows_of(old).items()}

    for table, rows in before.items():
        if table == "sqlite_sequence":  # rebuilt tables have no number of their own
            assert [row for row in after[table] if row in rows] == rows
        elif table == "seen":  # entries get more keys; see `store/rekey.py`
            assert [row for row in rows if row["entry_id"] and row not in after[table]] == []
        elif table == "meta":
            kept = [row for row in rows if row["key"] not in INDEX_STATE]
            assert [row for row in kept if row not in after[table]] == []
        elif not table.startswith("sqlite_"):
            assert after[TABLES.get(table, table)] == [renamed(table, row) for row in rows], table
            assert rows, f"the old database has no {table}"


def states(path: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        for table in ("feed", "channel", "delivery", "notice", "backfill"):
            for (state,) in connection.execute(f"SELECT DISTINCT state FROM {table}"):  # noqa: S608 -- our own
                yield table, state


def test_the_old_database_has_rows_in_every_state(old: Path) -> None:
    assert set(states(old)) == {
        *(("feed", state) for state in ("active", "ended")),
        *(("channel", state) for state in ("open", "suspended")),
        *(
            ("delivery", state)
            for state in ("pending", "sending", "sent", "held", "paused", "skipped", "dead")
        ),
        *(("notice", state) for state in ("pending", "sent", "dropped")),
        *(("backfill", state) for state in ("running", "stopped", "failed", "done")),
    }


async def test_the_old_version_is_backed_up_and_a_second_open_changes_nothing(old: Path) -> None:
    before = rows_of(old)
    async with await Store.open(old):
        pass
    upgraded = rows_of(old)
    async with await Store.open(old):
        pass

    (backup,) = old.parent.glob("feed-relay.db.v*.backup*")
    assert backup.name == "feed-relay.db.v5.backup"
    assert rows_of(backup) == before
    assert rows_of(old) == upgraded
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(migrate.migrations()),)


async def test_the_repositories_read_everything(old: Path) -> None:
    async with await Store.open(old) as store:
        feeds = await store.archive.feeds()
        followed = await store.subscriptions.all()
        stats = await store.archive.stats()
        progress = {feed.id: await store.backfills.progress(feed.id) for feed in feeds}
        statuses = await store.archive.statuses(7, await store.archive.worst_first(7, range(100)), NOW)
        (trace,) = await store.archive.trace("https://garden.example/20", 7)

    assert {feed.id: feed.name for feed in feeds} == {
        1: "Garden Notes",
        2: "Moved",
        3: "broken.example/atom",
        4: "ended.example/rss",
        5: "Slow",
        6: "leased.example/rss",
        7: "Title of left.example",
        8: "From OPML",
        9: "Chosen",
    }
    assert {style.subscription.style for style in followed} == set(Style)
    assert (len(followed), stats.entries, stats.seen) == (15, 40, 234)
    assert {feed_id: each.state for feed_id, each in progress.items() if each} == {
        1: BackfillState.RUNNING,
        2: BackfillState.DONE,
        5: BackfillState.FAILED,
        6: BackfillState.RUNNING,
        8: BackfillState.STOPPED,
        9: BackfillState.RUNNING,
    }
    assert (statuses[0].name, statuses[0].ended) == ("ended.example/rss", True)
    assert trace.entry.title == "Fresh 20, edited"
    assert {delivery.channel_id for delivery in trace.deliveries} == {100, 101, 102, 103, 104, 105}


async def test_claims_of_the_old_version_can_be_released_and_claimed_again(old: Path) -> None:
    async with await Store.open(old) as store:
        await store.backfills.release(Worker.CLI)
        (backfill,) = await store.backfills.claim(NOW, Worker.CLI, LEASE, 9)
        await store.outbox.release(NOW)
        uncertain = {
            delivery.channel_id: delivery.uncertain_since
            for delivery in await store.outbox.claim(NOW, LEASE, 9)
        }

    assert (backfill.limit, backfill.feed.name) == (100, "Chosen")
    assert uncertain == {
        100: datetime(2026, 5, 4, 13, 2, tzinfo=UTC),
        103: datetime(2026, 5, 4, 13, 1, tzinfo=UTC),
        108: None,
        800: None,
    }


async def test_buttons_of_the_old_version_still_find_their_rows(old: Path) -> None:
    async with await Store.open(old) as store:
        hold = await store.holds.get(7)
        decided = await store.holds.decide(7, Decision.NEWEST, 42, NOW)
        request = await store.search_requests.get(123456789012345678)

    assert hold is not None
    assert (hold.guild_id, hold.channel_id, hold.waiting) == (8, 800, 5)
    assert decided == hold
    assert request is not None
    assert (request.guild_id, request.user_id, request.created_at) == (7, 42, NOW)
    assert '"order": "newest"' in request.request


async def test_the_index_of_the_old_version_is_searched(old: Path) -> None:
    async with await Store.open(old) as store:
        found = await store.search.find(parse_query("tag:corrected", NOW), None)
        newest = await store.search.find(Query(), frozenset({1}), order=Order.NEWEST, limit=1)
        lag = await store.index.lag()
        while await store.index.catch_up(7):
            again = await store.search.find(parse_query("tag:corrected", NOW), None)
            assert again.hits == found.hits

    assert [hit.title for hit in found.hits] == ["Fresh 20, edited"]
    assert [hit.title for hit in newest.hits] == ["Fresh 22 🌱"]
    assert lag > 0
