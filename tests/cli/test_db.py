"""`db` and `search`."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import (
    ChannelDeclaration,
    Entry,
    FeedDeclaration,
    ParsedFeed,
    PollResult,
    PostSettings,
    SiteBudget,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.store.store import Store
from tests.cli.conftest import Cli

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
BUDGET = SiteBudget(max_concurrent=1, spacing=timedelta(0))
URL = "https://garden.example/rss"
ENTRIES = (
    Entry(
        guid="1",
        link="https://garden.example/leeks",
        title="Leeks and onions",
        text="They stand in two rows.",
        tags=("vegetables",),
        published=datetime(2026, 6, 1, tzinfo=UTC),
    ),
    Entry(
        guid="2",
        link="https://garden.example/roses",
        title="First roses",
        text="Beside the onions, in two colours.",
        tags=("Roses", "June"),
        published=datetime(2026, 6, 3, tzinfo=UTC),
    ),
)


async def fill(path: Path) -> None:
    """Store one feed with two posts, and a channel that follows it."""
    async with await Store.open(path) as store:
        declared = (FeedDeclaration(URL, "Garden Notes", channels=(ChannelDeclaration(7),)),)
        await store.subscriptions.sync(declared, lambda _url: "garden.example", lambda _site: BUDGET, NOW)
        (feed,) = await store.feeds.claim(NOW, timedelta(minutes=1), 5)
        document = identify(ParsedFeed("rss20", entries=ENTRIES), URL)
        followers = await store.feeds.subscriptions(feed.id)
        decided = plan(feed.id, document, {}, followers, PostSettings(first_run=5), NOW)
        await store.feeds.record(feed.id, decided, PollResult(NOW), NOW)


@pytest.fixture
async def filled(here: Path) -> Path:
    """Return a filled database, and write a config for it."""
    (here / "config.toml").write_text('[store]\npath = "relay.db"', encoding="utf-8")
    await fill(here / "relay.db")
    return here / "relay.db"


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


def test_a_post_must_contain_every_word(cli: Cli, filled: Path) -> None:
    assert filled.exists()
    both, one, none = cli("search", "onions two"), cli("search", "onions rows"), cli("search", "tractor")

    assert [line[:23] for line in both.out.splitlines() if line.startswith("2026")] == [
        "2026-06-01  Leeks and o",
        "2026-06-03  First roses",
    ]
    assert one.out.splitlines() == [
        "2026-06-01  Leeks and onions",
        "            Garden Notes · #vegetables",
        "            https://garden.example/leeks",
    ]
    assert (none.code, none.out) == (0, "")
    assert "Nothing found" in none.err


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--tag", "#roses"), ["First roses"]),
        (("--after", "2026-06-02"), ["First roses"]),
        (("--before", "2026-06-02"), ["Leeks and onions"]),
        (("--feed", "garden notes"), ["Leeks and onions", "First roses"]),
        (("--sort", "newest"), ["First roses", "Leeks and onions"]),
        (("--limit", "1"), ["Leeks and onions"]),
    ],
)
def test_options_narrow_a_search(cli: Cli, filled: Path, options: tuple[str, ...], found: list[str]) -> None:
    assert filled.exists()

    assert [hit["title"] for hit in json.loads(cli("search", "onions", "--json", *options).out)] == found


def test_a_search_in_an_unknown_feed_lists_the_known_feeds(cli: Cli, filled: Path) -> None:
    assert filled.exists()
    result = cli("search", "onions", "--feed", "Other")

    assert result.code == 1
    assert result.err == "feed-relay: No feed is called Other; use one of these: Garden Notes.\n"


async def test_stats_list_held_posts(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text('[store]\npath = "relay.db"', encoding="utf-8")
    await fill(here / "relay.db")
    async with await Store.open(here / "relay.db") as store:
        (feed,) = await store.archive.feeds()
        flood = tuple(Entry(guid=f"f{n}", title=f"Seed {n}") for n in range(5))
        document = identify(ParsedFeed("rss20", entries=flood), feed.url)
        decided = plan(1, document, {}, await store.feeds.subscriptions(1), PostSettings(burst_limit=2), NOW)
        await store.feeds.record(1, decided, PollResult(NOW), NOW)

    result = await asyncio.to_thread(cli, "db", "stats")

    assert "held: 3 posts of Garden Notes for channel 7 since 2026-06-10 12:00 UTC" in result.out


def test_rows_that_refer_to_missing_rows_are_damage(cli: Cli, filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as database, database:
        database.execute("INSERT INTO tag VALUES (999, 'leeks', 'Leeks', 0)")

    result = cli("db", "check")

    assert result.code == 1
    assert result.out.splitlines()[0].startswith("tag row")
    assert result.out.splitlines()[-1].endswith("restore the newest backup beside it.")
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
