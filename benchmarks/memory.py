"""The memory of `feed-relay run` with 100 feeds after 1,000 polls, 2,000 polls, and so on.

    python -m benchmarks.memory [--feeds N] [--polls N] [--rounds N]

Every tenth poll brings a new post. Prints the resident memory of the bot and of its parser, read from /proc.
"""

import argparse
import asyncio
import itertools
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.processes import children, resident_megabytes
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, Post


async def main(feeds: int, polls: int, rounds: int) -> None:
    """Measure `rounds` times, each time after `polls` more polls."""
    with tempfile.TemporaryDirectory() as folder:
        async with Blog() as blog, SandboxDiscord() as discord:
            for number in range(feeds):
                blog.feed(f"feed-{number}").publish(*(post(index) for index in range(20)))
            (Path(folder) / "config.toml").write_text(config(blog, discord), "utf-8")
            async with running(Path(folder), discord) as process:
                for measured in range(1, rounds + 1):
                    await wait_for_requests(blog, measured * polls)
                    await report(len(blog.requests), discord, process)


async def report(requests: int, discord: SandboxDiscord, process: asyncio.subprocess.Process) -> None:
    """Print one line of measurements."""
    messages = sum(len(discord.messages(channel)) for channel in discord.channels)
    parser = sum(resident_megabytes(pid) for pid in children(process.pid))
    print(
        f"{requests} polls, {messages} messages: bot {resident_megabytes(process.pid):.1f} MB, parser {parser:.1f} MB",
        flush=True,
    )


async def wait_for_requests(blog: Blog, count: int) -> None:
    """Wait until the blog has had `count` requests, and publish a new post after every tenth."""
    feeds = itertools.cycle(blog.feeds.values())
    published = len(blog.requests) // 10
    while len(blog.requests) < count:
        while published < len(blog.requests) // 10:
            published += 1
            next(feeds).publish(post(1000 + published))
        await asyncio.sleep(0.01)


def post(number: int) -> Post:
    """Return a post of a few paragraphs."""
    body = f"<p>Bed {number}: the beans are up, and the rain gauge says {number % 30} mm.</p>" * 20
    moment = datetime(2026, 5, 4, tzinfo=UTC) + timedelta(minutes=number)
    return Post(
        f"{700_000_000_000_000_000 + number}", f"Bed {number}", body, moment, ("garden", f"bed {number % 7}")
    )


def config(blog: Blog, discord: SandboxDiscord) -> str:
    """Return a config that polls every feed as often as possible, each for one of ten channels."""
    guild = discord.add_guild("The Allotment")
    channels = itertools.cycle([discord.add_channel(guild.id, f"bed-{number}") for number in range(10)])
    sections = "".join(
        f'[[feeds]]\nurl = "{feed.url}"\n[[feeds.channels]]\nid = {channel.id}\n'
        for feed, channel in zip(blog.feeds.values(), channels, strict=False)
    )
    return (
        f'[discord]\napi_url = "{discord.api_url}"\n'
        '[polling]\ninterval = "1s"\nminimum_interval = "1s"\nper_site = 16\nallow_private_addresses = true\n'
        f"{sections}"
    )


@asynccontextmanager
async def running(folder: Path, discord: SandboxDiscord) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the bot in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "bot",
            "--log-level",
            "warning",
            "run",
            "--config",
            str(folder / "config.toml"),
        ),
        env={**os.environ, "FEED_RELAY_DISCORD__TOKEN": discord.token},
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--polls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=6)
    given = parser.parse_args()
    asyncio.run(main(given.feeds, given.polls, given.rounds))
