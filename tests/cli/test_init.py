import asyncio
import os
import pty
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.discord.server import SandboxDiscord
from tests.cli.conftest import Cli, Result

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the modes and the terminal are those of POSIX"
)


@pytest.fixture
def discord(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxDiscord]:
    """Run a simulated Discord on a thread of its own, since commands run their own event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    sandbox = SandboxDiscord()
    asyncio.run_coroutine_threadsafe(sandbox.__aenter__(), loop).result(60)
    monkeypatch.setenv("FEED_RELAY_DISCORD__API_URL", sandbox.api_url)
    yield sandbox
    asyncio.run_coroutine_threadsafe(sandbox.__aexit__(None, None, None), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_token_file_becomes_a_config(cli: Cli, here: Path, discord: SandboxDiscord) -> None:
    (here / "secret").write_text(discord.token, encoding="utf-8")

    result = cli("init", "--token-file", "secret")

    config = tomllib.loads((here / "config.toml").read_text("utf-8"))
    assert result.code == 0
    assert "https://discord.com/oauth2/authorize?" in result.out
    assert config == {"discord": {"token_file": "secret"}, "store": {"path": "feed-relay.db"}}
    assert sorted(path.name for path in here.iterdir()) == ["config.toml", "secret"]
    assert discord.token not in result.out + result.err
    assert cli("check").code == 0


def test_init_asks_for_the_token_without_echo(here: Path, discord: SandboxDiscord) -> None:
    shown, code = type_into(["init"], [f"{discord.token}\n"])

    assert code == 0, shown
    assert discord.token not in shown
    assert "Token: " in shown
    assert (here / "token.txt").read_text("utf-8") == f"{discord.token}\n"
    assert mode(here / "token.txt") == 0o600


def test_init_asks_again_after_a_wrong_token(here: Path, discord: SandboxDiscord) -> None:
    shown, code = type_into(["init"], ["two words\n", "mistyped\n", f"{discord.token}\n"])

    assert code == 0, shown
    assert "This is not a token" in shown
    assert "Discord refuses the token" in shown
    assert (here / "config.toml").exists()


def test_three_wrong_tokens_change_nothing(here: Path, discord: SandboxDiscord) -> None:
    shown, code = type_into(["init"], ["wrong\n"] * 3)

    assert code == 2, shown
    assert discord.token not in shown
    assert list(here.iterdir()) == []


def test_without_a_network_the_config_can_be_written(cli: Cli, here: Path) -> None:
    (here / "secret").write_text("a.b.c", encoding="utf-8")

    result = cli(
        "init", "--token-file", "secret", "--offline", "--database", "/srv/posts.db", "--config", "relay.toml"
    )

    config = tomllib.loads((here / "relay.toml").read_text("utf-8"))
    assert config["store"]["path"] == "/srv/posts.db"
    assert "feed-relay check --config relay.toml" in result.out
    assert "feed-relay run --config relay.toml" in result.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--token-file", "missing"), "missing: there is no such file; check --token-file."),
        (("--token-file", "empty"), "This is not a token; copy it alone"),
        (("--token-file", "words"), "This is not a token; copy it alone"),
        (("--token-file", "binary"), "This is not a token; copy it alone"),
        (("--token-file", "long"), "long: larger than a token"),
        (("--token-file", "folder"), "folder: cannot be read (Is a directory)"),
        (
            ("--token-file", "good", "--config", "taken.toml"),
            "taken.toml exists already, and nothing was changed",
        ),
        (("--token-file", "good", "--config", "dangling.toml"), "dangling.toml exists already"),
        (
            ("--token-file", "good", "--config", "nowhere/c.toml"),
            "nowhere: there is no such folder; create it",
        ),
        ((), "There is no terminal to ask for the token; put it into a file and add --token-file PATH."),
    ],
)
def test_a_wrong_input_is_one_sentence_and_changes_nothing(
    cli: Cli, here: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    for name, content in {
        "empty": b"", "words": b"my token", "binary": b"\xff\xfe", "long": b"x" * 501, "good": b"a.b.c",
        "taken.toml": b"[discord]\n",
    }.items():  # fmt: skip
        (here / name).write_bytes(content)
    (here / "folder").mkdir()
    (here / "dangling.toml").symlink_to("nobody")
    before = {path.name: path.is_file() and path.read_bytes() for path in here.iterdir()}

    result = cli("init", "--offline", *arguments)

    assert result.code == 1
    assert sentence in result.err
    assert len(result.err.splitlines()) == 1
    assert {path.name: path.is_file() and path.read_bytes() for path in here.iterdir()} == before


def test_a_refused_token_changes_nothing(cli: Cli, here: Path, discord: SandboxDiscord) -> None:
    (here / "secret").write_text("mistyped", encoding="utf-8")

    result = cli("init", "--token-file", "secret")

    assert discord.api_url
    assert_refused(result, here)


def test_an_unreachable_discord_changes_nothing(
    cli: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_RELAY_DISCORD__API_URL", "http://127.0.0.1:1/api/v10")
    (here / "secret").write_text("a.b.c", encoding="utf-8")

    result = cli("init", "--token-file", "secret")

    assert result.err.startswith("feed-relay: Discord cannot be reached")
    assert not (here / "config.toml").exists()


def test_a_wrong_address_of_discord_is_one_sentence(
    cli: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_RELAY_DISCORD__API_URL", "discord")
    (here / "secret").write_text("a.b.c", encoding="utf-8")

    result = cli("init", "--token-file", "secret")

    assert result.code == 2
    assert result.err.startswith("FEED_RELAY_DISCORD__API_URL: this is not an address")


def assert_refused(result: Result, here: Path) -> None:
    assert result.code == 2
    assert result.err.startswith("feed-relay: Discord refuses the token")
    assert "mistyped" not in result.err
    assert not (here / "config.toml").exists()


def type_into(arguments: list[str], lines: list[str]) -> tuple[str, int]:
    """Run a command in a terminal, type each line when it asks, and return what was shown with its exit code."""
    terminal, other_side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        stdin=other_side,
        stdout=other_side,
        stderr=other_side,
        start_new_session=True,
    )
    os.close(other_side)
    shown = b""
    asked = 0
    while data := _read(terminal):
        shown += data
        while asked < len(lines) and shown.count(b"Token: ") > asked:
            os.write(terminal, lines[asked].encode())
            asked += 1
    os.close(terminal)
    return shown.decode(), process.wait(60)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux reports the end of the other side so
        return b""
