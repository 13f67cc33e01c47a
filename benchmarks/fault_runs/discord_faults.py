"""What happens to Discord's answers and its gateway, for as long as a step says."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from benchmarks.fault_runs.world import World, eventually

ANSWERS: tuple[dict[str, Any], ...] = (
    *({"status": status, "store": store} for status in (408, 500, 502, 503, 504) for store in (False, True)),
    *({"cut": True, "store": store} for store in (False, True)),
    *({"hang": True, "store": store} for store in (False, True)),
    *(
        {"status": 200, "body": body, "store": store}
        for body in ("", '{"id": "1', "[]", "{}", "null")
        for store in (False, True)
    ),
    *({"late": seconds} for seconds in (0.5, 2.0)),
    *({"late": seconds, "status": 408} for seconds in (0.5, 2.0)),
    {"refused": ("embeds.0.image.url",)},
    {"refused": ("message.embeds.0.image.url",)},
    {"rate_limited": 0.4},
    {"rate_limited": 0.4, "is_global": True},
    {"rate_limited": 0.4, "via": False},
    {"cloudflare": True, "status": 429},
    {"cloudflare": True},
)
"""What may come in place of an answer; `store`: after Discord did what was asked."""


GATEWAY_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("connect", {"status": 503}),
    ("connect", {"cut": True}),
    ("hello", {"cut": True}),
    ("identify", {"close": 4000}),
    ("identify", {"invalid_session": False}),
    ("resume", {"cut": True}),
    ("resume", {"close": 4009}),
    ("resume", {"invalid_session": True}),
    ("resume", {"reconnect": True}),
)
"""What may happen when the bot connects again, and at which stage."""


async def answer(world: World, chance: random.Random, seconds: float) -> None:
    """Make Discord's next answers wrong, late, lost or refusals."""
    operation = chance.choice(("send", "send", "send", "thread", "thread", "history", "crosspost", "*"))
    wrong = chance.choice(ANSWERS)
    world.discord.faults.next(operation, times=chance.choice((1, 1, 2, 3)), **wrong)
    if "hang" in wrong:
        await eventually(lambda: world.discord.faults.hanging, seconds)
        await asyncio.sleep(chance.choice((0.3, 1.0, 4.2)))
        world.discord.faults.release()


async def unreachable(world: World, _: random.Random, seconds: float) -> None:
    """Refuse all connections to Discord."""
    async with world.one_outage:
        await world.discord.stop()
        await asyncio.sleep(seconds)
        await world.discord.start()


async def drop_gateway(world: World, chance: random.Random, _: float) -> None:
    """End the gateway's connection or session in one of Discord's ways; perhaps the next attempts fail too."""
    gateway = world.discord.gateway
    code = chance.choice((1000, 1001, 4000, 4007, 4009))
    ways: tuple[Callable[[], None], ...] = (
        world.discord.cut_gateway,
        world.discord.reconnect_gateway,
        world.discord.invalidate_sessions,
        lambda: world.discord.invalidate_sessions(resumable=True),
    )
    if chance.random() < 0.5:
        stage, fault = chance.choice(GATEWAY_FAULTS)
        gateway.faults.next(stage, times=chance.choice((1, 2)), **fault)
    way = chance.randrange(len(ways) + 1)
    if way == len(ways):
        await gateway.close(code)
    else:
        ways[way]()


async def guild_outage(world: World, chance: random.Random, seconds: float) -> None:
    """Make a server unavailable."""
    server = chance.choice(sorted(world.guilds))
    if not world.guilds[server].has_bot or not world.guilds[server].available:
        return
    world.guilds[server] = world.discord.outage(world.guilds[server])
    await asyncio.sleep(seconds)
    world.guilds[server] = world.discord.recover(world.guilds[server])
