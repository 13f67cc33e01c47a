"""Causes each trouble that an alert is for, until Prometheus fires the alert; then asks each query of the dashboard.

    python -m benchmarks.alerts

Needs Prometheus (Debian: apt-get install prometheus) and Linux. The real bot runs between a Discord and a blog on this
machine. Waits are scaled: a minute of a rule is a second here. About ten minutes.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Post

MONITORING = Path(__file__).parents[1] / "docs" / "monitoring"
TIMEOUT = 180.0
"""Seconds that an alert may take, of which a scaled hour is 60."""
MANY = 1_000_000
_CONFIG = """[discord]
api_url = "{api_url}"
[http]
port = {port}
[polling]
interval = "1s"
minimum_interval = "1s"
per_site = 1
allow_private_addresses = true
[posts]
burst_limit = 10
[[feeds]]
url = "{garden}"
[[feeds.channels]]
id = {leeks}
[[feeds]]
url = "{roses}"
[[feeds.channels]]
id = {petals}
"""
_SCRAPE = """global: {{scrape_interval: 3s, scrape_timeout: 3s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: feed-relay
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
        return port


def scaled(rules: str) -> str:
    """Return the rules with each minute as a second, and five minutes of lateness as five seconds."""
    seconds = {"m": 1, "h": 60}
    text = re.sub(
        r"(for: |\[)(\d+)([mh])", lambda found: f"{found[1]}{int(found[2]) * seconds[found[3]]}s", rules
    )
    return text.replace("_lag_seconds > 300", "_lag_seconds > 5")


@dataclass
class World:
    """The bot, and all that may trouble it."""

    folder: Path
    discord: SandboxDiscord
    garden: BlogFeed
    roses: BlogFeed
    leeks: int
    petals: int
    port: int
    prometheus: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the bot."""
        command = (sys.executable, "-m", "benchmarks.troubled_bot", "run", "--log-level", "error")
        places = {
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "FEED_RELAY_DISCORD__TOKEN": self.discord.token,
        }
        self.process = await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, env={**os.environ, **places}, stderr=subprocess.DEVNULL
        )

    async def stop(self) -> None:
        """Stop the bot."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    def publish(self, feed: BlogFeed, number: int = 1) -> None:
        """Publish posts."""
        for _ in range(number):
            each = next(self.numbers)
            feed.publish(Post(str(each), f"Post {each}", f"<p>Part {each}.</p>", datetime.now(UTC)))

    async def ask(self, path: str, **parameters: str) -> Any:  # noqa: ANN401 -- JSON of Prometheus
        """Return Prometheus's answer."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.prometheus}/api/v1/{path}", params=parameters) as response,
        ):
            return (await response.json())["data"]

    async def firing(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        with suppress(aiohttp.ClientError):
            alerts = (await self.ask("alerts"))["alerts"]
            return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}
        return set()


@contextmanager
def _shared_memory_locked(database: Path) -> Iterator[None]:
    """Lock what SQLite's readers need, in another process, as a broken backup program might."""
    code = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'r+b');"
        "fcntl.lockf(file, fcntl.LOCK_EX, 8, 120); print('locked', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, f"{database}-shm"], stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is not None:
            process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


@asynccontextmanager
async def repeated(step: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Repeat a step in the background."""

    async def forever() -> None:
        while True:
            await step()

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def _posts_held(world: World) -> AsyncIterator[None]:
    world.publish(world.garden, 15)
    yield


@asynccontextmanager
async def _channel_refuses(world: World) -> AsyncIterator[None]:
    world.discord.set_permissions(world.petals, deny=Permission.SEND_MESSAGES)
    world.publish(world.roses)
    yield
    world.discord.set_permissions(world.petals)


@asynccontextmanager
async def _faults(world: World, *operations: str, **fault: Any) -> AsyncIterator[None]:  # noqa: ANN401 -- as of Faults.next
    for operation in operations:
        world.discord.faults.next(operation, times=MANY, **fault)

    async def publish() -> None:
        world.publish(world.roses)
        await asyncio.sleep(2)

    async with repeated(publish):
        yield
    world.discord.faults.clear()


@asynccontextmanager
async def _given_up(world: World) -> AsyncIterator[None]:
    world.discord.faults.next("send", times=2, status=400, code=50035, message="Invalid Form Body")
    world.publish(world.roses)
    yield
    world.discord.faults.clear()


@asynccontextmanager
async def _uncertain(world: World) -> AsyncIterator[None]:
    world.discord.faults.next("send", times=MANY, cut=True)
    world.discord.faults.next("history", times=MANY, status=503)
    world.publish(world.roses)
    yield
    world.discord.faults.clear()


@asynccontextmanager
async def _polls_late(world: World) -> AsyncIterator[None]:
    released = asyncio.Event()
    world.garden.always(faults.hang(released))
    yield
    released.set()
    world.garden.always(None)


@asynccontextmanager
async def _polls_fail(world: World) -> AsyncIterator[None]:
    for feed in (world.garden, world.roses):
        feed.always(faults.status(503))
    yield
    for feed in (world.garden, world.roses):
        feed.always(None)


@asynccontextmanager
async def _sends_late(world: World) -> AsyncIterator[None]:
    """Make a post wait for its second attempt, then lock the database, so that it can't be claimed."""
    world.discord.faults.next("send", status=503)
    world.publish(world.garden)
    await world.discord.wait_for(lambda: world.discord.faults.used, timeout=TIMEOUT)
    await asyncio.sleep(1)  # until the outcome is written
    with closing(sqlite3.connect(world.folder / "feed-relay.db", isolation_level=None, timeout=5)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
    world.discord.faults.clear()


@asynccontextmanager
async def _network_down(world: World) -> AsyncIterator[None]:
    world.discord.faults.next("*", times=MANY, status=503)
    world.discord.gateway.faults.next("connect", times=MANY, status=503)
    world.discord.cut_gateway()
    async with _polls_fail(world):
        yield
    world.discord.faults.clear()
    world.discord.gateway.faults.clear()


@asynccontextmanager
async def _slow_database(world: World) -> AsyncIterator[None]:
    async def lock() -> None:
        with closing(
            sqlite3.connect(world.folder / "feed-relay.db", isolation_level=None, timeout=5)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(0.8)
            other.execute("ROLLBACK")
        world.publish(world.roses)
        await asyncio.sleep(0.05)

    async with repeated(lock):
        yield


@asynccontextmanager
async def _backup_fails(world: World) -> AsyncIterator[None]:
    """Put a file in place of the folder. Without the backups in the folder, one is due at once."""
    folder = world.folder / "backups"
    shutil.rmtree(folder, ignore_errors=True)
    folder.touch()
    yield
    folder.unlink()


@asynccontextmanager
async def _database_silent(world: World) -> AsyncIterator[None]:
    with _shared_memory_locked(world.folder / "feed-relay.db"):
        yield


@asynccontextmanager
async def _jobs_stopped(world: World) -> AsyncIterator[None]:
    (world.folder / "stop-jobs").touch()
    yield
    (world.folder / "stop-jobs").unlink()
    await world.stop()
    await world.start()


@asynccontextmanager
async def _stopped(world: World) -> AsyncIterator[None]:
    await world.stop()
    yield


TROUBLES: dict[str, Callable[[World], Any]] = {
    "FeedRelaySendsLate": _sends_late,
    "FeedRelayPostsHeld": _posts_held,
    "FeedRelayChannelRefuses": _channel_refuses,
    "FeedRelayPostsGivenUp": _given_up,
    "FeedRelaySendsUncertain": _uncertain,
    "FeedRelayRateLimited": lambda world: _faults(world, "send", rate_limited=0.01),
    "FeedRelayDiscordFails": lambda world: _faults(world, "send", status=503),
    "FeedRelayPollsLate": _polls_late,
    "FeedRelayPollsFail": _polls_fail,
    "FeedRelayBackupFails": _backup_fails,
    "FeedRelayGatewayDown": _network_down,
    "FeedRelayNotReady": _network_down,
    "FeedRelaySlowDatabase": _slow_database,
    "FeedRelayDatabaseSilent": _database_silent,
    "FeedRelayStuck": _jobs_stopped,
    "FeedRelayDown": _stopped,
}
"""What causes each alert. The order matters: held posts stay, and a channel waits longer after each failure."""


async def _run(folder: Path) -> list[str]:
    """Return the alerts that did not fire."""
    async with SandboxDiscord() as discord, Blog() as blog:
        guild = discord.add_guild("The Allotment").id
        leeks, petals = (discord.add_channel(guild, name).id for name in ("leeks", "petals"))
        garden, roses = blog.feed("garden", "Garden"), blog.feed("roses", "Roses")
        port, own = _free_port(), _free_port()
        places = {"garden": garden.url, "roses": roses.url, "leeks": leeks, "petals": petals, "port": port}
        (folder / "config.toml").write_text(_CONFIG.format(api_url=discord.api_url, **places), "utf-8")
        world = World(folder, discord, garden, roses, leeks, petals, port, f"http://127.0.0.1:{own}")
        async with _prometheus(folder, port, own):
            await world.start()
            try:
                await _wait(lambda: _is_up(world))
                return [name for name, trouble in TROUBLES.items() if not await _fires(world, name, trouble)]
            finally:
                await world.stop()


async def _fires(world: World, name: str, trouble: Callable[[World], Any]) -> bool:
    """Return whether the alert fires while there is this trouble."""
    if name == "FeedRelayDatabaseSilent":
        await _print_queries(world)
    before, started = await world.firing(), time.monotonic()
    async with trouble(world):
        fires = await _wait(lambda: _is_firing(world, name))
    took = time.monotonic() - started
    note = " (it fired already)" if name in before else ""
    print(f"{'fired' if fires else 'MISSED':<7} {name:<26} after {took:5.1f} s{note}", flush=True)
    return fires


async def _is_firing(world: World, name: str) -> bool:
    return name in await world.firing()


async def _is_up(world: World) -> bool:
    """Return whether both feeds were polled, so that their next posts are new."""
    with suppress(aiohttp.ClientError):
        found = (await world.ask("query", query="sum(feed_relay_polls_total) > 4"))["result"]
        return bool(found)
    return False


async def _wait(holds: Callable[[], Awaitable[bool]]) -> bool:
    """Return whether something holds before TIMEOUT."""
    with suppress(TimeoutError):
        async with asyncio.timeout(TIMEOUT):
            while not await holds():  # noqa: ASYNC110 -- another program's state, which has no event
                await asyncio.sleep(0.5)
            return True
    return False


@asynccontextmanager
async def _prometheus(folder: Path, port: int, own: int) -> AsyncIterator[None]:
    (folder / "rules.yml").write_text(scaled((MONITORING / "alerts.yml").read_text("utf-8")), "utf-8")
    (folder / "prometheus.yml").write_text(_SCRAPE.format(port=port), "utf-8")
    await asyncio.to_thread(_check_rules, folder / "prometheus.yml")
    process = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{own}",
        "--log.level=error",
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def _check_rules(config: Path) -> None:
    subprocess.run(["promtool", "check", "rules", MONITORING / "alerts.yml"], check=True)
    subprocess.run(["promtool", "check", "config", config], check=True)


async def _print_queries(world: World) -> None:
    """Print what each query of the dashboard returns."""
    for panel in json.loads((MONITORING / "dashboard.json").read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            query = target["expr"].replace("$job", "feed-relay").replace("$__rate_interval", "5m")
            found = (await world.ask("query", query=query))["result"]
            shown = ", ".join(f"{_labels(each['metric'])}{float(each['value'][1]):.4g}" for each in found)
            print(f"{panel['title']:<18} {query}\n{'':<18} {shown or 'NOTHING'}", flush=True)


def _labels(metric: dict[str, str]) -> str:
    own = [value for name, value in metric.items() if name not in {"__name__", "instance", "job"}]
    return f"{' '.join(own)} " if own else ""


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    if shutil.which("prometheus") is None:
        sys.exit("prometheus is not installed; on Debian: apt-get install prometheus")
    with TemporaryDirectory() as made:
        not_fired = asyncio.run(_run(Path(made)))
    sys.exit(f"not fired: {', '.join(not_fired)}" if not_fired else 0)
