"""Troubles of one of several processes, or of what they share: the database and their connections to it.

Each records in the history how often it happened, since a trouble can't happen to a process that doesn't run.
"""

import asyncio
import random

from benchmarks.fault_runs.process_faults import leave_unanswered
from benchmarks.fault_runs.storage import ServerStorage
from benchmarks.fault_runs.world import World, eventually
from bot.model import Role
from tests.store.postgres.proxy import Link

OUTAGE = 60.0
"""Seconds without the database."""
TAKEOVER = 15.0
"""Seconds in which another process should lead."""
MAX_CUT_PAUSE = 0.3
MAX_COMMITS = 5
COMMIT = b"Q\0\0\0\x0bCOMMIT\0"
"""As a client sends it: https://www.postgresql.org/docs/current/protocol-message-formats.html."""


async def lose_database(world: World, _: random.Random, _seconds: float) -> None:
    """Make the database unreachable for a minute."""
    await world.storage.fail(OUTAGE)
    _note(world, "lose database")


async def lose_poller(world: World, chance: random.Random, seconds: float) -> None:
    """Kill a process that polls, and start it again after a while."""
    await _lose_one(world, chance, Role.POLL, seconds)
    _note(world, "lose poller")


async def lose_gateway(world: World, chance: random.Random, seconds: float) -> None:
    """Kill a process with a gateway, and start it again after a while."""
    await _lose_one(world, chance, Role.GATEWAY, seconds)
    _note(world, "lose gateway")


async def _lose_one(world: World, chance: random.Random, role: Role, seconds: float) -> None:
    async with world.bot.absent([chance.choice(world.bot.numbers(role))]):
        await asyncio.sleep(seconds)


async def lose_leader(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the process that sends, perhaps during a send, and start it again once another one leads."""
    await _wait_for_send(world, chance, seconds)
    if leader := await _leader(world):
        async with world.bot.absent([world.bot.number(_pid(leader))]):
            await _other_leads(world, leader)
            _note(world, "lose leader")
    world.discord.faults.release()


async def freeze_leader(world: World, chance: random.Random, seconds: float) -> None:
    """Freeze the process that sends, perhaps during a send, until another one leads. Then it wakes up."""
    await _wait_for_send(world, chance, seconds)
    if leader := await _leader(world):
        async with world.bot.paused([world.bot.number(_pid(leader))]):
            if await _other_leads(world, leader):
                _note(world, "freeze leader")
    world.discord.faults.release()


async def two_leaders(world: World, _: random.Random, seconds: float) -> None:
    """Make the server drop the connection of the process that sends, which does not notice it."""
    leader = await _leader(world)
    link = next((link for link in _links(world) if leader and link.name == leader), None)
    if link is None:
        return
    link.fall_silent()
    if await _other_leads(world, leader):
        _note(world, "two leaders")
        await asyncio.sleep(seconds)
    link.cut()


async def cut_connections(world: World, chance: random.Random, seconds: float) -> None:
    """Cut one connection or all of them, again and again."""
    for _cut in range(max(1, int(seconds / MAX_CUT_PAUSE))):
        links = _links(world)
        for link in links if chance.random() < 0.3 else chance.sample(links, min(1, len(links))):
            link.cut()
            _note(world, "cut connections")
        await asyncio.sleep(chance.uniform(0, MAX_CUT_PAUSE))


async def fail_commits(world: World, chance: random.Random, seconds: float) -> None:
    """Lose the connection right before the server commits, or right after."""
    proxy, number = _server(world).proxy, chance.randint(1, MAX_COMMITS)
    moments = [chance.choice(("before", "after")) for _ in range(number)]
    proxy.cuts_before = lambda sent: _takes(moments, "before", sent)
    proxy.cuts_after = lambda sent: _takes(moments, "after", sent)
    await eventually(lambda: not moments, seconds)
    _note(world, "fail commits", number - len(moments))
    moments.clear()


async def upgrade(world: World, _: random.Random, _seconds: float) -> None:
    """Replace the processes one by one with those of a newer version, which changes the database."""
    async with world.one_upgrade:
        world.upgrade()
        for number in (number for role in Role for number in world.bot.numbers(role)):
            await world.bot.replace(number)
            await eventually(lambda number=number: _has_joined(world, number), TAKEOVER)  # type: ignore[misc] # mypy can't infer it
    _note(world, "upgrade")


def _has_joined(world: World, number: int) -> bool:
    """Return whether a process holds its locks."""
    return any(link.name and world.bot.number(_pid(link.name)) == number for link in _links(world))


def _takes(moments: list[str], moment: str, sent: bytes) -> bool:
    """Return whether this is a commit to be lost, and count it."""
    is_lost = moments[:1] == [moment] and sent == COMMIT
    if is_lost:
        del moments[0]
    return is_lost


async def _wait_for_send(world: World, chance: random.Random, seconds: float) -> None:
    """Perhaps make Discord leave a message unanswered, whether it stores it or not."""
    if chance.random() < 0.5:
        leave_unanswered(world, chance, stored=0.7)
        await eventually(lambda: world.discord.faults.hanging, seconds)


async def _leader(world: World) -> str:
    """Return the name of the process that sends, "" if none does."""
    return await _server(world).leader()


async def _other_leads(world: World, former: str) -> bool:
    """Wait until another process sends, but not forever: it may have been killed, too."""
    loop = asyncio.get_running_loop()
    until = loop.time() + TAKEOVER
    while loop.time() < until:
        if await _leader(world) not in ("", former):
            return True
        await asyncio.sleep(0.1)
    return False


def _pid(name: str) -> int:
    return int(name.split()[2])


def _links(world: World) -> list[Link]:
    return list(_server(world).proxy.links)


def _server(world: World) -> ServerStorage:
    if not isinstance(world.storage, ServerStorage):
        raise TypeError("only processes with a server can lose each other")
    return world.storage


def _note(world: World, trouble: str, times: int = 1) -> None:
    if times:
        world.history.add("trouble", name=trouble, times=times)
