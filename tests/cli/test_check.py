"""`check`: a line for each thing that works or does not."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.feed_documents import Post
from tests.cli.conftest import Cli

POST = Post(id="1", title="Leeks", html="<p>Two rows.</p>", published=datetime(2026, 6, 1, tzinfo=UTC))


def write_config(here: Path, discord: SandboxDiscord, feeds: dict[str, int]) -> None:
    """A config with one channel for each feed."""
    blocks = [
        f'[[feeds]]\nurl = "{url}"\n[[feeds.channels]]\nid = {channel}' for url, channel in feeds.items()
    ]
    head = f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"'
    text = "\n".join((head, "[polling]\nallow_private_addresses = true", *blocks))
    (here / "config.toml").write_text(text, encoding="utf-8")


def test_offline_only_config_and_database_are_looked_at(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text('[[feeds]]\nurl = "https://garden.example/rss"', encoding="utf-8")

    ended = cli("check", "--offline")

    assert (ended.code, ended.err) == (0, "")
    assert [line.split()[:2] for line in ended.out.splitlines()] == [["ok", "config"], ["ok", "database"]]
    assert sorted(path.name for path in here.iterdir()) == ["config.toml"]


def test_problems_of_the_config_are_lines_of_the_report(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("[posts]\nfirst_run = -1\nburst_limit = 0", encoding="utf-8")

    ended = cli("check")

    assert ended.code == 2
    assert [line[:30] for line in ended.out.splitlines()] == [
        "problem  config    config.toml:2:"[:30],
        "problem  config    config.toml:3:"[:30],
    ]


@pytest.mark.parametrize(
    ("path", "said"), [("nowhere/relay.db", "create it"), ("relay.db", "damaged"), (".", "is a folder")]
)
def test_a_database_that_cannot_work_is_a_problem(cli: Cli, here: Path, path: str, said: str) -> None:
    (here / "relay.db").write_bytes(b"no database at all, but long enough to look like one" * 100)
    (here / "config.toml").write_text(f'[store]\npath = "{path}"', encoding="utf-8")

    ended = cli("check", "--offline")

    assert ended.code == 1
    assert "problem  database" in ended.out
    assert said in ended.out


async def test_all_is_well(cli: Cli, here: Path, sandbox_discord: SandboxDiscord) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    channel = sandbox_discord.add_channel(guild.id, "leeks")
    async with Blog() as blog:
        blog.feed("garden", "Garden Notes").publish(POST)
        write_config(here, sandbox_discord, {blog.feeds["garden"].url: channel.id})

        ended = await asyncio.to_thread(cli, "check")

    assert (ended.code, ended.err) == (0, "")
    assert [line[:18].split() for line in ended.out.splitlines()] == [
        ["ok", "config"],
        ["ok", "database"],
        ["ok", "feed"],
        ["ok", "token"],
        ["ok", "channel"],
    ]
    assert "Garden Notes, 1 posts, newest 2026-06-01" in ended.out
    assert f"https://discord.com/oauth2/authorize?client_id={sandbox_discord.bot.id}&" in ended.out
    assert f"{channel.id} (#leeks, Allotment): the bot may post there" in ended.out


async def test_what_fails_is_told_with_what_to_do_and_the_rest_is_still_tried(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord
) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    open_to_all = sandbox_discord.add_channel(guild.id, "leeks")
    silent = sandbox_discord.add_channel(guild.id, "quiet")
    sandbox_discord.set_permissions(silent.id, deny=Permission.SEND_MESSAGES)
    async with Blog() as blog:
        blog.feed("garden", "Garden Notes").publish(POST)
        urls = [f"{blog.address}/nothing-here", blog.feeds["garden"].url, f"{blog.feeds['garden'].url}?again"]
        write_config(here, sandbox_discord, dict(zip(urls, (open_to_all.id, silent.id, 999), strict=True)))

        ended = await asyncio.to_thread(cli, "check")

    problems = [line for line in ended.out.splitlines() if line.startswith("problem")]
    assert ended.code == 1
    assert len(problems) == 3
    assert "There is no feed at this address" in problems[0]
    assert any(f"{silent.id} (#quiet, Allotment): The bot lacks Send Messages" in line for line in problems)
    assert any(line.startswith("problem  channel   999: ") for line in problems)
    assert sandbox_discord.token not in ended.out + ended.err


async def test_a_token_that_discord_refuses_is_told_without_showing_it(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(here, sandbox_discord, {})
    monkeypatch.setenv("FEED_RELAY_DISCORD__TOKEN", "stale-and-secret")

    ended = await asyncio.to_thread(cli, "check", "--log-level", "debug")

    assert ended.code == 1
    assert "problem  token     Discord refuses the token" in ended.out
    assert "stale-and-secret" not in ended.out + ended.err


def test_a_missing_token_is_a_line_of_the_report(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")

    ended = cli("check")

    assert ended.code == 1
    assert "problem  token     discord.token: there is no bot token" in ended.out


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
def test_a_token_in_a_wrong_place_is_not_shown(
    cli: Cli, here: Path, config: str, command: tuple[str, ...]
) -> None:
    token = "MTE1NjA0MzY4OTI3NDY5OTg0OA.GhTfRk.Zx9wKq3vLmN8pRtYuIoPaSdFgHjKlZxCvBnM12"
    (here / "config.toml").write_text(config.replace("TOKEN", token), encoding="utf-8")

    ended = cli(*command)

    assert ended.code == 2
    assert "config.toml:" in ended.out + ended.err
    assert "Zx9wKq3vLmN8" not in ended.out + ended.err


def test_a_password_in_a_wrong_address_is_not_shown(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text(
        "[[feeds]]\nurl = 'ftp://bob:h0rse@garden.example/rss?token=h0rse'", encoding="utf-8"
    )

    ended = cli("check")

    assert "garden.example" in ended.out
    assert "h0rse" not in ended.out


async def test_a_discord_that_cannot_be_reached_is_no_fault_of_the_token(
    cli: Cli, here: Path, sandbox_discord: SandboxDiscord
) -> None:
    write_config(here, sandbox_discord, {})
    sandbox_discord.faults.next("*", times=9, status=503)

    ended = await asyncio.to_thread(cli, "check")

    assert ended.code == 1
    assert "problem  discord   Discord cannot be reached" in ended.out
