"""How long a new post takes from the feed's answer to the message in Discord.

    python -m benchmarks.latency [--rounds N]

Ten feeds with 20 posts, each with a channel of its own. In each round one feed has a new post, or all ten have one:
then their answers are held back until all ten were asked for, so that ten posts come at once.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aiohttp import web

from benchmarks import plots, results
from benchmarks.deliver import MAX_SECONDS, post, stored_messages
from benchmarks.running_bot import running_bot, write_config
from benchmarks.tables import at, significant, table
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, BlogFeed, Document

FEEDS = 10
POSTS = 20
TOGETHER = (1, FEEDS)
"""New posts in a round."""
GOALS = {1: 0.1, FEEDS: 0.25}
"""Seconds that 99 of 100 messages may take, by new posts in a round."""
PERCENTILES = (50, 95, 99, 100)


@dataclass(frozen=True, slots=True)
class Sample:
    """One message."""

    together: int
    seconds: float


class Gate:
    """Holds answers back until as many as expected were asked for, and notes when it lets them go."""

    def __init__(self, expected: int) -> None:
        self.opened_at = 0.0
        self._missing = expected
        self._open = asyncio.Event()

    async def answer(self, _request: web.Request, document: Document) -> web.Response:
        """Answer with the document once the gate is open."""
        self._missing -= 1
        if not self._missing:
            self.opened_at = time.monotonic()
            self._open.set()
        await self._open.wait()
        return web.Response(
            body=document.body, headers={"ETag": document.etag, "Content-Type": document.content_type}
        )


def main(rounds: int, folder: Path) -> None:
    """Print a table, and save all samples with a plot."""
    samples = asyncio.run(measure(rounds))
    grouped = {together: [s.seconds for s in samples if s.together == together] for together in TOGETHER}
    columns = ("posts at once", "messages", *(f"p{percent}, ms" for percent in PERCENTILES), "p99 / goal")
    table(columns, (_row(together, seconds) for together, seconds in grouped.items()))
    results.save(folder, "latency", [asdict(sample) for sample in samples])
    names = {f"{together} at once": _percentiles(seconds) for together, seconds in grouped.items()}
    percentiles = [f"p{percent}" for percent in PERCENTILES]
    plots.draw_bars(folder / "latency.svg", "From the feed's answer to the message", "ms", percentiles, names)


async def measure(rounds: int) -> list[Sample]:
    """Return samples of `rounds` messages for each number of posts in a round."""
    with tempfile.TemporaryDirectory() as name:
        async with Blog() as blog, SandboxDiscord() as discord:
            guild = discord.add_guild("The Allotment")
            feeds = [blog.feed(f"bed-{number}") for number in range(FEEDS)]
            for feed in feeds:
                feed.publish(*(post(number) for number in range(POSTS)))
            channels = {feed.url: [discord.add_channel(guild.id, feed.name).id] for feed in feeds}
            write_config(Path(name), discord, channels, first_run=1)
            async with running_bot(Path(name), discord):
                await discord.wait_for(lambda: stored_messages(discord) == FEEDS, timeout=MAX_SECONDS)
                return [
                    sample
                    for together in TOGETHER
                    for number in range(rounds // together)
                    for sample in await _round(discord, _next(feeds, together, number))
                ]


def _next(feeds: Sequence[BlogFeed], together: int, number: int) -> Sequence[BlogFeed]:
    first = number * together % len(feeds)
    return feeds[first : first + together]


async def _round(discord: SandboxDiscord, feeds: Sequence[BlogFeed]) -> list[Sample]:
    """Publish a post in each of these feeds, and wait for the messages."""
    before, gate = stored_messages(discord), Gate(len(feeds))
    for feed in feeds:
        feed.publish(post(len(feed.posts)))
        feed.next(gate.answer)
    await discord.wait_for(lambda: stored_messages(discord) == before + len(feeds), timeout=MAX_SECONDS)
    sends = discord.calls("send")[-len(feeds) :]
    return [Sample(len(feeds), send.at - gate.opened_at) for send in sends]


def _percentiles(seconds: Sequence[float]) -> list[float]:
    """Return milliseconds."""
    return [1000 * (max(seconds) if percent == 100 else at(seconds, percent)) for percent in PERCENTILES]


def _row(together: int, seconds: Sequence[float]) -> list[str]:
    found = [significant(value) for value in _percentiles(seconds)]
    return [str(together), str(len(seconds)), *found, f"{at(seconds, 99) / GOALS[together]:.2f}"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100, help="messages for each row")
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(given.rounds, given.out)
