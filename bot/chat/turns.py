"""Lets each member's searches run one after the other, so that one member's many don't slow those of others.

The database runs searches in the order in which they arrive. With one of each member at a time, everybody waits for at
most one search of everybody else.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MAX_IN_LINE = 4
"""Searches of one member: one that runs, and those that wait."""


class LineFull(Exception):
    """The member has too many searches already."""


@dataclass(slots=True)
class _Line:
    length: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Turns:
    """The members who search now."""

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
