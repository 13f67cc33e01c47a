"""`db check`, `db backup`, `db restore`, `db stats` and `db compact`."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.model import (
    Entry,
    PollResult,
    PostSettings,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.backfills import Worker
from bot.store.sqlite import lock
from bot.store.store import Store
from tests.cli.conftest import NOW, Cli, fill

DUMP = Path(__file__).parents[1] / "data" / "databases" / "c65eedc.sql"


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
        known, followers = await store.feeds.planned_with(1, document)
        decided = plan(1, document, known, followers, PostSettings(burst_limit=2), NOW)
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
    with lock.lock(apart / "relay.db", Worker.RUN):
        before = files_in(apart)

        result = cli(*command)

        assert result.code == 1
        assert "an older feed-relay wrote this database; stop the bot" in result.out + result.err
        assert {name: files_in(apart)[name] for name in before} == before


def write_old(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(OLD.read_text("utf-8"))


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, those of the index included."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 -- our own names
            for (name,) in names.fetchall()
        }


def add_and_remove(path: Path) -> None:
    """Leave a million unused bytes in the file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO meta VALUES ('large', hex(zeroblob(500000)))")
        connection.commit()
        connection.execute("DELETE FROM meta WHERE key = 'large'")


def test_compacting_shrinks_the_file_and_loses_nothing(cli: Cli, filled: Path) -> None:
    filled.chmod(0o640)
    add_and_remove(filled)
    before, rows, found = filled.stat(), rows_of(filled), cli("search", "beans").out

    result = cli("db", "compact")

    after = filled.stat()
    assert result.code == 0
    assert result.out.startswith(f"Compacted {filled}: 1.")
    assert result.out.endswith(f" MB before, {after.st_size / 1e3:.1f} KB now.\n")
    assert after.st_size < before.st_size - 900_000
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert rows_of(filled) == rows
    assert cli("search", "beans").out == found
    assert cli("db", "check").code == 0
    assert not list(filled.parent.glob("etilqs_*"))


KILLED = """
import asyncio, resource, signal, sys
from pathlib import Path
from bot.store.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
asyncio.run(Store.compact(Path(sys.argv[1])))
"""
"""The system kills this when it makes a file larger than the second argument."""


@pytest.mark.parametrize("share", [0.5, 1.0], ids=["while it copies", "while it writes the log"])
def test_a_kill_while_compacting_loses_nothing(cli: Cli, filled: Path, share: float) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("INSERT INTO meta VALUES ('kept', hex(randomblob(400000)))")
    contents = filled.stat().st_size
    add_and_remove(filled)
    rows = rows_of(filled)

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(filled), str(int(contents * share))], check=False
    )

    assert killed.returncode == -signal.SIGXFSZ
    assert cli("db", "check").code == 0
    assert rows_of(filled) == rows
    assert cli("db", "compact").code == 0
    assert rows_of(filled) == rows


@pytest.mark.parametrize("worker", Worker)
def test_compacting_is_refused_while_another_process_works(cli: Cli, filled: Path, worker: Worker) -> None:
    add_and_remove(filled)
    before = filled.read_bytes()

    with lock.lock(filled, worker):
        result = cli("db", "compact")

    assert (result.code, result.out) == (1, "")
    assert "stop it" in result.err
    assert filled.read_bytes() == before


def test_compacting_says_how_much_space_it_needs(
    cli: Cli, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_and_remove(filled)
    before = filled.stat().st_size
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=100_000))

    result = cli("db", "compact")

    assert result.code == 1
    assert "compacting needs 1 MB of free space beside it, and 0 MB are free" in result.err
    assert filled.stat().st_size == before


def test_compacting_leaves_a_damaged_database_alone(cli: Cli, filled: Path) -> None:
    whole = filled.read_bytes()
    filled.write_bytes(whole[:-9_000] + b"\xff" * 9_000)
    before = filled.read_bytes()

    result = cli("db", "compact")

    assert result.code == 1
    assert "restore the newest backup" in result.err
    assert filled.read_bytes() == before


def test_compacting_needs_a_database_of_this_version(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")

    missing = cli("db", "compact")
    with closing(sqlite3.connect(here / "feed-relay.db")) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    old = cli("db", "compact")

    assert (missing.code, old.code) == (1, 1)
    assert "there is no database here yet" in missing.err
    assert "an older feed-relay wrote this database" in old.err
    with closing(sqlite3.connect(here / "feed-relay.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (5,)


def test_a_restore_says_how_old_the_backup_is_and_where_the_former_database_is(
    cli: Cli, filled: Path
) -> None:
    cli("db", "backup", "copy.db")

    result = cli("db", "restore", "copy.db")

    assert result.code == 0
    first, second, third = result.out.splitlines()
    assert first == f"Restored {filled} as it was at {NOW:%Y-%m-%d %H:%M} UTC."
    assert second == f"The former database is now {filled}.before-restore."
    assert third.startswith("Start the bot")


def test_a_restore_is_refused_while_a_bot_runs(cli: Cli, filled: Path) -> None:
    cli("db", "backup", "copy.db")

    with lock.lock(filled, Worker.RUN):
        result = cli("db", "restore", "copy.db")

    assert (result.code, result.out) == (1, "")
    assert "another feed-relay runs with this database; stop it first" in result.err


def test_a_damaged_backup_is_refused_in_one_sentence(cli: Cli, filled: Path, here: Path) -> None:
    (here / "copy.db").write_bytes(filled.read_bytes()[:5000])

    result = cli("db", "restore", "copy.db")

    assert result.code == 1
    assert "this backup is damaged; restore an older one. Nothing was changed." in result.err
    assert "Traceback" not in result.err
