"""How fast posts reach many channels, as a share of what Discord's limits allow.

    python -m benchmarks.deliver [--channels N …] [--runs N]

One feed with as many new posts as each channel gets, and a simulated Discord that enforces 5 messages in 5 seconds for
each channel and 50 requests in any second for the whole bot. Measured from the first to the last message after a start;
allowed is the shortest time in which both limits let as many messages through. Requests other than messages count
towards the second limit.
"""

import argparse
import asyncio
import math
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks import plots, results
from benchmarks.processes import cpu_seconds_of
from benchmarks.running_bot import running_bot, write_config
from benchmarks.tables import significant, table
from bot.sandbox.discord.rate_limits import GLOBAL, Rate
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, Post

PER_CHANNEL = Rate(5, 5.0)
MESSAGES = 1000
"""At least as many in all, unless MAX_PER_CHANNEL is reached."""
MIN_PER_CHANNEL = 2
MAX_PER_CHANNEL = 20
MAX_SECONDS = 600.0
START = datetime(2026, 5, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run."""

    channels: int
    messages: int
    seconds: float
    allowed: float
    """Seconds."""
    others: int
    """Requests that were not messages, between the first and the last message."""
    refused: int
    """Requests that exceeded a limit."""
    cpu: float
    """Seconds of the bot, from the first to the last message."""

    @property
    def share(self) -> float:
        """How much of what is allowed was used."""
        return self.allowed / self.seconds


def main(sizes: Sequence[int], runs: int, folder: Path) -> None:
    """Print a table, and save all samples with a plot."""
    samples = [asyncio.run(measure(channels)) for channels in sizes for _ in range(runs)]
    columns = (
        "channels",
        "messages",
        "seconds",
        "allowed",
        "share",
        "other requests",
        "refused",
        "CPU ms/message",
    )
    table(columns, (_row([s for s in samples if s.channels == size]) for size in sizes))
    results.save(folder, "deliver", [{**asdict(sample), "share": sample.share} for sample in samples])
    _draw(samples, sizes, folder / "deliver.svg")


async def measure(channels: int) -> Sample:
    """Deliver the posts of one feed to this many channels."""
    each = min(MAX_PER_CHANNEL, max(MIN_PER_CHANNEL, MESSAGES // channels))
    with tempfile.TemporaryDirectory() as name:
        async with Blog() as blog, SandboxDiscord() as discord:
            discord.rates.sends, discord.rates.enforce_everything = PER_CHANNEL, True
            feed = blog.feed("garden")
            feed.publish(*(post(number) for number in range(each)))
            guild = discord.add_guild("The Allotment")
            ids = [discord.add_channel(guild.id, f"bed-{number}").id for number in range(channels)]
            write_config(Path(name), discord, {feed.url: ids}, first_run=each)
            async with running_bot(Path(name), discord) as bot:
                await discord.wait_for(lambda: stored_messages(discord), timeout=MAX_SECONDS)
                cpu = cpu_seconds_of(bot.pid)
                await discord.wait_for(
                    lambda: stored_messages(discord) == channels * each, timeout=MAX_SECONDS
                )
                cpu = cpu_seconds_of(bot.pid) - cpu
            return _sample(discord, channels, each, cpu)


def stored_messages(discord: SandboxDiscord) -> int:
    """Return how many messages all channels have."""
    return sum(map(len, discord.stored.values()))


def _sample(discord: SandboxDiscord, channels: int, each: int, cpu: float) -> Sample:
    sends = [request.at for request in discord.calls("send") if request.status == 200]
    first, last = min(sends), max(sends)
    between = [request for request in discord.requests if first <= request.at <= last]
    refused = sum(request.status == 429 for request in between)
    others = len(between) - sum(request.operation == "send" for request in between)
    return Sample(channels, len(sends), last - first, allowed_seconds(channels, each), others, refused, cpu)


def allowed_seconds(channels: int, each: int) -> float:
    """Return the shortest time from the first to the last message."""
    of_channel = (math.ceil(each / PER_CHANNEL.limit) - 1) * PER_CHANNEL.seconds
    of_bot = (math.ceil(channels * each / GLOBAL.limit) - 1) * GLOBAL.seconds
    return max(of_channel, of_bot)


def post(number: int) -> Post:
    """Return a post of a few sentences."""
    body = f"<p>Bed {number}: the beans are up, and the rain gauge says {number % 30} mm.</p>" * 5
    return Post(str(700_000_000_000_000_000 + number), f"Bed {number}", body, START + timedelta(hours=number))


def _row(samples: Sequence[Sample]) -> list[str]:
    first = samples[0]
    return [
        f"{first.channels:,}",
        f"{first.messages:,}",
        f"{median(sample.seconds for sample in samples):.1f}",
        f"{first.allowed:.1f}",
        f"{median(sample.share for sample in samples):.2f}",
        significant(median(sample.others for sample in samples)),
        significant(median(sample.refused for sample in samples)),
        significant(median(sample.cpu / sample.messages * 1000 for sample in samples)),
    ]


def _draw(samples: Sequence[Sample], sizes: Sequence[int], path: Path) -> None:
    grouped = [[sample for sample in samples if sample.channels == size] for size in sizes]
    bars = {
        "sent": [median(s.messages / s.seconds for s in group) for group in grouped],
        "allowed": [group[0].messages / group[0].allowed for group in grouped],
    }
    plots.draw_bars(path, "Delivery", "messages a second", [f"{size:,} channels" for size in sizes], bars)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--channels", type=int, nargs="+", default=[1, 20, 100, 500])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(given.channels, given.runs, given.out)
