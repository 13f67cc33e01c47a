"""The bot as a process of its own: start it, stop it, kill it, read its log.

A process is forked from one that has imported the bot already, which saves most of the time that a start takes.
"""

import asyncio
import multiprocessing
import os
import runpy
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 120.0
"""Seconds after which a test that waits for the bot fails. Far more than even a busy machine needs."""


_fork_server = multiprocessing.get_context("forkserver")
_fork_server.set_forkserver_preload(["__main__", "tests.e2e.kill_at_step"])


class Process:
    """A running command of `feed-relay`."""

    def __init__(self, *arguments: str, folder: Path, token: str, output: Path) -> None:
        """Run a module with arguments and with the `config.toml` of a folder; `output`: where its output is added."""
        command = (*arguments, "--config", str(folder / "config.toml"))
        environment = {**os.environ, "FEED_RELAY_DISCORD__TOKEN": token}
        self._process: ForkServerProcess = _fork_server.Process(
            target=_run, args=(command, environment, output)
        )
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    async def wait(self) -> int:
        """Wait until it ends. Return its exit status, negative for a signal."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await asyncio.wait_for(ended.wait(), TIMEOUT)
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        return self._process.exitcode or 0

    @property
    def alive(self) -> bool:
        """Whether it hasn't ended."""
        return self._process.is_alive()

    def send_signal(self, name: signal.Signals) -> None:
        """Send it a signal."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, name)

    async def end(self, name: signal.Signals) -> int:
        """Send it a signal. Return its exit status, negative for a signal."""
        self.send_signal(name)
        return await self.wait()


def _run(command: tuple[str, ...], environment: dict[str, str], output: Path) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.update(environment)
    with output.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    module, *sys.argv[1:] = command
    runpy.run_module(module, run_name="__main__", alter_sys=True)


@dataclass
class BotProcess:
    """`feed-relay run` with the `config.toml` of a folder."""

    folder: Path
    token: str
    module: str = "tests.e2e.fast_bot"
    """What `start` runs; "bot" is the program with its own intervals."""
    kills: int = 0
    _process: Process | None = field(default=None, init=False)

    async def start(self, *arguments: str) -> None:
        """Start it; `arguments`: a module to run in place of `module`, and what comes before "run"."""
        command = (*(arguments or (self.module,)), "run")
        self._process = Process(*command, folder=self.folder, token=self.token, output=self.folder / "log")

    async def died(self) -> int:
        """Wait until the bot ends. Return its exit status, negative for a signal."""
        return await self._taken().wait()

    async def kill(self) -> None:
        """Kill it as by `kill -9`, whatever it is doing."""
        self.kills += 1
        await self.end(signal.SIGKILL)

    async def stop(self) -> int:
        """Send it SIGTERM. Return its exit status."""
        return await self.end(signal.SIGTERM)

    async def end(self, name: signal.Signals) -> int:
        """Send it a signal. Return its exit status, negative for a signal."""
        return await self._taken().end(name)

    def send_signal(self, name: signal.Signals) -> None:
        """Send it a signal that does not end it."""
        if self._process is None:
            raise LookupError("the bot isn't running")
        self._process.send_signal(name)

    async def close(self) -> None:
        """Kill it if it is still running."""
        if self._process is not None:
            await self.end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The id of the running process."""
        if self._process is None:
            raise LookupError("the bot isn't running")
        return self._process.pid

    def _taken(self) -> Process:
        process, self._process = self._process, None
        if process is None:
            raise LookupError("the bot isn't running")
        return process

    def log(self) -> str:
        """Return what the bot has logged since its first start."""
        return (self.folder / "log").read_text("utf-8")
