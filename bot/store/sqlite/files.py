"""Database files: which may be opened, and how a new one is written completely before it gets its name."""

import errno
import glob
import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bot import errors

PRIVATE = 0o600
"""The mode of a new file: only its owner may read and write it."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BESIDE = ("", "-wal", "-shm", "-journal", ".lock", ".backfill.lock")
"""The suffixes of a database's own files."""
_LOGS = ("-wal", "-journal")
_PART = ".part"
KEPT = "before-restore"
_BACKUPS = ("v*.backup*", "????-??-??T??????Z.backup*", f"{KEPT}*")
"""The endings of backups after the database's name: before an upgrade, daily, and before a restore."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_FOLDER = "this is a folder; set store.path to a file in it."
_SPECIAL = "this is a device, pipe or socket; set store.path to a file."
_EMPTY = (
    "this file is empty; restore a backup, or delete the file, and `feed-relay run` creates a new database."
)
_LOG_LEFT = "this file is missing, but {} has changes of it; put it back, or delete that file, too."
_LOOP = "this link leads to itself; set store.path to a file."


def locate(path: Path, *, may_be_empty: bool = False) -> Path:
    """Return the file that a path leads to, which need not exist. Raises StoreError if it can't be a database."""
    try:
        found = path.resolve()
    except (RuntimeError, OSError):
        raise errors.StoreUnopenable(str(path), _LOOP) from None
    try:
        kind = found.stat()
    except FileNotFoundError:
        if not found.parent.is_dir():
            raise unopenable(found) from None
        return found
    except OSError as error:
        raise refused(path, error) from error
    if stat.S_ISDIR(kind.st_mode):
        raise errors.StoreUnopenable(str(path), _FOLDER)
    if not stat.S_ISREG(kind.st_mode):
        raise errors.StoreUnopenable(str(path), _SPECIAL)
    if kind.st_size == 0 and not may_be_empty:
        raise errors.StoreUnopenable(str(path), _EMPTY)
    return found


def refused(path: Path, error: OSError) -> errors.StoreError:
    """Return the reason why the system refused to open or write a file."""
    return errors.StoreFull(str(path)) if error.errno in _NO_ROOM else unopenable(path)


def unopenable(path: Path, otherwise: str = "") -> errors.StoreError:
    """Return the reason why a file, or one beside it, cannot be opened or written, as far as the system shows it.

    `otherwise`: the sentence if it shows nothing.
    """
    folder = path.parent
    if not folder.is_dir():
        return errors.StoreUnopenable(
            str(path), "its folder is not there; create it, or mount the disk that holds it."
        )
    if hasattr(os, "statvfs"):
        disk = os.statvfs(folder)
        if disk.f_flag & os.ST_RDONLY:
            return errors.StoreReadOnly(str(path))
        if disk.f_bavail == 0 or disk.f_favail == 0 < disk.f_files:
            return errors.StoreFull(str(path))
    for file in (path, *own_files(path)):
        if not os.access(folder, os.W_OK) or (file.exists() and not os.access(file, os.R_OK | os.W_OK)):
            return errors.StoreReadOnly(str(file))
    return errors.StoreUnopenable(str(path), otherwise)


