"""Daily backups of a database in a folder: made while it is in use, verified, and the oldest deleted."""

import asyncio
import os
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot import errors
from bot.store.engine import Backups
from bot.store.sqlite import files, identify, snapshot
from bot.store.sqlite.database import address, translated_errors

RESERVE = 50_000_000
"""Bytes that a backup must leave free, because the bot continues to write."""
FOLDER = "backups"
"""Beside the database, unless the config names another folder."""

_PAUSE = 0.01
"""Seconds between two steps of a backup, so that others can use the disk."""
_STAMP = "%Y-%m-%dT%H%M%SZ"
_STEPS = 100_000
"""How many of SQLite's instructions run, in some milliseconds, before a check of a copy can be stopped."""

_NO_FOLDER = "this is not a folder; set store.backup_dir to one."
_DAMAGED = "the new copy is damaged ({}), and so may be the database; see `feed-relay db check`."
_TOO_LITTLE = (
    "a backup needs {needed:,} MB of free space, and {free:,} MB are free; free some space, lower store.backups, "
    "or set store.backup_dir to a folder on another disk."
)


def _pause() -> None:
    time.sleep(_PAUSE)


class _StoppedError(Exception):
    """The backup was cancelled."""


class SqliteBackups(Backups):
    """The daily backups of one file."""

    def __init__(self, path: Path, folder: Path | None, pause: Callable[[], None] = _pause) -> None:
        """`folder` None: FOLDER beside the database. `pause` is called between two steps of a backup."""
        self._path = path
        self._folder = folder
        self._pause = pause
        self._lineages: dict[tuple[Path, int, int], str] = {}
        """The lineages of the files in the folder, by name, inode and time of the last change."""

    @property
    def folder(self) -> Path:
        """See Backups."""
        return self._folder or files.locate(self._path).parent / FOLDER

    async def times(self) -> Sequence[datetime]:
        """See Backups."""
        return sorted(await asyncio.to_thread(lambda: [*self._found().values()]))

    async def make(self, now: datetime, keep: int) -> Path:
        """See Backups."""
        stop = threading.Event()
        work = asyncio.create_task(asyncio.to_thread(self._make, now, keep, stop), name="backup")
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait({work})
            work.exception()  # else asyncio would report it as never retrieved
            raise

    async def try_out(self) -> None:
        """See Backups."""
        await asyncio.to_thread(self._try_out)

    def _make(self, now: datetime, keep: int, stop: threading.Event) -> Path:
        path, folder = files.locate(self._path), self.folder
        target = folder / f"{path.name}.{now.astimezone(UTC):{_STAMP}}.backup"
        try:
            _prepare(folder)
            maker = identify.lineage_of(path)
            files.remove_parts(path, folder, maker)
            _check_space(path, folder)
            with files.complete_file(target, maker=maker) as part, translated_errors(str(target)):
                snapshot.copy(address(path, "ro"), part, partial(self._between, stop))
                _verify(part, target, stop)
            self._delete_old(target, keep, now)
        except OSError as error:
            raise files.refused(target, error) from error
        return target

    def _between(self, stop: threading.Event) -> None:
        self._pause()
        if stop.is_set():
            raise _StoppedError

    def _delete_old(self, newest: Path, keep: int, now: datetime) -> None:
        """Delete all backups but the newest `keep`. Those with a future time, from a wrong clock, go first."""
        found = self._found()
        others = sorted(
            found.keys() - {newest}, key=lambda file: (found[file] <= now, found[file]), reverse=True
        )
        for file in others[max(keep, 1) - 1 :]:
            file.unlink(missing_ok=True)

    def _found(self) -> dict[Path, datetime]:
        """Return the backups of this database in the folder, with their times. All other files are ignored."""
        pattern = re.compile(re.escape(files.locate(self._path).name) + r"\.(\d{4}-\d\d-\d\dT\d{6}Z)\.backup")
        found: dict[Path, datetime] = {}
        try:
            inside = [file for file in self.folder.iterdir() if file.is_file() and not file.is_symlink()]
        except (FileNotFoundError, NotADirectoryError):
            return found
        except OSError as error:
            raise files.refused(self.folder, error) from error
        for file in inside:
            if match := pattern.fullmatch(file.name):
                with suppress(ValueError):  # no date
                    found[file] = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
        return self._own(found)

    def _own(self, found: dict[Path, datetime]) -> dict[Path, datetime]:
        """Leave out unreadable files, and backups of another bot's database, which may have the same name."""
        path = files.locate(self._path)
        if not found or not path.exists():
            return {}
        own = identify.lineage_of(path)
        return {file: made_at for file, made_at in found.items() if self._lineage(file) == own}

    def _lineage(self, file: Path) -> str | None:
        """Return a file's lineage; None if it can't be read, perhaps because another bot has just deleted it."""
        with suppress(OSError, errors.StoreError, sqlite3.Error):
            state = file.stat()
            key = (file, state.st_ino, state.st_mtime_ns)
            if key not in self._lineages:
                self._lineages[key] = identify.lineage_of(file)
            return self._lineages[key]
        return None

    def _try_out(self) -> None:
        path, folder = files.locate(self._path), self.folder
        if os.path.lexists(folder) and not folder.is_dir():
            raise errors.StoreUnopenable(str(folder), _NO_FOLDER)
        inside = folder.is_dir()
        files.try_to_create(folder / path.name if inside else folder)
        _check_space(path, folder if inside else folder.parent)


def _prepare(folder: Path) -> None:
    """Create the folder, for this user only, if it is missing. Not its parent, which may be a disk to be mounted."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        raise errors.StoreUnopenable(str(folder), _NO_FOLDER) from None
    except OSError as error:
        raise files.refused(folder, error) from error


def _check_space(path: Path, folder: Path) -> None:
    """Raise StoreFull if the disk has too little space, before anything is written."""
    parts = (path, path.with_name(f"{path.name}-wal"))
    needed = sum(file.stat().st_size for file in parts if file.exists()) + RESERVE
    free = shutil.disk_usage(folder).free
    if free < needed:
        figures = {"needed": needed // 1_000_000 + 1, "free": free // 1_000_000}
        raise errors.StoreFull(str(folder), _TOO_LITTLE.format(**figures))


def _verify(part: Path, target: Path, stop: threading.Event) -> None:
    """Raise StoreError if a restore would refuse the copy."""
    with closing(sqlite3.connect(address(part, "ro"), uri=True)) as copy:
        copy.set_progress_handler(stop.is_set, _STEPS)
        ((found,),) = copy.execute("PRAGMA integrity_check(1)").fetchall()
        if found == "ok" and (dangling := copy.execute("PRAGMA foreign_key_check").fetchone()):
            found = f"a row of {dangling[0]} refers to nothing"
    if found != "ok":
        raise errors.StoreCorrupt(str(target), _DAMAGED.format(found))
    identify.version_of(part)
