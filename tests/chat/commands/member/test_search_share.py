"""A shared page only shows what everybody in the channel may see."""

import re

import pytest

from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Channel, StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, post, text_of
from tests.chat.commands.member.test_search import ask, labels, press_and_read

pytestmark = pytest.mark.usefixtures("running_chat", "blogs")

HIDDEN = "Not everyone here can see these posts; share them in a channel where everyone can."


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    """The garden blog, followed in #news, with one post there."""
    found = Blogs(store, server.guild.id, server.news.id, discord=server.discord)
    await found.follow()
    await found.poll()
    await found.poll(post(1, title="Sowing"))
    await found.send()
    return found


def hide(server: ServerFixture, channel: Channel) -> None:
    """Hide a channel from everybody but the member."""
    everyone = server.discord.roles[server.guild.id]
    server.discord.set_permissions(channel.id, deny=Permission.VIEW_CHANNEL, target=everyone)
    allowed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    server.discord.set_permissions(channel.id, allow=allowed, target=server.member)


async def share(server: ServerFixture, message: StoredMessage) -> InteractionResponse:
    """Press Share as the member, and wait until the page is shared."""
    before = len(message.edits)
    answer = await server.press(message, "Share", user=server.member)
    await server.discord.wait_for(lambda: answer.message and len(answer.message.edits) > before)
    return answer


def shared_in(server: ServerFixture, channel: Channel) -> list[str]:
    """Return what everybody in the channel reads."""
    return [text_of(each) for each in server.discord.messages(channel.id)]


async def test_a_shared_page_names_the_member_without_pings_or_buttons(server: ServerFixture) -> None:
    message = await ask(server, query="sowing")

    await share(server, message)

    (shown,) = server.discord.messages(server.talk.id)
    assert text_of(shown).startswith(f"<@{server.member.id}> shares posts with sowing\n**[Sowing]")
    assert "Garden Notes" in text_of(shown)
    assert "jump" in text_of(shown)
    assert not shown.pings
    assert shown.components == ()


async def test_a_shared_page_cannot_be_shared_twice(server: ServerFixture) -> None:
    message = await ask(server, query="sowing")

    answer = await share(server, message)

    assert labels(answer.message) == []


async def test_posts_of_a_hidden_channel_are_not_shared(server: ServerFixture) -> None:
    hide(server, server.news)
    message = await ask(server, query="sowing")
    assert "Sowing" in text_of(message)

    assert await press_and_read(server, message, "Share") == HIDDEN
    assert shared_in(server, server.talk) == []


async def test_only_the_member_who_shares_learns_how_many_were_left_out(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await blogs.poll(post(2, title="Sowing comets"), url=STARS)
    hide(server, server.news)
    message = await ask(server, query="sowing")

    answer = await share(server, message)
    await server.discord.wait_for(lambda: len(answer.followups) == 2)

    (shown,) = shared_in(server, server.talk)
    assert "Star Diary" in shown
    assert "Garden" not in shown
    assert not re.search(r"\d posts?\b", shown)
    assert text_of(answer.followups[1]) == "1 post was left out because not everyone here can see it."
    assert answer.followups[1].visible_to == server.member.id


async def test_a_channel_that_one_role_may_not_view_is_not_for_everyone(server: ServerFixture) -> None:
    guests = server.discord.add_role(server.guild.id, "guests")
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=guests)
    message = await ask(server, query="sowing")

    assert await press_and_read(server, message, "Share") == HIDDEN


async def test_in_the_hidden_channel_itself_its_posts_are_shared(server: ServerFixture) -> None:
    hide(server, server.news)
    answer = await server.discord.interact(
        server.guild, server.news, server.member, "search", {"query": "sowing"}
    )
    await server.discord.wait_for(lambda: answer.message)
    assert answer.message is not None
    before = len(shared_in(server, server.news))

    await share(server, answer.message)

    assert len(shared_in(server, server.news)) == before + 1
    assert "jump" in shared_in(server, server.news)[-1]


