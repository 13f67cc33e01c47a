"""Programs that the benchmarks start: they read and write lines of JSON. They need Linux and its /proc."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

_OWN_CLOCK = 2
"""The clock of the time that a process was running: include/linux/posix-timers.h calls it CPUCLOCK_SCHED."""


class Worker:
    """A running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        self._process = process

    def ask(self, **request: object) -> dict[str, Any]:
        """Return the answer to one request. Raises RuntimeError if the program has exited."""
        if self._process.stdin is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self.receive()

    def receive(self) -> dict[str, Any]:
        """Return the next line that the program writes. Raises RuntimeError if it has exited."""
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise RuntimeError(f"{self._process.args!r} has exited")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def start(module: str, *arguments: object, log: Path | None = None) -> Iterator[Worker]:
    """Start a module of this package. Leaving the context closes its input and waits until it has exited.

    `log`: where its stderr goes, whose end is printed if there is an error; None: to this program's.
    """
    command = (sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments))
    with ExitStack() as stack:
        errors = stack.enter_context(log.open("wb")) if log else None
        process = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        )
        stack.callback(_close_input, process)
        try:
            yield Worker(process)
        except BaseException:
            if log:
                print(*log.read_text("utf-8", "replace").splitlines()[-20:], sep="\n", file=sys.stderr)
            raise


def _close_input(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def answer_requests(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer the requests on stdin until it is closed."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def cpu_seconds() -> float:
    """Return the CPU time of this process and of all its descendants, also of those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time() + ended.ru_utime + ended.ru_stime
    return own + sum(map(cpu_seconds_of, children(os.getpid())))


def cpu_seconds_of(pid: int) -> float:
    """Return the CPU time of a process and of its running descendants."""
    try:
        own = time.clock_gettime((~pid << 3) | _OWN_CLOCK)
        return own + sum(map(cpu_seconds_of, children(pid)))
    except OSError:  # it has just ended
        return 0.0


def children(pid: int) -> list[int]:
    """Return the child processes of all threads of a process."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for found in lists for child in found.read_text("utf-8").split()]


def resident_megabytes(pid: int) -> float:
    """Return a process's resident memory in MB."""
    return _status(pid, "VmRSS")


def peak_megabytes(pid: int) -> float:
    """Return the most resident memory that a process ever had, in MB."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.split(f"{name}:")[1].split()[0]) / 1024
