"""Polls for `benchmarks.poll` with the parts and jobs of `feed-relay run`, without Discord.

{"feeds": [address, …]}  → {}                  each followed by one channel
{"poll": true}           → {"wall": …, "cpu": …}  until every feed is polled and every new post can be searched
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.processes import cpu_seconds
from bot import app, logs
from bot.config import Config
from bot.log_format import Format, Level
from bot.model import ChannelDeclaration, FeedDeclaration, SiteBudget
from bot.schedule import Job
from bot.source.http.site import site_of
from bot.store.patience import Patience

PER_SITE = 10
"""Requests to a site at the same time: as many as `reader` has workers."""
CHANNELS = 100
WORKING = frozenset({"poll", "index"})
"""The jobs that work. The others may be woken, but there is no Discord."""
CHECK_INTERVAL = 0.05
"""Seconds between two checks whether all feeds are polled."""


async def main(path: Path) -> None:
    """Answer until stdin is closed. `path`: the database."""
    logs.configure(Level.INFO, Format.CONSOLE)
    gc.freeze()  # as `run` does
    async with app.build(_config(path), Patience(), with_commands=False) as running:
        await _follow(running, json.loads(await _line())["feeds"])
        print("{}", flush=True)
        jobs = [
            job if job.name in WORKING else Job(job.name, job.interval, _rest) for job in app.jobs(running)
        ]
        begin = partial(running.shared.schedule.start, jobs)
        while await _line():
            print(json.dumps(await _poll(running, begin)), flush=True)
            begin = partial(running.shared.schedule.wake, "poll")
        await running.shared.schedule.stop()


async def _rest() -> None:
    """Do nothing."""


async def _line() -> str:
    return await asyncio.to_thread(sys.stdin.readline)


def _config(path: Path) -> Config:
    return Config.model_validate(
        {
            "discord": {"token": "none"},
            "store": {"path": path},
            "polling": {"interval": "1d", "per_site": PER_SITE, "allow_private_addresses": True},
        }
    )


async def _follow(running: app.App, feeds: Sequence[str]) -> None:
    """Let a channel follow each feed, which makes it due: its first poll begins when the schedule is started."""
    declared = [
        FeedDeclaration(url, channels=(ChannelDeclaration(1 + number % CHANNELS),))
        for number, url in enumerate(feeds)
    ]
    budget = SiteBudget(PER_SITE, timedelta())
    await running.shared.store.subscriptions.sync(declared, site_of, lambda _: budget, running.shared.clock())


async def _poll(running: app.App, begin: Callable[[], None]) -> dict[str, float]:
    """Make every feed due, and wait until all are polled and every post can be searched."""
    cpu, began = cpu_seconds(), time.perf_counter()
    await running.shared.store.feeds.poll_all(running.shared.clock())
    begin()
    await _until_polled(running)
    await running.poller.tick()  # finds nothing, but after it an earlier tick has started all that it claimed
    await running.poller.drain()
    while await running.shared.store.index.catch_up():
        pass
    return {"wall": time.perf_counter() - began, "cpu": cpu_seconds() - cpu}


async def _until_polled(running: app.App) -> None:
    while await running.shared.store.feeds.first_start(running.shared.clock()) is not None:  # noqa: ASYNC110 - only the database knows
        await asyncio.sleep(CHECK_INTERVAL)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
