"""Runs `feed-relay db move` as `benchmarks.move_worker` does, and kills it at a moment."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARKS = {
    "source": "before the old one is marked",
    "target": "before the new one is marked",
    "none": "after both are marked",
}
"""The last moments, by what is marked next."""
MOMENTS = (
    ("copying", 2),
    ("copying", 50),
    ("copying", 98),
    ("indexing", 10),
    ("indexing", 90),
    ("checking", 10),
    ("checking", 99),
    *((mark, 0) for mark in MARKS),
)
"""A step and its percent, or a mark."""

Moment = tuple[str, int]
Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    """Negative: the signal that killed it."""
    output: str
    reports: Sequence[tuple[Report, float]]
    """The beginning of each step, with the server's CPU seconds at that time."""


def run(source: Path, target: Path, server_cpu: Callable[[], float], kill_at: Moment | None = None) -> Ended:
    """Run the command, and kill it at a moment. `server_cpu`: returns the CPU seconds of the server."""
    command = (sys.executable, "-m", "benchmarks.move_worker", "db", "move")
    reports: list[tuple[Report, float]] = []
    with subprocess.Popen(
        [*command, str(source), str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        for report in _reports_of(process):
            if _is_reached(kill_at, report):
                process.kill()
                break
            if "step" in report and (not reports or report["step"] != reports[-1][0]["step"]):
                reports.append((report, server_cpu()))
        _, output = process.communicate()
    return Ended(process.returncode, output.strip(), reports)


def name_of(moment: Moment) -> str:
    """Return a moment in words."""
    return MARKS.get(moment[0]) or f"{moment[0]}, {moment[1]} %"


def _is_reached(moment: Moment | None, report: Report) -> bool:
    if moment is None:
        return False
    name, percent = moment
    return report.get("mark") == name or (report.get("step") == name and report["percent"] >= percent)


def _reports_of(process: subprocess.Popen[str]) -> Iterator[Report]:
    """Yield what the command reports, and let it continue after each mark."""
    assert process.stdin is not None  # noqa: S101 -- both are pipes
    assert process.stdout is not None  # noqa: S101
    for text in process.stdout:
        report: Report = json.loads(text)
        yield report
        if "mark" in report:
            process.stdin.write("\n")
            process.stdin.flush()
