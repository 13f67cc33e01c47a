"""Every post that should be in a channel is there once, in order, and nothing else: the real process, real sockets."""

import signal
from pathlib import Path

import pytest

from tests.conftest import shared_openapi
from tests.e2e.relay_fixture import Life, baseline, beside, eventually, kill_often, life, publish


async def test_each_post_reaches_each_channel_that_wants_it_once_and_in_order(tmp_path: Path) -> None:
    async with life(tmp_path, openapi=shared_openapi()) as world:
        await world.start()
        await baseline(world)

        await publish(world, 45)
        await world.settled()
        status = await world.stop()

        assert world.faults() == []
        assert status == 0
        assert world.discord.invalid_bodies == []
        assert [message for name in world.channels for message in world.messages(name) if message.pings] == []


async def test_kills_at_random_moments_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    async with life(tmp_path, seed=2, openapi=shared_openapi()) as world:
        await world.start()
        await baseline(world)

        await beside(publish(world, 40, pace=0.1), kill_often(world, 6))
        await world.settled()

        assert world.faults() == []
        assert world.kills == 6


async def test_a_restart_announces_nothing_again(tmp_path: Path) -> None:
    async with life(tmp_path, seed=3) as world:
        await world.start()
        await baseline(world)
        await publish(world, 6)
        await world.settled()
        await world.stop()
        asked = asked_in_all(world)

        await world.start()
        await eventually(lambda: asked_in_all(world) >= asked + 6)
        await world.stop()

        assert world.faults() == []


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_with_status_0_and_no_traceback(
    tmp_path: Path, name: signal.Signals
) -> None:
    async with life(tmp_path) as world:
        await world.start()
        await baseline(world)

        status = await world.end(name)

        assert status == 0
        assert "Traceback" not in world.log()


def asked_in_all(world: Life) -> int:
    return sum(len(blog.requests) for blog in world.blogs.values())
