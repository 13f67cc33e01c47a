"""The bot as several processes with one database: each role's processes, started, killed and frozen one by one."""

import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.store.place import ServerAddress
from tests.e2e.bot_process import Process
from tests.e2e.relay_fixture import RelayFixture, eventually, relay_fixture

POLLERS = ("poll a", "poll b")
GATEWAYS = ("gateway a", "gateway b")
DELIVERERS = ("deliver a", "deliver b")
EVERYONE = (*DELIVERERS, *GATEWAYS, *POLLERS)


@dataclass
class Crew:
    """Processes by names, such as "poll a"; the first word is the role."""

    fixture: RelayFixture
    processes: dict[str, Process] = field(default_factory=dict)

    def start(self, *names: str, ahead: int = 0, module: str = "") -> None:
        """Start these processes. `ahead`: by how many seconds the clock of their machine is wrong.

        `module`: the program to run in place of the fixture's.
        """
        program = ("tests.e2e.wrong_clock", str(ahead), "0") if ahead else (module or self.fixture.module,)
        for name in names:
            role = name.partition(" ")[0]
            self.processes[name] = Process(
                *(*program, "run", "--role", role),
                folder=self.fixture.folder,
                token=self.fixture.token,
                output=self.file(name),
            )

    async def end(self, *names: str, by: signal.Signals = signal.SIGTERM) -> list[int]:
        """End these processes; return their exit statuses."""
        for name in names:
            self.processes[name].send_signal(by)
        return [await self.processes.pop(name).wait() for name in names]

    def file(self, name: str) -> Path:
        return self.fixture.folder / f"log {name}"

    def log(self, name: str) -> str:
        """Return what a process has logged since its first start."""
        return self.file(name).read_text("utf-8") if self.file(name).exists() else ""

    async def logs(self, name: str, text: str, times: int = 1) -> None:
        """Wait until a process has logged this."""
        await eventually(lambda: self.log(name).count(text) >= times)

    async def leader(self, *others: str) -> str:
        """Wait until a deliverer leads; return its name. `others`: those that count no more."""
        names = [name for name in DELIVERERS if name not in others]
        found: list[str] = []

        def leads() -> bool:
            found[:] = [name for name in names if self._leads(name)]
            return bool(found)

        await eventually(leads)
        return found[0]

    def _leads(self, name: str) -> bool:
        log = self.log(name)
        return log.rfind("leading ") > log.rfind("no longer leading") if "leading " in log else False


@asynccontextmanager
async def crew(
    folder: Path, database: ServerAddress, *, seed: int = 1, names: Sequence[str] = EVERYONE
) -> AsyncIterator[Crew]:
    """The blogs, the server and the processes, which are started."""
    async with relay_fixture(folder, seed=seed, database=database, shards=2) as fixture:
        made = Crew(fixture)
        made.start(*names)
        try:
            yield made
        finally:
            for name in made.processes:
                made.processes[name].send_signal(signal.SIGCONT)
            await made.end(*made.processes, by=signal.SIGKILL)
