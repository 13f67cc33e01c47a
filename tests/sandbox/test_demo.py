"""`demo` as a newcomer meets it: a process of its own, without a terminal, a token or a network."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE = 90.0
"""Seconds until a demo that hangs fails the test."""

BELONGS = {
    "garden": ("The first tulips", "3 photos", "Compost is mostly patience", "Rain gauge, week 19"),
    "tulips": ("The first tulips", "3 photos"),
    "astronomy": ("Perseids tonight: where to look, and when", "Saturn beside the Moon on Thursday"),
    "workshop": ("A ride along the canal", "asks about the bell"),
    "rides": ("A ride along the canal",),
}
"""What each channel must show, in this order; of the title with a mention, the part after it."""

OLD = ("Seed order sent", "New moon weekend", "Winter chain care")
"""What stood in the blogs before the bot came."""

_HEAD = re.compile(r"  #([a-z]+)(?: / .+)?  \d\d:\d\d:\d\d UTC")


class Watched:
    """A running demo, and what it has printed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def read_line(self) -> bool:
        """False at the end."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if line:
            self.lines.append(line.decode().rstrip("\n"))
        return bool(line)

    async def read_until_all_is_shown(self) -> None:
        while not is_complete(self.shown()):
            assert await self.read_line(), self.lines

    async def end(self) -> tuple[int, str]:
        """Its exit code, and what it complained of."""
        assert self.process.stderr is not None
        while await self.read_line():
            pass
        complaints = await self.process.stderr.read()
        return await self.process.wait(), complaints.decode()

    def shown(self) -> dict[str, list[str]]:
        """The messages that it has shown, by channel: all lines of each."""
        found: dict[str, list[str]] = {name: [] for name in BELONGS}
        channel = ""
        for line in self.lines:
            if head := _HEAD.fullmatch(line):
                channel = head[1]
                found[channel].append("")
            elif not line.startswith("    "):
                channel = ""
            elif channel:
                found[channel][-1] += f"{line}\n"
        return found


@asynccontextmanager
async def demo(*options: str) -> AsyncIterator[Watched]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", *options),
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            yield Watched(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def is_complete(shown: Mapping[str, list[str]]) -> bool:
    return all(len(shown[channel]) >= len(titles) for channel, titles in BELONGS.items())


async def test_every_post_is_shown_where_it_belongs_once_and_ctrl_c_ends_the_demo() -> None:
    async with demo() as watched:
        await watched.read_until_all_is_shown()
        watched.process.send_signal(signal.SIGINT)
        status, complaints = await watched.end()

    shown = watched.shown()
    assert (status, complaints) == (0, "")
    for channel, titles in BELONGS.items():
        assert len(shown[channel]) == len(titles), channel
        assert all(title in text for title, text in zip(titles, shown[channel], strict=True)), channel
    assert not any(title in line for title in OLD for line in watched.lines)
    assert watched.lines[-1] == "11 messages in 5 channels, 0 pings."


async def test_the_demo_ends_by_itself_after_the_seconds_given() -> None:
    async with demo("--seconds", "1") as watched:
        status, complaints = await watched.end()

    assert (status, complaints) == (0, "")
    assert watched.lines[-1].endswith(" 0 pings.")


async def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with demo("--port", port) as watched:
            status, complaints = await watched.end()

    assert status == 1
    assert complaints == f"feed-relay: Port {port} cannot be used; give another one with --port, or none.\n"
