"""What was posted in a channel can still be found there after the feed was removed; nothing else of the feed can."""

import pytest

from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post, text_of
from tests.chat.commands.member.test_search import ask, titles

pytestmark = pytest.mark.usefixtures("running_chat", "blogs")


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    """The garden blog was followed in #news, where one of its three posts is; #talk follows the star diary."""
    found = Blogs(store, server.guild.id, server.news.id, discord=server.discord)
    garden = await found.follow()
    await found.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await found.poll(post(50), url=STARS)
    await found.poll(post(1, "beans"))
    await found.poll(post(1, "beans"), post(2, "beans"))
    await found.send()
    await store.removals.remove(garden.subscription.id, NOW)
    await found.follow(channel_id=9_999, guild_id=server.guild.id + 1)
    await found.poll(post(1, "beans"), post(2, "beans"), post(3, "beans"))
    return found


async def test_posts_with_a_message_in_a_visible_channel_are_found(server: ServerFixture) -> None:
    found = await ask(server, query="beans", sort="newest")
    latest = await server.run("latest", {"feed": "Garden Notes"}, user=server.member)

    assert titles(found) == ["Bed 50", "Bed 2"]
    assert "**2 posts** with beans" in text_of(found)
    assert "Bed 2" in text_of(latest.message)
    assert "Bed 3" not in text_of(latest.message)


async def test_they_are_not_found_by_those_who_cannot_see_the_channel(server: ServerFixture) -> None:
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    assert titles(await ask(server, query="beans")) == ["Bed 50"]


async def test_their_tags_are_not_counted(server: ServerFixture) -> None:
    """A count would grow with each post that the feed publishes for others."""
    tags = await server.run("tags", user=server.member)
    named = await server.run("tags", {"feed": "Garden Notes"}, user=server.member)

    assert "beans" not in text_of(tags.message)
    assert text_of(named.message).startswith("No feed that you can see is called Garden Notes")


async def test_they_can_be_shared_where_everybody_sees_their_message(server: ServerFixture) -> None:
    message = await ask(server, query="title:2")
    answer = await server.press(message, "Share", user=server.member)
    await server.discord.wait_for(lambda: answer.followups)

    shared = [each for each in answer.followups if each.visible_to is None]
    assert ["Bed 2" in text_of(each) for each in shared] == [True]


async def test_posts_with_a_hidden_message_are_not_shared(server: ServerFixture) -> None:
    everyone = server.discord.roles[server.guild.id]
    allowed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=everyone)
    server.discord.set_permissions(server.news.id, allow=allowed, target=server.member)
    message = await ask(server, query="title:2")
    answer = await server.press(message, "Share", user=server.member)
    await server.discord.wait_for(lambda: answer.followups)

    assert [text_of(each) for each in answer.followups] == [
        "Not everyone here can see these posts; share them in a channel where everyone can."
    ]


async def test_a_server_that_removed_every_feed_can_still_search(server: ServerFixture, store: Store) -> None:
    (stars,) = await store.subscriptions.in_guild(server.guild.id)
    await store.removals.remove(stars.subscription.id, NOW)

    assert titles(await ask(server, query="beans")) == ["Bed 2"]
    assert "No posts have tags yet" in await server.reply_to("tags")
