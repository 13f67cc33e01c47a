"""Provoke failures in the real process, and print what an operator sees.

    python -m benchmarks.failures [WORD …]      # only cases whose name contains one of the words

Prints a row for each case: the failure | the output of `run --once` | the output of `check` | both exit codes. Exits
with 1 if a token, a password, a traceback or a bug appears anywhere. Needs the development packages and openssl; the
disk cases need root, to mount file systems.
"""

import asyncio
import json
import os
import re
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.failure_cases import CASES, TOKEN, Case, Scene
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = (TOKEN, "must-never", "h0rse", "Traceback", "by a bug", "unexpectedly", "error of the program")
HIDDEN_FIELDS = frozenset(
    {"event", "level", "logger", "timestamp", "feed", "next_poll", "seen", "edited", "probe"}
)


@dataclass(frozen=True, slots=True)
class Result:
    """The exit code and output of a process."""

    code: int | None
    out: str
    err: str

    def lines(self) -> list[str]:
        """Return the log events with their errors and counts, and the plain lines."""
        return [*filter(None, map(_line, self.err.splitlines()))] or ["(nothing)"]


def _line(line: str) -> str:
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if not event["logger"].startswith("bot.") or event["event"] == "config read":
        return ""
    fields = {key: value for key, value in event.items() if key not in HIDDEN_FIELDS}
    shown = (str(value) if key in {"error", "reason"} else f"{key}={value}" for key, value in fields.items())
    return f"{event['event']}: {' '.join(shown)}"


async def started(scene: Scene, *arguments: str) -> Result:
    """Run feed-relay until it exits."""
    module = ("benchmarks.failures", f"--{scene.mode}") if scene.mode else ("bot",)
    log = ("--log-format", "json", "--log-level", "debug") if arguments[0] == "run" else ()
    own = {"FEED_RELAY_DISCORD__TOKEN": TOKEN, "FEED_RELAY_DISCORD__API_URL": scene.discord.api_url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *module, *arguments, "--config", str(scene.folder / "config.toml"), *log),
        env={**os.environ, "PYTHONPATH": str(ROOT), **own, **scene.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), 60)
    except TimeoutError:
        process.kill()
        return Result(None, "", "did not end within 60 s")
    return Result(process.returncode, out.decode(), err.decode())


async def play(scene: Scene, case: Case) -> tuple[Result, Result]:
    """Run `run --once` as often as the case says, then `check`."""
    guild = scene.discord.add_guild(scene.name)
    scene.channel = scene.discord.add_channel(guild.id, "leeks").id
    scene.url = f"{scene.blog.address}/{scene.name}/rss"
    case(scene)
    ran = Result(None, "", "")
    with scene.undo:
        for _ in range(scene.runs):
            scene.break_it(scene)
            (scene.folder / "config.toml").write_text(scene.config(), "utf-8", "surrogateescape")
            ran = await started(scene, "run", "--once")
        return ran, await started(scene, "check")


def run_patched(mode: str, arguments: list[str]) -> None:
    """Run the command line in a process that treats 127.0.0.1 as public, or whose parser times out at once."""
    from bot.cli import main
    from bot.source.formats import process as worker
    from bot.source.http import ssrf_guard

    if mode == "--outside":
        judge = ssrf_guard.is_public
        ssrf_guard.is_public = lambda address: str(address) == "127.0.0.1" or judge(address)
    else:
        defaults = worker.Parser.__init__.__defaults__ or ()
        worker.Parser.__init__.__defaults__ = (timedelta(milliseconds=1), *defaults[1:])
    sys.argv = ["feed-relay", *arguments]
    main()


def next_poll(scene: Scene) -> str:
    """Return the feed's state in the database afterwards."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{scene.database}?mode=ro", uri=True)) as connection,
    ):
        for state, due in connection.execute("SELECT state, next_poll_at FROM feed"):
            return (
                "ended"
                if state == "ended"
                else f"next poll in {max(0, due / 1000 - time.time()) / 60:.0f} min"
            )
    return ""


def row(scene: Scene, ran: Result, checked: Result) -> str:
    """Return the case as a row of a Markdown table."""
    problems = [line for line in checked.out.splitlines() if line.startswith("problem")]
    says = problems or [line for line in checked.out.splitlines() if line.startswith("ok       feed")]
    columns = (scene.name, *map(_cell, ([*ran.lines(), next_poll(scene)], [*says, checked.err])))
    return f"| {' | '.join(columns)} | {ran.code}, {checked.code} |"


def _cell(lines: Iterable[str]) -> str:
    return "<br>".join(filter(None, lines)).replace("|", "/").replace("\n", "<br>")


async def main(words: list[str]) -> int:
    """Run the cases, two at a time. Return 1 if anything appeared that must not."""
    wanted = [case for case in CASES.items() if not words or any(word in case[0] for word in words)]
    slots = asyncio.Semaphore(2)
    leaks: list[str] = []

    async def run_case(name: str, case: Case) -> str:
        async with slots, AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feed-relay-")))
            blog = await stack.enter_async_context(Blog())
            discord = await stack.enter_async_context(SandboxDiscord(token=TOKEN))
            scene = Scene(
                re.sub(r"[^\w.-]", "-", name), folder, blog, discord, tls.sockets[0].getsockname()[1]
            )
            ran, checked = await play(scene, case)
            scene.name = name
            leaks.extend(
                f"{name}: {word}"
                for word in FORBIDDEN
                if any(word in f"{e.out}{e.err}" for e in (ran, checked))
            )
            return row(scene, ran, checked)

    print("| failure | `run --once` | `check` | exit codes |\n|---|---|---|---|")
    tls = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=uncertified())
    async with tls:
        for done in [asyncio.create_task(run_case(*case)) for case in wanted]:
            print(await done, flush=True)
    print("\n".join(["", *leaks]))
    return 1 if leaks else 0


def uncertified() -> ssl.SSLContext:
    """Return the TLS context of a server with a self-signed certificate."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder, "key"), Path(folder, "certificate")
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=garden.example"]
        made += ["-keyout", str(key), "-out", str(certificate)]
        subprocess.run(made, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    return context


if __name__ == "__main__":
    if sys.argv[1:2] in (["--outside"], ["--impatient"]):
        run_patched(sys.argv[1], sys.argv[2:])
    else:
        sys.exit(asyncio.run(main(sys.argv[1:])))
