"""Keeps the posts of the blogs in a file: one line of JSON for each change; the last one of a post counts."""

import os
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from bot.sandbox.sites.desk import Change, Desk

_ADAPTER = TypeAdapter(Change)


class UnreadablePosts(ValueError):
    """A line is not in this version's format."""


class PostJournal:
    """The file of an open desk: repeats the changes in it, and appends later ones."""

    def __init__(self, path: Path, desk: Desk) -> None:
        """Raises UnreadablePosts."""
        changes = _read(path)
        for change in changes:
            desk.repeat(change)
        self._file = _rewritten(path, changes)
        desk.note = self._write

    def _write(self, change: Change) -> None:
        self._file.write(_line(change))
        self._file.flush()

    def close(self) -> None:
        """Stop writing."""
        self._file.close()


def _read(path: Path) -> list[Change]:
    """Return the last change of each post. The last line is left out if a kill cut it off."""
    if not path.exists():
        return []
    lines = [line for line in path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
    try:
        changes = [_ADAPTER.validate_json(line) for line in lines]
    except ValidationError as error:
        raise UnreadablePosts from error
    return list({(change.blog, change.id): change for change in changes}.values())


def _rewritten(path: Path, changes: list[Change]) -> IO[str]:
    """Replace the file with one that contains these changes, and return it, open for more."""
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.writelines(map(_line, changes))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path.open("a", encoding="utf-8")


def _line(change: Change) -> str:
    return f"{_ADAPTER.dump_json(change).decode()}\n"
