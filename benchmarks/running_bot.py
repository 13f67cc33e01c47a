"""`feed-relay run` in a process of its own, with a simulated Discord."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.discord.server import SandboxDiscord

SETTINGS = """[discord]
api_url = "{api_url}"
[polling]
interval = "1s"
minimum_interval = "1s"
per_site = 16
allow_private_addresses = true
[posts]
first_run = {first_run}
burst_limit = 1000
"""


def write_config(
    folder: Path, discord: SandboxDiscord, feeds: Mapping[str, Iterable[int]], first_run: int = 0
) -> None:
    """Write a config whose feeds are polled every second. `feeds`: their channels' ids, by address."""
    sections = [SETTINGS.format(api_url=discord.api_url, first_run=first_run)]
    for url, channels in feeds.items():
        sections.append(f'[[feeds]]\nurl = "{url}"\n')
        sections += [f"[[feeds.channels]]\nid = {channel}\n" for channel in channels]
    (folder / "config.toml").write_text("".join(sections), "utf-8")


@asynccontextmanager
async def running_bot(
    folder: Path, discord: SandboxDiscord, *options: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the bot with the config in this folder. `options`: of `feed-relay run`."""
    command = (sys.executable, "-m", "bot", "--log-level", "warning", "run")
    process = await asyncio.create_subprocess_exec(
        *command,
        *options,
        "--config",
        str(folder / "config.toml"),
        env={**os.environ, "FEED_RELAY_DISCORD__TOKEN": discord.token},
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()
