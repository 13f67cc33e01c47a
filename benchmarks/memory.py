"""The memory of `feed-relay run` with many feeds, and with many servers.

    python -m benchmarks.memory [--feeds N …] [--servers N] [--channels N] [--rounds N] [--out FOLDER]

The bot polls every feed again and again (20 posts, 40 KB, each on an address of its own). In each round one feed in
ten has a new post, which goes to a Discord on this machine. Prints resident memory, as /proc reports it: of the bot
after each round and at its highest, and of its parsers.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import plots, results
from benchmarks.feed_server import address_of
from benchmarks.processes import Worker, children, peak_megabytes, resident_megabytes, start
from benchmarks.running_bot import running_bot, write_config
from benchmarks.tables import table
from bot.sandbox.discord.server import SandboxDiscord

_PARAGRAPHS = 2
"""Paragraphs of a post."""
_CHECK_INTERVAL = 0.1
"""Seconds between two counts of the requests."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How large a bot's world is."""

    feeds: int
    servers: int
    channels: int
    """Per server."""

    def __str__(self) -> str:
        return f"{self.feeds:,} feeds, {self.servers:,} × {self.channels} channels"


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory in MB after a round."""

    setting: str
    round: int
    messages: int
    bot: float
    peak: float
    """The bot's highest until then."""
    parsers: tuple[float, ...]


def main(settings: Sequence[Setting], rounds: int, folder: Path) -> None:
    """Print a table, and save the samples with a plot."""
    samples = [sample for setting in settings for sample in asyncio.run(_measure(setting, rounds))]
    columns = ("world", "round", "messages", "bot MB", "highest MB", "parsers MB")
    table(columns, map(_row, samples))
    name = "memory-servers" if settings[0].servers > 1 else "memory"
    results.save(folder, name, [asdict(sample) for sample in samples])
    last = [sample for sample in samples if sample.round == rounds]
    bars = {"bot": [sample.bot for sample in last], "parsers": [sum(sample.parsers) for sample in last]}
    plots.draw_bars(folder / f"{name}.svg", "Memory", "MB", [sample.setting for sample in last], bars)


def _row(sample: Sample) -> tuple[object, ...]:
    parsers = " + ".join(f"{each:.0f}" for each in sample.parsers)
    return (
        sample.setting,
        sample.round,
        f"{sample.messages:,}",
        f"{sample.bot:.0f}",
        f"{sample.peak:.0f}",
        parsers,
    )


async def _measure(setting: Setting, rounds: int) -> list[Sample]:
    """Return a sample after each round."""
    with tempfile.TemporaryDirectory() as name, start("feed_server") as site:
        port = site.receive()["port"]
        async with SandboxDiscord() as discord:
            write_config(Path(name), discord, _follow(setting, port, discord))
            async with running_bot(Path(name), discord) as bot:
                return [
                    await _sample(setting, number, site, discord, bot.pid) for number in range(1, rounds + 1)
                ]


async def _sample(setting: Setting, number: int, site: Worker, discord: SandboxDiscord, bot: int) -> Sample:
    """Wait until there were as many requests as there are feeds, then measure."""
    polled = 0
    while polled < setting.feeds:
        polled += sum(site.ask(more=number - 1, paragraphs=_PARAGRAPHS)["answers"].values())
        await asyncio.sleep(_CHECK_INTERVAL)
    parsers = tuple(resident_megabytes(parser) for parser in children(bot))
    messages = len(discord.all_messages())
    return Sample(str(setting), number, messages, resident_megabytes(bot), peak_megabytes(bot), parsers)


def _follow(setting: Setting, port: int, discord: SandboxDiscord) -> dict[str, Sequence[int]]:
    """Return the channels of each feed. Every channel follows a feed, and every feed is followed."""
    guilds = [discord.add_guild(f"Allotment {number}") for number in range(setting.servers)]
    channels = [
        discord.add_channel(guild.id, f"bed-{number}").id
        for guild in guilds
        for number in range(setting.channels)
    ]
    return {
        address_of(number, port): channels[number :: setting.feeds] or [channels[number % len(channels)]]
        for number in range(setting.feeds)
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, nargs="+", default=[100, 2000])
    parser.add_argument("--servers", type=int, default=1)
    parser.add_argument("--channels", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main([Setting(feeds, given.servers, given.channels) for feeds in given.feeds], given.rounds, given.out)
