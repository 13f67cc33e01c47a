"""What a poll costs if several processes with the role poll share a PostgreSQL database.

    python -m benchmarks.pollers [--feeds N …] [--pollers N …] [--cases NAME …] [--seconds N] [--setting NAME=VALUE …]
        [--idle N] [--statements N] [--out FOLDER]

Each run starts with a new database of a private server, in which all feeds are due, five on each site. The processes
poll each feed once, or as many as they can within `--seconds`, without the first and the last 500 (or a twentieth).
Claims are the queries that look for due feeds. CPU is that of all processes of a kind, with their children, without
what they used before, in `--idle` seconds without due feeds: that is in a column of its own, for one poll process and
what it makes the server do. Pages are those of 8 KB that the server read or changed; they and the WAL don't depend on
the machine. `locks` and `disk` are the shares of the time in which a process waited in the database for another one, or
for the disk. `--setting` changes the server's settings, which are PostgreSQL's own otherwise. `--statements` prints the
statements that took most of the server's time.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks import due_feeds, results
from benchmarks.due_feeds import EDITION
from benchmarks.processes import Worker, children, cpu_seconds_of, resident_megabytes, start
from benchmarks.running_bot import running_bot
from benchmarks.tables import head, line, significant, table
from bot.app import clock
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.place import ServerAddress
from bot.store.postgres.connection import Connection
from tests import postgres
from tests.postgres import connected

CASES: dict[str, dict[str, int | bool]] = {
    "304": {},
    "same": {"validators": False},
    "tenth": {"more": 1},
}
"""How the feeds' server answers: 304; the same document, without validators; a new post in each tenth feed."""
_STATISTICS = "shared_preload_libraries=pg_stat_statements"
_CONFIG = """[discord]
api_url = "{api_url}"
[store]
url = "{url}"
[polling]
interval = "1h"
allow_private_addresses = true
"""
_MAX_EDGE = 500
_CHECK_INTERVAL = 0.1
_MAX_START = 120.0
"""Seconds until the first polls."""
_STARTED = "SELECT count(*) FROM heartbeat"
_BACKENDS = """
    SELECT state, concat_ws(' ', wait_event_type, wait_event) AS waits_for FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
_STATEMENTS = """
    SELECT query, calls, total_exec_time AS milliseconds, shared_blks_hit + shared_blks_read AS pages,
        CAST(wal_bytes AS BIGINT) AS wal
    FROM pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid
    WHERE d.datname = current_database() AND query NOT LIKE '%pg_stat%' ORDER BY total_exec_time DESC
