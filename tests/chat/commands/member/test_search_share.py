"""A page that is shared shows everybody in the channel only what they may all see by themselves."""

import re

import pytest

from bot.sandbox.discord.interactions import Answer
from bot.sandbox.discord.models import Channel, StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import Town, post, text_of
from tests.chat.commands.member.test_search import asked, labels, refused

pytestmark = pytest.mark.usefixtures("answering", "blogs")

HIDDEN = "Not everyone here can see these posts; share them in a channel where everyone can."


@pytest.fixture
async def blogs(store: Store, town: Town) -> Blogs:
    """The garden blog is followed in #news, with one post that stands there."""
    found = Blogs(store, town.guild.id, town.news.id)
    await found.follow()
    await found.poll()
    await found.poll(post(1, title="Sowing"))
    await found.send()
    return found


def hide(town: Town, channel: Channel) -> None:
    """From all but the member."""
    everyone = town.discord.roles[town.guild.id]
    town.discord.set_permissions(channel.id, deny=Permission.VIEW_CHANNEL, target=everyone)
    allowed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    town.discord.set_permissions(channel.id, allow=allowed, target=town.member)


async def share(town: Town, message: StoredMessage) -> Answer:
    """The member's press, once it is followed."""
    before = len(message.edits)
    answer = await town.press(message, "Share", user=town.member)
    await town.discord.wait_for(lambda: answer.message and len(answer.message.edits) > before)
    return answer


def shared_in(town: Town, channel: Channel) -> list[str]:
    """What everybody reads there."""
    return [text_of(each) for each in town.discord.messages(channel.id)]


async def test_a_page_is_shared_with_who_shares_it_without_pings_and_buttons(town: Town) -> None:
    message = await asked(town, query="sowing")

    await share(town, message)

    (shown,) = town.discord.messages(town.talk.id)
    assert text_of(shown).startswith(f"<@{town.member.id}> shares posts with sowing\n**[Sowing]")
    assert "Garden Notes" in text_of(shown)
    assert "jump" in text_of(shown)
    assert not shown.pings
    assert shown.components == ()


async def test_a_shared_page_cannot_be_shared_twice(town: Town) -> None:
    message = await asked(town, query="sowing")

    answer = await share(town, message)

    assert labels(answer.message) == []


async def test_posts_of_a_hidden_channel_are_not_shared(town: Town) -> None:
    hide(town, town.news)
    message = await asked(town, query="sowing")
    assert "Sowing" in text_of(message)

    assert await refused(town, message, "Share") == HIDDEN
    assert shared_in(town, town.talk) == []


async def test_what_is_left_out_is_counted_for_who_shares_alone(town: Town, blogs: Blogs) -> None:
    await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)
    await blogs.poll(post(2, title="Sowing comets"), url=STARS)
    hide(town, town.news)
    message = await asked(town, query="sowing")

    answer = await share(town, message)
    await town.discord.wait_for(lambda: len(answer.followups) == 2)

    (shown,) = shared_in(town, town.talk)
    assert "Star Diary" in shown
    assert "Garden" not in shown
    assert not re.search(r"\d posts?\b", shown)
    assert text_of(answer.followups[1]) == "1 post was left out because not everyone here can see it."
    assert answer.followups[1].visible_to == town.member.id


async def test_a_channel_that_one_role_may_not_view_is_not_everybodys(town: Town) -> None:
    guests = town.discord.add_role(town.guild.id, "guests")
    town.discord.set_permissions(town.news.id, deny=Permission.VIEW_CHANNEL, target=guests)
    message = await asked(town, query="sowing")

    assert await refused(town, message, "Share") == HIDDEN


async def test_in_the_hidden_channel_itself_its_posts_are_shared(town: Town) -> None:
    hide(town, town.news)
    answer = await town.discord.interact(town.guild, town.news, town.member, "search", {"query": "sowing"})
    await town.discord.wait_for(lambda: answer.message)
    assert answer.message is not None
    before = len(shared_in(town, town.news))

    await share(town, answer.message)

    assert len(shared_in(town, town.news)) == before + 1
    assert "jump" in shared_in(town, town.news)[-1]


