"""A machine whose clock is wrong, or set while the bot runs, delays nothing, doubles nothing and loses nothing."""

import signal
from pathlib import Path

import pytest

from tests.e2e.relay_fixture import (
    FORMS,
    TAGS,
    RelayFixture,
    baseline,
    eventually,
    publish_one,
    relay_fixture,
)

HOUR = 3600
MAX_BACKLOG = 10


async def start(fixture: RelayFixture, ahead: int, jump: int = 0) -> None:
    """Start the bot on a machine whose clock is wrong."""
    await fixture.start("tests.e2e.wrong_clock", str(ahead), str(jump))


async def publish(fixture: RelayFixture, count: int) -> None:
    """Publish this many posts, not much faster than the bot posts them."""
    for _ in range(count):
        await eventually(lambda: fixture.backlog() < MAX_BACKLOG)
        publish_one(fixture, fixture.chance.choice(sorted(FORMS)), fixture.chance.sample(TAGS, 2))


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
async def test_a_clock_that_is_an_hour_wrong_doubles_and_loses_nothing(tmp_path: Path, ahead: int) -> None:
    async with relay_fixture(tmp_path, seed=ahead) as fixture:
        await start(fixture, ahead)
        await baseline(fixture)
        fixture.discord.faults.next("thread", store=True, cut=True, times=2)
        fixture.discord.faults.next("send", store=True, cut=True, times=2)

        await publish(fixture, 12)
        await fixture.settled()

        assert fixture.differences() == []
        assert "clock corrected" in fixture.log()


async def test_a_clock_that_is_wrong_in_another_way_after_each_kill_changes_nothing(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=5) as fixture:
        for ahead in (HOUR, -HOUR, 0, HOUR):
            await start(fixture, ahead)
            await baseline(fixture)
            fixture.discord.faults.next("thread", store=True, cut=True)
            await publish(fixture, 4)
            await fixture.kill()
        await start(fixture, -HOUR)
        await fixture.settled()

        assert fixture.differences() == []


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_a_clock_that_is_set_while_the_bot_runs_changes_nothing(tmp_path: Path, jump: int) -> None:
    async with relay_fixture(tmp_path, seed=jump) as fixture:
        await start(fixture, 0, jump)
        await baseline(fixture)
        await publish(fixture, 4)

        fixture.send_signal(signal.SIGUSR1)
        fixture.discord.faults.next("thread", store=True, cut=True)
        await publish(fixture, 12)
        await fixture.settled()

        assert fixture.differences() == []
        assert "clock corrected" not in fixture.log()
