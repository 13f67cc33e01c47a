"""`check`."""

import asyncio
import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.feed_documents import Post
from bot.store.backfills import Worker
from bot.store.sqlite import lock
from bot.store.store import Store
from tests.cli.conftest import Cli
from tests.postgres import Databases

POST = Post(id="1", title="Leeks", html="<p>Two rows.</p>", published=datetime(2026, 6, 1, tzinfo=UTC))


def write_config(here: Path, discord: SandboxDiscord, feeds: dict[str, int]) -> None:
    """Write a config with one channel for each feed."""
    blocks = [
        f'[[feeds]]\nurl = "{url}"\n[[feeds.channels]]\nid = {channel}' for url, channel in feeds.items()
    ]
    head = f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"'
    text = "\n".join((head, "[polling]\nallow_private_addresses = true", *blocks))
    (here / "config.toml").write_text(text, encoding="utf-8")


def test_offline_checks_only_config_and_database(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text('[[feeds]]\nurl = "https://garden.example/rss"', encoding="utf-8")

    result = cli("check", "--offline")

    assert (result.code, result.err) == (0, "")
    assert [line.split()[:2] for line in result.out.splitlines()] == [
        ["ok", "config"],
        ["ok", "database"],
        ["ok", "backups"],
    ]
    assert sorted(path.name for path in here.iterdir()) == ["config.toml"]


@pytest.mark.parametrize(
    ("setting", "line", "code"),
    [
        ("backups = 0", "ok       backups   none are made, because store.backups is 0", 0),
        ('backup_dir = "gone/copies"', "problem  backups   ", 1),
        ('backup_dir = "config.toml"', "problem  backups   ", 1),
    ],
)
def test_backups_that_cannot_be_made_are_a_problem(
    cli: Cli, here: Path, setting: str, line: str, code: int
) -> None:
    (here / "config.toml").write_text(f"[store]\n{setting}", encoding="utf-8")

    result = cli("check", "--offline")

    assert result.code == code
    assert result.out.splitlines()[-1].startswith(line)


async def test_the_newest_backup_is_named(cli: Cli, filled: Path) -> None:
    backups = Store.backups(filled)
    assert backups is not None
    made = await backups.make(datetime(2026, 6, 2, 3, tzinfo=UTC), 7)

    result = await asyncio.to_thread(cli, "check", "--offline")

    assert result.code == 0
    shown = f"ok       backups   {made.parent} has 1 of 7, the newest from 2026-06-02 03:00 UTC"
    assert result.out.splitlines()[-1] == shown


async def test_a_server_makes_its_own_backups(cli: Cli, here: Path, postgres: Databases) -> None:
    config = f"[store]\nurl = {json.dumps((await postgres.new()).url)}"
    (here / "config.toml").write_text(config, encoding="utf-8")

    result = await asyncio.to_thread(cli, "check", "--offline")

    assert result.code == 0
    assert "the bot makes none of a PostgreSQL database; run pg_dump daily" in result.out


def test_config_problems_are_lines_of_the_report(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("[posts]\nfirst_run = -1\nburst_limit = 0", encoding="utf-8")

    result = cli("check")

    assert result.code == 2
    assert [line[:30] for line in result.out.splitlines()] == [
        "problem  config    config.toml:2:"[:30],
        "problem  config    config.toml:3:"[:30],
    ]


@pytest.mark.parametrize(
    ("path", "text"), [("nowhere/relay.db", "create it"), ("relay.db", "damaged"), (".", "is a folder")]
)
def test_an_unusable_database_is_a_problem(cli: Cli, here: Path, path: str, text: str) -> None:
    (here / "relay.db").write_bytes(b"no database at all, but long enough to look like one" * 100)
    (here / "config.toml").write_text(f'[store]\npath = "{path}"', encoding="utf-8")

    result = cli("check", "--offline")

    assert result.code == 1
    assert "problem  database" in result.out
    assert text in result.out


async def test_every_line_is_ok_if_everything_works(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord
) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    channel = sandbox_discord.add_channel(guild.id, "leeks")
    async with Blog() as blog:
        blog.feed("garden", "Garden Notes").publish(POST)
        write_config(here, sandbox_discord, {blog.feeds["garden"].url: channel.id})

        result = await asyncio.to_thread(cli, "check")

    assert (result.code, result.err) == (0, "")
    assert [line[:18].split() for line in result.out.splitlines()] == [
        ["ok", "config"],
        ["ok", "database"],
        ["ok", "backups"],
        ["ok", "feed"],
        ["ok", "token"],
        ["ok", "channel"],
    ]
    assert "Garden Notes, 1 post, newest 2026-06-01" in result.out
    assert f"https://discord.com/oauth2/authorize?client_id={sandbox_discord.bot.id}&" in result.out
    assert f"{channel.id} (#leeks, Allotment): the bot can post here" in result.out


@pytest.mark.parametrize(("style", "code"), [("card", 1), ("full", 1), ("compact", 0), ("link", 0)])
async def test_only_styles_with_embeds_need_embed_links(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord, style: str, code: int
) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    channel = sandbox_discord.add_channel(guild.id, "leeks")
    sandbox_discord.set_permissions(channel.id, deny=Permission.EMBED_LINKS)
    async with Blog() as blog:
        blog.feed("garden", "Garden Notes").publish(POST)
        write_config(here, sandbox_discord, {blog.feeds["garden"].url: channel.id})
        with (here / "config.toml").open("a", encoding="utf-8") as file:
            file.write(f'\nstyle = "{style}"')

        result = await asyncio.to_thread(cli, "check")

    assert result.code == code
    assert ("The bot lacks Embed Links" in result.out) == bool(code)


async def test_failures_say_what_to_do_and_do_not_stop_the_other_checks(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord
) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    open_channel = sandbox_discord.add_channel(guild.id, "leeks")
    read_only = sandbox_discord.add_channel(guild.id, "quiet")
    sandbox_discord.set_permissions(read_only.id, deny=Permission.SEND_MESSAGES)
    async with Blog() as blog:
        blog.feed("garden", "Garden Notes").publish(POST)
        urls = [f"{blog.address}/nothing-here", blog.feeds["garden"].url, f"{blog.feeds['garden'].url}?again"]
        write_config(
            here, sandbox_discord, dict(zip(urls, (open_channel.id, read_only.id, 999), strict=True))
        )

        result = await asyncio.to_thread(cli, "check")

    problems = [line for line in result.out.splitlines() if line.startswith("problem")]
    assert result.code == 1
    assert len(problems) == 3
    assert "There is no feed at this address" in problems[0]
    assert any(
        f"{read_only.id} (#quiet, Allotment): The bot lacks Send Messages" in line for line in problems
    )
    assert any(line.startswith("problem  channel   999: ") for line in problems)
    assert sandbox_discord.token not in result.out + result.err


async def test_a_refused_token_is_reported_but_not_shown(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(here, sandbox_discord, {})
    monkeypatch.setenv("FEED_RELAY_DISCORD__TOKEN", "stale-and-secret")

    result = await asyncio.to_thread(cli, "check", "--log-level", "debug")

    assert result.code == 1
    assert "problem  token     Discord refuses the token" in result.out
    assert "stale-and-secret" not in result.out + result.err


def test_a_missing_token_is_a_line_of_the_report(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")

    result = cli("check")

    assert result.code == 1
    assert "problem  token     discord.token: there is no bot token" in result.out


@pytest.mark.parametrize(
    "config",
    [
        "[discord]\ntoken_file = 'TOKEN'",
        "[discord]\nsync_guilds = ['TOKEN']",
        "[discord]\napi_url = 'TOKEN'",
        "[discord]\nTOKEN = 1",
        "[discord]\n'TOKEN' = 1",
        "[posts]\nstyle = 'TOKEN'",
        "[[feeds]]\nurl = 'TOKEN'",
        "[[feeds]]\nurl = 'ftp://bob:TOKEN@garden.example/rss?token=TOKEN'",
    ],
)
@pytest.mark.parametrize("command", [("check",), ("db", "stats")])
def test_a_token_in_the_wrong_place_is_not_shown(
    cli: Cli, here: Path, config: str, command: tuple[str, ...]
) -> None:
    token = "MTE1NjA0MzY4OTI3NDY5OTg0OA.GhTfRk.Zx9wKq3vLmN8pRtYuIoPaSdFgHjKlZxCvBnM12"
    (here / "config.toml").write_text(config.replace("TOKEN", token), encoding="utf-8")

    result = cli(*command)

    assert result.code == 2
    assert "config.toml:" in result.out + result.err
    assert "Zx9wKq3vLmN8" not in result.out + result.err


def test_a_password_in_an_invalid_address_is_not_shown(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text(
        "[[feeds]]\nurl = 'ftp://bob:h0rse@garden.example/rss?token=h0rse'", encoding="utf-8"
    )

    result = cli("check")

    assert "garden.example" in result.out
    assert "h0rse" not in result.out


async def test_an_unreachable_discord_is_not_blamed_on_the_token(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord
) -> None:
    write_config(here, sandbox_discord, {})
    sandbox_discord.faults.next("*", times=9, status=503)

    result = await asyncio.to_thread(cli, "check")

    assert result.code == 1
    assert "problem  discord   Discord cannot be reached" in result.out


async def test_a_database_beside_a_running_bot_is_ok_and_the_bot_is_mentioned(cli: Cli, filled: Path) -> None:
    with lock.lock(filled, Worker.RUN):
        async with await Store.open(filled):
            result = await asyncio.to_thread(cli, "check", "--offline")

    assert result.code == 0
    assert f"{filled} is OK; another feed-relay runs with this database" in result.out


@pytest.mark.parametrize("make", ["folder", "empty", "recipes", "pipe"])
def test_check_uses_the_words_of_run(cli: Cli, here: Path, make: str) -> None:
    path = here / "relay.db"
    (here / "config.toml").write_text(
        '[discord]\ntoken = "a.b.c"\n[store]\npath = "relay.db"', encoding="utf-8"
    )
    match make:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "pipe":
            os.mkfifo(path)
        case _:
            with closing(sqlite3.connect(path)) as other:
                other.execute("CREATE TABLE recipes (name)")

    run, check = cli("run"), cli("check", "--offline")

    assert (run.code, check.code) == (1, 1)
    assert run.err.removeprefix("feed-relay: ").strip() in check.out
