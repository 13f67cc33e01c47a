"""CPU times that a machine with changing speed does not change: other virtual machines may halve it within a second."""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Hashable
from math import inf
from statistics import fmean
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_DOCUMENTS = 20_000
_FIRST = 500
"""How often the work runs at first, which takes a few seconds, to meet a moment of high speed."""


class Yardstick:
    """A fixed piece of work that runs before and after what is measured: a search of a small index in memory."""

    def __init__(self) -> None:
        self._index = sqlite3.connect(":memory:")
        self._index.execute("CREATE VIRTUAL TABLE search USING fts5 (text)")
        texts = ((f"even odd {number % 7} " * 3,) for number in range(_DOCUMENTS))
        self._index.executemany("INSERT INTO search VALUES (?)", texts)
        self.fastest = inf
        """CPU seconds of the work at the highest speed so far."""
        for _ in range(_FIRST):
            self.length()

    def length(self) -> float:
        """Do the work, and return the CPU seconds that it took."""
        began = time.process_time()
        self._index.execute("SELECT count(*) FROM search WHERE search MATCH 'even AND odd'").fetchone()
        taken = time.process_time() - began
        self.fastest = min(self.fastest, taken)
        return taken

    async def measure(self, work: Callable[[], Awaitable[T]]) -> tuple[T, float]:
        """Return a result, and how long it took, in lengths of this yardstick."""
        before = self.length()
        began = time.process_time()
        result = await work()
        taken = time.process_time() - began
        return result, taken / fmean((before, self.length()))


class Lengths(dict[K, float]):
    """The shortest of several measurements of each thing, in lengths of the yardstick."""

    def add(self, measured: K, length: float) -> None:
        """Count one more measurement."""
        self[measured] = min(length, self.get(measured, length))

    def seconds(self, fastest: float) -> list[float]:
        """Return the CPU seconds of each at the highest speed of the machine."""
        return [length * fastest for length in self.values()]
