"""The bot as a process that is started again when it ends, as a service manager does."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.fault_runs.history import History
from bot.model import Role
from tests.e2e.bot_process import Process

RESTART_DELAY = 0.2
GRACE = 30.0
"""Seconds that SIGTERM may take. The bot itself needs at most STOP_TIMEOUT and one transaction; a busy machine more."""
_CANT_START = 1
"""The exit status of a start that failed, as on a full disk. A service manager tries again."""


class Bot:
    """The running processes: one, or several with a role each. Only one action at a time runs on them.

    A fault of the process happens to all of them or, if there are several, as often to a single one.
    """

    def __init__(self, folder: Path, token: str, history: History, roles: Sequence[Role] = ()) -> None:
        """`roles`: of the processes; none: one process has all."""
        self.folder = folder
        self.starts = 0
        self._token = token
        self._history = history
        self._roles = roles
        self._options: list[tuple[str, ...]] = [("--role", role.value) for role in roles] or [()]
        self._processes: dict[int, Process] = {}
        self._chance = random.Random(len(roles))
        self._one_at_a_time = asyncio.Lock()

    def start(self) -> None:
        """Start those that don't run."""
        for number, options in enumerate(self._options):
            if number not in self._processes:
                self.starts += 1
                self._processes[number] = Process(
                    "benchmarks.fault_runs.bot",
                    "run",
                    *options,
                    folder=self.folder,
                    token=self._token,
                    output=self.folder / "log",
                )

    def numbers(self, role: Role) -> list[int]:
        """Return the numbers of the processes of a role, for `absent`, `paused` and `replace`."""
        return [number for number, each in enumerate(self._roles) if each is role]

    def number(self, pid: int) -> int:
        """Return the number of a process; -1 if it no longer runs."""
        return next((number for number, each in self._processes.items() if each.pid == pid), -1)

    def _hit(self) -> list[int]:
        """Return those that a fault happens to."""
        numbers = list(self._processes)
        return numbers if self._chance.random() < 0.5 else self._chance.sample(numbers, min(1, len(numbers)))

    async def keep_running(self) -> None:
        """Start each again whenever it ends, until cancelled."""
        while True:
            await asyncio.sleep(RESTART_DELAY)
            async with self._one_at_a_time:
                for number, process in list(self._processes.items()):
                    if not process.alive:
                        self._ended(await self._processes.pop(number).wait(), {0: "by itself"})
                self.start()

    async def kill(self, down: float = 0.0) -> None:
        """Kill as by `kill -9`, and start again after `down` seconds."""
        async with self._one_at_a_time:
            await self._end(self._hit(), signal.SIGKILL)
            await asyncio.sleep(down)
            self.start()

    @asynccontextmanager
    async def absent(self, numbers: Sequence[int] | None = None) -> AsyncIterator[None]:
        """Kill these, or all, and start them again afterwards."""
        async with self._one_at_a_time:
            hit = self._processes if numbers is None else set(numbers) & self._processes.keys()
            await self._end(list(hit), signal.SIGKILL)
            yield
            self.start()

    async def _end(self, numbers: Sequence[int], name: signal.Signals) -> list[int]:
        """Send a signal and wait for the end. Return the statuses."""
        ending = [self._processes.pop(number) for number in numbers]
        for process in ending:
            process.send_signal(name)
        return [await process.wait() for process in ending]

    async def command(self, *arguments: str) -> bool:
        """Run another command of `feed-relay`. Return whether it did its work."""
        process = Process(
            "bot", *arguments, folder=self.folder, token=self._token, output=self.folder / "commands"
        )
        return await process.wait() == 0

    async def terminate(self, down: float = 0.0) -> None:
        """Stop as a service manager does, and start again after `down` seconds."""
        async with self._one_at_a_time:
            await self._terminate(self._hit())
            await asyncio.sleep(down)
            self.start()

    async def replace(self, number: int) -> None:
        """Stop one process as a service manager does, and start it again, perhaps with another version."""
        async with self._one_at_a_time:
            await self._terminate([number] if number in self._processes else [])
            self.start()

    async def stop(self) -> None:
        """Stop all for good."""
        async with self._one_at_a_time:
            await self._terminate(list(self._processes))

    @asynccontextmanager
    async def paused(self, numbers: Sequence[int] | None = None) -> AsyncIterator[None]:
        """Stop these with SIGSTOP, and continue afterwards."""
        async with self._one_at_a_time:
            hit = self._hit() if numbers is None else set(numbers) & self._processes.keys()
            paused = [self._processes[number] for number in hit if self._processes[number].alive]
            for process in paused:
                process.send_signal(signal.SIGSTOP)
            try:
                yield
            finally:
                for process in paused:
                    process.send_signal(signal.SIGCONT)

    async def close(self) -> None:
        """Kill what is running."""
        await self._end(list(self._processes), signal.SIGKILL)

    async def _terminate(self, numbers: Sequence[int]) -> None:
        ending = [self._processes.pop(number) for number in numbers]
        for process in ending:
            process.send_signal(signal.SIGTERM)
        for process in ending:
            try:
                status = await asyncio.wait_for(process.wait(), GRACE)
            except TimeoutError:
                self._history.add("problem", text=f"SIGTERM did not end the bot within {GRACE:.0f} s")
                status = await process.end(signal.SIGKILL)
            self._ended(status, {-signal.SIGTERM: "before it could handle the signal"})

    def _ended(self, status: int, unusual: dict[int, str]) -> None:
        self._history.add("ended", status=status, why=unusual.get(status, ""))
        if status not in {0, _CANT_START, -signal.SIGTERM, -signal.SIGKILL}:
            self._history.add("problem", text=f"the bot ended with status {status}")
