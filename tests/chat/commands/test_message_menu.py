"""The commands in the menu of a message: what they say about the post that it shows, and to whom."""

from dataclasses import replace

import pytest

from bot.chat.commands.member.more import any_tag
from bot.model import Term
from bot.sandbox.discord.models import Channel, StoredMessage, User
from bot.sandbox.discord.permissions import Permission
from bot.search.query import parse_query
from bot.search.tokens import tag_token
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post, text_of
from tests.chat.commands.member.test_search import titles

pytestmark = pytest.mark.usefixtures("running_chat", "blogs")

WHY, FROM, TAGGED = "Why is this here?", "More from this blog", "More with these tags"
NOT_OURS = "That message isn't one of the bot's posts; right-click one that is, then choose **Apps**."


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    """The garden blog is followed in #news, with three of its posts there, and the star diary in #talk."""
    found = Blogs(store, server.guild.id, server.news.id)
    await found.follow()
    await found.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await found.poll(url=STARS)
    await found.poll()
    await found.poll(post(50, "beans", "comets"), url=STARS)
    await found.poll(post(1, "beans"), post(2, "roses"), post(3))
    while await found.send():
        pass
    return found


async def message_of(server: ServerFixture, store: Store, number: int, channel: Channel) -> StoredMessage:
    """Return the message that shows a post."""
    (trace, *_) = await store.archive.trace(f"https://garden.example/{number}", server.guild.id)
    (delivery,) = [each for each in trace.deliveries if each.channel_id == channel.id]
    discord = server.discord
    assert delivery.message_id is not None
    message = StoredMessage(
        id=delivery.message_id,
        channel_id=channel.id,
        guild_id=server.guild.id,
        author=discord.bot,
        created_at=discord.clock(),
        content=f"Bed {number}",
    )
    discord.put_message(message)
    return message


async def use(
    server: ServerFixture, message: StoredMessage, command: str, user: User | None = None
) -> StoredMessage:
    answer = await server.discord.interact_with(server.guild, message, user or server.admin, command)
    await server.discord.wait_for(lambda: answer.message)
    assert answer.message is not None
    assert answer.message.visible_to == (user or server.admin).id
    return answer.message


async def test_admins_read_why_a_post_is_there(server: ServerFixture, store: Store) -> None:
    text = text_of(await use(server, await message_of(server, store, 1, server.news), WHY))

    assert "Bed 1" in text
    assert "Garden Notes" in text
    assert f"<#{server.news.id}>" in text
    assert f"<#{server.talk.id}>" not in text


async def test_it_is_explained_after_the_feed_was_removed(
    server: ServerFixture, store: Store, blogs: Blogs
) -> None:
    message = await message_of(server, store, 1, server.news)
    for followed in await store.subscriptions.all():
        await store.removals.remove(followed.subscription.id, blogs.now)

    assert "Bed 1" in text_of(await use(server, message, WHY))


async def test_members_are_not_offered_the_command_of_admins(server: ServerFixture, store: Store) -> None:
    message = await message_of(server, store, 1, server.news)

    with pytest.raises(PermissionError):
        await use(server, message, WHY, server.member)


async def test_members_find_more_from_the_blog(server: ServerFixture, store: Store) -> None:
    found = await use(server, await message_of(server, store, 1, server.news), FROM, server.member)

    assert titles(found) == ["Bed 3", "Bed 2", "Bed 1"]


async def test_members_find_posts_with_any_of_the_tags(server: ServerFixture, store: Store) -> None:
    found = await use(server, await message_of(server, store, 50, server.talk), TAGGED, server.member)
    none = await use(server, await message_of(server, store, 3, server.news), TAGGED, server.member)

    assert sorted(titles(found)) == ["Bed 1", "Bed 50"]
    assert text_of(none) == "This post has no tags; try **More from this blog** instead."


async def test_nothing_of_a_hidden_channel_is_found(server: ServerFixture, store: Store) -> None:
    message = await message_of(server, store, 50, server.talk)
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    assert titles(await use(server, message, TAGGED, server.member)) == ["Bed 50"]


async def test_a_search_finds_only_sent_posts_of_a_removed_blog(
    server: ServerFixture, store: Store, blogs: Blogs
) -> None:
    message = await message_of(server, store, 2, server.news)
    await store.removals.remove((await blogs.find()).subscription.id, NOW)
    await blogs.follow(channel_id=4242, guild_id=server.guild.id + 1)
    await blogs.poll(post(1, "beans"), post(2, "roses"), post(3), post(4, "roses"))

    assert titles(await use(server, message, FROM, server.member)) == ["Bed 3", "Bed 2", "Bed 1"]
    assert titles(await use(server, message, TAGGED, server.member)) == ["Bed 2"]


@pytest.mark.parametrize("command", [WHY, FROM, TAGGED])
async def test_other_messages_and_other_channels_are_refused(
    server: ServerFixture, store: Store, command: str
) -> None:
    message = await message_of(server, store, 1, server.news)
    elsewhere = replace(message, channel_id=server.talk.id)
    server.discord.put_message(elsewhere)

    assert text_of(await use(server, elsewhere, command)) == NOT_OURS


def test_a_query_for_tags_has_each_tag_once_and_fits_into_a_command() -> None:
    assert any_tag(("Night Sky", "#night-sky", 'a "b"')) == 'tag:"Night Sky" OR tag:"a  b"'
    assert any_tag(()) == ""
    assert len(any_tag(tuple(f"{'x' * 90}{number}" for number in range(9)))) <= 300


@pytest.mark.parametrize("tag", ["the “best” garden", "«night» sky", "„frost“", '"dew"'])
def test_a_query_for_a_tag_with_quotes_asks_for_that_tag(tag: str) -> None:
    (term,) = parse_query(any_tag((tag, "“")), NOW).conditions

    assert isinstance(term, Term)
    assert term.words == (tag_token(tag),)
