"""The bot loses nothing and posts nothing twice when it is killed before or after any step."""

import signal
from pathlib import Path

import pytest

from bot.sandbox.discord.rate_limits import GENEROUS
from tests.e2e.bot_process import TIMEOUT
from tests.e2e.kill_at_step import STEPS
from tests.e2e.relay_fixture import RelayFixture, baseline, publish_one, relay_fixture


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_kill_at_any_step_loses_nothing_and_posts_nothing_twice(tmp_path: Path, when: str) -> None:
    async with relay_fixture(tmp_path) as fixture:
        fixture.discord.rates.crossposts = (
            GENEROUS  # the requests that kills repeat must not use up the hour's ten
        )
        await fixture.start()
        await baseline(fixture)
        await fixture.stop()

        for step in STEPS:
            _publish_for_every_channel(fixture)
            await fixture.start("tests.e2e.kill_at_step", when, step, "1")
            assert await fixture.died() == -signal.SIGKILL, f"{when} {step} was never reached"
        await fixture.start()
        await fixture.settled()

        assert fixture.differences() == []
        await _published(fixture)


def _publish_for_every_channel(fixture: RelayFixture) -> None:
    for name in ("garden", "night-sky", "slow-wheels"):
        publish_one(fixture, name, tags=("spring", "stars"))


async def _published(fixture: RelayFixture) -> None:
    """Wait until the bot has published as many messages of the announcement channel as it may in an hour."""
    await fixture.discord.wait_for(
        lambda: sum(message.published for message in fixture.messages("sky")) >= 10, timeout=TIMEOUT
    )
