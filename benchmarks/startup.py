"""How long programs take to start: `run` until it relays, with an empty and with a large database, and short commands.

    python -m benchmarks.startup [--feeds N] [--entries N] [--rounds N] [--out FOLDER]

`run` starts beside a Discord on this machine, with its feeds in the config file or added in Discord. In each round
every program starts once, and the differences and ratios are the medians over the rounds. The large database stays in
the folder for the next time.
"""

import argparse
import asyncio
import compileall
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median

import bot
from benchmarks import plots, results
from benchmarks.grown_database import build, feed_url, follow_by_discord
from benchmarks.processes import cpu_seconds_of
from benchmarks.tables import significant, table
from bot.sandbox.discord.server import SandboxDiscord

CHANNELS = [800_000_000_000_000_000 + number for number in range(500)]
"""The ids of the channels that follow the feeds."""
PYTHON = "python -c pass"
EMPTY = "run, empty"
WORDS = "garden bed"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a program took once, in seconds."""

    round: int
    program: str
    wall: float
    cpu: float


def main(feeds: int, entries: int, rounds: int, folder: Path) -> None:
    """Print a table, and save the samples with a plot."""
    compileall.compile_dir(bot.__path__[0], quiet=1)  # as an installation does
    samples = asyncio.run(_measure(_databases(folder, feeds, entries), feeds, rounds))
    _print(samples)
    results.save(folder, "startup", [asdict(sample) for sample in samples])
    _draw(samples, folder / "startup.svg")


async def _measure(databases: dict[str, Path], feeds: int, rounds: int) -> list[Sample]:
    async with SandboxDiscord() as discord:
        guild = discord.add_guild("The Allotment")
        for channel in CHANNELS:
            discord.add_channel(guild.id, f"bed-{channel}", id=channel)
        programs = dict(_programs(databases, feeds, discord))
        return [
            Sample(number, name, *await program())
            for number in range(rounds)
            for name, program in programs.items()
        ]


def _databases(folder: Path, feeds: int, entries: int) -> dict[str, Path]:
    """Return the databases by the names of their programs, which are written if they don't exist."""
    folder.mkdir(parents=True, exist_ok=True)
    large = folder / f"{feeds}-{entries}.db"
    if not large.exists():
        unfinished = large.with_suffix(".unfinished")
        build(unfinished, feeds, entries, CHANNELS)
        unfinished.rename(large)
    by_discord = large.with_suffix(".discord.db")
    if not by_discord.exists():
        follow_by_discord(large, by_discord)
    size = f"{feeds:,} feeds and {entries:,} entries"
    return {
        EMPTY: folder / "empty.db",
        f"run, {size}, by config file": large,
        f"run, {size}, by Discord": by_discord,
    }


Program = Callable[[], Awaitable[tuple[float, float]]]
"""Run a program once, and return its wall and CPU seconds."""


def _programs(
    databases: dict[str, Path], feeds: int, discord: SandboxDiscord
) -> Iterator[tuple[str, Program]]:
    yield PYTHON, lambda: _run(sys.executable, "-c", "pass")
    yield "version", lambda: _run(*_bot("version"))
    yield "--help", lambda: _run(*_bot("--help"))
    for name, database in databases.items():
        config = database.with_suffix(".toml")
        by_file = name.endswith("file")
        config.write_text(_config(database, discord, feeds if by_file else 0), "utf-8")
        yield name, partial(_start, config, discord)
        if not by_file:
            search = _bot("search", "--config", str(config), WORDS)
            yield name.replace("run", "search").removesuffix(", by Discord"), partial(_run, *search)


def _bot(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "bot", *arguments)


def _config(database: Path, discord: SandboxDiscord, feeds: int) -> str:
    sections = "".join(
        f'[[feeds]]\nurl = "{feed_url(number)}"\n[[feeds.channels]]\nid = {CHANNELS[number % len(CHANNELS)]}\n'
        for number in range(feeds)
    )
    return f'[discord]\napi_url = "{discord.api_url}"\n[store]\npath = "{database.resolve()}"\n{sections}'


async def _run(*command: str) -> tuple[float, float]:
    """Run a command to its end."""
    return await asyncio.to_thread(_run_to_end, *command)


def _run_to_end(*command: str) -> tuple[float, float]:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} failed")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


async def _start(config: Path, discord: SandboxDiscord) -> tuple[float, float]:
    """Start the bot, and stop it when it relays."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *_bot("run", "--config", str(config)),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "FEED_RELAY_DISCORD__TOKEN": discord.token},
    )
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    lines = []
    while line := await process.stderr.readline():
        lines.append(line.decode())
        if "relaying" in lines[-1]:
            taken = time.perf_counter() - began, cpu_seconds_of(process.pid)
            process.terminate()
            await process.communicate()
            return taken
    raise RuntimeError(f"the bot has exited: {''.join(lines)}")


def _by_program(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    programs = dict.fromkeys(sample.program for sample in samples)
    return {name: [sample for sample in samples if sample.program == name] for name in programs}


def _print(samples: Sequence[Sample]) -> None:
    by_program = _by_program(samples)
    rows = []
    for name, own in by_program.items():
        base = by_program[EMPTY if name.startswith("run") else PYTHON]
        pairs = list(zip(own, base, strict=True))
        rows.append(
            (
                name,
                f"{median(sample.wall for sample in own):.2f}",
                f"{median(sample.cpu for sample in own):.2f}",
                f"{median(each.cpu - other.cpu for each, other in pairs):.2f}",
                significant(median(each.cpu / other.cpu for each, other in pairs)),
            )
        )
    columns = ("program", "wall s", "CPU s", "CPU s more", "times the CPU")
    print(
        f"\nThe last two columns compare with `{EMPTY}`, and for commands that end with `{PYTHON}`.",
        flush=True,
    )
    table(columns, rows)


def _draw(samples: Sequence[Sample], path: Path) -> None:
    by_program = _by_program(samples)
    costs = [median(sample.cpu for sample in own) for own in by_program.values()]
    plots.draw_bars(path, "Starting", "CPU seconds", list(by_program), {"CPU": costs})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(given.feeds, given.entries, given.rounds, given.out)
