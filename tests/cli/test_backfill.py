"""`backfill` before it asks any site: which feed is meant, what is wrong with a call, and how progress looks."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from bot.cli.backfill import _shown
from bot.model import BackfillProgress, BackfillState, ChannelDeclaration, FeedDeclaration
from bot.store.store import Store
from tests.cli.conftest import Cli
from tests.cli.test_db import BUDGET, NOW

FEEDS = ("https://garden.example/rss", "https://stars.example/rss", "https://wheels.example/rss?token=hush")
PROGRESS = BackfillProgress(1, "Moon", BackfillState.RUNNING, 40, 60, 200, "", NOW, polled=True)


@pytest.fixture
def followed(here: Path) -> Path:
    """Three feeds, two of them of one name; none was polled yet."""
    (here / "config.toml").write_text('[store]\npath = "relay.db"', encoding="utf-8")

    path = here / "relay.db"
    asyncio.run(follow(path, *FEEDS))
    return path


async def follow(path: Path, *urls: str) -> None:
    declared = [
        FeedDeclaration(url, name, channels=(ChannelDeclaration(7),))
        for url, name in zip(FEEDS, ("Garden", "Notes", "Notes"), strict=True)
        if url in urls
    ]
    async with await Store.open(path) as store:
        await store.subscriptions.sync(declared, lambda url: url.split("/")[2], lambda _site: BUDGET, NOW)


def test_an_unknown_feed_is_answered_with_those_that_are_followed(cli: Cli, followed: Path) -> None:
    ended = cli("backfill", "Observatory")

    assert (ended.code, ended.out) == (1, "")
    assert "No feed is called Observatory; name one of these: Garden, Notes, Notes." in ended.err
    assert followed.exists()


def test_a_name_of_several_feeds_is_answered_with_their_addresses_without_secrets(
    cli: Cli, followed: Path
) -> None:
    ended = cli("backfill", "notes")

    assert ended.code == 1
    assert "https://stars.example/rss, https://wheels.example/rss?token=***" in ended.err
    assert "hush" not in ended.err
    assert followed.exists()


def test_a_feed_that_nobody_follows_any_more_is_refused_and_not_meant(cli: Cli, followed: Path) -> None:
    asyncio.run(follow(followed, FEEDS[1]))

    refused, meant = cli("backfill", "Garden"), cli("backfill", "Notes")

    assert refused.code == 1
    assert "Nobody follows Garden any more; follow it again, and its history can be read." in refused.err
    assert "Notes: This feed was never read yet" in meant.err


def test_a_feed_that_was_never_read_is_told_with_what_to_do(cli: Cli, followed: Path) -> None:
    ended = cli("backfill", "https://garden.example/rss")

    assert ended.code == 1
    assert "Garden: This feed was never read yet" in ended.err
    assert "call `feed-relay run --once`, and then this again" in ended.err
    assert followed.exists()


def test_a_second_shell_waits_its_turn(cli: Cli, followed: Path) -> None:
    with FileLock(f"{followed}.backfill.lock"):
        ended = cli("backfill", "Garden")

    assert ended.code == 1
    assert "a back-fill runs in another shell" in ended.err


@pytest.mark.parametrize(
    "options",
    [
        ("--since", "yesterday or so"),
        ("--limit", "0"),
        ("--limit", "all"),
        ("--limit", "9" * 23),
        ("--until", "2026"),
    ],
)
def test_wrong_options_are_wrong_usage(cli: Cli, followed: Path, options: tuple[str, ...]) -> None:
    assert cli("backfill", "Garden", *options).code == 2
    assert followed.exists()


def test_without_a_database_there_is_nothing_to_fill(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")
    ended = cli("backfill", "Garden")

    assert ended.code == 1
    assert "there is no database here yet" in ended.err


def test_progress_is_a_line_for_each_change_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    later = NOW + timedelta(hours=3, minutes=20)
    with _shown(lambda: NOW) as tell:
        tell(PROGRESS)
        tell(PROGRESS)
        tell(replace(PROGRESS, read=160, total=None, due_at=later))
        tell(replace(PROGRESS, read=160, total=None, due_at=later, error="The site rests."))

    assert capsys.readouterr().err.splitlines() == [
        "Moon: 40 added: 60 of 200 posts read",
        f"Moon: 40 added, waits until {later:%Y-%m-%d %H:%M:%S} UTC: 160 posts read",
        f"Moon: 40 added, waits until {later:%Y-%m-%d %H:%M:%S} UTC (The site rests.): 160 posts read",
    ]


def test_progress_is_a_bar_in_a_terminal_and_steers_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with _shown(lambda: NOW) as tell:
        tell(replace(PROGRESS, feed_name="[bold]Moon\x1b[2J"))

    shown = capsys.readouterr().err
    assert "[bold]Moon" in shown
    assert "60/200" in shown
    assert "\x1b[2J" not in shown
