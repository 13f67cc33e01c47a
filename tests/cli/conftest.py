"""Fixtures that run the command line as a person does: arguments in, exit code and two texts out."""

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli import main
from bot.config import layers

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
