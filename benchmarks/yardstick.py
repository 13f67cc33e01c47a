"""CPU times at the highest speed of a machine: other virtual machines may halve it within a second."""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path
from statistics import fmean, quantiles
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_WORK = "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH '\"and\"' LIMIT 40000)"
_FIRST = 500
"""How often the work runs at first, which takes a few seconds."""
_MIN_PERCENT = 2
"""Percentile of the times of the work that is its time at the highest speed: a single one may be an error."""


class Yardstick:
    """A fixed piece of work like that which is measured, done before and after it: FTS5 reads 40,000 posts."""

    def __init__(self, archive: Path) -> None:
        self._archive = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
        self._seconds: list[float] = []
        for _ in range(_FIRST):
            self.length()

    @property
    def fastest(self) -> float:
        """CPU seconds of the work at the highest speed of the machine so far."""
        return quantiles(self._seconds, n=100)[_MIN_PERCENT - 1]

    def length(self) -> float:
        """Do the work, and return the CPU seconds that it took."""
        began = time.process_time()
        self._archive.execute(_WORK).fetchone()
        self._seconds.append(time.process_time() - began)
        return self._seconds[-1]

    async def measure(self, work: Callable[[], Awaitable[T]]) -> tuple[T, float]:
        """Return a result, and how long it took, in lengths of this yardstick."""
        before = self.length()
        began = time.process_time()
        result = await work()
        taken = time.process_time() - began
        return result, taken / fmean((before, self.length()))


class Lengths(dict[K, float]):
    """The shortest of several measurements of each thing, in lengths of a yardstick."""

    def add(self, measured: K, length: float) -> None:
        """Keep this length if it is the shortest so far."""
        self[measured] = min(length, self.get(measured, length))

    def seconds(self, fastest: float) -> list[float]:
        """Return the CPU seconds of each at the highest speed of the machine."""
        return [length * fastest for length in self.values()]
