"""How fast the bot polls and answers after a start with many feeds that are all due.

    python -m benchmarks.busy_start [--feeds N] [--rounds N] [--out FOLDER]

`feed-relay run` starts with an empty database and feeds from its config file (20 posts, 40 KB, each on an address of
its own), so that every feed has to be parsed and archived. One server follows all of them. While the bot polls, an
admin runs each command again and again. Prints when the first feed was fetched, and how long complete answers took.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks import plots, results
from benchmarks.feed_server import address_of
from benchmarks.processes import Worker, cpu_seconds_of, peak_megabytes, start
from benchmarks.running_bot import running_bot, write_config
from benchmarks.tables import significant, table
from bot.sandbox.discord.models import Channel, Guild, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord

GOAL = 1.0
"""Seconds for a complete answer."""
CHANNELS = 100
HEARTBEAT_INTERVAL = 5.0
"""Seconds; Discord's is longer."""
MAX_SECONDS = 120.0
_PARAGRAPHS = 2
_CHECK_INTERVAL = 0.05


@dataclass(frozen=True, slots=True)
class Sample:
    """How long one answer took, or how long after the start of the program something happened."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class World:
    """A server that follows all feeds, and its admin."""

    discord: SandboxDiscord
    guild: Guild
    channel: Channel
    admin: User


Action = Callable[[World], Awaitable[object]]


def main(feeds: int, rounds: int, folder: Path) -> None:
    """Print a table, and save the samples with a plot."""
    samples = asyncio.run(_measure(feeds, rounds))
    names = dict.fromkeys(sample.name for sample in samples)
    by_name = {name: [each.seconds for each in samples if each.name == name] for name in names}
    rows = [
        (
            name,
            len(taken),
            f"{1000 * median(taken):.0f}",
            f"{1000 * max(taken):.0f}",
            significant(max(taken) / GOAL),
        )
        for name, taken in by_name.items()
    ]
    table(("what", "times", "median, ms", "longest, ms", "longest / goal"), rows)
    results.save(folder, "busy-start", [asdict(sample) for sample in samples])
    bars = {"longest": [1000 * max(taken) for taken in by_name.values()]}
    plots.draw_bars(folder / "busy-start.svg", f"Answers with {feeds:,} due feeds", "ms", list(by_name), bars)


async def _measure(feeds: int, rounds: int) -> list[Sample]:
    with tempfile.TemporaryDirectory() as name, start("feed_server") as site:
        port = site.receive()["port"]
        site.ask(paragraphs=_PARAGRAPHS)
        async with SandboxDiscord(acknowledge_timeout=MAX_SECONDS) as discord:
            discord.gateway.heartbeat_interval = HEARTBEAT_INTERVAL
            world = _create_world(discord)
            channels = [discord.add_channel(world.guild.id, f"bed-{number}").id for number in range(CHANNELS)]
            addresses = (address_of(number, port) for number in range(feeds))
            write_config(
                Path(name), discord, {url: [channels[n % CHANNELS]] for n, url in enumerate(addresses)}
            )
            began = time.perf_counter()
            async with running_bot(Path(name), discord) as bot:
                samples = await _start(world, site, began)
                for _ in range(rounds):
                    samples += [await _time(name, ACTIONS[name], world) for name in ACTIONS]
                taken = time.perf_counter() - began
                polled = sum(site.ask(paragraphs=_PARAGRAPHS)["answers"].values())
                print(
                    f"\n{polled} polls in {taken:.0f} s, {cpu_seconds_of(bot.pid):.0f} s of CPU, at most"
                    f" {peak_megabytes(bot.pid):.0f} MB, {discord.gateway.heartbeats} heartbeats,"
                    f" {discord.gateway.identified} sessions"
                )
                return samples


def _create_world(discord: SandboxDiscord) -> World:
    guild = discord.add_guild("The Allotment")
    wardens = discord.add_role(guild.id, "wardens", permissions=Permission.MANAGE_GUILD)
    return World(
        discord,
        guild,
        discord.add_channel(guild.id, "office"),
        discord.add_member(guild.id, "Iris", roles=(wardens,)),
    )


async def _start(world: World, site: Worker, began: float) -> list[Sample]:
    """Wait for the commands, the gateway and the first poll."""
    events: dict[str, Callable[[], object]] = {
        "start until the first poll": lambda: site.ask(paragraphs=_PARAGRAPHS)["answers"],
        "start until the gateway is connected": lambda: world.discord.gateway.connected_shards,
        "start until the commands are registered": lambda: world.discord.commands[None],
    }
    found: list[Sample] = []
    while events:
        for name in [name for name, has_happened in events.items() if has_happened()]:
            del events[name]
            found.append(Sample(name, time.perf_counter() - began))
        await asyncio.sleep(_CHECK_INTERVAL)
    return found


async def _time(name: str, action: Action, world: World) -> Sample:
    began = time.perf_counter()
    await action(world)
    return Sample(name, time.perf_counter() - began)


def _command(name: str, **options: str) -> Action:
    async def run(world: World) -> None:
        answer = await world.discord.interact(
            world.guild, world.channel, world.admin, name, options, timeout=MAX_SECONDS
        )
        await world.discord.wait_for(lambda: answer.message, timeout=MAX_SECONDS)

    return run


def _completion(name: str, option: str, typed: str) -> Action:
    return lambda world: world.discord.complete(
        world.guild, world.channel, world.admin, name, {option: typed}, focused=option, timeout=MAX_SECONDS
    )


ACTIONS: dict[str, Action] = {
    "/feed list": _command("feed list"),
    "/feed status": _command("feed status"),
    "/feed status of one feed": _command("feed status", feed="feed:7"),
    "completion of a feed": _completion("feed status", "feed", "12"),
    "/search": _command("search", query="garden"),
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(given.feeds, given.rounds, given.out)
