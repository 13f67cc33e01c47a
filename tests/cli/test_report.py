"""`report`: complete, bounded, and without anything private."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import bot
from bot.cli import report
from bot.model import ChannelDeclaration, FeedDeclaration, PollResult, SiteBudget
from bot.store.store import Store
from tests.cli.conftest import Cli

TOKEN = "MTE1NjA0MzY4OTI3NDY5OTg0OA.GhTfRk.Zx9wKq3vLmN8pRtYuIoPaSdFgHjKlZxCvBnM12"
SECRET = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
CHANNEL = 123_456_789_012_345_678
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FEED = f"https://ann:{SECRET}@garden.example/rss?token={SECRET}"
WEBHOOK = f"https://discord.com/api/webhooks/{CHANNEL}/{SECRET}"
CONFIG = """
[discord]
token = "{token}"
api_url = "https://zelda:{secret}@proxy.example/{secret}/api"
[tumblr]
api_key_file = "key-{secret}"
[store]
path = "{secret}.db"
[polling]
interval = "7m"
contact = "zelda {secret}"
allow_private_addresses = ["192.168.7.7:8080"]
[posts]
style = "compact"
[http]
host = "{secret}.example"
[[feeds]]
url = "https://zelda:{secret}@garden.example/{secret}/rss?token={secret}&k={secret}"
name = "name-{secret}"
[[feeds.channels]]
id = 123456789012345678
tags = ["tag-{secret}"]
words = ["{secret}"]
mention_roles = [123456789012345679]
"""
PRIVATE = ("123456789", "192.168", "garden", "proxy", "zelda", "tag-", "name-")


def sections(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=st.from_regex(r"[A-Za-z][A-Za-z0-9]{11,30}[0-9]", fullmatch=True))
@example(secret="opensesame1234")
def test_no_secret_of_the_config_is_in_the_report(cli: Cli, here: Path, secret: str) -> None:
    """In every place that takes a text, however it looks, and also where the config is wrong."""
    (here / f"key-{secret}").write_text(secret, encoding="utf-8")
    written = CONFIG.format(token=TOKEN, secret=secret)
    for text in (written, f"{written}\n{secret} = 1", written.replace('"7m"', f'"{secret}"'), f'"{secret}'):
        (here / "config.toml").write_text(text, encoding="utf-8")

        said = cli("report").out

        assert sections(said)[:2] == ["Versions", "Config"]
        assert [each for each in (secret, TOKEN, *PRIVATE) if each in said.partition("## Config")[2]] == []


def fail_everything(path: Path) -> None:
    """Make a database with a feed and a channel whose errors quote their secrets."""

    async def write() -> None:
        async with await Store.open(path) as store:
            declared = [FeedDeclaration(FEED, channels=(ChannelDeclaration(CHANNEL),))]
            budget = SiteBudget(1, timedelta(0))
            await store.subscriptions.sync(declared, lambda _: "garden.example", lambda _: budget, NOW)
            (feed,) = await store.archive.feeds()
            error = f"Cannot read {FEED}, key {SECRET} of channel {CHANNEL}: see {WEBHOOK}" + " again" * 200
            await store.feeds.settle_failed(feed.id, PollResult(NOW, error=error), NOW)

    asyncio.run(write())


def test_errors_are_shown_without_addresses_ids_and_secrets(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")
    fail_everything(here / "feed-relay.db")

    said = cli("report").out

    assert sections(said) == ["Versions", "Config", "Database", "Bot", "Errors"]
    assert "- 1 feed: Cannot read ADDRESS key [hidden] of channel ID: see ADDRESS again again" in said
    assert max(map(len, said.partition("## Errors")[2].splitlines())) < report.MAX_ERROR_LENGTH + 50
    assert [each for each in (SECRET, str(CHANNEL), "garden", "discord.com/api") if each in said] == []


def test_the_report_shows_versions_settings_and_counts(cli: Cli, filled: Path) -> None:
    said = cli("report").out

    assert f"- feed-relay {bot.__version__}\n" in said
    assert "- SQLite 3." in said
    assert re.search(r"discord[.-]py 2\.", said)
    assert "store.path = set" in said
    assert "- 1 feed, 2 posts, " in said
    assert f"- schema {asyncio.run(Store.schema_version(filled))}, " in said
    assert str(filled.parent) not in said


@pytest.mark.parametrize("text", ["", "[discord]\ntoken_file = 'gone.txt'"])
def test_a_report_can_be_made_before_anything_works(cli: Cli, here: Path, text: str) -> None:
    (here / "config.toml").write_text(text, encoding="utf-8")

    result = cli("report")

    assert (result.code, result.err) == (0, "")
    assert (
        "there is no database here yet" in result.out
        or "wrong: config.toml:2: discord.token_file" in result.out
    )
    assert str(here) not in result.out
