"""`/server show` and `/server settings`."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.i18n import LANGUAGES
from bot.model import Media, MediaKind
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, post, text_of
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


async def test_days_in_searches_begin_in_the_servers_time_zone(
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


async def test_a_time_zone_may_be_typed_with_spaces(server: ServerFixture, store: Store) -> None:
    await server.reply_to("server settings", {"time_zone": " america/new york"})

    assert await store.guilds.time_zone(server.guild.id) == "America/New_York"


async def test_an_unknown_time_zone_changes_nothing(server: ServerFixture, store: Store) -> None:
    text = await server.reply_to("server settings", {"time_zone": "Mars/Olympus"})

    assert text.startswith("There is no time zone Mars/Olympus; pick one from the list")
    assert await store.guilds.time_zone(server.guild.id) == ""
    assert "midnight in UTC" in await server.reply_to("server settings")


async def test_the_bot_posts_in_the_servers_language(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    """Also what only an admin sees, if it shows what the channel gets."""
    await blogs.follow()
    await blogs.poll(
        replace(post(1), title="", content="", media=(Media("https://a.example/1.mp3", MediaKind.AUDIO),))
    )
    text = await server.reply_to("server settings", {"language": "de"})
    answer = await server.run("feed test", {"feed": "Garden Notes"})
    await server.discord.wait_for(lambda: answer.followups)

    assert "[Anhören](<https://a.example/1.mp3>)" in text_of(answer.followups[0])
    assert "is in Deutsch; choose another language" in text
    assert "midnight in UTC" in text
    assert "is in Deutsch" in await server.reply_to("server show")
    assert await store.guilds.language(server.guild.id) == "de"


async def test_only_languages_of_the_list_can_be_chosen(server: ServerFixture) -> None:
    (command,) = [each for each in server.discord.commands[None].values() if each["name"] == "server"]
    (settings,) = [each for each in command["options"] if each["name"] == "settings"]
    (language,) = [each for each in settings["options"] if each["name"] == "language"]

    assert {each["value"]: each["name"] for each in language["choices"]} == LANGUAGES


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
