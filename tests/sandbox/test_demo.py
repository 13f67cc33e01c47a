"""`demo` as a process of its own, without a terminal, a token or a network."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.sites.blog import Blog

TIMEOUT = 110.0
"""Seconds until a demo that hangs fails the test."""

EXPECTED = {
    "garden": (
        *("The first tulips", "A bed of chard", "Compost is mostly patience", "Rain gauge, week 19"),
        "A trap for vine weevils",
    ),
    "tulips": ("The first tulips", "A bed of chard"),
    "astronomy": ("Perseids tonight: where to look, and when", "Saturn beside the Moon on Thursday"),
    "workshop": ("A ride along the canal", "asks about the bell", "Headset, five millimetres of play"),
    "rides": ("A ride along the canal",),
    "rain-gauge": ("rain-gauge-week-19",),
    "committee": ("Compost is mostly patience",),
    "cuisine": ("Deux œufs, dix minutes",),
    "wolken": ("Die Wolke des Tages",),
    "sampo": ("今日の月",),
    "qahwa": ("مطر على الشباك",),
}
"""The titles in each channel, in order; of the title with a mention, only the part after it."""

OLD = ("Chillies first, always", "Zodiacal light", "Winter chain care", "Der Balkon wacht auf")
"""The posts that were in the blogs before the bot."""

_HEAD = re.compile(r"  #([a-z-]+)(?: / (.+))?  \d\d:\d\d:\d\d UTC")


class RunningDemo:
    """A running demo and its output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def read_line(self) -> bool:
        """Read a line of output. Return False at the end."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if line:
            self.lines.append(line.decode().rstrip("\n"))
        return bool(line)

    async def read_until_all_is_shown(self) -> None:
        while not is_complete(self.shown()):
            assert await self.read_line(), self.lines

    async def end(self) -> tuple[int, str]:
        """Wait until it ends. Return its exit status and what it wrote to stderr."""
        assert self.process.stderr is not None
        while await self.read_line():
            pass
        errors = await self.process.stderr.read()
        return await self.process.wait(), errors.decode()

    def shown(self) -> dict[str, list[str]]:
        """Return the printed messages by channel, with all lines of each."""
        found: dict[str, list[str]] = {name: [] for name in EXPECTED}
        channel = ""
        for line in self.lines:
            if head := _HEAD.fullmatch(line):
                channel = head[1]
                found[channel].append(f"{head[2] or ''}\n")
            elif not line.startswith("    "):
                channel = ""
            elif channel:
                found[channel][-1] += f"{line}\n"
        return found


@asynccontextmanager
async def demo(*options: str, module: str = "bot") -> AsyncIterator[RunningDemo]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "demo", "--no-browser", *options),
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            yield RunningDemo(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def is_complete(shown: Mapping[str, list[str]]) -> bool:
    return all(len(shown[channel]) >= len(titles) for channel, titles in EXPECTED.items())


async def test_every_post_appears_once_in_each_right_channel_and_ctrl_c_ends_the_demo() -> None:
    async with demo(module="tests.sandbox.fast_demo") as running:
        await running.read_until_all_is_shown()
        running.process.send_signal(signal.SIGINT)
        status, errors = await running.end()

    shown = running.shown()
    assert (status, errors) == (0, "")
    for channel, titles in EXPECTED.items():
        assert len(shown[channel]) == len(titles), channel
        assert all(title in text for title, text in zip(titles, shown[channel], strict=True)), channel
    assert not any(title in line for title in OLD for line in running.lines)
    assert running.lines[-1] == "19 messages in 11 channels, 0 pings."


async def test_the_demo_ends_after_the_given_seconds() -> None:
    async with demo("--seconds", "1") as running:
        status, errors = await running.end()

    assert (status, errors) == (0, "")
    assert running.lines[-1].endswith(" 0 pings.")


async def test_a_taken_port_is_reported_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with demo("--port", port) as running:
            status, errors = await running.end()

    assert status == 1
    assert (
        errors
        == f"feed-relay: Port {port} is not available. Choose another with --port, or omit the option.\n"
    )


async def test_a_kept_demo_continues_where_the_last_one_ended(tmp_path: Path) -> None:
    """It has the messages and posts of both runs, and relays into the same channels."""
    for run in (1, 2):
        async with demo("--keep", str(tmp_path), module="tests.sandbox.fast_demo") as running:
            assert await running.read_line()
            titles = await write_post(running.lines[0], f"A boat of run {run}")
            written = [each for each in titles if each.startswith("A boat of run")]
            assert written == [f"A boat of run {each}" for each in range(run, 0, -1)]
            while not all(len(running.shown()[each]) >= run * len(EXPECTED[each]) for each in EXPECTED):
                assert await running.read_line(), running.lines
            running.process.send_signal(signal.SIGINT)
            status, errors = await running.end()

            assert (status, errors) == (0, "")
            assert running.lines[-1].startswith(f"{run * 19} messages in 11 channels")


async def write_post(first_line: str, title: str) -> list[str]:
    """Publish a post in the blog that nobody follows, through the page. Return the blog's titles, newest first."""
    address, _, token = first_line.removeprefix("The page of the demo: ").partition("/#token=")
    posts = "/api/blogs/paper-boats/posts"
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(address, headers=headers) as page:
        await page.post(posts, json={"kind": "text", "title": title, "text": "It floats."})
        return [post["title"] for post in (await (await page.get(posts)).json())["posts"]]


@pytest.mark.parametrize("file", ["discord.jsonl", "posts.jsonl"])
async def test_a_folder_that_cannot_be_kept_is_reported_in_a_sentence(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text("from elsewhere\n")
    async with demo("--keep", str(tmp_path)) as running:
        status, errors = await running.end()

    assert status == 1
    assert errors.endswith("was written by another version. Choose another folder with --keep.\n")


async def test_a_real_feed_in_a_private_network_is_refused() -> None:
    """Only the sandbox's own blogs are exempt from the guard."""
    async with Blog() as inside, demo("--feed", inside.feed("secret").url) as running:
        assert running.process.stderr is not None
        warning = await running.process.stderr.readline()

        assert b"This address leads into a private network" in warning
        assert not inside.requests


async def test_a_wrong_address_of_a_feed_is_reported_in_a_sentence() -> None:
    async with demo("--feed", "nonsense") as running:
        status, errors = await running.end()

    assert status == 2
    assert "'nonsense' is not a web address" in errors


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads Linux's list of processes")
async def test_no_process_is_left_when_the_demo_is_killed() -> None:
    async with demo(module="tests.sandbox.fast_demo") as running:
        await running.read_until_all_is_shown()
        started = descendants(running.process.pid)
        running.process.kill()
        await running.process.wait()
        await asyncio.gather(*(gone(pid) for pid in started))

    assert len(started) > 1


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they started."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    own = [int(each) for thread in threads for each in (thread / "children").read_text().split()]
    return own + [each for child in own for each in descendants(child)]


async def gone(pid: int) -> None:
    """Wait until a process that isn't a child of this one has ended."""
    while is_alive(pid):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; an ended one may stay as a zombie where nothing collects orphans."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
