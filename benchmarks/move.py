"""`feed-relay db move` of a large database to a private PostgreSQL server and back: time, memory, checks, and kills.

    python -m benchmarks.move [--database FILE | --posts N] [--kills N] [--in-a-row] [--index N] [--folder FOLDER]

Moves a copy of a database, or a new one of N posts, in real processes. Prints what each step took. Reads all rows
itself before and after, and exits 1 if a table differs or a message is due twice. Then the bot's code indexes N posts,
as it does while it runs. With --kills N, kills the command at N moments in each direction, prints what is left, and
repeats the move. The server has PostgreSQL's default settings.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from shutil import copyfile

from benchmarks import move_archive, results
from benchmarks.move_command import MOMENTS, Ended, Moment, Report, name_of, run
from benchmarks.move_places import Columns, Deliveries, Digests, FileSide, ServerSide, Side, refusal
from benchmarks.tables import head, line
from bot.store.store import Store
from tests.postgres import DEFAULTS, private_server


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of a move took."""

    direction: str
    step: str
    seconds: float
    cpu: float
    server_cpu: float
    peak: float
    """The command's highest memory until then, in MB."""


@dataclass(slots=True)
class Bench:
    """What is moved, and what must be the same afterwards."""

    server: ServerSide
    columns: Mapping[str, Columns]
    digests: Digests
    deliveries: Deliveries
    problems: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(rows for rows, _ in self.digests.values())

    async def check(self, source: Side, target: Side) -> str:
        """Compare the target with what was there before, and return what was found."""
        found = await target.digests(self.columns)
        problems = [f"table {name} differs" for name in self.columns if found[name] != self.digests[name]]
        after = await target.deliveries()
        if again := after.owed & self.deliveries.sent:
            problems.append(f"{len(again)} messages are due again")
        if after != self.deliveries:
            problems.append("other messages were sent, or are due")
        if not await refusal(source):
            problems.append(f"the {source.name} can still be used")
        if reason := await refusal(target):
            problems.append(f"the {target.name} can't be used: {reason}")
        self.problems += problems
        return "; ".join(problems) or f"{self.rows:,} rows are equal"


async def main(
    database: Path | None, posts: int, kills: int, index: int, folder: Path | None, *, in_a_row: bool = False
) -> int:
    """Print the tables, save the samples, and return the exit status."""
    with tempfile.TemporaryDirectory(dir=folder) as name, private_server(*DEFAULTS) as socket:
        file, back = (FileSide(Path(name, file)) for file in ("old.db", "new.db"))
        server = ServerSide(socket, Path(name))
        await _prepare(file.place, database, posts)
        columns = file.columns()
        bench = Bench(server, columns, await file.digests(columns), await file.deliveries())
        megabytes = file.place.stat().st_size / 1e6
        print(f"{bench.digests['entry'][0]:,} posts, {bench.rows:,} rows, {megabytes:,.0f} MB", flush=True)
        samples = await _measure(bench, file, server, index) + await _measure(bench, server, back, index)
        await back.clear()
        await _kill(bench, file, server, kills, in_a_row=in_a_row)
        await _kill(bench, server, back, kills, in_a_row=in_a_row)
    results.save(results.FOLDER, "move", [asdict(sample) for sample in samples])
    print("\n" + ("\n".join(bench.problems) or "No problem was found."))
    return 1 if bench.problems else 0


async def _prepare(path: Path, database: Path | None, posts: int) -> None:
    """Copy the database, or build one, and bring it up to date as the bot does."""
    if database is None:
        await asyncio.to_thread(move_archive.build, path, posts)
    else:
        copyfile(database, path)
    async with await Store.open(path, create=False):
        pass
    for copy in path.parent.glob(f"{path.name}.v*.backup"):
        copy.unlink()


async def _measure(bench: Bench, source: Side, target: Side, index: int) -> list[Step]:
    """Move once, and print what each step took."""
    await target.clear()
    await source.forget_move()
    ended = run(source.argument, target.argument, bench.server.cpu)
    direction = f"{source.name} to {target.name}"
    if ended.code:
        bench.problems.append(f"{direction}: {ended.output}")
        return []
    steps = list(_steps(direction, ended.reports))
    head("step", "s", "rows/s", "CPU s", "server's CPU s", "highest MB")
    for step in steps:
        rate = f"{bench.rows / step.seconds:,.0f}" if step.step in {"copying", "checking", "in all"} else ""
        times = (f"{value:.1f}" for value in (step.seconds, step.cpu, step.server_cpu))
        seconds, cpu, server_cpu = times
        line(f"{direction}, {step.step}", seconds, rate, cpu, server_cpu, f"{step.peak:.0f}")
    print(f"\n{ended.output}\n{await bench.check(source, target)}", flush=True)
    if index:
        await _index(target, index)
    return steps


