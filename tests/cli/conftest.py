"""Fixtures that run the command line as a person does: arguments in, exit code and two texts out."""

import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from bot.cli import main
from bot.config import layers
from bot.model import (
    ChannelDeclaration,
    Entry,
    FeedDeclaration,
    PollResult,
    PostSettings,
    SiteBudget,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.feed_documents import Post
from bot.store.store import Store

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

GARDEN = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel>
  <title>Garden Notes</title>
  <link>https://garden.example/</link>
  <description>What grows</description>
  <item>
    <title>Leeks &amp; onions</title>
    <link>https://garden.example/leeks</link>
    <guid>https://garden.example/leeks</guid>
    <pubDate>Wed, 03 Jun 2026 08:00:00 +0000</pubDate>
    <category>vegetables</category>
    <description>
<![CDATA[<p>The <b>leeks</b> stand in two rows, <a href="/onions">onions</a> between.</p>]]></description>
  </item>
  <item>
    <title>First roses</title>
    <link>https://garden.example/roses</link>
    <guid>https://garden.example/roses</guid>
    <pubDate>Tue, 02 Jun 2026 08:00:00 +0000</pubDate>
    <category>Roses</category>
    <category>June</category>
    <description>&lt;p&gt;They came early this year.&lt;/p&gt;</description>
  </item>
  <item>
    <title>Rain at last</title>
    <link>https://garden.example/rain</link>
    <guid>https://garden.example/rain</guid>
    <pubDate>Mon, 01 Jun 2026 08:00:00 +0000</pubDate>
    <description>&lt;p&gt;Twelve millimetres in one night.&lt;/p&gt;</description>
  </item>
</channel></rss>
"""


@dataclass(frozen=True)
class Result:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Change to an empty folder without this machine's settings and secrets, and restore the logs afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(layers, "RUN_SECRETS", tmp_path / "no-run-secrets")
    monkeypatch.setenv("COLUMNS", "80")
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:], root.level = before
    structlog.reset_defaults()


@pytest.fixture
def garden(here: Path) -> Path:
    """Return a feed in a file."""
    path = here / "garden.xml"
    path.write_text(GARDEN, encoding="utf-8")
    return path


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Return a function that runs a command in this process."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["feed-relay", *map(str, arguments)])
        with pytest.raises(SystemExit) as exited:
            main()
        caught = capsys.readouterr()
        code = exited.value.code
        assert isinstance(code, int)
        return Result(code, caught.out, caught.err)

    return run


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    """Open a blog with one post."""
    async with Blog() as opened:
        opened.feed("garden", "Garden Notes").publish(
            Post(id="1", title="Leeks", html="<p>Two rows.</p>", published=datetime(2026, 6, 1, tzinfo=UTC))
        )
        yield opened


@pytest.fixture
def channel(here: Path, sandbox_discord: SandboxDiscord, blog: Blog) -> int:
    """Return a channel that follows the blog and gets its first post."""
    guild = sandbox_discord.add_guild("Allotment")
    found = sandbox_discord.add_channel(guild.id, "leeks")
    text = f"""
        [discord]
        token = "{sandbox_discord.token}"
        api_url = "{sandbox_discord.api_url}"
        [polling]
        allow_private_addresses = true
        [posts]
        first_run = 1
        [[feeds]]
        url = "{blog.feeds["garden"].url}"
        [[feeds.channels]]
        id = {found.id}
    """
    (here / "config.toml").write_text(text, encoding="utf-8")
    return found.id


async def fill(path: Path) -> None:
    """Store one feed with two posts, and a channel that follows it."""
    async with await Store.open(path) as store:
        declared = (FeedDeclaration(URL, "Garden Notes", channels=(ChannelDeclaration(7),)),)
        await store.subscriptions.sync(declared, lambda _url: "garden.example", lambda _site: BUDGET, NOW)
        (feed,) = await store.feeds.claim(NOW, timedelta(minutes=1), 5)
        document = identify(ENTRIES, "", URL)
        known, followers = await store.feeds.planned_with(feed.id, document)
        decided = plan(feed.id, document, known, followers, PostSettings(first_run=5), NOW)
        await store.feeds.record(feed.id, decided, PollResult(NOW), NOW)


@pytest.fixture
async def filled(here: Path) -> Path:
    """Return a filled database, and write a config for it."""
    (here / "config.toml").write_text('[store]\npath = "relay.db"', encoding="utf-8")
    await fill(here / "relay.db")
    return here / "relay.db"
