"""A tag of all Tumblr at the command line and in the config file: each command meets the API, none shows the key."""

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
class Town:
    """Tumblr with a blog, and a config that knows the key."""

    tumblr: Tumblr
    garden: BlogFeed
    here: Path

    def write_config(self, *blocks: str, key: str = "") -> None:
        head = f'[tumblr]\napi_key = "{key or self.tumblr.key}"\napi_url = "{self.tumblr.address}"'
        (self.here / "config.toml").write_text("\n".join((head, *blocks)), encoding="utf-8")


@pytest.fixture
async def town(here: Path) -> AsyncIterator[Town]:
    async with Blog() as blog, Tumblr() as tumblr:
        garden = blog.feed("slow-garden", "The Slow Garden")
        garden.move("https://slow-garden.tumblr.com")
        garden.publish(
            Post("740000000000000001", "By the lamp", "<p>Four of them.</p>", NOON, ("hawk moths",))
        )
        tumblr.carry(garden)
        found = Town(tumblr, garden, here)
        found.write_config()
        yield found


async def test_discover_offers_the_page_of_a_tag_by_its_one_address(cli: Cli, town: Town) -> None:
    ended = await asyncio.to_thread(cli, "discover", PASTED, "--log-level", "debug")

    assert (ended.code, ended.out) == (0, f"{PAGE}  #hawk moths on Tumblr\n")
    assert town.tumblr.key not in ended.err


def test_discover_without_a_key_says_what_to_set(cli: Cli) -> None:
    ended = cli("discover", PASTED)

    assert (ended.code, ended.out) == (1, "")
    assert "set a free key of Tumblr's API ([tumblr] api_key)" in ended.err


async def test_preview_shows_the_posts_of_a_tag(cli: Cli, town: Town) -> None:
    ended = await asyncio.to_thread(cli, "preview", PASTED, "--format", "json")

    assert ended.code == 0
    assert "https://slow-garden.tumblr.com/post/740000000000000001/by-the-lamp" in ended.out
    assert "#hawk moths on Tumblr" in ended.out
    assert town.tumblr.key not in ended.out + ended.err


async def test_check_says_that_the_key_works_and_how_the_tag_does(
    cli: Cli, town: Town, sandbox_discord: SandboxDiscord
) -> None:
    town.write_config(
        f'[discord]\ntoken = "{sandbox_discord.token}"\napi_url = "{sandbox_discord.api_url}"',
        f'[[feeds]]\nurl = "{PASTED}"',
    )
    ended = await asyncio.to_thread(cli, "check", "--log-level", "debug")

    assert ended.code == 0
    assert "ok       tumblr    Tumblr accepts the API key" in ended.out
    assert f"ok       feed      {PAGE}: #hawk moths on Tumblr, 1 posts, newest 2026-06-01" in ended.out
    assert town.tumblr.key not in ended.out + ended.err


async def test_check_says_what_to_do_about_a_key_that_is_refused(cli: Cli, town: Town) -> None:
    town.write_config(key="stale-and-secret")

    ended = await asyncio.to_thread(cli, "check", "--log-level", "debug")

    assert ended.code == 1
    (line,) = [line for line in ended.out.splitlines() if " tumblr " in line]
    assert line.startswith("problem  tumblr    Tumblr refuses the API key")
    assert "https://www.tumblr.com/oauth/apps" in line
    assert "stale-and-secret" not in ended.out + ended.err


async def test_check_offline_does_not_try_the_key(cli: Cli, town: Town) -> None:
    ended = await asyncio.to_thread(cli, "check", "--offline")

    assert ended.code == 0
    assert town.tumblr.requests == []


@pytest.mark.parametrize(
    "config", ["[tumblr]\napi_url = 'KEY'", "[tumblr]\nKEY = 1", "[[feeds]]\nurl = 'KEY'"]
)
def test_a_key_in_a_wrong_place_is_not_shown(cli: Cli, here: Path, config: str) -> None:
    key = "Gq7vXk2mRt9pLw4zBn8sYc5hJd3fTa6eUi1oKxVbNmQrWsEyZu"
    (here / "config.toml").write_text(config.replace("KEY", key), encoding="utf-8")

    told = [cli("check"), cli("db", "stats")]

    assert [ended.code for ended in told] == [2, 2]
    assert "Gq7vXk2mRt9pLw4z" not in "".join(ended.out + ended.err for ended in told)


async def test_opml_brings_and_takes_the_page_by_its_one_address(cli: Cli, town: Town) -> None:
    (town.here / "mine.opml").write_text(
        f'<opml version="2.0"><body><outline text="Moths" xmlUrl="{PASTED}"/></body></opml>', encoding="utf-8"
    )

    imported = await asyncio.to_thread(cli, "opml", "import", town.here / "mine.opml", "--channel", "100")
    exported = await asyncio.to_thread(cli, "opml", "export")

    assert imported.code == 0
    assert f'xmlUrl="{PAGE}"' in exported.out


async def test_a_tag_of_the_config_file_is_posted_and_the_key_stays_where_it_was(
    town: Town, sandbox_discord: SandboxDiscord
) -> None:
    guild = sandbox_discord.add_guild("Allotment")
    channel = sandbox_discord.add_channel(guild.id, "moths")
    town.write_config(
        f'[discord]\ntoken = "{sandbox_discord.token}"\napi_url = "{sandbox_discord.api_url}"',
        "[posts]\nfirst_run = 1",
        f'[[feeds]]\nurl = "{PASTED}"\n[[feeds.channels]]\nid = {channel.id}',
    )

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--once", "--log-level", "debug", stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)

    (message,) = sandbox_discord.messages(channel.id)
    files = [path for path in town.here.iterdir() if path.name != "config.toml"]
    assert process.returncode == 0
    assert "By the lamp" in message.content
    assert town.tumblr.key.encode() not in out + err
    assert not any(town.tumblr.key.encode() in path.read_bytes() for path in files)
    with closing(sqlite3.connect(town.here / "feed-relay.db")) as database:
        assert database.execute("SELECT url, site FROM feed").fetchall() == [(PAGE, "tumblr.com")]
