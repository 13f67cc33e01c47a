"""The real bot as a process of its own: started, stopped, killed, and what it logged."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Program:
    """`feed-relay run` with the `config.toml` of a folder."""

    folder: Path
    token: str
    kills: int = 0
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self, *program: str) -> None:
        """Start it; `program`: the module, with its first arguments, that stands in for `bot`."""
        command = (*(program or ("bot",)), "run", "--config", str(self.folder / "config.toml"))
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *command),
                cwd=ROOT,
                env={**os.environ, "FEED_RELAY_DISCORD__TOKEN": self.token},
                stderr=log,
                start_new_session=True,
            )

    async def died(self, seconds: float = 30.0) -> int:
        """Wait for the bot to end by itself; its exit status, negative for a signal."""
        if self._process is None:
            raise LookupError("the bot does not run")
        async with asyncio.timeout(seconds):
            status = await self._process.wait()
        self._process = None
        return status

    async def kill(self) -> None:
        """`kill -9`, at whatever it is doing."""
        self.kills += 1
        await self.end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to end, and give its exit status."""
        return await self.end(signal.SIGTERM)

    async def end(self, name: signal.Signals) -> int:
        """Send it a signal, and give its exit status, negative for a signal."""
        process, self._process = self._process, None
        if process is None:
            raise LookupError("the bot does not run")
        with suppress(ProcessLookupError):
            process.send_signal(name)
        return await process.wait()

    async def close(self) -> None:
        """Kill it if it still runs."""
        if self._process is not None:
            await self.end(signal.SIGKILL)

    def log(self) -> str:
        """What the bot has logged in all its lives."""
        return (self.folder / "log").read_text("utf-8")
