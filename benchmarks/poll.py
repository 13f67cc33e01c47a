"""The speed of polling, compared with PyPI's `reader` in the same run.

    python -m benchmarks.poll [--sizes N …] [--pairs N] [--cases NAME …] [--delay SECONDS] [--one-site] [--short]
        [--only NAME]

In each pair both programs start with an empty database and poll the same feeds (20 posts, about 110 KB), one program
after the other, case by case. Each feed has an address of its own, so that every fetch needs a new connection; with
`--one-site` all share one. `--delay`: what the site waits before it answers. `--short`: feeds of 2 short posts.
A poll ends when every new post can be searched. CPU includes the processes that a program starts, not the server of the
feeds. Ratios are the medians of the pairs' ratios.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks import plots, results
from benchmarks.feed_server import address_of, address_on_one_site
from benchmarks.processes import Worker, start
from benchmarks.tables import significant, table

OURS, READER = "ours", "reader"
PROGRAMS = {OURS: "relay_worker", READER: "reader_worker"}


@dataclass(frozen=True, slots=True)
class Case:
    """What the feeds' server does differently from the case before."""

    name: str
    title: str
    change: dict[str, int | bool]


CASES = (
    Case("new", "every post is new", {}),
    Case("304", "304", {}),
    Case("tenth", "one feed in ten has one new post", {"more": 1}),
    Case("same", "same body, no validators", {"validators": False}),
    Case("date", "only `lastBuildDate` changed", {"build": 1}),
)
"""In the order in which they run; the first one fills the databases, so it always runs."""
ALL_CASES = tuple(case.name for case in CASES)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured."""

    cases: tuple[str, ...] = ALL_CASES
    programs: tuple[str, ...] = tuple(PROGRAMS)
    delay: float = 0.0
    """Seconds that a site waits before it answers."""
    one_site: bool = False
    """Whether all feeds are on one site, so that connections are kept alive."""
    short: bool = False
    """Whether feeds have 2 posts of one paragraph each, so that even thousands are soon known."""

    @property
    def name(self) -> str:
        """The name of its files."""
        marks = {"-one-site": self.one_site, "-delay": self.delay, "-short": self.short}
        return "poll" + "".join(mark for mark, is_set in marks.items() if is_set)

    @property
    def title(self) -> str:
        """What distinguishes it."""
        title = "all on one site" if self.one_site else "each on a site of its own"
        title += f", {self.delay * 1000:.0f} ms of latency" if self.delay else ""
        return title + (", 2 short posts" if self.short else "")

    @property
    def state(self) -> dict[str, float]:
        """How the server of the feeds is set."""
        return {"delay": self.delay} | ({"posts": 2, "newest": 1, "paragraphs": 1} if self.short else {})


@dataclass(frozen=True, slots=True)
class Sample:
    """What a program took for one case."""

    feeds: int
    pair: int
    case: str
    program: str
    wall: float
    cpu: float


class Site:
    """The server of the feeds, with the first edition."""

    def __init__(self, server: Worker, state: dict[str, float]) -> None:
        self._server = server
        self._state = state

    def change(self, **changes: float) -> None:
        """Change what it answers."""
        self._state |= changes
        self.answers()

    def answers(self) -> dict[str, int]:
        """Return how many answers of each status there were since the last call."""
        answers: dict[str, int] = self._server.ask(**self._state)["answers"]
        return answers


def main(sizes: Sequence[int], pairs: int, setting: Setting, folder: Path) -> None:
    """Print a table for each size, and save all samples with a plot."""
    samples: list[Sample] = []
    for feeds in sizes:
        print(f"\n# {feeds:,} feeds, {setting.title}", flush=True)
        measured = measure(feeds, pairs, setting)
        _print(measured, setting)
        samples += measured
    results.save(folder, setting.name, [asdict(sample) for sample in samples])
    _draw(samples, setting, folder / f"{setting.name}.svg")


def measure(feeds: int, pairs: int, setting: Setting) -> list[Sample]:
    """Return all samples for one number of feeds."""
    with start("feed_server") as server:
        port = server.receive()["port"]
        address = address_on_one_site if setting.one_site else address_of
        urls = [address(number, port) for number in range(feeds)]
        return [
            sample
            for pair in range(pairs)
            for sample in _pair(pair, urls, setting, Site(server, setting.state))
        ]


def _pair(pair: int, urls: Sequence[str], setting: Setting, site: Site) -> Iterator[Sample]:
    """Run all cases with empty databases. The programs take turns in being the first."""
    programs = setting.programs if pair % 2 else setting.programs[::-1]
    with ExitStack() as stack:
        workers = {program: stack.enter_context(_started(program)) for program in programs}
        for worker in workers.values():
            worker.ask(feeds=urls)
        for case in CASES:
            if case.name != "new" and case.name not in setting.cases:
                continue
            site.change(**case.change)
            for program, worker in workers.items():
                taken = worker.ask(poll=True)
                _check(case, program, site.answers(), len(urls))
                yield Sample(len(urls), pair, case.name, program, taken["wall"], taken["cpu"])


@contextmanager
def _started(program: str) -> Iterator[Worker]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with start(PROGRAMS[program], path / "feeds.db", log=path / "log") as worker:
            yield worker


def _check(case: Case, program: str, answers: dict[str, int], feeds: int) -> None:
    """Raise RuntimeError if a program did not ask for every feed once, or not as the case says."""
    unchanged = {"304": feeds, "tenth": feeds - len(range(0, feeds, 10))}.get(case.name, 0)
    expected = {status: count for status, count in (("304", unchanged), ("200", feeds - unchanged)) if count}
    if answers != expected:
        raise RuntimeError(f"{program}, {case.name}: expected the answers {expected}, not {answers}")


def _print(samples: Sequence[Sample], setting: Setting) -> None:
    compared = len(setting.programs) > 1
    columns = ["case", *(f"{program}, feeds/s" for program in setting.programs)]
    columns += ["times reader, wall"] if compared else []
    columns += [f"{program}, CPU ms/feed" for program in setting.programs]
    columns += ["times reader, CPU"] if compared else []
    table(columns, (_row(case, samples, setting) for case in CASES if case.name in setting.cases))


def _row(case: Case, samples: Sequence[Sample], setting: Setting) -> list[str]:
    chosen = [[s for s in samples if s.case == case.name and s.program == name] for name in setting.programs]
    speeds = [significant(median(s.feeds / s.wall for s in group)) for group in chosen]
    costs = [significant(median(s.cpu / s.feeds * 1000 for s in group)) for group in chosen]
    if len(chosen) == 1:
        return [case.title, *speeds, *costs]
    pairs = list(zip(*chosen, strict=True))
    faster = significant(median(theirs.wall / ours.wall for ours, theirs in pairs))
    cheaper = significant(median(theirs.cpu / ours.cpu for ours, theirs in pairs))
    return [case.title, *speeds, faster, *costs, cheaper]


def _draw(samples: Sequence[Sample], setting: Setting, path: Path) -> None:
    """Draw the CPU time of each case."""
    bars = {
        f"{program}, {feeds:,} feeds": [
            median(
                s.cpu / s.feeds * 1000
                for s in samples
                if (s.feeds, s.program, s.case) == (feeds, program, case)
            )
            for case in setting.cases
        ]
        for program in setting.programs
        for feeds in dict.fromkeys(sample.feeds for sample in samples)
    }
    titles = [case.title.replace("`", "") for case in CASES if case.name in setting.cases]
    plots.draw_bars(path, f"Polling, {setting.title}", "CPU ms per feed", titles, bars)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 500])
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--cases", nargs="+", choices=ALL_CASES, default=ALL_CASES)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--one-site", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", choices=PROGRAMS)
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(
        given.sizes,
        given.pairs,
        Setting(
            tuple(given.cases),
            (given.only,) if given.only else tuple(PROGRAMS),
            given.delay,
            given.one_site,
            given.short,
        ),
        given.out,
    )
