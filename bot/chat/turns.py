"""Runs the searches of each member one after the other, so that many of one member don't delay those of others.

The database runs searches in the order in which they arrive. With only one of each member there, a search waits for at
most one of every other member.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MAX_IN_LINE = 4
"""The most searches of one member, including the one that runs."""


class LineFull(Exception):
    """The member has too many searches already."""


@dataclass(slots=True)
class _Line:
    length: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Turns:
    """The searches that run or wait, by member."""

    def __init__(self) -> None:
        self._lines: dict[int, _Line] = {}

    @contextmanager
    def join(self, member_id: int) -> Iterator[asyncio.Lock]:
        """Join the member's line and return the lock to hold during the search. Raises LineFull at once."""
        line = self._lines.setdefault(member_id, _Line())
        if line.length >= MAX_IN_LINE:
            raise LineFull
        line.length += 1
        try:
            yield line.turn
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[member_id]
