"""The quick answer of `status`: the same as the command's, or none."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot import config
from bot.cli import quick_status, status_text
from bot.cli.quick_status import Call, database_path, parse
from bot.heartbeat import BackupState, GatewayState, Heartbeat
from bot.store.glance import glance
from bot.store.store import Store
from tests.cli.conftest import NOW

BEAT = Heartbeat(
    "run", "0.1.0", NOW - timedelta(hours=3), NOW, GatewayState.CONNECTED, NOW - timedelta(minutes=4), None
)


BACKUPS = BackupState(NOW - timedelta(hours=7), NOW + timedelta(hours=17))


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        (["status"], Call(None, as_json=False)),
        (["status", "--json"], Call(None, as_json=True)),
        (["--config", "a.toml", "status"], Call(Path("a.toml"), as_json=False)),
        (["status", "--config", "a.toml", "--json"], Call(Path("a.toml"), as_json=True)),
        (["status", "--help"], None),
        (["status", "--config"], None),
        (["status", "status"], None),
        (["--json", "status"], None),
        (["--config", "status"], None),
        (["search", "status"], None),
    ],
)
def test_only_plain_calls_are_answered(arguments: list[str], call: Call | None) -> None:
    assert parse(arguments) == call


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        ("", {}),
        ('[store]\npath = "other/relay.db"', {}),
        ('\ufeff[store]\npath = "other/relay.db"\n[posts]\nstyle = "link"', {}),
        ('[store]\npath = "other/relay.db"', {"FEED_RELAY_STORE__PATH": "feed-relay.db"}),
        ("", {"FEED_RELAY_STORE__PATH": "other/relay.db", "FEED_RELAY_POSTS__STYLE": "link"}),
    ],
)
def test_status_uses_the_database_of_the_config(here: Path, text: str, environ: Mapping[str, str]) -> None:
    (here / "other").mkdir()
    for name in ("feed-relay.db", "other/relay.db"):
        (here / name).touch()
    (here / "config.toml").write_text(text, encoding="utf-8")

    assert database_path(None, environ) == config.load(None, environ).store.path.resolve()


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        ('[store]\npath = "gone.db"', {}),
        ("[store]\npath = 1", {}),
        ("[store", {}),
        ("store = 1", {}),
        ('[store]\npath = "feed\\u0000relay.db"', {}),
        ("", {"FEED_RELAY_STORE": '{"path": "other.db"}'}),
        ("", {"feed_relay_store__path": "other.db"}),
        ("", {"CREDENTIALS_DIRECTORY": "/run/credentials/feed-relay"}),
        ("", {"FEED_RELAY_CONFIG": "gone.toml"}),
    ],
)
def test_anything_else_is_left_to_the_command(here: Path, text: str, environ: Mapping[str, str]) -> None:
    (here / "feed-relay.db").touch()
    (here / "config.toml").write_text(text, encoding="utf-8")

    assert database_path(None, environ) is None


async def test_the_quick_status_equals_the_status_from_the_store(filled: Path) -> None:
    async with await Store.open(filled) as store:
        await store.heartbeats.beat(BEAT)
        none_yet = glance(filled)
        await store.heartbeats.note_backups(BACKUPS)

        backlog = await store.heartbeats.backlog()
        assert none_yet == ([BEAT], backlog, None)
        assert glance(filled) == ([BEAT], backlog, BACKUPS)
        assert await store.heartbeats.backups() == BACKUPS


async def test_the_quick_answer_equals_that_of_the_command(
    filled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    async with await Store.open(filled) as store:
        await store.heartbeats.beat(BEAT)
        await store.heartbeats.note_backups(BACKUPS)
        expected = status_text.status_lines([BEAT], await store.heartbeats.backlog(), BACKUPS, NOW)

        code = quick_status.answer(["status"], {}, NOW)

        assert (code, capsys.readouterr().out) == (0, "".join(f"{line}\n" for line in expected))


async def test_a_database_of_another_version_is_left_to_the_command(filled: Path) -> None:
    async with await Store.open(filled):
        with closing(sqlite3.connect(filled, isolation_level=None)) as other:
            other.execute("PRAGMA user_version = 3")

        assert glance(filled) is None


def test_a_database_that_nobody_uses_is_left_to_the_command(filled: Path) -> None:
    assert glance(filled) is None


async def test_the_answer_imports_neither_the_config_nor_the_command_line(filled: Path) -> None:
    code = (
        "import atexit, sys; from bot.cli import main; atexit.register(lambda: print([name for name in "
        "('discord', 'pydantic', 'typer', 'asyncio', 'aiohttp', 'structlog', 'bot.model') if name in sys.modules])); "
        "main()"
    )
    async with await Store.open(filled) as store:
        await store.heartbeats.beat(BEAT)

        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, "status", stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, err = await process.communicate()

    assert (process.returncode, err) == (1, b"")  # BEAT is long ago
    assert out.endswith(b"[]\n")
