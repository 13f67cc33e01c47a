"""What applies to every command: options, exit codes, and how errors look."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import __version__
from bot.cli import version
from bot.cli.entry import create_app
from bot.errors import FeedRelayError
from bot.sandbox import demo
from tests.cli.conftest import Cli


def test_the_version_is_printed_to_stdout(cli: Cli) -> None:
    result = cli("version")

    assert (result.code, result.out, result.err) == (0, f"{__version__}\n", "")


@pytest.mark.parametrize("arguments", [("--version",), ("--config", "nowhere.toml", "--version")])
def test_the_version_is_also_an_option(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)

    assert (result.code, result.out, result.err) == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("preview", "x", "--limit", "0"), "Error: Invalid value for '--limit': too small; write at least 1"),
        (("preview", "x", "--limit", "x"), "'--limit': not a whole number; write only digits"),
        (("demo", "--port", "99999"), "'--port': too large; write at most 65535"),
        (
            ("preview", "x", "--style", "big"),
            "'big' is unknown; write one of 'card', 'compact', 'full', 'link'.",
        ),
        (("preview", "x", "y"), "Error: Too many arguments: y"),
        (("preview",), "Missing argument"),
        (("run", "--twice"), "No such option: --twice"),
        (("frobnicate",), "No such command 'frobnicate'"),
    ],
)
def test_wrong_usage_says_what_to_write(cli: Cli, arguments: tuple[str, ...], sentence: str) -> None:
    result = cli(*arguments)

    assert (result.code, result.out) == (2, "")
    assert sentence in result.err
    assert "--help' for help." in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("preview", "a.xml", "https://ann:opensesame@garden.example/rss?k=opensesame"),
        ("preview", "a.xml", "--style", "https://garden.example/rss?k=opensesame"),
        ("https://garden.example/rss?k=opensesame",),
    ],
)
def test_wrong_usage_does_not_show_secrets(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)

    assert result.code == 2
    assert "garden.example/rss" in result.err
    assert "opensesame" not in result.err


@pytest.mark.parametrize(
    "arguments", [("--config", "nowhere.toml", "db", "stats"), ("db", "stats", "--config", "nowhere.toml")]
)
def test_common_options_work_before_and_after_the_command(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)

    assert result.code == 2
    assert result.err.startswith("nowhere.toml: there is no such file")


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("run", "--twice"),
        ("version", "--config"),
        ("version", "--log-level", "loud"),
        ("preview",),
        ("preview", "x", "--limit", "0"),
        ("preview", "x", "--style", "grand"),
        ("search", "x", "--after", "someday"),
        ("search", "x", "--limit", "99999999999999999999"),
        ("opml", "import", "x", "--channel", "general"),
        ("demo", "--port", "99999"),
        ("db", "frobnicate"),
        (),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why_on_stderr(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)

    assert result.code == 2
    assert result.out == ""
    assert "Error: " in result.err or "Usage: " in result.err
    assert "Traceback" not in result.err


def test_every_config_problem_is_a_line_on_stderr(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text('[posts]\nstyle = "cart"\nfirst_run = -1\n', encoding="utf-8")

    result = cli("db", "stats")

    assert result.code == 2
    assert result.out == ""
    assert [line.split(": ")[:2] for line in result.err.splitlines()] == [
        ["config.toml:2", "posts.style"],
        ["config.toml:3", "posts.first_run"],
    ]


def test_an_error_is_one_sentence(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_text: str) -> None:
        raise FeedRelayError("The well is dry; wait for rain.")

    monkeypatch.setattr(version, "print_line", fail)

    result = cli("version")

    assert (result.code, result.out, result.err) == (1, "", "feed-relay: The well is dry; wait for rain.\n")


def test_a_bug_shows_a_traceback_only_with_log_level_debug(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("three rakes")

    monkeypatch.setattr(demo, "run", fail)

    plain, debug = cli("demo"), cli("demo", "--log-level", "debug")

    assert plain.code == debug.code == 1
    assert plain.err.startswith("feed-relay: an error of the program itself (ZeroDivisionError)")
    assert "Traceback" not in plain.err
    assert "three rakes" in debug.err


def test_an_interruption_prints_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(version, "print_line", interrupt)

    result = cli("version", "--log-level", "info")

    assert result.code == 130
    assert result.err == ""


async def test_a_missing_token_is_reported_before_anything_starts(here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()

    assert process.returncode == 2
    assert out == b""
    assert b"there is no bot token" in err
    assert sorted(path.name for path in here.iterdir()) == ["config.toml"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("module", "code"), [("bot.cli.entry", -signal.SIGINT), ("bot.store.transfer", 130)])
async def test_ctrl_c_during_the_imports_leaves_no_traceback(here: Path, module: str, code: int) -> None:
    """The process interrupts itself when it imports the command line, or what a command needs."""
    (here / "interrupted.py").write_text(
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == '{module}':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from bot.cli import main\n"
        "main()\n",
        encoding="utf-8",
    )

    process = await asyncio.create_subprocess_exec(
        sys.executable, "interrupted.py", "db", "stats", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    _, err = await process.communicate()

    assert (process.returncode, err) == (code, b"")


@pytest.mark.parametrize("arguments", [("version",), ("--version",)])
def test_the_version_is_shown_without_the_command_line(arguments: tuple[str, ...]) -> None:
    """typer imports pydantic as soon as a command has an option with a type, which takes longer than all the rest."""
    code = (
        "import atexit, sys; from bot.cli import main; "
        "atexit.register(lambda: print([name for name in ('typer', 'pydantic') if name in sys.modules])); main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )

    assert result.stdout == f"{__version__}\n[]\n"


@pytest.mark.parametrize("arguments", [("version",), ("--help",), ("--config", "x.toml", "version")])
def test_a_small_command_imports_no_large_library(arguments: tuple[str, ...]) -> None:
    """Importing discord.py takes longer than everything else together, and `version` needs none of these."""
    code = (
        "import atexit, sys; from bot.cli import main; atexit.register(lambda: print([name for name in "
        "('discord', 'feedparser', 'pydantic_settings', 'aiohttp', 'structlog', 'rich') if name in sys.modules])); "
        "main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )

    assert result.stdout.endswith("[]\n")


def test_the_list_of_commands_is_the_same_whichever_command_is_imported() -> None:
    runner = CliRunner()

    shown = [runner.invoke(create_app(only), ["--help"]).output for only in (None, "", "version", "db")]

    assert "Find the feeds behind an address." in shown[0]
    assert shown == shown[:1] * 4
