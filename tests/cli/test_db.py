"""`db check`, `db backup` and `db stats`."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.model import (
    Entry,
    Known,
    PollResult,
    PostSettings,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.backfills import Worker
from bot.store.store import Store
from tests.cli.conftest import NOW, Cli, fill


@pytest.mark.parametrize(
    "command", [("db", "check"), ("db", "stats"), ("db", "backup", "copy.db"), ("search", "x")]
)
def test_a_missing_database_is_not_created(cli: Cli, here: Path, command: tuple[str, ...]) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")

    result = cli(*command)

    assert result.code == 1
    assert "there is no database here yet" in result.err
    assert sorted(path.name for path in here.iterdir()) == ["config.toml"]


def test_an_intact_database_is_ok(cli: Cli, filled: Path) -> None:
    result = cli("db", "check")

    assert (result.code, result.out) == (0, f"{filled} is OK.\n")


def test_a_damaged_database_is_reported_with_what_to_do(cli: Cli, filled: Path) -> None:
    filled.write_bytes(filled.read_bytes()[:1000] + b"\xff" * 20_000)

    result = cli("db", "check")

    assert result.code == 1
    assert "damaged" in result.out + result.err
    assert "restore the newest backup" in result.out + result.err
    assert "Traceback" not in result.err


def test_a_backup_is_a_complete_copy_and_never_overwrites(cli: Cli, filled: Path, here: Path) -> None:
    first = cli("db", "backup", "copy.db")
    second = cli("db", "backup", "copy.db")

    assert first.code == 0
    with sqlite3.connect(here / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM entry").fetchone() == (2,)
    copy.close()
    assert second.code == 1
    assert "exists already" in second.err
    assert filled.exists()


def test_stats_count_what_is_stored(cli: Cli, filled: Path) -> None:
    result = cli("db", "stats")

    assert result.code == 0
    assert filled.exists()
    stats = dict(line.rsplit("  ", 1) for line in result.out.splitlines())
    assert {name.strip(): value for name, value in stats.items() if "size" not in name} == {
        "feeds": "1",
        "posts": "2",
        "known identities": stats[next(name for name in stats if name.startswith("known"))],
        "subscriptions": "1",
        "channels": "1",
        "deliveries pending": "2",
    }


async def test_stats_list_held_posts(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text('[store]\npath = "relay.db"', encoding="utf-8")
    await fill(here / "relay.db")
    async with await Store.open(here / "relay.db") as store:
        (feed,) = await store.archive.feeds()
        flood = tuple(Entry(guid=f"f{n}", title=f"Seed {n}") for n in range(5))
        document = identify(flood, "", feed.url)
        decided = plan(
            1, document, Known(), await store.feeds.subscriptions(1), PostSettings(burst_limit=2), NOW
        )
        await store.feeds.record(1, decided, PollResult(NOW), NOW)

    result = await asyncio.to_thread(cli, "db", "stats")

    assert "held: 3 posts of Garden Notes for channel 7 since 2026-06-10 12:00 UTC" in result.out


def test_rows_that_refer_to_missing_rows_are_damage(cli: Cli, filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as database, database:
        database.execute("INSERT INTO tag VALUES (999, 'leeks', 'Leeks', 0)")

    result = cli("db", "check")

    assert result.code == 1
    assert result.out.splitlines()[0].startswith("tag row")
    assert result.out.splitlines()[-1].endswith("restore the newest backup.")
    assert cli("check", "--offline").code == 1


def test_stats_list_channels_that_refuse_the_bot(cli: Cli, filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as database, database:
        database.execute(
            "UPDATE channel SET state = 'suspended', reason = 'Grant it Send Messages.', probe_at = 1, suspended_at = 0"
        )

    assert (
        "suspended: channel 7 since 1970-01-01 00:00 UTC, 2 posts waiting: Grant it Send Messages."
        in cli("db", "stats").out
    )


OLD = Path(__file__).parents[1] / "data" / "databases" / "c65eedc.sql"

READING = [
    ("search", "post"),
    ("db", "stats"),
    ("db", "check"),
    ("db", "backup", "copy.db"),
    ("opml", "export"),
    ("check", "--offline"),
]
"""Commands that only read."""


def files_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


@pytest.fixture
def apart(here: Path) -> Path:
    """Return a folder for the database alone, to which the config leads."""
    (here / "config.toml").write_text('[store]\npath = "data/relay.db"', encoding="utf-8")
    (here / "data").mkdir()
    return here / "data"


@pytest.mark.parametrize("command", READING, ids=" ".join)
async def test_a_command_that_only_reads_changes_nothing(
    cli: Cli, apart: Path, command: tuple[str, ...]
) -> None:
    await fill(apart / "relay.db")
    before = files_in(apart)

    result = await asyncio.to_thread(cli, *command)

    assert result.code == 0
    assert files_in(apart) == before


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_that_only_reads_does_not_update_an_old_database(
    cli: Cli, apart: Path, command: tuple[str, ...]
) -> None:
    write_old(apart / "relay.db")
    before = files_in(apart)

    result = cli(*command)

    needs_no_update = command[0] in {"check", "db"} and command[1] != "stats"
    assert result.code == (0 if needs_no_update else 1)
    assert needs_no_update or "an older feed-relay wrote this database; stop the bot" in result.err
    assert files_in(apart) == before


@pytest.mark.parametrize(
    "command",
    [("opml", "import", "feeds.opml", "--channel", "5"), ("backfill", "Garden"), ("check", "--offline")],
)
def test_a_newer_command_does_not_update_the_database_of_a_running_older_bot(
    cli: Cli, apart: Path, here: Path, command: tuple[str, ...]
) -> None:
    write_old(apart / "relay.db")
    (here / "feeds.opml").write_text('<opml><body><outline xmlUrl="https://a.example/"/></body></opml>')
    with Store.lock(apart / "relay.db", Worker.RUN):
        before = files_in(apart)

        result = cli(*command)

        assert result.code == 1
        assert "an older feed-relay wrote this database; stop the bot" in result.out + result.err
        assert {name: files_in(apart)[name] for name in before} == before


def write_old(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(OLD.read_text("utf-8"))