def _steps(direction: str, reports: Sequence[tuple[Report, float]]) -> Iterator[Step]:
    """Return what each step took, and all of them."""
    for (began, server_began), (ended, server_ended) in [*pairwise(reports), (reports[0], reports[-1])]:
        is_all = began is reports[0][0] and ended is reports[-1][0]
        yield Step(
            direction,
            "in all" if is_all else began["step"],
            ended["at"] - began["at"],
            ended["cpu"] - (0.0 if is_all else began["cpu"]),
            server_ended - server_began,
            ended["peak"],
        )


async def _index(side: Side, posts: int) -> None:
    """Index posts as the bot does while it runs, and print how fast."""
    async with await Store.open(side.place, create=False) as store:
        began, cpu, left = time.perf_counter(), time.process_time(), await store.index.lag()
        first = left
        while left and first - left < posts:
            left = await store.index.catch_up()
        taken, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"Then the bot indexed {first - left:,} posts in {taken:.1f} s, with {cpu:.1f} s of its own CPU.",
        flush=True,
    )


async def _kill(bench: Bench, source: Side, target: Side, kills: int, *, in_a_row: bool) -> None:
    """Kill moves at several moments, and repeat each.

    `in_a_row`: the next move, which is killed later, repeats the one before. The last one is repeated to its end.
    """
    if not kills:
        return
    head("killed", f"{source.name} (old)", f"{target.name} (new)", "incomplete files", "repeated move")
    for number in range(kills):
        moment = MOMENTS[number * len(MOMENTS) // kills]
        if not (in_a_row and number):
            await target.clear()
            await source.forget_move()
        killed = run(source.argument, target.argument, bench.server.cpu, moment)
        left, old, new = target.leftovers(), await refusal(source), await refusal(target)
        _check_states(bench, moment, killed, old, new)
        states = (_state(old), _state(new), f"{left / 1e6:,.0f} MB" if left else "none")
        goes_on = in_a_row and number + 1 < kills
        repeated = "the next line" if goes_on else await _repeat(bench, source, target, moment)
        line(name_of(moment), *states, repeated)


async def _repeat(bench: Bench, source: Side, target: Side, moment: Moment) -> str:
    """Repeat a move that was killed, and return how it ended."""
    began = time.perf_counter()
    again = run(source.argument, target.argument, bench.server.cpu)
    taken = time.perf_counter() - began
    if again.code and (moment[0] != "none" or "was moved to" not in again.output):
        bench.problems.append(f"repeated after {moment}: {again.output}")
    result = "refused, as it was done" if again.code else "done"
    return f"{result} ({taken:.0f} s); {await bench.check(source, target)}"


def _check_states(bench: Bench, moment: Moment, killed: Ended, old: str, new: str) -> None:
    """Report if the command was not killed, or if the bot could run with both databases, or needlessly with none."""
    if killed.code >= 0:
        bench.problems.append(f"at {moment}, the command had ended: {killed.output}")
    usable = [side for side, reason in (("old", old), ("new", new)) if not reason]
    expected = {"target": [], "none": ["new"]}.get(moment[0], ["old"])
    if usable != expected:
        bench.problems.append(f"killed at {moment}, the bot could run with {usable}: {old} {new}")


def _state(reason: str) -> str:
    """Return what the bot says about a database, in short."""
    if not reason:
        return "the bot runs"
    return next((short for part, short in _REASONS.items() if part in reason), reason)


_REASONS = {
    "no database here yet": "not there",
    "was moved to": "refused: it was moved",
    "was interrupted": "refused: unfinished",
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", type=Path, help="a file; it is copied")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=0, choices=range(len(MOMENTS) + 1), metavar="N")
    parser.add_argument(
        "--in-a-row", action="store_true", help="let the next killed move repeat the one before"
    )
    parser.add_argument("--index", type=int, default=2_000, metavar="N")
    parser.add_argument(
        "--folder", type=Path, help="where the databases are written; the server's are in TMPDIR"
    )
    given = parser.parse_args()
    sys.exit(
        asyncio.run(
            main(given.database, given.posts, given.kills, given.index, given.folder, in_a_row=given.in_a_row)
        )
    )
