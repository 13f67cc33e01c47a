"""Each post reaches each channel that should have it once and in order: the real process and real sockets."""

import signal
from pathlib import Path

import pytest

from tests.conftest import shared_openapi
from tests.e2e.relay_fixture import (
    RelayFixture,
    baseline,
    beside,
    eventually,
    kill_often,
    publish,
    relay_fixture,
)


async def test_each_post_reaches_each_channel_that_wants_it_once_and_in_order(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, openapi=shared_openapi()) as fixture:
        await fixture.start()
        await baseline(fixture)

        await publish(fixture, 45)
        await fixture.settled()
        status = await fixture.stop()

        assert fixture.differences() == []
        assert status == 0
        assert fixture.discord.invalid_bodies == []
        assert not any(message.pings for channel in fixture.channels for message in fixture.messages(channel))


async def test_kills_at_random_moments_lose_nothing_and_post_nothing_twice(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=2, openapi=shared_openapi()) as fixture:
        await fixture.start()
        await baseline(fixture)

        await beside(publish(fixture, 40, pace=0.1), kill_often(fixture, 6))
        await fixture.settled()

        assert fixture.differences() == []
        assert fixture.kills == 6


async def test_a_restart_posts_nothing_again(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=3) as fixture:
        await fixture.start()
        await baseline(fixture)
        await publish(fixture, 6)
        await fixture.settled()
        await fixture.stop()
        requests_before = _blog_requests(fixture)

        await fixture.start()
        await eventually(lambda: _blog_requests(fixture) >= requests_before + 6)
        await fixture.stop()

        assert fixture.differences() == []


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_with_status_0_and_no_traceback(
    tmp_path: Path, name: signal.Signals
) -> None:
    async with relay_fixture(tmp_path) as fixture:
        await fixture.start("bot")  # with its own intervals
        await baseline(fixture)

        status = await fixture.end(name)

        assert status == 0
        assert "Traceback" not in fixture.log()


def _blog_requests(fixture: RelayFixture) -> int:
    return sum(len(blog.requests) for blog in fixture.blogs.values())
