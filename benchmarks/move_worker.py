"""Runs `feed-relay db move FROM TO` for `benchmarks.move`, and reports where it is.

{"step": …, "percent": …, "at": …, "cpu": …, "peak": …}   when a step has come as far
{"mark": "source" | "target" | "none"}                    before a database gets its last mark, and after both have
                                                          them; waits for a line

`at`: seconds of the system's monotonic clock. `cpu`: seconds. `peak`: the highest memory in MB. The command's own
output goes to stderr.
"""

import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TextIO
from unittest.mock import patch

from benchmarks.processes import peak_megabytes
from bot.cli import db, main
from bot.store.transfer import Marks, OnProgress

Method = Callable[..., Awaitable[None]]


class Reports:
    """Writes to the benchmark."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last = ("", -1)

    @contextmanager
    def bar(self) -> Iterator[OnProgress]:
        """Report each percent, in place of a progress bar."""
        self.step("starting", 0)

        def show(what: str, done: int, total: int) -> None:
            if (now := (what, 100 * done // max(total, 1))) != self._last:
                self.step(*now)

        yield show

    def step(self, step: str, percent: int) -> None:
        """Report how far it is, and what it took until now."""
        self._last = (step, percent)
        at, cpu, peak = time.monotonic(), time.process_time(), peak_megabytes(os.getpid())
        self._write(step=step, percent=percent, at=at, cpu=cpu, peak=peak)

    def ask(self, **report: object) -> None:
        """Report something, and wait for a line."""
        self._write(**report)
        sys.stdin.readline()

    def _write(self, **report: object) -> None:
        print(json.dumps(report), file=self._out, flush=True)

    def before(self, mark: str, method: Method) -> Method:
        """Return a method that asks first."""

        async def run(marks: Marks, *given: str) -> None:
            self.step("marking", 0)
            self.ask(mark=mark)
            await method(marks, *given)

        return run

    def after(self, method: Method) -> Method:
        """Return a method that asks afterwards."""

        async def run(marks: Marks, *given: str) -> None:
            await method(marks, *given)
            self.ask(mark="none")

        return run


def run() -> None:
    """Run the command with the arguments of this program."""
    reports = Reports(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)
    with ExitStack() as stack:
        for where, name, replaced in (
            (db, "_bar", reports.bar),
            (Marks, "move_to", reports.before("source", Marks.move_to)),
            (Marks, "finish", reports.after(reports.before("target", Marks.finish))),
        ):
            stack.enter_context(patch.object(where, name, replaced))
        try:
            main()
        finally:
            reports.step("done", 0)


if __name__ == "__main__":
    run()
