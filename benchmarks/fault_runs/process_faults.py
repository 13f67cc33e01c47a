"""What happens to the process, its disk and its clock, for as long as a step says."""

import asyncio
import random
from typing import Any

from benchmarks.fault_runs.bot import NONCE_WINDOW
from benchmarks.fault_runs.world import World, eventually

MAX_CLOCK_ERROR = 3600.0

DATE_STEP = 1.0
"""Seconds by which a clock that follows Discord's `Date` may be behind."""

MAX_LATE = 2.0
"""Seconds that a request may take to arrive. The bot counts on at most LATE_ARRIVAL, even if a step takes longer."""


def leave_unanswered(world: World, chance: random.Random, *, stored: float) -> None:
    """Make Discord leave a message unanswered, which it stores at once, by this chance, or a little later."""
    operation = chance.choice(("send", "thread"))
    if chance.random() < stored:
        world.discord.faults.next(operation, store=True, hang=True)
    else:
        world.discord.faults.next(operation, late=chance.uniform(0.0, MAX_LATE), hang=True)


async def kill(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the bot at any moment."""
    await world.bot.kill(chance.choice((0.0, seconds)))


async def kill_in_send(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the bot while Discord has stored a message but not answered yet."""
    leave_unanswered(world, chance, stored=1.0)
    if await eventually(lambda: world.discord.faults.hanging, seconds):
        await world.bot.kill()
    world.discord.faults.release()


async def long_absence(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the whole bot, perhaps during a send, and start it after Discord has forgotten its nonces."""
    leave_unanswered(world, chance, stored=0.8)
    await eventually(lambda: world.discord.faults.hanging, seconds)
    async with world.bot.absent():  # a process that still runs would rely on recent nonces
        await asyncio.sleep(NONCE_WINDOW.total_seconds() + DATE_STEP + 0.2)
        world.forget_nonces()


async def terminate(world: World, chance: random.Random, seconds: float) -> None:
    """Stop the bot as a service manager does, and start it again."""
    await world.bot.terminate(chance.choice((0.0, seconds)))


async def terminate_without_gateway(world: World, chance: random.Random, seconds: float) -> None:
    """Stop the bot while its gateway can't connect."""
    gateway = world.discord.gateway
    way: dict[str, Any] = chance.choice(({"status": 503}, {"cut": True}, {"hang": True}))
    gateway.faults.next("connect", times=1000, **way)
    world.discord.cut_gateway()
    await asyncio.sleep(seconds / 2)
    await world.bot.terminate()
    gateway.faults.clear()


async def pause(world: World, _: random.Random, seconds: float) -> None:
    """Stop the process for a while, as a laptop's lid does."""
    async with world.bot.paused():
        await asyncio.sleep(seconds)


async def lock(world: World, _: random.Random, seconds: float) -> None:
    """Lock the database from another program."""
    await world.storage.lock(seconds)


async def fill_disk(world: World, _: random.Random, seconds: float) -> None:
    """Fill the database's disk, or stop its server."""
    await world.storage.fail(seconds)


async def clock(world: World, chance: random.Random, seconds: float) -> None:
    """Change the bot's clock by up to an hour, for these seconds or permanently."""
    before = world.clock_error
    world.set_clock(before + round(chance.uniform(-MAX_CLOCK_ERROR, MAX_CLOCK_ERROR)))
    if seconds:
        await asyncio.sleep(seconds)
        world.set_clock(before)
