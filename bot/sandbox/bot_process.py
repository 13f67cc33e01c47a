"""The bot as a process of its own, as `feed-relay run` starts it, so that the demo can kill it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.sandbox.discord.models import Json

MODULE = "bot"
"""The command that starts the bot; tests use a faster one."""
STOP_TIMEOUT = 15.0
"""Seconds to stop after a request. Then the bot is killed."""
_MAX_LINE = 1 << 20


class BotProcess:
    """`feed-relay run` with a config file. It ends with this process, however this one ends."""

    def __init__(
        self, config: Path, on_log: Callable[[Json], None], on_state: Callable[[], None] = lambda: None
    ) -> None:
        """`on_log`: called with each line of its log. `on_state`: called when it has started or ended."""
        self._config = config
        self._on_log = on_log
        self._on_state = on_state
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._wanted = False
        self.failed = asyncio.Event()
        """Set when it ended without being asked to."""
        self.last_words = ""
        """Its last output besides the log: why it couldn't start."""

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    async def start(self) -> None:
        """Start it, unless it is running."""
        if self._process is not None:
            return
        self._wanted = True
        options = ("--config", str(self._config), "--log-level", "debug", "--log-format", "json", "run")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.sandbox.leash", MODULE, *options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            limit=_MAX_LINE,
            env={name: value for name, value in os.environ.items() if not name.startswith("FEED_RELAY_")},
            start_new_session=True,  # Ctrl-C is for the demo, which then stops the bot
        )
        self._watch = asyncio.create_task(self._read(self._process))
        self._on_state()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stderr is None:
            raise LookupError("the process was started without a pipe")
        async for line in process.stderr:
            try:
                self._on_log(json.loads(line))
            except ValueError:
                self.last_words = line.decode(errors="replace").strip()
        await process.wait()
        self._process = None
        self._on_state()
        if self._wanted:
            self.failed.set()

    async def kill(self) -> None:
        """Kill it as by `kill -9`, and wait until it is gone."""
        await self._end(lambda process: process.kill())

    async def stop(self) -> None:
        """Ask it to stop, as an operator does, and wait until it is gone."""
        await self._end(lambda process: process.send_signal(signal.SIGTERM))

    async def _end(self, end: Callable[[asyncio.subprocess.Process], None]) -> None:
        self._wanted = False
        process, watch = self._process, self._watch
        if process is None or watch is None:
            return
        with suppress(ProcessLookupError):
            end(process)
        try:
            await asyncio.wait_for(asyncio.shield(watch), STOP_TIMEOUT)
        except TimeoutError:
            process.kill()
            await watch
