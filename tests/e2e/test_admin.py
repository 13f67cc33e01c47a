"""Admins set everything up in Discord, with commands and buttons of the real process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import shared_openapi
from tests.e2e import admin_steps
from tests.e2e.admin_fixture import AdminFixture, admin_fixture


@pytest.fixture
async def subscribed(tmp_path: Path) -> AsyncIterator[AdminFixture]:
    """The bot is in the server, and a channel follows two tags of a blog."""
    async with admin_fixture(tmp_path, openapi=shared_openapi()) as admins:
        await admin_steps.invite(admins)
        await admin_steps.add(admins)
        yield admins
        await admins.stop()
        assert admins.discord.invalid_bodies == []
        assert "Traceback" not in admins.log()


async def test_changes_by_admins_take_effect_and_no_post_is_lost_or_repeated(
    subscribed: AdminFixture,
) -> None:
    for step in (
        admin_steps.exclude,
        admin_steps.why,
        admin_steps.pause,
        admin_steps.forbid,
        admin_steps.settings,
    ):
        await step(subscribed)


async def test_a_flood_and_a_return_to_the_server_are_decided_once_and_posted_once(
    subscribed: AdminFixture,
) -> None:
    await admin_steps.flood(subscribed, size=12)
    await admin_steps.leave(subscribed)
