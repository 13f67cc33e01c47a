"""The process lock beside a database file. The system frees it when the process ends, however it ends."""

from pathlib import Path

from filelock import FileLock, Timeout

from bot import errors
from bot.store.backfills import Worker
from bot.store.sqlite.database import unopenable

_LOCKS = {
    Worker.RUN: ("lock", "another feed-relay runs with this database; stop it first."),
    Worker.CLI: ("backfill.lock", "a backfill runs in another shell; wait for it, or stop it first."),
}
"""For each kind of worker: the suffix of its lock file, and the error if another process has the lock."""


def lock(path: Path, worker: Worker) -> FileLock:
    """Return the lock of this kind of worker, acquired. Raises StoreLocked if another process has it, or StoreError."""
    if path.is_dir():
        raise errors.StoreUnopenable(str(path), "this is a folder; set store.path to a file in it.")
    if not path.parent.is_dir():  # FileLock would create it
        raise unopenable(path)
    suffix, taken = _LOCKS[worker]
    file_lock = FileLock(f"{path}.{suffix}")
    try:
        file_lock.acquire(blocking=False)
    except Timeout as busy:
        raise errors.StoreLocked(str(path), taken) from busy
    except OSError as refused:
        raise unopenable(path) from refused
    return file_lock