"""
_CLAIM = "FROM claim_feeds("


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured."""

    feeds: int
    pollers: int
    case: str = "304"
    seconds: float = 60.0
    """The longest time to measure."""
    idle: float = 10.0
    """How long to measure without due feeds."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the server ran."""

    query: str
    calls: int
    milliseconds: float
    pages: int
    wal: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took. CPU and time in seconds, memory in MB."""

    setting: Setting
    polls: int
    seconds: float
    pollers_cpu: float
    server_cpu: float
    feeds_cpu: float
    """Of the server of the feeds."""
    idle_cpu: float
    """Of one poll process, and of the database's server for it, in each second without due feeds."""
    transactions: int
    connections: int
    memory: tuple[float, ...]
    """Of each process, with its parsers."""
    waits: Mapping[str, float]
    """What the processes waited for in the database, as shares of the time of one process."""
    statements: tuple[Statement, ...]

    @property
    def claims(self) -> int:
        """How many statements looked for due feeds."""
        return sum(each.calls for each in self.statements if _CLAIM in each.query)

    def waited(self, *kinds: str) -> float:
        """Return the share of the time in which a process waited for something of these kinds."""
        return sum(share for event, share in self.waits.items() if event.startswith(kinds))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Counts at one moment."""

    at: float
    polls: int
    transactions: int
    pollers_cpu: float
    server_cpu: float
    feeds_cpu: float

    def __sub__(self, earlier: "_Reading") -> "_Reading":
        mine, others = asdict(self), asdict(earlier)
        return _Reading(**{name: value - others[name] for name, value in mine.items()})


@dataclass(slots=True)
class _Meter:
    """Reads the counts of a run."""

    connection: Connection
    site: Worker
    case: str
    bots: Sequence[int]
    server: int
    """The process of the database's server."""
    polls: int = 0
    looks: int = 0
    """How often the backends were looked at."""
    waits: Counter[str] = field(default_factory=Counter)
    connections: int = 0

    async def wait_for(self, polls: int, seconds: float) -> None:
        """Return after so many polls, or so many seconds."""
        end = time.perf_counter() + seconds
        while self._count() < polls and time.perf_counter() < end:
            backends = await self.connection.fetch(_BACKENDS)
            self.looks += 1
            self.connections = max(self.connections, len(backends))
            self.waits.update(each["waits_for"] for each in backends if each["state"] == "active")
            await asyncio.sleep(_CHECK_INTERVAL)

    def _count(self) -> int:
        answers = self.site.ask(**{**asdict(EDITION), **CASES[self.case]})["answers"]
        self.polls += sum(answers.values())
        return self.polls

    async def idle(self, seconds: float) -> tuple[float, float]:
        """Return the CPU time of the bots and of the server in each of so many seconds without due feeds."""
        before = await self.read()
        await asyncio.sleep(seconds)
        taken = await self.read() - before
        return taken.pollers_cpu / taken.at, taken.server_cpu / taken.at

    async def begin(self) -> _Reading:
        """Forget what was counted; return the counts that can't be forgotten."""
        self.waits.clear()
        self.looks = 0
        await self.connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        await self.connection.fetch("SELECT pg_stat_statements_reset()")
        return await self.read()

    async def read(self) -> _Reading:
        """Return the counts so far."""
        return _Reading(
            time.perf_counter(),
            self._count(),
            await self.connection.fetchval(_TRANSACTIONS),
            sum(map(cpu_seconds_of, self.bots)),
            cpu_seconds_of(self.server),
            cpu_seconds_of(self.site.pid),
        )


def main(settings: Sequence[Setting], server: Sequence[str], shown: int, folder: Path) -> None:
    """Print a table, and save all samples. `shown`: how many statements of each run are printed, too."""
    with postgres.private_server(*postgres.DEFAULTS, _STATISTICS, *server) as socket:
        databases = postgres.Databases(socket, "pollers")
        samples = []
        head(*_COLUMNS)
        for setting in settings:
            samples.append(asyncio.run(measure(databases, socket, setting)))
            line(*_row(samples[-1]))
            results.save(folder, "pollers", [asdict(sample) for sample in samples])
        for sample in samples if shown else ():
            _print_statements(sample, shown)


async def measure(databases: postgres.Databases, socket: Path, setting: Setting) -> Sample:
    """Poll the feeds of a new database. `socket`: the server's folder."""
    address = await databases.new()
    async with AsyncExitStack() as stack:
        site = stack.enter_context(start("feed_server"))
        await due_feeds.write(address, setting.feeds, site.receive()["port"], clock())
        connection = await stack.enter_async_context(connected(address))
        bots = await stack.enter_async_context(_polling(address, setting.pollers, connection))
        server = int((socket / "data" / "postmaster.pid").read_text("utf-8").split()[0])
        meter = _Meter(connection, site, setting.case, bots, server)
        sample = await _sample(meter, setting, address)
    await databases.drop(address)
    return sample


