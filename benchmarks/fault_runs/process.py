"""The bot as a process that is started again when it ends, as a service manager does."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.fault_runs.history import History
from tests.e2e.bot_process import Process

RESTART_DELAY = 0.2
GRACE = 30.0
"""Seconds that SIGTERM may take. The bot itself needs at most STOP_TIMEOUT and one transaction; a busy machine more."""
_CANT_START = 1
"""The exit status of a start that failed, as on a full disk. A service manager tries again."""


class Bot:
    """The running process. Only one action at a time runs on it."""

    def __init__(self, folder: Path, token: str, history: History) -> None:
        self.folder = folder
        self.starts = 0
        self._token = token
        self._history = history
        self._process: Process | None = None
        self._one_at_a_time = asyncio.Lock()

    def start(self) -> None:
        """Start it."""
        self.starts += 1
        self._process = Process(
            "benchmarks.fault_runs.bot",
            "run",
            folder=self.folder,
            token=self._token,
            output=self.folder / "log",
        )

    async def keep_running(self) -> None:
        """Start it again whenever it ends, until cancelled."""
        while True:
            await asyncio.sleep(RESTART_DELAY)
            async with self._one_at_a_time:
                if self._process is not None and not self._process.alive:
                    self._ended(await self._process.wait(), {0: "by itself"})
                    self.start()

    async def kill(self, down: float = 0.0, then: Callable[[], None] = lambda: None) -> None:
        """Kill it as by `kill -9`, and start it again after `down` seconds and a call of `then`."""
        async with self._one_at_a_time:
            await self._taken().end(signal.SIGKILL)
            await asyncio.sleep(down)
            then()
            self.start()

    @asynccontextmanager
    async def absent(self) -> AsyncIterator[None]:
        """Kill it, and start it again afterwards."""
        async with self._one_at_a_time:
            await self._taken().end(signal.SIGKILL)
            yield
            self.start()

    async def command(self, *arguments: str) -> bool:
        """Run another command of `feed-relay`. Return whether it did its work."""
        process = Process(
            "bot", *arguments, folder=self.folder, token=self._token, output=self.folder / "commands"
        )
        return await process.wait() == 0

    async def terminate(self, down: float = 0.0) -> None:
        """Stop it as a service manager does, and start it again after `down` seconds."""
        async with self._one_at_a_time:
            await self._terminate()
            await asyncio.sleep(down)
            self.start()

    async def stop(self) -> None:
        """Stop it for good."""
        async with self._one_at_a_time:
            await self._terminate()

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Stop it with SIGSTOP, and let it continue afterwards."""
        async with self._one_at_a_time:
            process = self._process if self._process is not None and self._process.alive else None
            if process is not None:
                process.send_signal(signal.SIGSTOP)
            try:
                yield
            finally:
                if process is not None:
                    process.send_signal(signal.SIGCONT)

    async def close(self) -> None:
        """Kill it if it is running."""
        if self._process is not None:
            await self._process.end(signal.SIGKILL)

    async def _terminate(self) -> None:
        process = self._taken()
        try:
            status = await asyncio.wait_for(process.end(signal.SIGTERM), GRACE)
        except TimeoutError:
            self._history.add("problem", text=f"SIGTERM did not end the bot within {GRACE:.0f} s")
            status = await process.end(signal.SIGKILL)
        self._ended(status, {-signal.SIGTERM: "before it could handle the signal"})

    def _ended(self, status: int, unusual: dict[int, str]) -> None:
        self._history.add("ended", status=status, why=unusual.get(status, ""))
        if status not in {0, _CANT_START, -signal.SIGTERM, -signal.SIGKILL}:
            self._history.add("problem", text=f"the bot ended with status {status}")

    def _taken(self) -> Process:
        process, self._process = self._process, None
        if process is None:
            raise LookupError("the bot isn't running")
        return process