async def test_in_a_thread_the_posts_of_its_channel_are_shared(town: Town) -> None:
    hide(town, town.news)
    thread = town.discord.add_thread(town.news.id, "beds")
    answer = await town.discord.interact(town.guild, thread, town.member, "search", {"query": "sowing"})
    await town.discord.wait_for(lambda: answer.message)
    assert answer.message is not None

    await share(town, answer.message)

    assert "Garden Notes" in shared_in(town, thread)[0]


async def test_a_jump_link_to_a_hidden_channel_is_not_shared_with_a_post_that_is(
    town: Town, blogs: Blogs
) -> None:
    """The feed is followed twice, and its post stands in the hidden channel only."""
    await blogs.follow(GARDEN, channel_id=town.talk.id)
    hide(town, town.news)
    message = await asked(town, query="sowing")
    assert f"/{town.news.id}/" in text_of(message)

    await share(town, message)

    (shown,) = shared_in(town, town.talk)
    assert "Sowing" in shown
    assert "jump" not in shown


async def test_a_hidden_feed_that_was_asked_for_is_not_named(town: Town, blogs: Blogs) -> None:
    await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)
    await blogs.poll(post(2, title="Sowing comets"), url=STARS)
    hide(town, town.news)
    message = await asked(town, query="sowing feed:garden feed:star")
    assert "from **Garden Notes** or **Star Diary**" in text_of(message)

    await share(town, message)

    (shown,) = shared_in(town, town.talk)
    assert "shares posts with sowing, from **Star Diary**" in shown


async def test_what_became_hidden_since_the_search_is_not_shared(town: Town) -> None:
    message = await asked(town, query="sowing")
    hide(town, town.news)

    assert await refused(town, message, "Share") == HIDDEN


async def test_who_lost_sight_of_the_channel_since_the_search_shares_nothing(
    town: Town, blogs: Blogs
) -> None:
    await blogs.follow(STARS, "Star Diary", channel_id=town.talk.id)
    message = await asked(town, query="sowing")
    town.discord.set_permissions(town.news.id, deny=Permission.VIEW_CHANNEL, target=town.member)

    assert await refused(town, message, "Share") == "There's nothing left to share; run the command again."


async def test_who_may_not_write_in_the_channel_may_not_share_there(town: Town) -> None:
    message = await asked(town, query="sowing")
    town.discord.set_permissions(town.talk.id, deny=Permission.SEND_MESSAGES, target=town.member)

    assert await refused(town, message, "Share") == (
        "You can't write in this channel; run the command where you can, and share there."
    )
    assert shared_in(town, town.talk) == []


async def test_in_a_thread_who_may_write_in_threads_may_share(town: Town) -> None:
    thread = town.discord.add_thread(town.talk.id, "beds")
    answer = await town.discord.interact(town.guild, thread, town.member, "search", {"query": "sowing"})
    await town.discord.wait_for(lambda: answer.message)
    assert answer.message is not None
    town.discord.set_permissions(town.talk.id, deny=Permission.SEND_MESSAGES_IN_THREADS, target=town.member)

    assert (await refused(town, answer.message, "Share")).startswith("You can't write in this channel")

    town.discord.set_permissions(town.talk.id, deny=Permission.SEND_MESSAGES, target=town.member)
    await share(town, answer.message)
    assert len(shared_in(town, thread)) == 1


async def test_the_newest_posts_are_shared_likewise(town: Town) -> None:
    message = await asked(town, "latest")

    await share(town, message)

    assert shared_in(town, town.talk)[0].startswith(f"<@{town.member.id}> shares the newest posts\n")


async def test_what_a_member_typed_pings_nobody_when_it_is_shared(town: Town, blogs: Blogs) -> None:
    await blogs.poll(post(2, title="everyone sows"))
    message = await asked(town, query="@everyone -<@&1>")

    await share(town, message)

    (shown,) = town.discord.messages(town.talk.id)
    assert not shown.pings
    assert "@everyone" not in shown.content