async def test_in_a_thread_the_posts_of_its_channel_are_shared(server: ServerFixture) -> None:
    hide(server, server.news)
    thread = server.discord.add_thread(server.news.id, "beds")
    answer = await server.discord.interact(server.guild, thread, server.member, "search", {"query": "sowing"})
    await server.discord.wait_for(lambda: answer.message)
    assert answer.message is not None

    await share(server, answer.message)

    assert "Garden Notes" in shared_in(server, thread)[0]


async def test_a_jump_link_to_a_hidden_channel_is_not_shared_with_a_post_that_is(
    server: ServerFixture, blogs: Blogs
) -> None:
    """The feed is followed twice, but its post is only in the hidden channel."""
    await blogs.follow(GARDEN, channel_id=server.talk.id)
    hide(server, server.news)
    message = await ask(server, query="sowing")
    assert f"/{server.news.id}/" in text_of(message)

    await share(server, message)

    (shown,) = shared_in(server, server.talk)
    assert "Sowing" in shown
    assert "jump" not in shown


async def test_a_hidden_feed_in_the_search_is_not_named(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    await blogs.poll(post(2, title="Sowing comets"), url=STARS)
    hide(server, server.news)
    message = await ask(server, query="sowing feed:garden feed:star")
    assert "from **Garden Notes** or **Star Diary**" in text_of(message)

    await share(server, message)

    (shown,) = shared_in(server, server.talk)
    assert "shares posts with sowing, from **Star Diary**" in shown


async def test_a_page_that_became_hidden_after_the_search_is_not_shared(server: ServerFixture) -> None:
    message = await ask(server, query="sowing")
    hide(server, server.news)

    assert await press_and_read(server, message, "Share") == HIDDEN


async def test_a_member_who_lost_access_after_the_search_shares_nothing(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow(STARS, "Star Diary", channel_id=server.talk.id)
    message = await ask(server, query="sowing")
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.member)

    assert (
        await press_and_read(server, message, "Share")
        == "There's nothing left to share; run the command again."
    )


async def test_a_member_who_may_not_write_in_a_channel_may_not_share_there(server: ServerFixture) -> None:
    message = await ask(server, query="sowing")
    server.discord.set_permissions(server.talk.id, deny=Permission.SEND_MESSAGES, target=server.member)

    assert await press_and_read(server, message, "Share") == (
        "You can't write in this channel; run the command where you can, and share there."
    )
    assert shared_in(server, server.talk) == []


async def test_sharing_in_a_thread_requires_the_permission_to_write_in_threads(server: ServerFixture) -> None:
    thread = server.discord.add_thread(server.talk.id, "beds")
    answer = await server.discord.interact(server.guild, thread, server.member, "search", {"query": "sowing"})
    await server.discord.wait_for(lambda: answer.message)
    assert answer.message is not None
    server.discord.set_permissions(
        server.talk.id, deny=Permission.SEND_MESSAGES_IN_THREADS, target=server.member
    )

    assert (await press_and_read(server, answer.message, "Share")).startswith(
        "You can't write in this channel"
    )

    server.discord.set_permissions(server.talk.id, deny=Permission.SEND_MESSAGES, target=server.member)
    await share(server, answer.message)
    assert len(shared_in(server, thread)) == 1


async def test_the_newest_posts_can_be_shared_too(server: ServerFixture) -> None:
    message = await ask(server, "latest")

    await share(server, message)

    assert shared_in(server, server.talk)[0].startswith(f"<@{server.member.id}> shares the newest posts\n")


async def test_a_shared_query_pings_nobody(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.poll(post(2, title="everyone sows"))
    message = await ask(server, query="@everyone -<@&1>")

    await share(server, message)

    (shown,) = server.discord.messages(server.talk.id)
    assert not shown.pings
    assert "@everyone" not in shown.content
