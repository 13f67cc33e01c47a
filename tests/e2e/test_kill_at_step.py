"""Killed at every boundary of every step, the bot loses nothing and doubles nothing."""

import signal
from pathlib import Path

import pytest

from tests.e2e.kill_at_step import STEPS
from tests.e2e.relay_fixture import Life, baseline, life, publish_one


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_kill_at_a_step_s_boundary_loses_nothing_and_doubles_nothing(
    tmp_path: Path, when: str
) -> None:
    async with life(tmp_path) as world:
        await world.start()
        await baseline(world)
        await world.stop()

        for step in STEPS:
            provoke(world)
            await world.start("tests.e2e.kill_at_step", when, step)
            assert await world.died() == -signal.SIGKILL, f"{when} {step} was never reached"
        await world.start()
        await world.settled()

        assert world.faults() == []
        await published(world)


def provoke(world: Life) -> None:
    """A post that every kind of channel wants, so that every step has work."""
    for name in ("garden", "night-sky", "slow-wheels"):
        publish_one(world, name, tags=("spring", "stars"))


async def published(world: Life) -> None:
    """The announcement channel's messages reach its followers: ten an hour, less those asked twice around a kill."""
    await world.discord.wait_for(
        lambda: sum(message.published for message in world.messages("sky")) >= 8, timeout=30
    )
