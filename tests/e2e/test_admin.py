"""Admins set everything up from inside Discord: the real process, commands typed and buttons pressed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import shared_openapi
from tests.e2e import admin_steps
from tests.e2e.admin_fixture import AdminFixture, admin_fixture


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[AdminFixture]:
    """The bot is invited, and a channel follows two tags of a blog."""
    async with admin_fixture(tmp_path, openapi=shared_openapi()) as found:
        await admin_steps.invite(found)
        await admin_steps.add(found)
        yield found
        await found.stop()
        assert found.discord.invalid_bodies == []
        assert "Traceback" not in found.log()


async def test_what_admins_change_takes_effect_and_nothing_is_lost_or_doubled(place: AdminFixture) -> None:
    for step in (admin_steps.exclude, admin_steps.why, admin_steps.pause, admin_steps.forbid):
        await step(place)


async def test_a_flood_and_a_return_are_decided_once_and_posted_once(place: AdminFixture) -> None:
    await admin_steps.flood(place, size=12)
    await admin_steps.leave(place)
