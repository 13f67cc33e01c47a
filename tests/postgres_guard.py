"""Run a private PostgreSQL server until nobody needs it: until every process that opened its FIFO has ended.

Started as `python postgres_guard.py FOLDER BIN LOCK [SETTING…]`. It prints a line once the server answers. A killed
test session closes its end of the FIFO too, so no server is left behind.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

_SETTINGS = (
    "listen_addresses=",  # only the socket in the folder
    "fsync=off",  # these databases need not outlive the machine
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=200",
    "autovacuum=off",
    "log_min_messages=fatal",
)
USER = "postgres"
"""The user that runs the server, since PostgreSQL refuses to be run by root, and its superuser's name."""


def _as_user() -> dict[str, str]:
    return {"user": USER, "group": USER} if os.geteuid() == 0 else {}


def _call(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **_as_user())  # type: ignore[call-overload]  # user and group


def _start(folder: Path, programs: Path, more: Sequence[str]) -> subprocess.Popen[bytes]:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
        shutil.chown(data, USER, USER)
    collation = (
        "--locale-provider=icu",
        "--icu-locale=en",
        "--locale=C.UTF-8",
    )  # not the order of code points
    _call([
        str(programs / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "-N", *collation
    ])  # fmt: skip
    settings = [word for setting in (*_SETTINGS, *more) for word in ("-c", setting)]
    server: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]  # user and group
        [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *settings],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
        cwd="/",
        **_as_user(),
    )
    return server


def _wait_until_ready(folder: Path, programs: Path, server: subprocess.Popen[bytes]) -> None:
    status = folder / "data" / "postmaster.pid"
    while server.poll() is None:
        if status.exists() and status.read_text("utf-8").rstrip().endswith("ready"):
            return
        select.select([], [], [], 0.02)
    raise RuntimeError(f"{programs / 'postgres'}: {(folder / 'log').read_text('utf-8', 'replace')}")


def _is_needed(fifo: int) -> bool:
    """Return whether a process has the FIFO open. Nobody writes to it."""
    try:
        return os.read(fifo, 1) != b""
    except BlockingIOError:
        return True


def main(folder: Path, programs: Path, lock: str, settings: Sequence[str]) -> None:
    """Run the server, then remove everything."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    fifo = os.open(folder / "users", os.O_RDONLY | os.O_NONBLOCK)
    server = None
    try:
        server = _start(folder, programs, settings)
        _wait_until_ready(folder, programs, server)
        print("ready", flush=True)  # noqa: T201 -- for the process that started it
        waiting = select.poll()
        waiting.register(fifo, select.POLLIN)  # reports POLLHUP when the last of them has ended
        while True:
            waiting.poll()
            with FileLock(lock):
                if not _is_needed(fifo):
                    os.close(fifo)
                    break
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
