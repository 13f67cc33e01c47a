"""What holds for every command: options, exit codes, and how failures are told."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__
from bot.cli import common_options, output, version
from bot.errors import FeedRelayError
from tests.cli.conftest import Cli


def test_the_version_is_a_result(cli: Cli) -> None:
    ended = cli("version")

    assert (ended.code, ended.out, ended.err) == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [("--config", "nowhere.toml", "db", "stats"), ("db", "stats", "--config", "nowhere.toml")]
)
def test_options_stand_before_or_after_the_command(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)

    assert ended.code == 2
    assert ended.err.startswith("nowhere.toml: there is no such file")


def test_options_are_moved_to_the_front_with_their_values() -> None:
    moved = common_options.move_to_front(
        ["run", "--log-level", "debug", "--once", "--config=x.toml", "--log-format", "json"]
    )

    assert moved == ["--log-level", "debug", "--config=x.toml", "--log-format", "json", "run", "--once"]


def test_nothing_is_moved_from_behind_a_double_dash() -> None:
    assert common_options.move_to_front(["search", "--", "--config", "x"]) == [
        "search",
        "--",
        "--config",
        "x",
    ]


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
def test_wrong_usage_ends_with_2_and_says_why_on_stderr(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)

    assert ended.code == 2
    assert ended.out == ""
    assert "Error: " in ended.err or "Usage: " in ended.err
    assert "Traceback" not in ended.err


def test_every_problem_of_the_config_is_a_line_on_stderr(cli: Cli, here: Path) -> None:
    (here / "config.toml").write_text('[posts]\nstyle = "cart"\nfirst_run = -1\n', encoding="utf-8")

    ended = cli("db", "stats")

    assert ended.code == 2
    assert ended.out == ""
    assert [line.split(": ")[:2] for line in ended.err.splitlines()] == [
        ["config.toml:2", "posts.style"],
        ["config.toml:3", "posts.first_run"],
    ]


def test_a_failure_is_one_sentence(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_text: str) -> None:
        raise FeedRelayError("The well is dry; wait for rain.")

    monkeypatch.setattr(version, "say", fail)

    ended = cli("version")

    assert (ended.code, ended.out, ended.err) == (1, "", "feed-relay: The well is dry; wait for rain.\n")


def test_a_bug_shows_no_traceback_unless_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_text: str) -> None:
        raise ZeroDivisionError("three rakes")

    monkeypatch.setattr(version, "say", fail)

    plain, debug = cli("version"), cli("version", "--log-level", "debug")

    assert plain.code == debug.code == 1
    assert plain.err.startswith("feed-relay: an error of the program itself (ZeroDivisionError)")
    assert "Traceback" not in plain.err
    assert "three rakes" in debug.err


def test_an_interruption_is_quiet(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(version, "say", interrupt)

    ended = cli("version")

    assert ended.code == 130
    assert ended.err == ""


def test_a_reader_that_goes_away_ends_the_command_quietly(garden: Path) -> None:
    command = [sys.executable, "-m", "bot", "preview", str(garden), "--format", "html"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()

    assert complaint == b""


def test_a_terminal_without_unicode_gets_codes_instead_of_an_error(garden: Path) -> None:
    garden.write_text(garden.read_text("utf-8").replace("Leeks", "Leeks \N{SEEDLING}"), encoding="utf-8")
    command = [sys.executable, "-m", "bot", "preview", str(garden)]

    ended = subprocess.run(
        command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=True, timeout=60
    )

    assert b"Leeks \\U0001f331" in ended.stdout


async def test_a_token_that_is_missing_is_told_before_anything_starts(here: Path) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()

    assert process.returncode == 2
    assert out == b""
    assert b"there is no bot token" in err
    assert sorted(path.name for path in here.iterdir()) == ["config.toml"]


def test_no_text_steers_the_terminal_that_shows_it() -> None:
    shown = output.harmless("red \x1b[31m, back \r\x08, turned \u202e, gone \x9b, \N{SEEDLING}\u200d\n")

    assert shown == "red \ufffd[31m, back  \ufffd, turned , gone \ufffd, \N{SEEDLING}\u200d\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other ways to close a stream")
@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        ("2>&-", 0, ""),
        ("1>&-", 0, ""),
        ("0<&-", 0, ""),
        pytest.param(
            ">/dev/full",
            1,
            "feed-relay: Results cannot be written (No space left on device); send them elsewhere.\n",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full"),
        ),
    ],
)
async def test_streams_that_are_closed_or_full_are_no_bug(
    here: Path, redirection: str, code: int, said: str
) -> None:
    (here / "config.toml").write_text("", encoding="utf-8")
    shell = f'exec "{sys.executable}" -m bot check --offline {redirection}'

    process = await asyncio.create_subprocess_shell(shell, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _, err = await process.communicate()

    assert (process.returncode, err.decode()) == (code, said)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
async def test_ctrl_c_while_the_program_is_loaded_leaves_no_traceback(here: Path) -> None:
    """The interrupt comes from inside, at the first import of the command line's rooms."""
    (here / "interrupted.py").write_text(
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'bot.cli.entry':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from bot.cli import main\n"
        "main()\n",
        encoding="utf-8",
    )

    process = await asyncio.create_subprocess_exec(
        sys.executable, "interrupted.py", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    _, err = await process.communicate()

    assert (process.returncode, err) == (-signal.SIGINT, b"")


def test_the_command_line_loads_no_more_than_it_needs_to_know_its_commands() -> None:
    """Discord's library alone takes longer than all the rest."""
    code = "import sys, bot.cli.entry; print([name for name in ('discord', 'feedparser') if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ended.stdout == "[]\n"
