"""What a running bot shows of itself: over HTTP, to systemd, and in the database."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.sandbox.discord.server import SandboxDiscord

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")


ROOT = Path(__file__).parents[2]


class Bot:
    """A running bot with HTTP that believes that systemd started it."""

    def __init__(self, folder: Path, port: int, notify: socket.socket) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.notify = notify
        self.process: Process

    async def start(self, module: str = "bot") -> None:
        own = {"NOTIFY_SOCKET": self.notify.getsockname(), "FEED_RELAY_HTTP__PORT": str(self.port)}
        command = ("-m", module, "run", "--log-level", "error")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env={**os.environ, "PYTHONPATH": str(ROOT), **own},
            stdout=PIPE,
            stderr=PIPE,
        )

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}{path}") as response:
            return response.status, await response.text()

    async def until_ready(self) -> None:
        async with asyncio.timeout(60):
            while True:
                with suppress(aiohttp.ClientError):
                    if (await self.get("/healthz/ready"))[0] == 200:
                        return
                await asyncio.sleep(0.05)  # there is no event of another process to wait for

    async def metrics(self) -> dict[str, float]:
        status, text = await self.get("/metrics")
        assert status == 200
        return {
            sample.name + "".join(f"|{value}" for value in sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def until_recorded(self, sent: int) -> None:
        """Wait until the bot has recorded so many sends, which it does after Discord's answers."""
        async with asyncio.timeout(60):
            while (await self.metrics())["feed_relay_deliveries_total|sent"] < sent:  # noqa: ASYNC110 -- of another process
                await asyncio.sleep(0.05)

    async def status(self) -> tuple[int | None, dict[str, Any]]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "status", "--json", stdout=PIPE, stderr=PIPE
        )
        out, _ = await process.communicate()
        return process.returncode, json.loads(out)


@pytest.fixture
async def running(here: Path, sandbox_discord: SandboxDiscord, channel: int) -> AsyncIterator[Bot]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(here / "notify"))
        notify.setblocking(False)
        bot = Bot(here, port, notify)
        await bot.start()
        await sandbox_discord.wait_for(lambda: len(sandbox_discord.messages(channel)) == 1, timeout=60)
        yield bot
        if bot.process.returncode is None:
            bot.process.kill()
            await bot.process.communicate()


async def test_a_running_bot_reports_its_state(running: Bot) -> None:
    await running.until_ready()
    await running.until_recorded(1)

    live = await running.get("/healthz")
    metrics = await running.metrics()
    code, status = await running.status()

    assert live == (200, '{"ok": true, "problems": []}')
    assert metrics["feed_relay_ready"] == 1
    assert metrics["feed_relay_feeds"] == 1
    assert metrics["feed_relay_new_posts_total"] == 1
    assert metrics["feed_relay_deliveries_total|sent"] == 1
    assert metrics["feed_relay_polls_total|document"] >= 1
    assert metrics["feed_relay_gateway_connected"] == 1
    assert metrics["feed_relay_parse_seconds_count"] >= 1
    assert metrics["feed_relay_write_seconds_count"] >= 1
    assert (code, status["running"], status["feeds"], status["waiting"]) == (0, True, 1, 0)
    assert status["processes"][0]["process"] == "run"
    assert running.notify.recv(1000) == b"WATCHDOG=1\nSTATUS=connecting to Discord; 0 feeds, 0 posts waiting"
    assert running.notify.recv(1000) == b"READY=1"


async def test_no_secret_and_no_name_is_in_the_metrics(running: Bot, sandbox_discord: SandboxDiscord) -> None:
    _, text = await running.get("/metrics")

    for secret in (sandbox_discord.token, "garden", "Garden", "Allotment", "leeks", "Leeks"):
        assert secret not in text


async def test_after_a_stop_the_bot_does_not_run(running: Bot) -> None:
    running.process.send_signal(signal.SIGTERM)
    await running.process.communicate()

    code, status = await running.status()

    assert running.process.returncode == 0
    assert (code, status["running"], status["processes"]) == (1, False, [])


async def test_ctrl_c_on_windows_closes_everything(running: Bot) -> None:
    """There, the event loop takes no signals: Ctrl-C cancels what runs."""
    running.process.send_signal(signal.SIGTERM)
    await running.process.communicate()
    await running.start("tests.cli.without_signals")
    await running.until_ready()

    running.process.send_signal(signal.SIGINT)
    _, error = await running.process.communicate()

    assert (running.process.returncode, error) == (130, b"")
    assert not (running.folder / "feed-relay.db-wal").exists()
    assert (await running.status())[1]["processes"] == []


async def test_after_a_kill_the_last_sign_of_life_stays(running: Bot) -> None:
    running.process.kill()
    await running.process.communicate()

    _, status = await running.status()

    assert [each["process"] for each in status["processes"]] == ["run"]


async def test_a_taken_port_is_an_error_of_one_sentence(running: Bot) -> None:
    config = running.folder / "config.toml"
    text = config.read_text("utf-8").replace("[polling]", '[store]\npath = "other.db"\n[polling]')
    config.write_text(text, encoding="utf-8")

    await (second := Bot(running.folder, running.port, running.notify)).start()
    _, error = await second.process.communicate()

    assert second.process.returncode == 2
    assert error.decode().startswith("http.port: 127.0.0.1:")
    assert error.decode().endswith("cannot be used (Address already in use); choose another one.\n")