@asynccontextmanager
async def _polling(address: ServerAddress, count: int, connection: Connection) -> AsyncIterator[list[int]]:
    """Run so many processes; yield their ids when all look for due feeds."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        discord = await stack.enter_async_context(SandboxDiscord())
        config = _CONFIG.format(api_url=discord.api_url, url=address.url)
        (folder / "config.toml").write_text(config, "utf-8")
        bots = [
            await stack.enter_async_context(running_bot(folder, discord, "--role", "poll"))
            for _ in range(count)
        ]
        while await connection.fetchval(_STARTED) < count:
            if any(bot.returncode is not None for bot in bots):
                raise RuntimeError("a process did not start")
            await asyncio.sleep(_CHECK_INTERVAL)
        yield [bot.pid for bot in bots]


async def _sample(meter: _Meter, setting: Setting, address: ServerAddress) -> Sample:
    edge = min(setting.feeds // 20, _MAX_EDGE)
    pollers_idle, server_idle = await meter.idle(setting.idle)
    before = await meter.begin()
    await due_feeds.release(address)
    if edge:
        await meter.wait_for(edge, _MAX_START)
        before = await meter.begin()
    await meter.wait_for(setting.feeds - edge, setting.seconds)
    taken = await meter.read() - before
    statements = await meter.connection.fetch(_STATEMENTS)
    return Sample(
        setting,
        taken.polls,
        taken.at,
        taken.pollers_cpu - taken.at * pollers_idle,
        taken.server_cpu - taken.at * server_idle,
        taken.feeds_cpu,
        (pollers_idle + server_idle) / setting.pollers,
        taken.transactions,
        meter.connections,
        tuple(sum(map(resident_megabytes, (bot, *children(bot)))) for bot in meter.bots),
        {event: count / meter.looks / setting.pollers for event, count in meter.waits.most_common()},
        tuple(Statement(**each) for each in statements),
    )


_COLUMNS = (
    "feeds",
    "pollers",
    "case",
    "polls/s",
    "claims/s",
    "CPU ms/poll, pollers",
    "CPU ms/poll, server",
    "idle CPU ms/s",
    "statements/poll",
    "transactions/poll",
    "pages/poll",
    "WAL KB/poll",
    "locks",
    "disk",
    "connections",
    "MB a process",
)


def _row(sample: Sample) -> tuple[str, ...]:
    polls, setting = sample.polls, sample.setting
    calls, pages, wal = (
        sum(getattr(each, name) for each in sample.statements) for name in ("calls", "pages", "wal")
    )
    numbers = (
        polls / sample.seconds,
        sample.claims / sample.seconds,
        sample.pollers_cpu / polls * 1000,
        sample.server_cpu / polls * 1000,
        sample.idle_cpu * 1000,
        calls / polls,
        sample.transactions / polls,
        pages / polls,
        wal / polls / 1024,
    )
    return (
        f"{setting.feeds:,}",
        f"{setting.pollers}",
        setting.case,
        *map(significant, numbers),
        f"{sample.waited('Lock '):.0%}",
        f"{sample.waited('IO ', 'LWLock WAL'):.0%}",
        f"{sample.connections}",
        f"{max(sample.memory):.0f}",
    )


def _print_statements(sample: Sample, shown: int) -> None:
    setting = sample.setting
    print(f"\n# {setting.feeds:,} feeds, {setting.pollers} pollers, {setting.case}")
    print(", ".join(f"{event or 'running'} {share:.0%}" for event, share in sample.waits.items()))
    rows = (
        (
            significant(each.calls / sample.polls),
            significant(each.milliseconds / sample.polls),
            significant(each.milliseconds / each.calls),
            significant(each.pages / each.calls),
            " ".join(each.query.split())[:120],
        )
        for each in sample.statements[:shown]
    )
    table(("calls/poll", "ms/poll", "ms/call", "pages/call", "statement"), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--pollers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=["304", "tenth"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--idle", type=float, default=10.0)
    parser.add_argument("--setting", nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument("--statements", type=int, default=0)
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(
        [
            Setting(feeds, pollers, case, given.seconds, given.idle)
            for case in given.cases
            for feeds in given.feeds
            for pollers in given.pollers
        ],
        given.setting,
        given.statements,
        given.out,
    )
