"""Tumblr-wide tags in commands and the config file. Every command uses the API, and none shows the key."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.sandbox.sites.tumblr import Tumblr
from tests.cli.conftest import Cli

PAGE = "https://www.tumblr.com/tagged/hawk%20moths"
PASTED = "https://tumblr.com/tagged/Hawk+Moths?sort=top"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class TumblrFixture:
    """Tumblr with a blog, and a config with the key."""

    tumblr: Tumblr
    garden: BlogFeed
    here: Path

    def write_config(self, *blocks: str, key: str = "") -> None:
        head = f'[tumblr]\napi_key = "{key or self.tumblr.key}"\napi_url = "{self.tumblr.address}"'
        (self.here / "config.toml").write_text("\n".join((head, *blocks)), encoding="utf-8")


@pytest.fixture
async def setup(here: Path) -> AsyncIterator[TumblrFixture]:
    async with Blog() as blog, Tumblr() as tumblr:
        garden = blog.feed("slow-garden", "The Slow Garden")
        garden.move("https://slow-garden.tumblr.com")
        garden.publish(
            Post("740000000000000001", "By the lamp", "<p>Four of them.</p>", NOON, ("hawk moths",))
        )
        tumblr.add(garden)
        found = TumblrFixture(tumblr, garden, here)
        found.write_config()
        yield found


async def test_discover_normalises_the_address_of_a_tag_page(cli: Cli, setup: TumblrFixture) -> None:
    result = await asyncio.to_thread(cli, "discover", PASTED, "--log-level", "debug")

    assert (result.code, result.out) == (0, f"{PAGE}  #hawk moths on Tumblr\n")
    assert setup.tumblr.key not in result.err


def test_discover_without_a_key_says_what_to_set(cli: Cli) -> None:
    result = cli("discover", PASTED)

    assert (result.code, result.out) == (1, "")
    assert "set a free key for Tumblr's API ([tumblr] api_key)" in result.err


async def test_preview_shows_the_posts_of_a_tag(cli: Cli, setup: TumblrFixture) -> None:
    result = await asyncio.to_thread(cli, "preview", PASTED, "--format", "json")

    assert result.code == 0
    assert "https://slow-garden.tumblr.com/post/740000000000000001/by-the-lamp" in result.out
    assert "#hawk moths on Tumblr" in result.out
    assert setup.tumblr.key not in result.out + result.err


async def test_check_reports_the_key_and_the_tags_feed(
    cli: Cli, setup: TumblrFixture, sandbox_discord: SandboxDiscord
) -> None:
    setup.write_config(
        f'[discord]\ntoken = "{sandbox_discord.token}"\napi_url = "{sandbox_discord.api_url}"',
        f'[[feeds]]\nurl = "{PASTED}"',
    )
    result = await asyncio.to_thread(cli, "check", "--log-level", "debug")

    assert result.code == 0
    assert "ok       tumblr    Tumblr accepts the API key" in result.out
    assert f"ok       feed      {PAGE}: #hawk moths on Tumblr, 1 post, newest 2026-06-01" in result.out
    assert setup.tumblr.key not in result.out + result.err


async def test_check_says_what_to_do_about_a_refused_key(cli: Cli, setup: TumblrFixture) -> None:
    setup.write_config(key="stale-and-secret")

    result = await asyncio.to_thread(cli, "check", "--log-level", "debug")

    assert result.code == 1
    (line,) = [line for line in result.out.splitlines() if " tumblr " in line]
    assert line.startswith("problem  tumblr    Tumblr refuses the API key")
    assert "https://www.tumblr.com/oauth/apps" in line
    assert "stale-and-secret" not in result.out + result.err


async def test_check_offline_does_not_test_the_key(cli: Cli, setup: TumblrFixture) -> None:
    result = await asyncio.to_thread(cli, "check", "--offline")

    assert result.code == 0
    assert setup.tumblr.requests == []


@pytest.mark.parametrize(
    "config", ["[tumblr]\napi_url = 'KEY'", "[tumblr]\nKEY = 1", "[[feeds]]\nurl = 'KEY'"]
)
def test_a_key_in_the_wrong_place_is_not_shown(cli: Cli, here: Path, config: str) -> None:
    key = "Gq7vXk2mRt9pLw4zBn8sYc5hJd3fTa6eUi1oKxVbNmQrWsEyZu"
    (here / "config.toml").write_text(config.replace("KEY", key), encoding="utf-8")

    results = [cli("check"), cli("db", "stats")]

    assert [result.code for result in results] == [2, 2]
    assert "Gq7vXk2mRt9pLw4z" not in "".join(result.out + result.err for result in results)


async def test_opml_import_normalises_the_address_of_a_tag_page(cli: Cli, setup: TumblrFixture) -> None:
    (setup.here / "mine.opml").write_text(
        f'<opml version="2.0"><body><outline text="Moths" xmlUrl="{PASTED}"/></body></opml>', encoding="utf-8"
    )

    imported = await asyncio.to_thread(cli, "opml", "import", setup.here / "mine.opml", "--channel", "100")
    exported = await asyncio.to_thread(cli, "opml", "export")

    assert imported.code == 0
    assert f'xmlUrl="{PAGE}"' in exported.out


async def test_a_tag_in_the_config_file_is_posted_and_the_key_leaks_nowhere(
    setup: TumblrFixture, sandbox_discord: SandboxDiscord
) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    channel = sandbox_discord.add_channel(guild.id, "moths")
    setup.write_config(
        f'[discord]\ntoken = "{sandbox_discord.token}"\napi_url = "{sandbox_discord.api_url}"',
        "[posts]\nfirst_run = 1",
        f'[[feeds]]\nurl = "{PASTED}"\n[[feeds.channels]]\nid = {channel.id}',
    )

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--once", "--log-level", "debug", stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)

    (message,) = sandbox_discord.messages(channel.id)
    files = [path for path in setup.here.rglob("*") if path.is_file() and path.name != "config.toml"]
    assert process.returncode == 0
    assert "By the lamp" in message.content
    assert setup.tumblr.key.encode() not in out + err
    assert not any(setup.tumblr.key.encode() in path.read_bytes() for path in files)
    with closing(sqlite3.connect(setup.here / "feed-relay.db")) as database:
        assert database.execute("SELECT url, site FROM feed").fetchall() == [(PAGE, "tumblr.com")]
