"""`/server show` and `/server settings`."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, post
from tests.chat.commands.member.test_search import ask, titles

pytestmark = pytest.mark.usefixtures("running_chat")


async def test_everything_about_the_server_is_shown_at_a_glance(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(channel_id=server.talk.id)
    await server.reply_to("notices", {"channel": "#news"})
    await server.reply_to("server settings", {"time_zone": "Europe/Berlin"})

    text = await server.reply_to("server show")

    assert "It follows 1 feed in 2 channels that you can see" in text
    assert f"The bot reports problems in <#{server.news.id}>" in text
    assert "`/server managers`" in text
    assert "midnight in Europe/Berlin" in text


async def test_hidden_channels_are_not_counted(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    assert "It follows 1 feed in 1 channel that you can see" in await server.reply_to("server show")


async def test_days_in_searches_begin_in_the_server_s_time_zone(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    """The post is of 23:30 on 3 May in UTC, which is 4 May in Berlin."""
    await blogs.follow()
    late = replace(post(1), published=datetime(2026, 5, 3, 23, 30, tzinfo=UTC))
    await blogs.poll(late)
    before = await ask(server, query="beans", after="2026-05-04")

    await server.reply_to("server settings", {"time_zone": "europe/berlin"})

    assert titles(before) == []
    assert titles(await ask(server, query="beans", after="2026-05-04")) == ["Bed 1"]
    assert await store.guilds.time_zone(server.guild.id) == "Europe/Berlin"


async def test_an_unknown_time_zone_changes_nothing(server: ServerFixture, store: Store) -> None:
    text = await server.reply_to("server settings", {"time_zone": "Mars/Olympus"})

    assert text.startswith("There is no time zone Mars/Olympus; pick one from the list")
    assert await store.guilds.time_zone(server.guild.id) == ""
    assert "midnight in UTC" in await server.reply_to("server settings")


async def test_time_zones_are_offered_by_any_part_of_their_name(server: ServerFixture) -> None:
    found = await server.discord.complete(
        server.guild,
        server.talk,
        server.admin,
        "server settings",
        {"time_zone": "new york"},
        focused="time_zone",
    )

    assert [each["value"] for each in found] == ["America/New_York"]
