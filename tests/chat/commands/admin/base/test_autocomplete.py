"""Autocomplete for admins: suggestions from their own server."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.typing import EventDict

from bot.chat.commands.admin.base.autocomplete import AdminAutocomplete
from bot.chat.commands.common import autocomplete
from bot.chat.commands.common.responses import Interaction
from bot.errors import StoreLocked
from bot.model import Rule
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.models import User
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from bot.store.subscriptions import FollowedFeed
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, post

NOW = datetime(2026, 5, 4, tzinfo=UTC)
Offer = Callable[..., Awaitable[list[tuple[str, str]]]]


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    return Blogs(store, server.guild.id, server.news.id)


@pytest.fixture
def offered(server: ServerFixture, running_chat: object) -> Offer:  # noqa: ARG001 -- the bot is there
    """Names and values that an option offers."""

    async def offer(
        command: str, focused: str, user: User | None = None, **options: OptionValue
    ) -> list[tuple[str, str]]:
        found = await server.discord.complete(
            server.guild, server.talk, user or server.admin, command, options, focused=focused
        )
        return [(each["name"], each["value"]) for each in found]

    return offer


async def test_tags_come_with_their_counts_in_the_channels_feed(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await blogs.poll(post(1, "Beans"), post(2, "beans", "roses"), post(3, "#beans"))
    await blogs.poll(post(4, "comets"), url=STARS)

    found = await offered("follow add", "tag", channel=server.news)

    assert [name.casefold() for name, _value in found] == ["beans (3)", "roses (1)"]


async def test_a_tag_is_found_in_any_spelling(server: ServerFixture, blogs: Blogs, offered: Offer) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "Night Sky", "nettles"))

    found = await offered("follow add", "tag", channel=server.news, tag="#night-s")

    assert found == [("Night Sky (1)", "Night Sky")]


async def test_a_second_tag_is_completed_after_the_first(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    await blogs.follow()
    await blogs.poll(post(1, "Beans", "roses"))

    found = await offered("follow add", "tag", channel=server.news, tag="Beans, ro")

    assert found == [("Beans, roses (1)", "Beans, roses")]


async def test_the_tags_of_a_rule_are_offered_for_removal(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    await blogs.follow(rule=Rule(tags=("beans", "roses"), exclude_tags=("personal",)))

    assert await offered("follow remove", "tag", channel=server.news) == [
        ("beans", "beans"),
        ("roses", "roses"),
        ("personal", "personal"),
    ]
    assert await offered("follow remove", "tag", channel=server.news, tag="PERS") == [
        ("personal", "personal")
    ]


async def test_only_tags_of_the_named_feed_are_offered(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "beans"))
    await blogs.poll(post(2, "comets"), url=STARS)

    assert len(await offered("follow add", "tag", channel=server.news)) == 2
    assert await offered("follow add", "tag", channel=server.news, feed="Star Diary") == [
        ("comets (1)", "comets")
    ]


async def test_every_feed_of_the_server_is_offered_by_name_the_channels_own_first(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    garden = await blogs.follow()
    stars = await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)

    here = await offered("follow add", "feed", tag="x", channel=server.news)
    without_channel = await offered("follow add", "feed", tag="x")

    choices = [
        ("Garden Notes", f"feed:{garden.subscription.feed_id}"),
        ("Star Diary", f"feed:{stars.subscription.feed_id}"),
    ]
    assert here == choices
    assert without_channel == choices[::-1]


async def test_posts_are_offered_by_title_with_their_link(blogs: Blogs, offered: Offer) -> None:
    await blogs.follow()
    await blogs.poll(post(1, title="Sowing"), post(2, title="Harvest"))

    assert await offered("why", "link", link="sow") == [("Sowing", "https://garden.example/1")]
    assert len(await offered("why", "link", link="garden.example")) == 2


async def test_a_member_whom_discord_lets_run_a_command_is_offered_what_they_may_view(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    """Discord asks for completions only where it offers the command."""
    await blogs.follow()
    await blogs.poll(post(1, "beans"))
    viewed = await offered("follow add", "tag", server.member, channel=server.news)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    hidden = await offered("follow add", "tag", server.member, channel=server.news)

    assert viewed == [("beans (1)", "beans")]
    assert hidden == []
    assert await offered("feed settings", "feed", server.member) == []
    assert await offered("why", "link", server.member) == []


async def test_nothing_of_another_server_is_offered(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    elsewhere = server.discord.add_guild("Observatory")
    sky = server.discord.add_channel(elsewhere.id, "sky")
    await blogs.follow(guild_id=elsewhere.id, channel_id=sky.id)
    await blogs.poll(post(1, "beans"))

    assert await offered("follow add", "feed", tag="x") == []
    assert await offered("follow add", "tag") == []
    assert await offered("why", "link") == []


async def test_nothing_is_offered_from_a_channel_that_the_user_cannot_see(
    server: ServerFixture, blogs: Blogs, offered: Offer
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await blogs.poll(post(1, "beans"))
    await blogs.poll(post(2, "comets", title="A comet"), url=STARS)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    assert [name for name, _value in await offered("follow add", "feed", tag="x")] == ["Star Diary"]
    assert [name for name, _value in await offered("follow add", "tag")] == ["comets (1)"]
    assert [name for name, _value in await offered("why", "link")] == ["A comet"]


def asking(**namespace: object) -> Interaction:
    """Only what completion reads of an interaction."""
    guild = SimpleNamespace(id=1, get_channel_or_thread=lambda _id: None, unavailable=False)
    fields = {"guild_id": 1, "guild": guild, "channel_id": 2, "user": None}
    may = SimpleNamespace(manage_guild=True)
    options: Any = SimpleNamespace(**{"feed": None, "channel": None, **namespace})
    return cast("Interaction", SimpleNamespace(**fields, permissions=may, namespace=options))


def store_that(ask: Callable[[int], Awaitable[list[FollowedFeed]]]) -> Store:
    return cast("Store", SimpleNamespace(subscriptions=SimpleNamespace(in_guild=ask)))


@pytest.mark.parametrize("error", [StoreLocked("feed-relay.db"), RuntimeError("a bug")])
async def test_a_store_that_fails_offers_nothing_and_is_logged(
    error: Exception, logged: list[EventDict]
) -> None:
    async def fail(_guild_id: int) -> list[FollowedFeed]:
        raise error

    assert await AdminAutocomplete(store_that(fail)).feeds(asking(), "x") == []
    assert len(logged) == 1


async def test_a_store_that_is_slow_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_guild_id: int) -> list[FollowedFeed]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(autocomplete, "AUTOCOMPLETE_TIMEOUT", 0.01)

    assert await AdminAutocomplete(store_that(hang)).feeds(asking(), "x") == []
