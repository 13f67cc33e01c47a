"""`backfill` before it fetches anything: which feed is meant, errors, and how progress looks."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from bot.cli.backfill import _progress_display
from bot.model import BackfillProgress, BackfillState, ChannelDeclaration, FeedDeclaration
from bot.store.store import Store
from tests.cli.conftest import BUDGET, NOW, Cli

FEEDS = ("https://garden.example/rss", "https://stars.example/rss", "https://wheels.example/rss?token=hush")
PROGRESS = BackfillProgress(1, "Moon", BackfillState.RUNNING, 40, 60, 200, "", NOW, polled=True)


@pytest.fixture
def followed(here: Path) -> Path:
    """Return a database with three feeds that were never polled. Two have the same name."""
    (here / "config.toml").write_text('[store]\npath = "relay.db"', encoding="utf-8")

    path = here / "relay.db"
    asyncio.run(follow(path, *FEEDS))
    return path


async def follow(path: Path, *urls: str) -> None:
    declarations = [
        FeedDeclaration(url, name, channels=(ChannelDeclaration(7),))
        for url, name in zip(FEEDS, ("Garden", "Notes", "Notes"), strict=True)
        if url in urls
    ]
    async with await Store.open(path) as store:
        await store.subscriptions.sync(declarations, lambda url: url.split("/")[2], lambda _site: BUDGET, NOW)


def test_an_unknown_feed_is_an_error_that_lists_the_followed_feeds(cli: Cli, followed: Path) -> None:
    result = cli("backfill", "Observatory")

    assert (result.code, result.out) == (1, "")
    assert "No feed is called Observatory; use one of these: Garden, Notes, Notes." in result.err
    assert followed.exists()


def test_an_ambiguous_name_is_an_error_that_lists_addresses_without_secrets(cli: Cli, followed: Path) -> None:
    result = cli("backfill", "notes")

    assert result.code == 1
    assert "https://stars.example/rss, https://wheels.example/rss?token=***" in result.err
    assert "hush" not in result.err
    assert followed.exists()


def test_a_feed_that_no_channel_follows_is_refused_and_never_ambiguous(cli: Cli, followed: Path) -> None:
    asyncio.run(follow(followed, FEEDS[1]))

    refused, found = cli("backfill", "Garden"), cli("backfill", "Notes")

    assert refused.code == 1
    assert "No channel follows Garden; follow it first, then try again." in refused.err
    assert "Notes: This feed was never polled" in found.err


def test_a_feed_that_was_never_polled_is_an_error_that_says_what_to_do(cli: Cli, followed: Path) -> None:
    result = cli("backfill", "https://garden.example/rss")

    assert result.code == 1
    assert "Garden: This feed was never polled" in result.err
    assert "run `feed-relay run --once`, then try again" in result.err
    assert followed.exists()


def test_a_second_backfill_at_the_same_time_is_refused(cli: Cli, followed: Path) -> None:
    with FileLock(f"{followed}.backfill.lock"):
        result = cli("backfill", "Garden")

    assert result.code == 1
    assert "a backfill runs in another shell" in result.err


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
def test_invalid_options_exit_with_2(cli: Cli, followed: Path, options: tuple[str, ...]) -> None:
    assert cli("backfill", "Garden", *options).code == 2
    assert followed.exists()


def test_a_missing_database_is_an_error(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")
    result = cli("backfill", "Garden")

    assert result.code == 1
    assert "there is no database here yet" in result.err


def test_progress_is_a_line_for_each_change_outside_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    later = NOW + timedelta(hours=3, minutes=20)
    with _progress_display(lambda: NOW) as show:
        show(PROGRESS)
        show(PROGRESS)
        show(replace(PROGRESS, read=160, total=None, due_at=later))
        show(replace(PROGRESS, read=160, total=None, due_at=later, error="The site rests."))

    assert capsys.readouterr().err.splitlines() == [
        "Moon: 40 added: 60 of 200 posts read",
        f"Moon: 40 added, waits until {later:%Y-%m-%d %H:%M:%S} UTC: 160 posts read",
        f"Moon: 40 added, waits until {later:%Y-%m-%d %H:%M:%S} UTC (The site rests.): 160 posts read",
    ]


def test_progress_is_a_bar_in_a_terminal_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with _progress_display(lambda: NOW) as show:
        show(replace(PROGRESS, feed_name="[bold]Moon\x1b[2J"))

    output = capsys.readouterr().err
    assert "[bold]Moon" in output
    assert "60/200" in output
    assert "\x1b[2J" not in output