@contextmanager
def complete_file(target: Path, *, replaces: bool = False, maker: str = "") -> Iterator[Path]:
    """Yield an empty, private file that gets its name when the block ends; a kill leaves no file of that name.

    Raises FileExistsError if the name is taken, unless `replaces`, and StoreError if the file can't be written.
    `maker` names the incomplete file, if several processes may write one: see `remove_parts`.
    """
    try:
        ending = f"{_made_by(maker)}{_PART}"
        opened, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=ending, dir=target.parent)
        os.close(opened)
        part = Path(name)
        try:
            yield part
            _sync(part)
            if replaces:
                _keep_owner(part, target)
                part.replace(target)
            else:
                _name(part, target)
            _sync(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise
    except OSError as error:
        raise refused(target, error) from error


def _keep_owner(part: Path, target: Path) -> None:
    """Give a new file the owner of the one that it replaces, since root may run the command."""
    if target.exists() and hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = target.stat()
        os.chown(part, owner.st_uid, owner.st_gid)


def copy_name(file: Path, name: Path) -> None:
    """Give a file a second name, and make it private. Copies it if there are no hard links. Raises StoreError."""
    if name.exists():
        return
    try:
        file.chmod(PRIVATE)
        os.link(file, name)
        _sync(name.parent)
    except OSError:
        with complete_file(name) as part:
            shutil.copyfile(file, part)


def blank(path: Path) -> None:
    """Put an empty file in place of a database. The bot refuses it, and says that a backup must be restored."""
    with complete_file(path, replaces=True):
        pass


def logs_of(path: Path, *, with_index: bool = False) -> Sequence[Path]:
    """Return the logs of a database, which need not exist; `with_index`: also the log's index, `-shm`."""
    return [path.with_name(path.name + suffix) for suffix in (*_LOGS, *(("-shm",) if with_index else ()))]


def remove_parts(path: Path, folder: Path | None = None, maker: str = "") -> None:
    """Remove incomplete files that killed processes of this maker left. None of them may be at work.

    `folder`: where the database's backups are; None: beside it.
    """
    name = glob.escape(path.name)
    for copy in ("", *(f".{kind}" for kind in _BACKUPS)):
        for part in (folder or path.parent).glob(f"{name}{copy}.????????{_made_by(maker)}{_PART}*"):
            with suppress(OSError):  # it does no harm
                part.unlink()


def _made_by(maker: str) -> str:
    return f".{maker}" if maker else ""


def check_writable(path: Path) -> None:
    """Raise StoreError if this process may not write the database: SQLite would open it to be read only.

    Only asks the system: opening and closing the file would free the locks that SQLite has on it.
    """
    for file in own_files(path):
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            raise unopenable(file)


def own_files(path: Path) -> Sequence[Path]:
    """Return the files of a database, which need not exist."""
    return [path.with_name(path.name + suffix) for suffix in _BESIDE]


def check_creatable(path: Path) -> None:
    """Raise StoreError if the log of a missing database is left: SQLite would write its changes into a new one."""
    for log in logs_of(path):
        if log.exists() and log.stat().st_size:
            raise errors.StoreUnopenable(str(path), _LOG_LEFT.format(log.name))


def try_to_create(path: Path) -> None:
    """Raise StoreError if no file can be written beside `path`. Writes one without a name, if the system can."""
    unnamed = getattr(os, "O_TMPFILE", None)
    if unnamed is None:
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise unopenable(path)
        return
    try:
        opened = os.open(path.parent, unnamed | os.O_WRONLY, PRIVATE)
        try:
            os.write(opened, bytes(4096))
        finally:
            os.close(opened)
    except OSError as error:
        raise refused(path, error) from error


def open_to_others(path: Path, folder: Path) -> Sequence[Path]:
    """Return the files of a database and its backups that other users of this machine may read or write.

    `folder`: where the daily backups are.
    """
    if os.name != "posix":
        return ()
    path = path.resolve()
    folders, name = {path.parent, folder}, glob.escape(path.name)
    backups = sorted({file for each in folders for kind in _BACKUPS for file in each.glob(f"{name}.{kind}")})
    return [file for file in (*own_files(path), *backups) if file.is_file() and file.stat().st_mode & _OTHERS]


def mending_command(files: Sequence[Path]) -> str:
    """Return the shell command that makes these files private."""
    return shlex.join(["chmod", "600", *map(str, files)])


def unused_state(path: Path) -> tuple[int, int, int] | None:
    """Return a value that changes with every write to a database that is not open; None if it is open."""
    if is_in_use(path):
        return None
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def is_in_use(path: Path) -> bool:
    """Return whether a process has the database open, or was killed while it had."""
    return any(log.exists() for log in logs_of(path))


def _name(part: Path, target: Path) -> None:
    """Give a file its name, unless that is taken."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if target.exists():
            raise FileExistsError(target) from None
        part.rename(target)


def _sync(path: Path) -> None:
    """Write a file or folder to the disk. Windows can't open folders."""
    if path.is_dir() and os.name != "posix":
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
