"""The process lock beside a database file. The system frees it when the process ends, however it ends."""

import os
from pathlib import Path

from filelock import FileLock, Timeout, lock_descriptor

from bot import errors
from bot.store.backfills import Worker
from bot.store.sqlite.files import PRIVATE, locate, refused

_LOCKS = {
    Worker.RUN: ("lock", "another feed-relay runs with this database; stop it first."),
    Worker.CLI: ("backfill.lock", "a backfill runs in another shell; wait for it, or stop it first."),
}
"""For each kind of worker: the suffix of its lock file, and the error if another process has the lock."""


def lock(path: Path, worker: Worker, *, may_be_empty: bool = False) -> FileLock:
    """Return the lock of this kind of worker, acquired. Raises StoreLocked if another process has it, or StoreError.

    `may_be_empty`: also for an empty file, which can't be used.
    """
    path = locate(path, may_be_empty=may_be_empty)
    file_lock = FileLock(file_of(path, worker), mode=PRIVATE)
    try:
        file_lock.acquire(blocking=False)
    except Timeout as busy:
        raise errors.StoreLocked(str(path), _LOCKS[worker][1]) from busy
    except OSError as error:
        raise refused(Path(file_lock.lock_file), error) from error
    return file_lock


def file_of(path: Path, worker: Worker) -> Path:
    """Return the lock's file, which need not exist."""
    return path.with_name(f"{path.name}.{_LOCKS[worker][0]}")


def is_locked(path: Path, worker: Worker) -> bool:
    """Return whether another process has the lock, without making its file. Raises StoreError if it can't be taken."""
    file = file_of(path, worker)
    try:
        opened = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise refused(file, error) from error
    try:
        return not lock_descriptor(opened, blocking=False)
    finally:
        os.close(opened)  # frees the lock, too
