"""The history of a run: one JSON object per line, with its time in seconds since the start."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]
"""`at`, `event`, and what belongs to that event."""


class History:
    """Collects events and appends each to a file at once, so that an interrupted run leaves its history."""

    def __init__(self, path: Path) -> None:
        self.events: list[Event] = []
        self._began = time.time()
        self._path = path

    def add(self, event: str, *, at: float | None = None, **fields: object) -> None:
        """Add an event; `at`: its time as from `time.time`, by default now."""
        moment = round((at or time.time()) - self._began, 3)
        self.events.append({"at": moment, "event": event, **fields})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.events[-1]) + "\n")


def read(path: Path) -> Iterator[Event]:
    """Yield the events of a file."""
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)
