"""The time in the pictures: it starts at a fixed moment and jumps when the script says so.

It is in a file that the processes of the script and of the bot share. Between two jumps it moves a little, so that
what comes later also has a later time, but never enough to change what a message shows.
"""

import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

VARIABLE = "PICTURES_TIME"
"""The environment variable with the path of the file."""
BEGINNING = datetime(2026, 11, 13, 8, tzinfo=UTC)
_SLOWNESS = 10_000_000
_FORMAT = "<dd"
"""When the script started, and by how many seconds it has jumped since."""


class StoryTime:
    """The clock of the pictures."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), struct.calcsize(_FORMAT))

    @classmethod
    def create(cls, path: Path) -> "StoryTime":
        """Start the time. Processes that this one starts share it."""
        path.write_bytes(struct.pack(_FORMAT, time.monotonic(), 0.0))
        os.environ[VARIABLE] = str(path)
        return cls(path)

    @classmethod
    def shared(cls) -> "StoryTime":
        """Return the time of the script that started this process."""
        return cls(Path(os.environ[VARIABLE]))

    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        start, jumped = struct.unpack(_FORMAT, self._shared)
        return float(jumped + (time.monotonic() - start) / _SLOWNESS)

    def jump(self, by: timedelta) -> None:
        """Move on."""
        start, jumped = struct.unpack(_FORMAT, self._shared)
        self._shared[:] = struct.pack(_FORMAT, start, jumped + by.total_seconds())

    def __call__(self) -> datetime:
        """Return the current time."""
        return BEGINNING + timedelta(seconds=self.seconds())
